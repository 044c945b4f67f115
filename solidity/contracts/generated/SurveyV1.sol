// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement survey/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.28;

import {Groth16} from "../core/Groth16.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @notice The public inputs of survey/v1, but for the binding.
struct SurveyV1Inputs {
    /// Word 0: an element of the scalar field.
    uint256 registryRoot;
    /// Word 1: an element of the scalar field.
    uint256 policyId;
    /// Word 2, bits 220 to 251.
    uint32 epoch;
    /// Word 2, bits 215 to 219.
    uint8 chunkBits;
    /// Word 2, bits 200 to 214.
    uint32 chunk;
    /// Word 2, bits 184 to 199.
    uint32 devices;
    /// Word 2, bits 163 to 183.
    uint32 counted;
    /// Word 2, bits 142 to 162.
    uint32 leftOut;
    /// Word 2, bits 80 to 141, stored as value + 2^61.
    int64 sum;
    /// Word 2, bits 40 to 79.
    uint64 minimum;
    /// Word 2, bits 0 to 39.
    uint64 maximum;
    /// Word 3, bits 152 to 252.
    uint128 sumOfSquares;
}

/// @title Public inputs of survey/v1: typed fields to packed words and back
/// @dev Made from the layout that the circuit reads, too.
library SurveyV1 {
    /// @notice Packed words.
    uint256 internal constant WORDS = 4;

    /// @notice Reverts unless the proof shows these inputs to the calling contract, for `recipient`'s credit.
    /// @dev The binding is computed and never taken from a caller: a proof made for another chain, contract, recipient or
    /// statement is refused.
    function verify(IStatementVerifier target, bytes calldata proof, SurveyV1Inputs memory inputs, address recipient)
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
    function pack(SurveyV1Inputs memory inputs, uint152 binding_) internal pure returns (uint256[] memory words) {
        words = new uint256[](WORDS);
        words[0] = _below(inputs.registryRoot, Groth16.R, "registryRoot");
        words[1] = _below(inputs.policyId, Groth16.R, "policyId");
        words[2] = uint256(inputs.epoch) << 220;
        words[2] |= _below(inputs.chunkBits, 2 ** 5, "chunkBits") << 215;
        words[2] |= _below(inputs.chunk, 2 ** 15, "chunk") << 200;
        words[2] |= _below(inputs.devices, 2 ** 16, "devices") << 184;
        words[2] |= _below(inputs.counted, 2 ** 21, "counted") << 163;
        words[2] |= _below(inputs.leftOut, 2 ** 21, "leftOut") << 142;
        words[2] |= _below(uint256(int256(inputs.sum) + 2 ** 61), 2 ** 62, "sum") << 80;
        words[2] |= _below(inputs.minimum, 2 ** 40, "minimum") << 40;
        words[2] |= _below(inputs.maximum, 2 ** 40, "maximum");
        words[3] = _below(inputs.sumOfSquares, 2 ** 101, "sumOfSquares") << 152;
        words[3] |= uint256(binding_);
    }

    /// @notice The fields of packed words; words with bits beyond their fields are refused.
    function unpack(uint256[] memory words) internal pure returns (SurveyV1Inputs memory inputs, uint152 binding_) {
        if (words.length != WORDS) revert IStatementVerifier.InputCount(WORDS, words.length);
        _below(words[0], Groth16.R, "registryRoot");
        _below(words[1], Groth16.R, "policyId");
        _below(words[2], 2 ** 252, "word 2");
        _below(words[3], 2 ** 253, "word 3");
        inputs.registryRoot = words[0];
        inputs.policyId = words[1];
        inputs.epoch = uint32((words[2] >> 220) & (2 ** 32 - 1));
        inputs.chunkBits = uint8((words[2] >> 215) & (2 ** 5 - 1));
        inputs.chunk = uint32((words[2] >> 200) & (2 ** 15 - 1));
        inputs.devices = uint32((words[2] >> 184) & (2 ** 16 - 1));
        inputs.counted = uint32((words[2] >> 163) & (2 ** 21 - 1));
        inputs.leftOut = uint32((words[2] >> 142) & (2 ** 21 - 1));
        inputs.sum = int64(int256((words[2] >> 80) & (2 ** 62 - 1)) - 2 ** 61);
        inputs.minimum = uint64((words[2] >> 40) & (2 ** 40 - 1));
        inputs.maximum = uint64(words[2] & (2 ** 40 - 1));
        inputs.sumOfSquares = uint128((words[3] >> 152) & (2 ** 101 - 1));
        binding_ = uint152(words[3] & (2 ** 152 - 1));
    }

    /// A value below `limit`, to be shifted to its place.
    function _below(uint256 value, uint256 limit, string memory field) private pure returns (uint256) {
        if (value >= limit) revert IStatementVerifier.FieldOutOfRange(field, value, limit);
        return value;
    }
}
