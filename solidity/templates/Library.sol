// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement {{ title }} by `{{ command }}`. Do not edit.
pragma solidity ^0.8.20;

import {Field} from "../core/Field.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @notice The public inputs of {{ title }}{% if binding.is_some() %}, but for the binding{% endif %}.
struct {{ library }}Inputs {
{%- for field in fields %}
    {%- for line in field.about %}
    /// {{ line }}
    {%- endfor %}
    /// {{ field.place }}
    {{ field.solidity }} {{ field.name }};
{%- endfor %}
}

/// @title Public inputs of {{ title }}: typed fields to packed words and back
/// @dev Made from the layout that the circuit reads, too.
library {{ library }} {
    /// @notice Packed words: what INPUTS of a verifier is.
    uint256 internal constant WORDS = {{ words }};
    /// @notice What FAMILY of a verifier is.
    bytes32 internal constant FAMILY = keccak256("{{ title }}");
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

    /// @notice Reverts unless each proof shows its inputs to the calling contract, all for `recipient`'s credit.
    /// @param proofs 256 bytes for each, one after the other
    function verifyBatch(
        IStatementVerifier target,
        bytes calldata proofs,
        {{ library }}Inputs[] memory inputs,
        address recipient
    ) internal view {
        {{ binding.as_ref().unwrap().solidity }} bound = binding(recipient, target.STATEMENT_ID());
        uint256[] memory words = new uint256[](WORDS * inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            _copy(pack(inputs[i], bound), words, WORDS * i);
        }
        target.verifyBatch(proofs, words);
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

    /// @notice Reverts unless each proof shows its inputs.
    /// @param proofs 256 bytes for each, one after the other
    function verifyBatch(IStatementVerifier target, bytes calldata proofs, {{ library }}Inputs[] memory inputs)
        internal
        view
    {
        uint256[] memory words = new uint256[](WORDS * inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            _copy(pack(inputs[i]), words, WORDS * i);
        }
        target.verifyBatch(proofs, words);
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

{%- if let Some(number) = mean_of %}

    /// @notice Whether the mean is above `threshold`, in the schema's fixed point: exact, and right for negative sums. A mean
    /// of nothing is above nothing.
    function isMeanAbove({{ library }}Inputs memory inputs, int64 threshold) internal pure returns (bool) {
        return inputs.{{ number }} != 0 && int256(inputs.sum) > int256(threshold) * int256(uint256(inputs.{{ number }}));
    }

    /// @notice Least and greatest value, in the schema's fixed point.
    /// @dev Of use only if the policy asks for them: else both fields are 0, and what is returned is `low` twice.
    /// @param low The policy's, which its id commits to
    function values({{ library }}Inputs memory inputs, int64 low) internal pure returns (int256 least, int256 greatest) {
        least = int256(low) + int256(uint256(inputs.minimum));
        greatest = int256(low) + int256(uint256(inputs.maximum));
    }
{%- endif %}

    /// Copies packed words to where they stand in a batch.
    function _copy(uint256[] memory words, uint256[] memory batch, uint256 start) private pure {
        for (uint256 i = 0; i < WORDS; i++) {
            batch[start + i] = words[i];
        }
    }

    /// A value below `limit`, to be shifted to its place.
    function _below(uint256 value, uint256 limit, string memory field) private pure returns (uint256) {
        if (value >= limit) revert IStatementVerifier.FieldOutOfRange(field, value, limit);
        return value;
    }
}
