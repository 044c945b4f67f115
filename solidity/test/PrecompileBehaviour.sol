// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Test.sol";
import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {VerifierFixture} from "./VerifierFixture.sol";

/// @notice An answer of a precompile counts only if the call succeeded and returned as many bytes as it must. A call to an
/// account without code succeeds and returns nothing: that is a chain without the precompile.
/// @dev Each call is answered wrongly, alone, while all others are those of the precompiles.
abstract contract PrecompileBehaviour is VerifierFixture {
    /// Answers of one call: none, the right one with a byte more, and the right one of a call that failed. What is left in
    /// memory is a point each time, so that nothing but the check refuses it.
    uint256 private constant WRONG_ANSWERS = 3;

    function test_Precompiles_VerifyHeedsEachAnswer() external {
        _assertEachHeeded(_verifyData(0), 2 * inputs[0].length + 1);
    }

    function test_Precompiles_VerifyBatchHeedsEachAnswer() external {
        // Of each proof but the first A and C are scaled, and C is added; alpha and IC[0] are scaled once.
        _assertEachHeeded(_batchData(_inOrder(3)), 2 * 3 + 2 + 2 * inputs[0].length + 1);
    }

    function test_Precompiles_ConstructorHeedsEachAnswer() external {
        vm.startStateDiffRecording();
        this.deploy{gas: DEPLOY_GAS}(statement, key, insecure);
        Vm.AccountAccess[] memory calls = _ofPrecompiles(vm.stopAndReturnStateDiff());
        uint256 points = inputs[0].length + 2;
        assertEq(calls.length, points + 3, "a call for each element of the key");
        for (uint256 i = 0; i < calls.length; i++) {
            // alpha, the points of IC, then beta, gamma and delta.
            uint256 place = i == 0 ? 0 : i < points ? 12 + 2 * i : 2 + 4 * (i - points);
            bytes memory wanted = abi.encodeWithSelector(
                IStatementVerifier.KeyInvalid.selector, IStatementVerifier.KeyFault.NotInGroup, place
            );
            for (uint256 answer = 0; answer < WRONG_ANSWERS; answer++) {
                _answerWrongly(calls[i], answer);
                _assertDeploymentFails(wanted);
                vm.clearMockedCalls();
            }
        }
    }

    function test_Precompiles_MissingOnesAreRefused() external {
        for (uint160 precompile = 6; precompile <= 8; precompile++) {
            vm.mockCall(address(precompile), bytes(""), bytes(""));
            string memory what = vm.toString(precompile);
            _assertRefused(_verifyData(0), IStatementVerifier.PairingRefused.selector, what);
            _assertRefused(_batchData(_inOrder(2)), IStatementVerifier.PairingRefused.selector, what);
        }
        // By now none is there, and no key is in a group.
        _assertDeploymentFails(
            abi.encodeWithSelector(
                IStatementVerifier.KeyInvalid.selector, IStatementVerifier.KeyFault.NotInGroup, uint256(0)
            )
        );
        vm.clearMockedCalls();
        _assertAccepted(_verifyData(0), "with precompiles");
    }

    function _assertEachHeeded(bytes memory data, uint256 wanted) private {
        vm.startStateDiffRecording();
        _assertAccepted(data, "with precompiles");
        Vm.AccountAccess[] memory calls = _ofPrecompiles(vm.stopAndReturnStateDiff());
        assertEq(calls.length, wanted, "calls of precompiles");
        for (uint256 i = 0; i < calls.length; i++) {
            for (uint256 answer = 0; answer < WRONG_ANSWERS; answer++) {
                _answerWrongly(calls[i], answer);
                _assertRefused(data, IStatementVerifier.PairingRefused.selector, vm.toString(i));
                vm.clearMockedCalls();
            }
        }
    }

    function _answerWrongly(Vm.AccountAccess memory call_, uint256 answer) private {
        (bool ok, bytes memory right) = call_.account.staticcall(call_.data);
        assertTrue(ok);
        if (answer == 0) vm.mockCall(call_.account, call_.data, bytes(""));
        if (answer == 1) vm.mockCall(call_.account, call_.data, bytes.concat(right, hex"00"));
        if (answer == 2) vm.mockCallRevert(call_.account, call_.data, right);
    }

    function _assertDeploymentFails(bytes memory wanted) private {
        try this.deploy{gas: DEPLOY_GAS}(statement, key, insecure) {
            assertTrue(false, "the constructor took the key");
        } catch (bytes memory reason) {
            assertEq(reason, wanted);
        }
    }

    /// Those of the additions, multiplications and pairings of BN254, in order.
    function _ofPrecompiles(Vm.AccountAccess[] memory all) private pure returns (Vm.AccountAccess[] memory some) {
        uint256 length = 0;
        some = new Vm.AccountAccess[](all.length);
        for (uint256 i = 0; i < all.length; i++) {
            if (uint160(all[i].account) >= 6 && uint160(all[i].account) <= 8) some[length++] = all[i];
        }
        assembly ("memory-safe") {
            // As long as what it has.
            mstore(some, length)
        }
    }
}
