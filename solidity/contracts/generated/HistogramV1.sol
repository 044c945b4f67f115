// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement histogram/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {Field} from "../core/Field.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @notice The public inputs of histogram/v1, but for the binding.
struct HistogramV1Inputs {
    /// The registry root at the end of the epoch.
    /// Word 0: an element of the scalar field.
    uint256 registryRoot;
    /// The policy.
    /// Word 1: an element of the scalar field.
    uint256 policyId;
    /// The epoch's number.
    /// Word 2, bits 216 to 247.
    uint32 epoch;
    /// Width of a chunk: it has 2^chunkBits positions. The shape fixes it: three bits a level.
    /// Word 2, bits 211 to 215.
    uint8 chunkBits;
    /// Which chunk: position >> chunkBits.
    /// Word 2, bits 189 to 210.
    uint32 chunk;
    /// Number of readings, one a device: the sum of all bins.
    /// Word 2, bits 168 to 188.
    uint32 count;
    /// Readings whose value - low is below the bin width.
    /// Word 2, bits 0 to 15.
    uint16 bin0;
    /// Readings whose value - low is from 1 to below 2 bin widths.
    /// Word 3, bits 224 to 239.
    uint16 bin1;
    /// Readings whose value - low is from 2 to below 3 bin widths.
    /// Word 3, bits 208 to 223.
    uint16 bin2;
    /// Readings whose value - low is from 3 to below 4 bin widths.
    /// Word 3, bits 192 to 207.
    uint16 bin3;
    /// Readings whose value - low is from 4 to below 5 bin widths.
    /// Word 3, bits 176 to 191.
    uint16 bin4;
    /// Readings whose value - low is from 5 to below 6 bin widths.
    /// Word 3, bits 160 to 175.
    uint16 bin5;
    /// Readings whose value - low is from 6 to below 7 bin widths.
    /// Word 3, bits 144 to 159.
    uint16 bin6;
    /// Readings whose value - low is from 7 to below 8 bin widths.
    /// Word 3, bits 128 to 143.
    uint16 bin7;
    /// Readings whose value - low is from 8 to below 9 bin widths.
    /// Word 3, bits 112 to 127.
    uint16 bin8;
    /// Readings whose value - low is from 9 to below 10 bin widths.
    /// Word 3, bits 96 to 111.
    uint16 bin9;
    /// Readings whose value - low is from 10 to below 11 bin widths.
    /// Word 3, bits 80 to 95.
    uint16 bin10;
    /// Readings whose value - low is from 11 to below 12 bin widths.
    /// Word 3, bits 64 to 79.
    uint16 bin11;
    /// Readings whose value - low is from 12 to below 13 bin widths.
    /// Word 3, bits 48 to 63.
    uint16 bin12;
    /// Readings whose value - low is from 13 to below 14 bin widths.
    /// Word 3, bits 32 to 47.
    uint16 bin13;
    /// Readings whose value - low is from 14 to below 15 bin widths.
    /// Word 3, bits 16 to 31.
    uint16 bin14;
    /// Readings whose value - low is 15 bin widths or more.
    /// Word 3, bits 0 to 15.
    uint16 bin15;
}

