// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement private-sum/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {Field} from "../core/Field.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @notice The public inputs of private-sum/v1, but for the binding.
struct PrivateSumV1Inputs {
    /// The registry root at the end of the epoch.
    /// Word 0: an element of the scalar field.
    uint256 registryRoot;
    /// The policy.
    /// Word 1: an element of the scalar field.
    uint256 policyId;
    /// What was posted before the deadline.
    /// Word 2: an element of the scalar field.
    uint256 seal;
    /// Public randomness of a moment after the deadline.
    /// Word 3: an element of the scalar field.
    uint256 beacon;
    /// The epoch's number.
    /// Word 4, bits 110 to 141.
    uint32 epoch;
    /// Width of a chunk: it has 2^chunkBits positions. The shape fixes it: three bits a level.
    /// Word 4, bits 105 to 109.
    uint8 chunkBits;
    /// Which chunk: position >> chunkBits.
    /// Word 4, bits 83 to 104.
    uint32 chunk;
    /// Number of readings, one a device: the exact one.
    /// Word 4, bits 62 to 82.
    uint32 count;
    /// Sum of the values and the noise, in the schema's fixed point.
    /// Word 4, bits 0 to 61, stored as value + 2^61.
    int64 sum;
}

/// @title Public inputs of private-sum/v1: typed fields to packed words and back
/// @dev Made from the layout that the circuit reads, too.
library PrivateSumV1 {
    /// @notice Packed words: what INPUTS of a verifier is.
    uint256 internal constant WORDS = 6;
    /// @notice What FAMILY of a verifier is.
    bytes32 internal constant FAMILY = keccak256("private-sum/v1");

    /// @notice Reverts unless the proof shows these inputs to the calling contract, for `recipient`'s credit.
    /// @dev The binding is computed and never taken from a caller: a proof made for another chain, contract, recipient or
    /// statement is refused.
    function verify(IStatementVerifier target, bytes calldata proof, PrivateSumV1Inputs memory inputs, address recipient)
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
        PrivateSumV1Inputs[] memory inputs,
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
    function pack(PrivateSumV1Inputs memory inputs, uint152 binding_) internal pure returns (uint256[] memory words) {
        words = new uint256[](WORDS);
        words[0] = _below(inputs.registryRoot, Field.R, "registryRoot");
        words[1] = _below(inputs.policyId, Field.R, "policyId");
        words[2] = _below(inputs.seal, Field.R, "seal");
        words[3] = _below(inputs.beacon, Field.R, "beacon");
        words[4] = uint256(inputs.epoch) << 110;
        words[4] |= _below(inputs.chunkBits, 2 ** 5, "chunkBits") << 105;
        words[4] |= _below(inputs.chunk, 2 ** 22, "chunk") << 83;
        words[4] |= _below(inputs.count, 2 ** 21, "count") << 62;
        words[4] |= _below(uint256(int256(inputs.sum) + 2 ** 61), 2 ** 62, "sum");
        words[5] = uint256(binding_);
    }

    /// @notice The fields of packed words; words with bits beyond their fields are refused.
    function unpack(uint256[] memory words) internal pure returns (PrivateSumV1Inputs memory inputs, uint152 binding_) {
        if (words.length != WORDS) revert IStatementVerifier.InputCount(WORDS, words.length);
        _below(words[0], Field.R, "registryRoot");
        _below(words[1], Field.R, "policyId");
        _below(words[2], Field.R, "seal");
        _below(words[3], Field.R, "beacon");
        _below(words[4], 2 ** 142, "word 4");
        _below(words[5], 2 ** 152, "word 5");
        inputs.registryRoot = words[0];
        inputs.policyId = words[1];
        inputs.seal = words[2];
        inputs.beacon = words[3];
        inputs.epoch = uint32((words[4] >> 110) & (2 ** 32 - 1));
        inputs.chunkBits = uint8((words[4] >> 105) & (2 ** 5 - 1));
        inputs.chunk = uint32((words[4] >> 83) & (2 ** 22 - 1));
        inputs.count = uint32((words[4] >> 62) & (2 ** 21 - 1));
        inputs.sum = int64(int256(words[4] & (2 ** 62 - 1)) - 2 ** 61);
        binding_ = uint152(words[5] & (2 ** 152 - 1));
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
