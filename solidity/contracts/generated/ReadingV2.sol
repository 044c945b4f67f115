// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement reading/v2 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.28;

import {Groth16} from "../core/Groth16.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @notice The public inputs of reading/v2, but for the binding.
struct ReadingV2Inputs {
    /// Word 0: an element of the scalar field.
    uint256 registryRoot;
    /// Word 1: an element of the scalar field.
    uint256 policyId;
    /// Word 2: an element of the scalar field.
    uint256 nullifier;
    /// Word 3: an element of the scalar field.
    uint256 commitment;
    /// Word 4, bits 152 to 183.
    uint32 epoch;
}

/// @title Public inputs of reading/v2: typed fields to packed words and back
/// @dev Made from the layout that the circuit reads, too.
library ReadingV2 {
    /// @notice Packed words.
    uint256 internal constant WORDS = 5;

    /// @notice Reverts unless the proof shows these inputs to the calling contract, for `recipient`'s credit.
    /// @dev The binding is computed and never taken from a caller: a proof made for another chain, contract, recipient or
    /// statement is refused.
    function verify(IStatementVerifier target, bytes calldata proof, ReadingV2Inputs memory inputs, address recipient)
        internal
        view
    {
        target.verify(proof, pack(inputs, binding(recipient, target.STATEMENT_ID())));
    }

    /// @notice The binding of a proof to this chain, the calling contract, a recipient and a statement with its shape: the low
    /// 152 bits of keccak256 of their ABI encoding.
    function binding(address recipient, bytes32 statementId) internal view returns (uint152) {
        return uint152(uint256(keccak256(abi.encode(block.chainid, address(this), recipient, statementId))));
    }

    /// @notice The packed words, each field checked against its width.
    function pack(ReadingV2Inputs memory inputs, uint152 binding_) internal pure returns (uint256[] memory words) {
        words = new uint256[](WORDS);
        words[0] = _below(inputs.registryRoot, Groth16.R, "registryRoot");
        words[1] = _below(inputs.policyId, Groth16.R, "policyId");
        words[2] = _below(inputs.nullifier, Groth16.R, "nullifier");
        words[3] = _below(inputs.commitment, Groth16.R, "commitment");
        words[4] = uint256(inputs.epoch) << 152;
        words[4] |= uint256(binding_);
    }

    /// @notice The fields of packed words; words with bits beyond their fields are refused.
    function unpack(uint256[] memory words) internal pure returns (ReadingV2Inputs memory inputs, uint152 binding_) {
        if (words.length != WORDS) revert IStatementVerifier.InputCount(WORDS, words.length);
        _below(words[0], Groth16.R, "registryRoot");
        _below(words[1], Groth16.R, "policyId");
        _below(words[2], Groth16.R, "nullifier");
        _below(words[3], Groth16.R, "commitment");
        _below(words[4], 2 ** 184, "word 4");
        inputs.registryRoot = words[0];
        inputs.policyId = words[1];
        inputs.nullifier = words[2];
        inputs.commitment = words[3];
        inputs.epoch = uint32((words[4] >> 152) & (2 ** 32 - 1));
        binding_ = uint152(words[4] & (2 ** 152 - 1));
    }

    /// A value below `limit`, to be shifted to its place.
    function _below(uint256 value, uint256 limit, string memory field) private pure returns (uint256) {
        if (value >= limit) revert IStatementVerifier.FieldOutOfRange(field, value, limit);
        return value;
    }
}
