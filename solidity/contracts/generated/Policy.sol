// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the preimage `policy` by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {Field} from "../core/Field.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";
import {PolicyPoseidon} from "./PolicyPoseidon.sol";

/// @notice What the id of a policy is a hash of, as `docs/preimages.md` has it.
struct Policy {
    /// The network that readings are for.
    uint248 network;
    /// Root of the fence that readings lie in.
    uint256 fenceRoot;
    /// Smallest value allowed, in the schema's fixed point.
    int64 low;
    /// Largest value allowed: low <= high < low + 2^40.
    int64 high;
    /// Largest horizontal accuracy allowed, in millimetres.
    uint32 maxAccuracyMm;
    /// Start of epoch 0, in Unix milliseconds.
    uint48 epochOriginUnixMs;
    /// Length of an epoch in milliseconds, at least 1. Epoch 0 ends by 2^48.
    uint40 epochLengthMs;
    /// Fewest devices, at least 1; 1 for the statements `reading` and `track`.
    uint24 k;
    /// The statement: 1 aggregate, 2 reading, 3 survey, 4 track, 5 histogram, 6 private-sum.
    uint8 family;
    /// Version of the statement.
    uint16 statementVersion;
    /// The sensor profile of readings.
    uint32 schema;
    /// The channel that the value is taken from.
    uint8 channel;
    /// Class that devices have; 65536 is any.
    uint24 deviceClass;
    /// What is published beside count and sum: 4 sum of squares, 2 minimum, 1 maximum; 0 for the statements
    /// `reading`, `track`, `histogram` and `private-sum`.
    uint8 outputs;
    /// What else the statement is held to, as its family says; 0 if it has no such parameters.
    uint256 parameters;
}

/// @title The id of a policy
/// @dev Made from the table that circuits and native code hash by. Poseidon of 5 lanes under the tag `zksensor/policy/v2`.
library PolicyId {
    /// @notice The id. Parts that are wider than their places are refused with `FieldOutOfRange`; what else a policy is held to is not
    /// looked at.
    function idOf(Policy memory policy) internal pure returns (uint256) {
        return PolicyPoseidon.hash(lanes(policy));
    }

    /// @notice The inputs of the hash, packed.
    function lanes(Policy memory policy) internal pure returns (uint256[5] memory packed) {
        packed[0] = uint256(policy.network);
        packed[1] = _below(policy.fenceRoot, Field.R, "fenceRoot");
        packed[2] = _below(uint256(int256(policy.low) + 2 ** 40), 2 ** 41, "low") << 182;
        packed[2] |= _below(uint256(int256(policy.high) + 2 ** 40), 2 ** 41, "high") << 141;
        packed[2] |= uint256(policy.maxAccuracyMm) << 109;
        packed[2] |= uint256(policy.epochOriginUnixMs) << 61;
        packed[2] |= uint256(policy.epochLengthMs) << 21;
        packed[2] |= _below(policy.k, 2 ** 21, "k");
        packed[3] = uint256(policy.family) << 70;
        packed[3] |= uint256(policy.statementVersion) << 54;
        packed[3] |= uint256(policy.schema) << 22;
        packed[3] |= _below(policy.channel, 2 ** 2, "channel") << 20;
        packed[3] |= _below(policy.deviceClass, 2 ** 17, "deviceClass") << 3;
        packed[3] |= _below(policy.outputs, 2 ** 3, "outputs");
        packed[4] = _below(policy.parameters, Field.R, "parameters");
    }

    /// A value below `limit`, to be shifted to its place.
    function _below(uint256 value, uint256 limit, string memory field) private pure returns (uint256) {
        if (value >= limit) revert IStatementVerifier.FieldOutOfRange(field, value, limit);
        return value;
    }
}
