// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement track/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {Field} from "../core/Field.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @notice The public inputs of track/v1, but for the binding.
struct TrackV1Inputs {
    /// The registry root at the start of the epoch.
    /// Word 0: an element of the scalar field.
    uint256 registryRoot;
    /// The policy.
    /// Word 1: an element of the scalar field.
    uint256 policyId;
    /// One a device, policy and epoch.
    /// Word 2: an element of the scalar field.
    uint256 nullifier;
    /// The epoch's number.
    /// Word 3, bits 128 to 159.
    uint32 epoch;
    /// Samples counted, at the least: as many as the policy wants, or more.
    /// Word 3, bits 112 to 127.
    uint16 samples;
    /// Samples of the frame that are not counted, at the most: as many as the policy allows, or fewer.
    /// Word 3, bits 96 to 111.
    uint16 leftOut;
    /// Legs, at the most.
    /// Word 3, bits 80 to 95.
    uint16 legs;
    /// Distance, at the least, in centimetres.
    /// Word 3, bits 48 to 79.
    uint32 distanceCm;
    /// Time of the legs, at the least, in milliseconds.
    /// Word 3, bits 16 to 47.
    uint32 observedMs;
    /// Slots of the epoch with a counted sample, at the least.
    /// Word 3, bits 0 to 15.
    uint16 slots;
}

/// @title Public inputs of track/v1: typed fields to packed words and back
/// @dev Made from the layout that the circuit reads, too.
library TrackV1 {
    /// @notice Packed words: what INPUTS of a verifier is.
    uint256 internal constant WORDS = 5;
    /// @notice What FAMILY of a verifier is.
    bytes32 internal constant FAMILY = keccak256("track/v1");

    /// @notice Reverts unless the proof shows these inputs to the calling contract, for `recipient`'s credit.
    /// @dev The binding is computed and never taken from a caller: a proof made for another chain, contract, recipient or
    /// statement is refused.
    function verify(IStatementVerifier target, bytes calldata proof, TrackV1Inputs memory inputs, address recipient)
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
        TrackV1Inputs[] memory inputs,
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
    function pack(TrackV1Inputs memory inputs, uint152 binding_) internal pure returns (uint256[] memory words) {
        words = new uint256[](WORDS);
        words[0] = _below(inputs.registryRoot, Field.R, "registryRoot");
        words[1] = _below(inputs.policyId, Field.R, "policyId");
        words[2] = _below(inputs.nullifier, Field.R, "nullifier");
        words[3] = uint256(inputs.epoch) << 128;
        words[3] |= uint256(inputs.samples) << 112;
        words[3] |= uint256(inputs.leftOut) << 96;
        words[3] |= uint256(inputs.legs) << 80;
        words[3] |= uint256(inputs.distanceCm) << 48;
        words[3] |= uint256(inputs.observedMs) << 16;
        words[3] |= uint256(inputs.slots);
        words[4] = uint256(binding_);
    }

    /// @notice The fields of packed words; words with bits beyond their fields are refused.
    function unpack(uint256[] memory words) internal pure returns (TrackV1Inputs memory inputs, uint152 binding_) {
        if (words.length != WORDS) revert IStatementVerifier.InputCount(WORDS, words.length);
        _below(words[0], Field.R, "registryRoot");
        _below(words[1], Field.R, "policyId");
        _below(words[2], Field.R, "nullifier");
        _below(words[3], 2 ** 160, "word 3");
        _below(words[4], 2 ** 152, "word 4");
        inputs.registryRoot = words[0];
        inputs.policyId = words[1];
        inputs.nullifier = words[2];
        inputs.epoch = uint32((words[3] >> 128) & (2 ** 32 - 1));
        inputs.samples = uint16((words[3] >> 112) & (2 ** 16 - 1));
        inputs.leftOut = uint16((words[3] >> 96) & (2 ** 16 - 1));
        inputs.legs = uint16((words[3] >> 80) & (2 ** 16 - 1));
        inputs.distanceCm = uint32((words[3] >> 48) & (2 ** 32 - 1));
        inputs.observedMs = uint32((words[3] >> 16) & (2 ** 32 - 1));
        inputs.slots = uint16(words[3] & (2 ** 16 - 1));
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
