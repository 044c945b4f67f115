// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {VerifierBehaviour} from "./VerifierBehaviour.sol";

/// @notice What a verifier generated for one statement does besides: it takes keys of that statement only, of any shape.
abstract contract StatementVerifierBehaviour is VerifierBehaviour {
    /// Name and version of the statement.
    function _title() internal pure virtual returns (string memory);

    function test_Constructor_AcceptsEveryShape() external {
        assertEq(this.deploy(_title(), key, insecure).STATEMENT_ID(), keccak256(bytes(_title())));
        string memory shape = string.concat(_title(), "/64x32");
        assertEq(this.deploy(shape, key, insecure).STATEMENT_ID(), keccak256(bytes(shape)));
    }

    function test_Constructor_RefusesOtherStatements() external {
        bytes memory title = bytes(_title());
        _assertMismatch("");
        _assertMismatch("statement/v1/1x8");
        // The next version, version ten and later, another name that ends alike, and every beginning.
        _assertMismatch(string.concat(_title(), "0"));
        _assertMismatch(string.concat(_title(), "0/1x8"));
        _assertMismatch(string.concat("x", _title()));
        for (uint256 length = 1; length < title.length; length++) {
            _assertMismatch(string(_resized(title, length)));
        }
        for (uint256 i = 0; i < title.length; i++) {
            bytes memory other = bytes(_title());
            other[i] ^= 0x01;
            _assertMismatch(string(other));
        }
    }

    function _assertMismatch(string memory other) private {
        try this.deploy{gas: DEPLOY_GAS}(other, key, insecure) {
            assertTrue(false, other);
        } catch (bytes memory reason) {
            assertEq(
                reason, abi.encodeWithSelector(IStatementVerifier.StatementMismatch.selector, _title(), other), other
            );
        }
    }
}
