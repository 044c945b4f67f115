// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement reading/v2 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {Field} from "../core/Field.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @notice The public inputs of reading/v2, but for the binding.
struct ReadingV2Inputs {
    /// The registry root at the start of the epoch.
    /// Word 0: an element of the scalar field.
    uint256 registryRoot;
    /// The policy.
    /// Word 1: an element of the scalar field.
    uint256 policyId;
    /// One a device, policy and epoch.
    /// Word 2: an element of the scalar field.
    uint256 nullifier;
    /// To the signed message.
    /// Word 3: an element of the scalar field.
    uint256 commitment;
    /// The epoch's number.
    /// Word 4, bits 152 to 183.
    uint32 epoch;
}

/// @title Public inputs of reading/v2: typed fields to packed words and back
/// @dev Made from the layout that the circuit reads, too.
library ReadingV2 {
    /// @notice Packed words: what INPUTS of a verifier is.
    uint256 internal constant WORDS = 5;
    /// @notice What FAMILY of a verifier is.
    bytes32 internal constant FAMILY = keccak256("reading/v2");

    /// @notice Reverts unless the proof shows these inputs to the calling contract, for `recipient`'s credit.
    /// @dev The binding is computed and never taken from a caller: a proof made for another chain, contract, recipient or
    /// statement is refused.
    function verify(IStatementVerifier target, bytes calldata proof, ReadingV2Inputs memory inputs, address recipient)
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
        ReadingV2Inputs[] memory inputs,
        address recipient
    ) internal view {
        uint152 bound = binding(recipient, target.STATEMENT_ID());
        uint256[] memory words = new uint256[](WORDS * inputs.length);
        for (uint256 i = 0; i < inputs.length; i++) {
            _copy(pack(inputs[i], bound), words, WORDS * i);
        }
        target.verifyBatch(proofs, words);
    }

    /// @notice The binding of a proof to this chain, the calling contract, a recipient and a statement with its shape: the low
    /// 152 bits of keccak256 of their ABI encoding.
    function binding(address recipient, bytes32 statementId) internal view returns (uint152) {
        return uint152(uint256(keccak256(abi.encode(block.chainid, address(this), recipient, statementId))));
    }

    /// @notice The packed words, each field checked against its width.
    function pack(ReadingV2Inputs memory inputs, uint152 binding_) internal pure returns (uint256[] memory words) {
        words = new uint256[](WORDS);
        words[0] = _below(inputs.registryRoot, Field.R, "registryRoot");
        words[1] = _below(inputs.policyId, Field.R, "policyId");
        words[2] = _below(inputs.nullifier, Field.R, "nullifier");
        words[3] = _below(inputs.commitment, Field.R, "commitment");
        words[4] = uint256(inputs.epoch) << 152;
        words[4] |= uint256(binding_);
    }

    /// @notice The fields of packed words; words with bits beyond their fields are refused.
    function unpack(uint256[] memory words) internal pure returns (ReadingV2Inputs memory inputs, uint152 binding_) {
        if (words.length != WORDS) revert IStatementVerifier.InputCount(WORDS, words.length);
        _below(words[0], Field.R, "registryRoot");
        _below(words[1], Field.R, "policyId");
        _below(words[2], Field.R, "nullifier");
        _below(words[3], Field.R, "commitment");
        _below(words[4], 2 ** 184, "word 4");
        inputs.registryRoot = words[0];
        inputs.policyId = words[1];
        inputs.nullifier = words[2];
        inputs.commitment = words[3];
        inputs.epoch = uint32((words[4] >> 152) & (2 ** 32 - 1));
        binding_ = uint152(words[4] & (2 ** 152 - 1));
    }

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
