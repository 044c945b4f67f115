// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement survey/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {SurveyV1, SurveyV1Inputs} from "../../contracts/generated/SurveyV1.sol";

/// @notice A contract as a user would write it: what the library does is internal.
contract SurveyV1User {
    function verify(IStatementVerifier checker, bytes calldata proof, SurveyV1Inputs memory inputs, address to)
        external
        view
    {
        SurveyV1.verify(checker, proof, inputs, to);
    }

    function verifyBatch(
        IStatementVerifier checker,
        bytes calldata proofs,
        SurveyV1Inputs[] memory inputs,
        address recipient
    ) external view {
        SurveyV1.verifyBatch(checker, proofs, inputs, recipient);
    }

    function binding(address recipient, bytes32 statementId) external view returns (uint152) {
        return SurveyV1.binding(recipient, statementId);
    }

    function pack(SurveyV1Inputs memory inputs, uint152 binding_) external pure returns (uint256[] memory) {
        return SurveyV1.pack(inputs, binding_);
    }

    function unpack(uint256[] memory words) external pure returns (SurveyV1Inputs memory, uint152) {
        return SurveyV1.unpack(words);
    }
}
