// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ReadingV1Groth16Verifier} from "../contracts/generated/ReadingV1Groth16Verifier.sol";
import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {StatementVerifierBehaviour} from "./StatementVerifierBehaviour.sol";

contract ReadingV1Groth16VerifierTest is StatementVerifierBehaviour {
    function deploy(string memory statement_, uint256[] memory key_, bool insecure_)
        public
        override
        returns (IStatementVerifier)
    {
        uint256[26] memory words;
        assertEq(key_.length, words.length);
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = key_[i];
        }
        return new ReadingV1Groth16Verifier(statement_, words, insecure_);
    }

    function _fixture() internal pure override returns (string memory) {
        return "ReadingV1";
    }

    function _title() internal pure override returns (string memory) {
        return "reading/v1";
    }
}
