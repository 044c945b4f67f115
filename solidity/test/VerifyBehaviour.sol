// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {VerifierFixture} from "./VerifierFixture.sol";

/// @notice What `verify` of every verifier has to do, whatever the statement and wherever the key is.
abstract contract VerifyBehaviour is VerifierFixture {
    // Where a proof has its points.
    uint256 private constant A_AT = 0;
    uint256 private constant B_AT = 64;
    uint256 private constant C_AT = 192;

    function test_Verify_AcceptsProofs() external view {
        for (uint256 i = 0; i < proofs.length; i++) {
            assertEq(proofs[i].length, PROOF_BYTES);
            _assertAccepted(_verifyData(i), vm.toString(i));
        }
    }

    function test_Verify_AcceptsThroughTheInterface() external view {
        verifier.verify(proofs[0], inputs[0]);
    }

    function test_Verify_RefusesEveryFlippedBitOfAProof() external view {
        bytes memory data = _verifyData(0);
        for (uint256 bit = 8 * PROOF_AT; bit < 8 * (PROOF_AT + PROOF_BYTES); bit++) {
            _flip(data, bit);
            _assertRefused(data, IStatementVerifier.PairingRefused.selector, vm.toString(bit));
            _flip(data, bit);
        }
        _assertAccepted(data, "flipped back");
    }

    function test_Verify_RefusesEveryFlippedBitOfAnInput() external view {
        bytes memory data = _verifyData(0);
        for (uint256 index = 0; index < inputs[0].length; index++) {
            for (uint256 bit = 0; bit < 256; bit++) {
                uint256 value = inputs[0][index] ^ (2 ** bit);
                _setWord(data, _inputAt(index), value);
                if (value < R) {
                    _assertRefused(data, IStatementVerifier.ProofRejected.selector, vm.toString(bit));
                } else {
                    _assertRefused(data, _refusedInput(index, value), vm.toString(bit));
                }
            }
            _setWord(data, _inputAt(index), inputs[0][index]);
        }
        _assertAccepted(data, "flipped back");
    }

    /// Equal modulo r, so that the equation would hold.
    function test_Verify_RefusesInputsPlusR() external view {
        for (uint256 index = 0; index < inputs[0].length; index++) {
            for (uint256 value = inputs[0][index] + R;; value += R) {
                _assertRefusedInput(index, value);
                if (value > type(uint256).max - R) break;
            }
            _assertRefusedInput(index, R);
            _assertRefusedInput(index, type(uint256).max);
        }
    }

    function test_Verify_NamesTheFirstInputThatIsNotCanonical() external view {
        bytes memory data = _verifyData(0);
        for (uint256 after_ = inputs[0].length; after_ > 0; after_--) {
            uint256 index = after_ - 1;
            _setWord(data, _inputAt(index), R + index);
            _assertRefused(data, _refusedInput(index, R + index), vm.toString(index));
        }
    }

    function test_Verify_RefusesProofsOfAnotherLength() external view {
        for (uint256 length = 0; length <= 2 * PROOF_BYTES; length++) {
            if (length == PROOF_BYTES) continue;
            bytes memory data = abi.encodeCall(IStatementVerifier.verify, (_resized(proofs[0], length), inputs[0]));
            bytes memory wanted = abi.encodeWithSelector(IStatementVerifier.ProofLength.selector, PROOF_BYTES, length);
            _assertRefused(data, wanted, vm.toString(length));
        }
    }

    function test_Verify_RefusesMissingAndAppendedInputs() external view {
        uint256 count = inputs[0].length;
        for (uint256 length = 0; length <= count + 2; length++) {
            if (length == count) continue;
            uint256[] memory words = new uint256[](length);
            for (uint256 i = 0; i < length && i < count; i++) {
                words[i] = inputs[0][i];
            }
            bytes memory wanted = abi.encodeWithSelector(IStatementVerifier.InputCount.selector, count, length);
            _assertRefused(abi.encodeCall(IStatementVerifier.verify, (proofs[0], words)), wanted, vm.toString(length));
        }
    }

    function test_Verify_RefusesReorderedInputs() external view {
        uint256 count = inputs[0].length;
        for (uint256 i = 0; i < count; i++) {
            for (uint256 j = 0; j < i; j++) {
                assertNotEq(inputs[0][i], inputs[0][j], "inputs of the fixture differ");
                bytes memory data = _verifyData(0);
                _setWord(data, _inputAt(i), inputs[0][j]);
                _setWord(data, _inputAt(j), inputs[0][i]);
                _assertRefused(data, IStatementVerifier.ProofRejected.selector, vm.toString(i));
            }
        }
    }

    function test_Verify_RefusesAnotherProofsInputs() external view {
        for (uint256 i = 0; i < proofs.length; i++) {
            uint256 other = (i + 1) % proofs.length;
            bytes memory data = abi.encodeCall(IStatementVerifier.verify, (proofs[i], inputs[other]));
            _assertRefused(data, IStatementVerifier.ProofRejected.selector, vm.toString(i));
        }
    }

    function test_Verify_RefusesTruncatedCalldata() external view {
        bytes memory data = _verifyData(0);
        for (uint256 length = 0; length < data.length; length++) {
            _assertUnreadable(_resized(data, length), vm.toString(length));
        }
    }

    function test_Verify_RefusesTrailingCalldata() external view {
        bytes memory data = _verifyData(0);
        for (uint256 more = 1; more <= 65; more++) {
            bytes memory wanted = _refusedLength(data.length, data.length + more);
            _assertRefused(_resized(data, data.length + more), wanted, vm.toString(more));
        }
    }

    /// Inputs before the proof: the decoder takes that, and a call would have two encodings.
    function test_Verify_RefusesExchangedArguments() external view {
        bytes memory tail = abi.encodePacked(inputs[0].length, inputs[0]);
        bytes memory data = bytes.concat(
            abi.encodeWithSelector(IStatementVerifier.verify.selector, 64 + tail.length, 64),
            tail,
            abi.encode(PROOF_BYTES),
            proofs[0]
        );
        bytes memory wanted =
            abi.encodeWithSelector(IStatementVerifier.CalldataOffset.selector, PROOF_AT, PROOF_AT + tail.length);
        _assertRefused(data, wanted, "exchanged");
    }

    /// Inputs that lie within the proof: the decoder takes that, too.
    function test_Verify_RefusesInputsWithinTheProof() external view {
        bytes memory data = _verifyData(0);
        uint256 whole = data.length;
        _setWord(data, PROOF_AT + 32, inputs[0].length);
        _setWord(data, 4 + 32, PROOF_AT + 32 - 4);
        bytes memory wanted = abi.encodeWithSelector(
            IStatementVerifier.CalldataOffset.selector, PROOF_AT + PROOF_BYTES + 32, PROOF_AT + 64
        );
        _assertRefused(data, wanted, "inputs within the proof");
        uint256 less = PROOF_AT + PROOF_BYTES;
        _assertRefused(_resized(data, less), _refusedLength(whole, less), "and nothing behind it");
    }

    /// The length of a proof that starts one byte into the arguments is that byte, shifted: 256.
    function test_Verify_RefusesAProofWithinTheOffsets() external view {
        bytes memory data = _verifyData(0);
        _setWord(data, 4, 1);
        bytes memory wanted = abi.encodeWithSelector(IStatementVerifier.CalldataOffset.selector, PROOF_AT, 4 + 1 + 32);
        _assertRefused(data, wanted, "a proof within the offsets");
    }

    /// The precompiles refuse coordinates of q or more.
    function test_Verify_RefusesCoordinatesPlusQ() external view {
        for (uint256 place = PROOF_AT; place < PROOF_AT + PROOF_BYTES; place += 32) {
            bytes memory data = _verifyData(0);
            _setWord(data, place, _word(data, place) + Q);
            _assertRefused(data, IStatementVerifier.PairingRefused.selector, vm.toString(place));
        }
    }

    /// On the twist, and not in the group of order r.
    function test_Verify_RefusesBOfAnotherOrder() external view {
        bytes memory proof = proofs[0];
        _setWord(proof, B_AT, 0);
        _setWord(proof, B_AT + 32, 1);
        _setWord(proof, B_AT + 64, 5912654199736721486680175016176231956195085055698687135131307249486702594212);
        _setWord(proof, B_AT + 96, 18278151005453108793778860132295291098363647455926340152056652516292830556603);
        _assertProofRefused(proof, IStatementVerifier.PairingRefused.selector, "B of another order");
    }

    /// Zeros are the identity, which is well formed.
    function test_Verify_RefusesIdentities() external view {
        for (uint256 mask = 1; mask < 8; mask++) {
            bytes memory proof = proofs[0];
            if (mask & 1 != 0) _clear(proof, A_AT, 64);
            if (mask & 2 != 0) _clear(proof, B_AT, 128);
            if (mask & 4 != 0) _clear(proof, C_AT, 64);
            _assertProofRefused(proof, IStatementVerifier.ProofRejected.selector, vm.toString(mask));
        }
    }

    function test_Verify_RefusesNegatedPoints() external view {
        bytes memory proof = proofs[0];
        _negate(proof, A_AT + 32);
        _assertProofRefused(proof, IStatementVerifier.ProofRejected.selector, "-A");
        proof = proofs[0];
        _negate(proof, B_AT + 64);
        _negate(proof, B_AT + 96);
        _assertProofRefused(proof, IStatementVerifier.ProofRejected.selector, "-B");
        proof = proofs[0];
        _negate(proof, C_AT + 32);
        _assertProofRefused(proof, IStatementVerifier.ProofRejected.selector, "-C");
    }

    function test_Verify_RefusesExchangedPoints() external view {
        bytes memory proof = proofs[0];
        for (uint256 i = 0; i < 64; i++) {
            (proof[A_AT + i], proof[C_AT + i]) = (proof[C_AT + i], proof[A_AT + i]);
        }
        _assertProofRefused(proof, IStatementVerifier.ProofRejected.selector, "A and C exchanged");
    }

    /// Anybody can make a second proof from a first: -A and -B. So a proof is no key against replay.
    function test_Verify_AcceptsAnotherFormOfTheSameProof() external view {
        bytes memory proof = proofs[0];
        _negate(proof, A_AT + 32);
        _negate(proof, B_AT + 64);
        _negate(proof, B_AT + 96);
        _assertAccepted(abi.encodeCall(IStatementVerifier.verify, (proof, inputs[0])), "-A and -B");
    }

    function test_Verify_RefusesWithTooLittleGas() external view {
        bytes memory data = _verifyData(0);
        for (uint256 gas_ = 10_000; gas_ <= 200_000; gas_ += 5_000) {
            (bool ok,) = address(verifier).staticcall{gas: gas_}(data);
            assertFalse(ok, vm.toString(gas_));
        }
    }

    function testFuzz_Verify_RefusesAlteredInputs(uint256 index, uint256 value) external view {
        index = bound(index, 0, inputs[0].length - 1);
        vm.assume(value != inputs[0][index]);
        bytes memory data = _verifyData(0);
        _setWord(data, _inputAt(index), value);
        if (value < R) {
            _assertRefused(data, IStatementVerifier.ProofRejected.selector, "altered input");
        } else {
            _assertRefused(data, _refusedInput(index, value), "input that is not canonical");
        }
    }

    function testFuzz_Verify_RefusesAlteredProofs(uint256 place, uint256 value) external view {
        place = bound(place, 0, PROOF_BYTES - 32);
        bytes memory proof = proofs[0];
        vm.assume(value != _word(proof, place));
        _setWord(proof, place, value);
        _assertProofRefused(proof, IStatementVerifier.PairingRefused.selector, "altered proof");
    }

    function testFuzz_Verify_RefusesOtherPointsOfTheGroup(uint256 scalar, bool c) external view {
        scalar = bound(scalar, 2, R - 1);
        bytes memory proof = proofs[0];
        _scale(proof, c ? C_AT : A_AT, scalar);
        _assertProofRefused(proof, IStatementVerifier.ProofRejected.selector, "a multiple of a point");
    }

    function testFuzz_Verify_RefusesTrailingCalldata(bytes memory tail) external view {
        vm.assume(tail.length != 0);
        bytes memory data = _verifyData(0);
        bytes memory wanted = _refusedLength(data.length, data.length + tail.length);
        _assertRefused(bytes.concat(data, tail), wanted, "trailing bytes");
    }

    function _inputAt(uint256 index) private pure returns (uint256) {
        return PROOF_AT + PROOF_BYTES + 32 + 32 * index;
    }

    function _assertRefusedInput(uint256 index, uint256 value) private view {
        bytes memory data = _verifyData(0);
        _setWord(data, _inputAt(index), value);
        _assertRefused(data, _refusedInput(index, value), vm.toString(index));
    }

    function _assertProofRefused(bytes memory proof, bytes4 wanted, string memory what) private view {
        _assertRefused(abi.encodeCall(IStatementVerifier.verify, (proof, inputs[0])), wanted, what);
    }

    function _clear(bytes memory proof, uint256 place, uint256 length) private pure {
        for (uint256 i = place; i < place + length; i++) {
            proof[i] = 0;
        }
    }

    /// Negates the coordinate at byte `place`.
    function _negate(bytes memory proof, uint256 place) private pure {
        _setWord(proof, place, Q - _word(proof, place));
    }
}
