// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement aggregate/v2 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {Field} from "../core/Field.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @notice The public inputs of aggregate/v2, but for the binding.
struct AggregateV2Inputs {
    /// The registry root at the end of the epoch.
    /// Word 0: an element of the scalar field.
    uint256 registryRoot;
    /// The policy.
    /// Word 1: an element of the scalar field.
    uint256 policyId;
    /// The epoch's number.
    /// Word 2, bits 211 to 242.
    uint32 epoch;
    /// Width of a chunk: it has 2^chunkBits positions. The shape fixes it: three bits a level.
    /// Word 2, bits 206 to 210.
    uint8 chunkBits;
    /// Which chunk: position >> chunkBits.
    /// Word 2, bits 184 to 205.
    uint32 chunk;
    /// Number of readings, one a device.
    /// Word 2, bits 163 to 183.
    uint32 count;
    /// Sum of the values, in the schema's fixed point.
    /// Word 2, bits 101 to 162, stored as value + 2^61.
    int64 sum;
    /// Sum of squares of value - low, in the square of the schema's fixed point; 0 also means that the policy does
    /// not ask for it.
    /// Word 2, bits 0 to 100.
    uint128 sumOfSquares;
    /// Least value - low, in the schema's fixed point; 0 also means that the policy does not ask for it.
    /// Word 3, bits 192 to 231.
    uint64 minimum;
    /// Greatest value - low, in the schema's fixed point; 0 also means that the policy does not ask for it.
    /// Word 3, bits 152 to 191.
    uint64 maximum;
}

/// @title Public inputs of aggregate/v2: typed fields to packed words and back
/// @dev Made from the layout that the circuit reads, too.
library AggregateV2 {
    /// @notice Packed words: what INPUTS of a verifier is.
    uint256 internal constant WORDS = 4;
    /// @notice What FAMILY of a verifier is.
    bytes32 internal constant FAMILY = keccak256("aggregate/v2");

    /// @notice Reverts unless the proof shows these inputs to the calling contract, for `recipient`'s credit.
    /// @dev The binding is computed and never taken from a caller: a proof made for another chain, contract, recipient or
    /// statement is refused.
    function verify(IStatementVerifier target, bytes calldata proof, AggregateV2Inputs memory inputs, address recipient)
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
        AggregateV2Inputs[] memory inputs,
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
    function pack(AggregateV2Inputs memory inputs, uint152 binding_) internal pure returns (uint256[] memory words) {
        words = new uint256[](WORDS);
        words[0] = _below(inputs.registryRoot, Field.R, "registryRoot");
        words[1] = _below(inputs.policyId, Field.R, "policyId");
        words[2] = uint256(inputs.epoch) << 211;
        words[2] |= _below(inputs.chunkBits, 2 ** 5, "chunkBits") << 206;
        words[2] |= _below(inputs.chunk, 2 ** 22, "chunk") << 184;
        words[2] |= _below(inputs.count, 2 ** 21, "count") << 163;
        words[2] |= _below(uint256(int256(inputs.sum) + 2 ** 61), 2 ** 62, "sum") << 101;
        words[2] |= _below(inputs.sumOfSquares, 2 ** 101, "sumOfSquares");
        words[3] = _below(inputs.minimum, 2 ** 40, "minimum") << 192;
        words[3] |= _below(inputs.maximum, 2 ** 40, "maximum") << 152;
        words[3] |= uint256(binding_);
    }

    /// @notice The fields of packed words; words with bits beyond their fields are refused.
    function unpack(uint256[] memory words) internal pure returns (AggregateV2Inputs memory inputs, uint152 binding_) {
        if (words.length != WORDS) revert IStatementVerifier.InputCount(WORDS, words.length);
        _below(words[0], Field.R, "registryRoot");
        _below(words[1], Field.R, "policyId");
        _below(words[2], 2 ** 243, "word 2");
        _below(words[3], 2 ** 232, "word 3");
        inputs.registryRoot = words[0];
        inputs.policyId = words[1];
        inputs.epoch = uint32((words[2] >> 211) & (2 ** 32 - 1));
        inputs.chunkBits = uint8((words[2] >> 206) & (2 ** 5 - 1));
        inputs.chunk = uint32((words[2] >> 184) & (2 ** 22 - 1));
        inputs.count = uint32((words[2] >> 163) & (2 ** 21 - 1));
        inputs.sum = int64(int256((words[2] >> 101) & (2 ** 62 - 1)) - 2 ** 61);
        inputs.sumOfSquares = uint128(words[2] & (2 ** 101 - 1));
        inputs.minimum = uint64((words[3] >> 192) & (2 ** 40 - 1));
        inputs.maximum = uint64((words[3] >> 152) & (2 ** 40 - 1));
        binding_ = uint152(words[3] & (2 ** 152 - 1));
    }

    /// @notice Whether the mean is above `threshold`, in the schema's fixed point: exact, and right for negative sums. A mean
    /// of nothing is above nothing.
    function isMeanAbove(AggregateV2Inputs memory inputs, int64 threshold) internal pure returns (bool) {
        return inputs.count != 0 && int256(inputs.sum) > int256(threshold) * int256(uint256(inputs.count));
    }

    /// @notice Least and greatest value, in the schema's fixed point.
    /// @dev Of use only if the policy asks for them: else both fields are 0, and what is returned is `low` twice.
    /// @param low The policy's, which its id commits to
    function values(AggregateV2Inputs memory inputs, int64 low) internal pure returns (int256 least, int256 greatest) {
        least = int256(low) + int256(uint256(inputs.minimum));
        greatest = int256(low) + int256(uint256(inputs.maximum));
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
