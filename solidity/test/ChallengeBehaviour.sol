// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {VerifierFixture} from "./VerifierFixture.sol";

/// @notice The one property that makes a batch sound: its challenge is the digest of everything that is verified. Each forgery
/// here is of two false proofs whose errors cancel for a challenge that leaves something out, or that is a constant.
abstract contract ChallengeBehaviour is VerifierFixture {
    uint256 private constant C_AT = 192;

    /// The second proof's A is scaled by the digest of the key's id, all proofs and all inputs, modulo r.
    function test_Challenge_IsTheDigestOfEverything() external {
        (bytes memory batch, uint256[] memory words) = _batch(_inOrder(2));
        uint256 challenge = uint256(keccak256(abi.encodePacked(keyId, batch, words))) % R;
        vm.expectCall(address(0x07), abi.encode(_word(batch, PROOF_BYTES), _word(batch, PROOF_BYTES + 32), challenge));
        verifier.verifyBatch(batch, words);
    }

    /// A constant, such as 7. One of few bits, or without the key, is no longer the digest above.
    function test_Challenge_IsNoConstant() external view {
        for (uint256 challenge = 1; challenge < 32; challenge++) {
            _assertProofsRefused(0, challenge);
            _assertInputsRefused(0, challenge);
        }
    }

    /// Inputs chosen after the challenge is known: none of them in it, those of the first proof alone, of the last alone.
    function test_Challenge_CoversTheInputs() external view {
        (bytes memory batch, uint256[] memory words) = _batch(_inOrder(3));
        _assertInputsRefused(0, _challenge(abi.encodePacked(keyId, batch)));
        _assertInputsRefused(0, _challenge(abi.encodePacked(keyId, proofs[0])));
        words = inputs[0];
        _assertInputsRefused(1, _challenge(abi.encodePacked(keyId, batch, words)));
        words = inputs[2];
        _assertInputsRefused(0, _challenge(abi.encodePacked(keyId, batch, words)));
    }

    /// Proofs chosen after the challenge is known: none of them in it, the first alone, the last alone.
    function test_Challenge_CoversTheProofs() external view {
        (, uint256[] memory words) = _batch(_inOrder(3));
        _assertProofsRefused(0, _challenge(abi.encodePacked(keyId, words)));
        _assertProofsRefused(1, _challenge(abi.encodePacked(keyId, proofs[0], words)));
        _assertProofsRefused(0, _challenge(abi.encodePacked(keyId, proofs[2], words)));
    }

    function _challenge(bytes memory transcript) private pure returns (uint256) {
        return uint256(keccak256(transcript)) % R;
    }

    /// Proofs `first` and the next one, whose errors in C cancel for this challenge: c E and -E.
    function _assertProofsRefused(uint256 first, uint256 challenge) private view {
        (bytes memory batch, uint256[] memory words) = _batch(_inOrder(3));
        _shift(batch, PROOF_BYTES * first + C_AT, challenge);
        _shift(batch, PROOF_BYTES * (first + 1) + C_AT, R - 1);
        _assertBatchRefused(batch, words);
    }

    /// The same with errors in one input: c and -1.
    function _assertInputsRefused(uint256 first, uint256 challenge) private view {
        uint256 count = inputs[0].length;
        uint256 place = count * first;
        for (uint256 i = place; i < place + count; i++) {
            (bytes memory batch, uint256[] memory words) = _batch(_inOrder(3));
            words[i] = addmod(words[i], challenge, R);
            words[i + count] = addmod(words[i + count], R - 1, R);
            _assertBatchRefused(batch, words);
        }
    }

    function _assertBatchRefused(bytes memory batch, uint256[] memory words) private view {
        bytes memory data = abi.encodeCall(IStatementVerifier.verifyBatch, (batch, words));
        _assertRefused(data, IStatementVerifier.BatchRejected.selector, "a batch of false proofs");
    }
}
