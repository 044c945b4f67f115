// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement {{ title }} by `{{ command }}`. Do not edit.
pragma solidity ^0.8.28;

import {Groth16} from "../core/Groth16.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @notice The public inputs of {{ title }}{% if binding.is_some() %}, but for the binding{% endif %}.
struct {{ library }}Inputs {
{%- for field in fields %}
    /// {{ field.place }}
    {{ field.solidity }} {{ field.name }};
{%- endfor %}
}

/// @title Public inputs of {{ title }}: typed fields to packed words and back
/// @dev Made from the layout that the circuit reads, too.
library {{ library }} {
    /// @notice Packed words.
    uint256 internal constant WORDS = {{ words }};
{% if binding.is_some() %}
    /// @notice Reverts unless the proof shows these inputs to the calling contract, for `recipient`'s credit.
    /// @dev The binding is computed and never taken from a caller: a proof made for another chain, contract, recipient or
    /// statement is refused.
    function verify(IStatementVerifier target, bytes calldata proof, {{ library }}Inputs memory inputs, address recipient)
        internal
        view
    {
        target.verify(proof, pack(inputs, binding(recipient, target.STATEMENT_ID())));
    }

    /// @notice The binding of a proof to this chain, the calling contract, a recipient and a statement with its shape: the low
    /// {{ binding.as_ref().unwrap().width }} bits of keccak256 of their ABI encoding.
    function binding(address recipient, bytes32 statementId) internal view returns ({{ binding.as_ref().unwrap().solidity }}) {
        return {{ binding.as_ref().unwrap().solidity }}(uint256(keccak256(abi.encode(block.chainid, address(this), recipient, statementId))));
    }
{% else %}
    /// @notice Reverts unless the proof shows these inputs.
    function verify(IStatementVerifier target, bytes calldata proof, {{ library }}Inputs memory inputs) internal view {
        target.verify(proof, pack(inputs));
    }
{% endif %}
    /// @notice The packed words, each field checked against its width.
    function pack({{ library }}Inputs memory inputs{% if let Some(binding) = binding %}, {{ binding.solidity }} binding_{% endif %}) internal pure returns (uint256[] memory words) {
        words = new uint256[](WORDS);
{%- for word in packed %}
        {{ word }}
{%- endfor %}
    }

    /// @notice The fields of packed words; words with bits beyond their fields are refused.
    function unpack(uint256[] memory words) internal pure returns ({{ library }}Inputs memory inputs{% if let Some(binding) = binding %}, {{ binding.solidity }} binding_{% endif %}) {
        if (words.length != WORDS) revert IStatementVerifier.InputCount(WORDS, words.length);
{%- for limit in limits %}
        {{ limit }}
{%- endfor %}
{%- for field in unpacked %}
        {{ field }}
{%- endfor %}
    }

    /// A value below `limit`, to be shifted to its place.
    function _below(uint256 value, uint256 limit, string memory field) private pure returns (uint256) {
        if (value >= limit) revert IStatementVerifier.FieldOutOfRange(field, value, limit);
        return value;
    }
}
