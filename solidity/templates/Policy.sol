// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the preimage `{{ name }}` by `{{ command }}`. Do not edit.
pragma solidity ^0.8.20;

import {Field} from "../core/Field.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";
import {PolicyPoseidon} from "./PolicyPoseidon.sol";

/// @notice What the id of a policy is a hash of, as `docs/preimages.md` has it.
struct Policy {
{%- for part in parts %}
    {%- for line in part.about %}
    /// {{ line }}
    {%- endfor %}
    {{ part.solidity }} {{ part.name }};
{%- endfor %}
}

/// @title The id of a policy
/// @dev Made from the table that circuits and native code hash by. Poseidon of {{ lanes.len() }} lanes under the tag `{{ domain }}`.
library PolicyId {
    /// @notice The id. Parts that are wider than their places are refused with `FieldOutOfRange`; what else a policy is held to is not
    /// looked at.
    function idOf(Policy memory policy) internal pure returns (uint256) {
        return PolicyPoseidon.hash(lanes(policy));
    }

    /// @notice The inputs of the hash, packed.
    function lanes(Policy memory policy) internal pure returns (uint256[{{ lanes.len() }}] memory packed) {
{%- for lane in lanes %}
{%- for part in lane %}
        {{ part }}
{%- endfor %}
{%- endfor %}
    }

    /// A value below `limit`, to be shifted to its place.
    function _below(uint256 value, uint256 limit, string memory field) private pure returns (uint256) {
        if (value >= limit) revert IStatementVerifier.FieldOutOfRange(field, value, limit);
        return value;
    }
}
