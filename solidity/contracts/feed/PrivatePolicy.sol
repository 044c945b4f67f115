// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Policy} from "../generated/Policy.sol";
import {AggregatePolicy, PolicyTerms} from "./AggregatePolicy.sol";

/// @notice What a private sum's policy is made of, but for what a feed knows itself: network, statement and version.
struct PrivateTerms {
    /// What every policy has; `low` is below `high`, and `outputs` is 0.
    PolicyTerms common;
    /// The scale of the noise is 2^scaleBits, in the schema's fixed point; 0 to 40. Epsilon is (high - low) / 2^scaleBits.
    uint8 scaleBits;
}

/// @title The policies that a private sum can be of
/// @dev The rules are those of `zksensor policy check`.
library PrivatePolicy {
    /// @notice Family and version of the statement in a policy.
    uint8 internal constant FAMILY_NUMBER = 6;
    uint16 internal constant VERSION = 1;
    /// @notice The largest scale that circuits have the digits for, as a power of two.
    uint8 internal constant MOST_SCALE_BITS = 40;

    /// @notice Noise has a scale of 2^0 to 2^`most`.
    error ScaleOther(uint8 most, uint8 came);
    /// @notice Of values that are all the same there is nothing to hide.
    error NothingToHide(int64 value);
    /// @notice Whatever is published beside sum and count would void the noise.
    error OutputsOther(uint8 came);

    /// @notice The whole policy, for signatures that are made for `registry` on this chain.
    function policyOf(PrivateTerms memory terms, address registry) internal view returns (Policy memory policy) {
        policy = AggregatePolicy.policyOf(terms.common, registry);
        if (terms.common.outputs != 0) revert OutputsOther(terms.common.outputs);
        if (terms.common.low == terms.common.high) revert NothingToHide(terms.common.low);
        if (terms.scaleBits > MOST_SCALE_BITS) revert ScaleOther(MOST_SCALE_BITS, terms.scaleBits);
        policy.family = FAMILY_NUMBER;
        policy.statementVersion = VERSION;
        // The lane of a policy that has the rules of its noise, as `docs/preimages.md` packs it.
        policy.parameters = terms.scaleBits;
    }
}
