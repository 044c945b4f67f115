// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Policy} from "../generated/Policy.sol";

/// @notice What a feed's policy is made of, but for what a feed knows itself: network, statement and version.
struct PolicyTerms {
    /// Root of the fence that readings lie in.
    uint256 fenceRoot;
    /// Smallest value allowed, in the schema's fixed point; -2^40 or more.
    int64 low;
    /// Largest value allowed: low <= high < low + 2^40.
    int64 high;
    /// Largest horizontal accuracy allowed, in millimetres, at least 1.
    uint32 maxAccuracyMm;
    /// Start of epoch 0, in Unix milliseconds.
    uint48 originMs;
    /// Length of an epoch in milliseconds, at least 1. Epoch 0 ends by 2^48.
    uint40 lengthMs;
    /// Fewest devices of an aggregate: 1 to 2^21 - 1.
    uint24 k;
    /// The sensor profile of readings.
    uint32 schema;
    /// The channel that the value is taken from: 0 to 3.
    uint8 channel;
    /// Class that devices have; 65536 is any.
    uint24 deviceClass;
    /// What is published beside count and sum: 4 sum of squares, 2 minimum, 1 maximum.
    uint8 outputs;
}

/// @title The policies that an aggregate can be of
/// @dev The rules are those of `zksensor policy check`; widths are checked where the id is made of the parts.
library AggregatePolicy {
    /// @notice Family and version of the statement in a policy.
    uint8 internal constant FAMILY_NUMBER = 1;
    uint16 internal constant VERSION = 2;
    /// @notice Flag of the sum of squares in `outputs`, and the least k with it: with few values it nearly determines them.
    uint8 internal constant SUM_OF_SQUARES = 4;
    uint24 internal constant SMALLEST_K_FOR_SUM_OF_SQUARES = 8;
    /// @notice The device class that stands for any.
    uint24 internal constant ANY_DEVICE_CLASS = 65536;

    /// @notice low <= high < low + 2^40.
    error ValuesOther(int64 low, int64 high);
    /// @notice No reading has the accuracy 0: such a policy lets none through.
    error AccuracyZero();
    /// @notice An epoch has a length, and epoch 0 ends by 2^48.
    error EpochsOther(uint48 originMs, uint40 lengthMs);
    /// @notice k is at least `least`.
    error KOther(uint24 least, uint24 came);
    /// @notice There is no class above 65536, which is any.
    error DeviceClassOther(uint24 came);

    /// @notice The whole policy, for signatures that are made for `registry` on this chain.
    function policyOf(PolicyTerms memory terms, address registry) internal view returns (Policy memory policy) {
        requireSound(terms);
        policy.network = network(registry);
        policy.fenceRoot = terms.fenceRoot;
        policy.low = terms.low;
        policy.high = terms.high;
        policy.maxAccuracyMm = terms.maxAccuracyMm;
        policy.epochOriginUnixMs = terms.originMs;
        policy.epochLengthMs = terms.lengthMs;
        policy.k = terms.k;
        policy.family = FAMILY_NUMBER;
        policy.statementVersion = VERSION;
        policy.schema = terms.schema;
        policy.channel = terms.channel;
        policy.deviceClass = terms.deviceClass;
        policy.outputs = terms.outputs;
        // An aggregate has no parameters.
        policy.parameters = 0;
    }

    /// @notice Where signatures count: the low 248 bits of keccak256 of chain id and registry.
    function network(address registry) internal view returns (uint248) {
        return uint248(uint256(keccak256(abi.encode(block.chainid, registry))));
    }

    /// @notice Reverts unless there can be readings that obey the terms.
    function requireSound(PolicyTerms memory terms) internal pure {
        if (terms.low > terms.high || int256(terms.high) - terms.low >= 2 ** 40) {
            revert ValuesOther(terms.low, terms.high);
        }
        if (terms.maxAccuracyMm == 0) revert AccuracyZero();
        if (terms.lengthMs == 0 || uint256(terms.originMs) + terms.lengthMs > 2 ** 48) {
            revert EpochsOther(terms.originMs, terms.lengthMs);
        }
        uint24 least = terms.outputs & SUM_OF_SQUARES == 0 ? 1 : SMALLEST_K_FOR_SUM_OF_SQUARES;
        if (terms.k < least) revert KOther(least, terms.k);
        if (terms.deviceClass > ANY_DEVICE_CLASS) revert DeviceClassOther(terms.deviceClass);
    }
}
