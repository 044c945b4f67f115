// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement {{ title }} by `{{ command }}`. Do not edit.
pragma solidity ^0.8.20;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {{{ library }}, {{ library }}Inputs} from "../../contracts/generated/{{ library }}.sol";

/// @notice A contract as a user would write it: what the library does is internal.
contract {{ library }}User {
    function verify(IStatementVerifier checker, bytes calldata proof, {{ library }}Inputs memory inputs, address to)
        external
        view
    {
        {{ library }}.verify(checker, proof, inputs, to);
    }

    function verifyBatch(
        IStatementVerifier checker,
        bytes calldata proofs,
        {{ library }}Inputs[] memory inputs,
        address recipient
    ) external view {
        {{ library }}.verifyBatch(checker, proofs, inputs, recipient);
    }

    function binding(address recipient, bytes32 statementId) external view returns (uint152) {
        return {{ library }}.binding(recipient, statementId);
    }

    function pack({{ library }}Inputs memory inputs, uint152 binding_) external pure returns (uint256[] memory) {
        return {{ library }}.pack(inputs, binding_);
    }

    function unpack(uint256[] memory words) external pure returns ({{ library }}Inputs memory, uint152) {
        return {{ library }}.unpack(words);
    }
}
