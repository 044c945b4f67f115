// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {VerifierFixture} from "./VerifierFixture.sol";

/// @notice What `verifyBatch` of every verifier has to do.
abstract contract BatchBehaviour is VerifierFixture {
    uint256 private constant C_AT = 192;

    function test_VerifyBatch_AcceptsEveryLength() external view {
        for (uint256 length = 1; length <= proofs.length; length++) {
            _assertAccepted(_batchData(_inOrder(length)), vm.toString(length));
        }
    }

    function test_VerifyBatch_AcceptsEveryRotation() external view {
        uint256[] memory order = _inOrder(proofs.length);
        for (uint256 turn = 0; turn < order.length; turn++) {
            for (uint256 i = 0; i < order.length; i++) {
                order[i] = (i + turn) % order.length;
            }
            _assertAccepted(_batchData(order), vm.toString(turn));
        }
    }

    function test_VerifyBatch_RefusesAnEmptyBatch() external view {
        bytes memory data = abi.encodeCall(IStatementVerifier.verifyBatch, ("", new uint256[](0)));
        _assertRefused(data, IStatementVerifier.BatchEmpty.selector, "empty");
        data = abi.encodeCall(IStatementVerifier.verifyBatch, ("", inputs[0]));
        _assertRefused(data, IStatementVerifier.BatchEmpty.selector, "inputs without a proof");
    }

    /// A well-formed proof of something else, in each place.
    function test_VerifyBatch_RefusesOneFalseProofAnywhere() external view {
        for (uint256 length = 1; length <= proofs.length; length++) {
            for (uint256 place = 0; place < length; place++) {
                (bytes memory batch, uint256[] memory words) = _batch(_inOrder(length));
                _shift(batch, PROOF_BYTES * place + C_AT, 1);
                _assertBatchRefused(batch, words, IStatementVerifier.BatchRejected.selector, vm.toString(place));
            }
        }
    }

    function test_VerifyBatch_RefusesOneAlteredInputAnywhere() external view {
        for (uint256 i = 0; i < proofs.length * inputs[0].length; i++) {
            (bytes memory batch, uint256[] memory words) = _batch(_inOrder(proofs.length));
            words[i] ^= 1;
            _assertBatchRefused(batch, words, IStatementVerifier.BatchRejected.selector, vm.toString(i));
        }
    }

    function test_VerifyBatch_RefusesOneMalformedPointAnywhere() external view {
        (bytes memory batch, uint256[] memory words) = _batch(_inOrder(proofs.length));
        bytes memory data = abi.encodeCall(IStatementVerifier.verifyBatch, (batch, words));
        // One bit of each coordinate of each proof.
        for (uint256 place = PROOF_AT; place < PROOF_AT + batch.length; place += 32) {
            _flip(data, 8 * (place + 31));
            _assertRefusedByPrecompiles(data, vm.toString(place));
            _flip(data, 8 * (place + 31));
        }
        _assertAccepted(data, "flipped back");
    }

    /// A precompile that refuses keeps 63 / 64 of the gas. With this much, one of them leaves enough for the error, and two do not:
    /// what follows the first refusal must not be asked.
    function test_VerifyBatch_StopsAtTheFirstRefusal() external view {
        (bytes memory batch, uint256[] memory words) = _batch(_inOrder(proofs.length));
        for (uint256 i = 0; i < proofs.length; i++) {
            _flip(batch, 8 * (PROOF_BYTES * i + C_AT + 31));
        }
        _assertRefusedOnce(batch, words, "every C");
        for (uint256 i = 0; i < proofs.length; i++) {
            _flip(batch, 8 * (PROOF_BYTES * i + 31));
        }
        _assertRefusedOnce(batch, words, "every A and C");
    }

    function _assertRefusedOnce(bytes memory batch, uint256[] memory words, string memory what) private view {
        bytes memory data = abi.encodeCall(IStatementVerifier.verifyBatch, (batch, words));
        (bool ok, bytes memory returned) = address(verifier).staticcall{gas: 200_000}(data);
        assertFalse(ok, what);
        assertEq(returned, abi.encodePacked(IStatementVerifier.PairingRefused.selector), what);
    }

    /// A point in a batch is scaled before it is paired: scaling must not make it canonical.
    function test_VerifyBatch_RefusesCoordinatesPlusQ() external view {
        bytes memory data = _batchData(_inOrder(proofs.length));
        for (uint256 place = PROOF_AT; place < PROOF_AT + PROOF_BYTES * proofs.length; place += 32) {
            uint256 coordinate = _word(data, place);
            _setWord(data, place, coordinate + Q);
            _assertRefusedByPrecompiles(data, vm.toString(place));
            _setWord(data, place, coordinate);
        }
    }

    function test_VerifyBatch_RefusesExchangedInputs() external view {
        uint256 count = inputs[0].length;
        for (uint256 i = 0; i < proofs.length; i++) {
            for (uint256 j = 0; j < i; j++) {
                (bytes memory batch, uint256[] memory words) = _batch(_inOrder(proofs.length));
                for (uint256 k = 0; k < count; k++) {
                    (words[i * count + k], words[j * count + k]) = (words[j * count + k], words[i * count + k]);
                }
                _assertBatchRefused(batch, words, IStatementVerifier.BatchRejected.selector, vm.toString(i));
            }
        }
    }

    /// Two proofs that are false by as much, in opposite ways: a plain product of the equations would hold.
    function test_VerifyBatch_RefusesErrorsThatCancel() external view {
        for (uint256 i = 0; i < proofs.length; i++) {
            for (uint256 j = 0; j < proofs.length; j++) {
                if (i != j) _assertCancellingRefused(i, j, 1);
            }
        }
    }

    function test_VerifyBatch_RefusesInputsPlusR() external view {
        for (uint256 i = 0; i < proofs.length * inputs[0].length; i++) {
            (bytes memory batch, uint256[] memory words) = _batch(_inOrder(proofs.length));
            words[i] += R;
            bytes memory data = abi.encodeCall(IStatementVerifier.verifyBatch, (batch, words));
            _assertRefused(data, _refusedInput(i, words[i]), vm.toString(i));
            words[i] = R;
            data = abi.encodeCall(IStatementVerifier.verifyBatch, (batch, words));
            _assertRefused(data, _refusedInput(i, R), vm.toString(i));
        }
    }

    function test_VerifyBatch_RefusesPartsOfAProof() external view {
        (bytes memory batch, uint256[] memory words) = _batch(_inOrder(2));
        for (uint256 length = 1; length < 2 * PROOF_BYTES; length++) {
            if (length == PROOF_BYTES) continue;
            bytes memory data = abi.encodeCall(IStatementVerifier.verifyBatch, (_resized(batch, length), words));
            uint256 whole = length < PROOF_BYTES ? PROOF_BYTES : 2 * PROOF_BYTES;
            bytes memory wanted = abi.encodeWithSelector(IStatementVerifier.ProofLength.selector, whole, length);
            _assertRefused(data, wanted, vm.toString(length));
        }
    }

    function test_VerifyBatch_RefusesMissingAndAppendedInputs() external view {
        (bytes memory batch, uint256[] memory words) = _batch(_inOrder(2));
        for (uint256 length = 0; length <= words.length + inputs[0].length; length++) {
            if (length == words.length) continue;
            uint256[] memory others = new uint256[](length);
            for (uint256 i = 0; i < length && i < words.length; i++) {
                others[i] = words[i];
            }
            bytes memory wanted = abi.encodeWithSelector(IStatementVerifier.InputCount.selector, words.length, length);
            _assertRefused(abi.encodeCall(IStatementVerifier.verifyBatch, (batch, others)), wanted, vm.toString(length));
        }
    }

    function test_VerifyBatch_RefusesTruncatedCalldata() external view {
        bytes memory data = _batchData(_inOrder(2));
        for (uint256 length = 0; length < data.length; length++) {
            _assertUnreadable(_resized(data, length), vm.toString(length));
        }
    }

    function test_VerifyBatch_RefusesTrailingCalldata() external view {
        bytes memory data = _batchData(_inOrder(2));
        for (uint256 more = 1; more <= 65; more++) {
            bytes memory wanted = _refusedLength(data.length, data.length + more);
            _assertRefused(_resized(data, data.length + more), wanted, vm.toString(more));
        }
    }

    /// Any proofs in any order, with repetitions.
    function testFuzz_VerifyBatch_AcceptsEveryChoice(uint8[] memory choice) external view {
        uint256 length = bound(choice.length, 1, 5);
        uint256[] memory order = new uint256[](length);
        for (uint256 i = 0; i < length && i < choice.length; i++) {
            order[i] = choice[i] % proofs.length;
        }
        _assertAccepted(_batchData(order), "a choice of proofs");
    }

    function testFuzz_VerifyBatch_RefusesAlteredInputs(uint256 index, uint256 value) external view {
        (bytes memory batch, uint256[] memory words) = _batch(_inOrder(proofs.length));
        index = bound(index, 0, words.length - 1);
        vm.assume(value != words[index]);
        words[index] = value;
        bytes memory data = abi.encodeCall(IStatementVerifier.verifyBatch, (batch, words));
        if (value < R) {
            _assertRefused(data, IStatementVerifier.BatchRejected.selector, "altered input");
        } else {
            _assertRefused(data, _refusedInput(index, value), "input that is not canonical");
        }
    }

    function testFuzz_VerifyBatch_RefusesErrorsThatCancel(uint256 i, uint256 j, uint256 error_) external view {
        i = bound(i, 0, proofs.length - 1);
        j = bound(j, 0, proofs.length - 2);
        _assertCancellingRefused(i, j < i ? j : j + 1, bound(error_, 1, R - 1));
    }

    function _assertCancellingRefused(uint256 i, uint256 j, uint256 error_) private view {
        (bytes memory batch, uint256[] memory words) = _batch(_inOrder(proofs.length));
        _shift(batch, PROOF_BYTES * i + C_AT, error_);
        _shift(batch, PROOF_BYTES * j + C_AT, R - error_);
        _assertBatchRefused(batch, words, IStatementVerifier.BatchRejected.selector, "errors that cancel");
    }

    function _assertBatchRefused(bytes memory batch, uint256[] memory words, bytes4 wanted, string memory what)
        private
        view
    {
        _assertRefused(abi.encodeCall(IStatementVerifier.verifyBatch, (batch, words)), wanted, what);
    }
}
