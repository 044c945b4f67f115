// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {VerifierFixture} from "./VerifierFixture.sol";

/// @notice One call to each entry point, for `.gas-snapshot`: what changes there has to be meant.
/// @dev forge prices as Ethereum does; Polygon's precompiles cost about 50 % more. The figures to quote are those of
/// `zksensor export solidity --gas`. These are for comparison with the last commit's.
abstract contract GasFixture is VerifierFixture {
    IStatementVerifier internal keyed;

    bytes internal one;
    bytes internal three;

    function setUp() public virtual override {
        super.setUp();
        address holder = makeAddr("key");
        vm.etch(holder, abi.encodePacked(hex"00", insecure, keccak256(bytes(statement)), key));
        bytes memory arguments = abi.encode(holder, holder.codehash, statement);
        keyed = IStatementVerifier(_create("KeyedGroth16Verifier", _artifact("KeyedGroth16Verifier"), arguments));
        one = _verifyData(0);
        three = _batchData(_inOrder(3));
    }

    function test_Gas_Verify() external view {
        _ask(verifier, one);
    }

    function test_Gas_VerifyBatchOf3() external view {
        _ask(verifier, three);
    }

    function test_Gas_KeyedVerify() external view {
        _ask(keyed, one);
    }

    function test_Gas_KeyedVerifyBatchOf3() external view {
        _ask(keyed, three);
    }

    function test_Gas_Deploy() external {
        deploy(statement, key, insecure);
    }

    function _ask(IStatementVerifier target, bytes memory data) private view {
        (bool ok,) = address(target).staticcall(data);
        assertTrue(ok);
    }
}