/// @title Public inputs of histogram/v1: typed fields to packed words and back
/// @dev Made from the layout that the circuit reads, too.
library HistogramV1 {
    /// @notice Packed words: what INPUTS of a verifier is.
    uint256 internal constant WORDS = 4;
    /// @notice What FAMILY of a verifier is.
    bytes32 internal constant FAMILY = keccak256("histogram/v1");

    /// @notice Reverts unless the proof shows these inputs to the calling contract, for `recipient`'s credit.
    /// @dev The binding is computed and never taken from a caller: a proof made for another chain, contract, recipient or
    /// statement is refused.
    function verify(IStatementVerifier target, bytes calldata proof, HistogramV1Inputs memory inputs, address recipient)
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
        HistogramV1Inputs[] memory inputs,
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
    function pack(HistogramV1Inputs memory inputs, uint152 binding_) internal pure returns (uint256[] memory words) {
        words = new uint256[](WORDS);
        words[0] = _below(inputs.registryRoot, Field.R, "registryRoot");
        words[1] = _below(inputs.policyId, Field.R, "policyId");
        words[2] = uint256(inputs.epoch) << 216;
        words[2] |= _below(inputs.chunkBits, 2 ** 5, "chunkBits") << 211;
        words[2] |= _below(inputs.chunk, 2 ** 22, "chunk") << 189;
        words[2] |= _below(inputs.count, 2 ** 21, "count") << 168;
        words[2] |= uint256(binding_) << 16;
        words[2] |= uint256(inputs.bin0);
        words[3] = uint256(inputs.bin1) << 224;
        words[3] |= uint256(inputs.bin2) << 208;
        words[3] |= uint256(inputs.bin3) << 192;
        words[3] |= uint256(inputs.bin4) << 176;
        words[3] |= uint256(inputs.bin5) << 160;
        words[3] |= uint256(inputs.bin6) << 144;
        words[3] |= uint256(inputs.bin7) << 128;
        words[3] |= uint256(inputs.bin8) << 112;
        words[3] |= uint256(inputs.bin9) << 96;
        words[3] |= uint256(inputs.bin10) << 80;
        words[3] |= uint256(inputs.bin11) << 64;
        words[3] |= uint256(inputs.bin12) << 48;
        words[3] |= uint256(inputs.bin13) << 32;
        words[3] |= uint256(inputs.bin14) << 16;
        words[3] |= uint256(inputs.bin15);
    }

    /// @notice The fields of packed words; words with bits beyond their fields are refused.
    function unpack(uint256[] memory words) internal pure returns (HistogramV1Inputs memory inputs, uint152 binding_) {
        if (words.length != WORDS) revert IStatementVerifier.InputCount(WORDS, words.length);
        _below(words[0], Field.R, "registryRoot");
        _below(words[1], Field.R, "policyId");
        _below(words[2], 2 ** 248, "word 2");
        _below(words[3], 2 ** 240, "word 3");
        inputs.registryRoot = words[0];
        inputs.policyId = words[1];
        inputs.epoch = uint32((words[2] >> 216) & (2 ** 32 - 1));
        inputs.chunkBits = uint8((words[2] >> 211) & (2 ** 5 - 1));
        inputs.chunk = uint32((words[2] >> 189) & (2 ** 22 - 1));
        inputs.count = uint32((words[2] >> 168) & (2 ** 21 - 1));
        binding_ = uint152((words[2] >> 16) & (2 ** 152 - 1));
        inputs.bin0 = uint16(words[2] & (2 ** 16 - 1));
        inputs.bin1 = uint16((words[3] >> 224) & (2 ** 16 - 1));
        inputs.bin2 = uint16((words[3] >> 208) & (2 ** 16 - 1));
        inputs.bin3 = uint16((words[3] >> 192) & (2 ** 16 - 1));
        inputs.bin4 = uint16((words[3] >> 176) & (2 ** 16 - 1));
        inputs.bin5 = uint16((words[3] >> 160) & (2 ** 16 - 1));
        inputs.bin6 = uint16((words[3] >> 144) & (2 ** 16 - 1));
        inputs.bin7 = uint16((words[3] >> 128) & (2 ** 16 - 1));
        inputs.bin8 = uint16((words[3] >> 112) & (2 ** 16 - 1));
        inputs.bin9 = uint16((words[3] >> 96) & (2 ** 16 - 1));
        inputs.bin10 = uint16((words[3] >> 80) & (2 ** 16 - 1));
        inputs.bin11 = uint16((words[3] >> 64) & (2 ** 16 - 1));
        inputs.bin12 = uint16((words[3] >> 48) & (2 ** 16 - 1));
        inputs.bin13 = uint16((words[3] >> 32) & (2 ** 16 - 1));
        inputs.bin14 = uint16((words[3] >> 16) & (2 ** 16 - 1));
        inputs.bin15 = uint16(words[3] & (2 ** 16 - 1));
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
