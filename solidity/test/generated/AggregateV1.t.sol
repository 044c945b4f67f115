// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement aggregate/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {AggregateV1, AggregateV1Inputs} from "../../contracts/generated/AggregateV1.sol";
import {AggregateV1Groth16Verifier} from "../../contracts/generated/AggregateV1Groth16Verifier.sol";
import {ArtifactFixture} from "../ArtifactFixture.sol";
import {GasFixture} from "../GasFixture.sol";
import {KeyedGroth16VerifierBehaviour} from "../KeyedGroth16VerifierBehaviour.sol";
import {StatementVerifierBehaviour} from "../StatementVerifierBehaviour.sol";
import {VerifierFixture} from "../VerifierFixture.sol";

contract AggregateV1Groth16VerifierTest is StatementVerifierBehaviour {
    function deploy(string memory statement_, uint256[] memory key_, bool insecure_)
        public
        override
        returns (IStatementVerifier)
    {
        uint256[24] memory words;
        assertEq(key_.length, words.length);
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = key_[i];
        }
        return new AggregateV1Groth16Verifier(statement_, words, insecure_);
    }

    function _fixture() internal pure override returns (string memory) {
        return "AggregateV1";
    }

    function _title() internal pure override returns (string memory) {
        return "aggregate/v1";
    }
}

contract KeyedAggregateV1Test is KeyedGroth16VerifierBehaviour {
    function _fixture() internal pure override returns (string memory) {
        return "AggregateV1";
    }
}

contract AggregateV1ArtifactTest is ArtifactFixture {
    function test_Artifact_IsWhatIsTested() external view {
        _assertSame("AggregateV1Groth16Verifier", type(AggregateV1Groth16Verifier).creationCode);
    }
}

contract AggregateV1GasTest is GasFixture {
    /// @inheritdoc VerifierFixture
    function deploy(string memory statement_, uint256[] memory key_, bool insecure_)
        public
        override
        returns (IStatementVerifier)
    {
        uint256[24] memory words;
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = key_[i];
        }
        return new AggregateV1Groth16Verifier(statement_, words, insecure_);
    }

    function test_Gas_UnpackAndPack() external view {
        (AggregateV1Inputs memory fields, uint152 binding) = AggregateV1.unpack(inputs[0]);
        AggregateV1.pack(fields, binding);
    }

    function _fixture() internal pure override returns (string memory) {
        return "AggregateV1";
    }
}
