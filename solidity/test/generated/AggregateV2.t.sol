// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement aggregate/v2 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {AggregateV2, AggregateV2Inputs} from "../../contracts/generated/AggregateV2.sol";
import {AggregateV2Groth16Verifier} from "../../contracts/generated/AggregateV2Groth16Verifier.sol";
import {ArtifactFixture} from "../ArtifactFixture.sol";
import {GasFixture} from "../GasFixture.sol";
import {KeyedGroth16VerifierBehaviour} from "../KeyedGroth16VerifierBehaviour.sol";
import {StatementVerifierBehaviour} from "../StatementVerifierBehaviour.sol";
import {VerifierFixture} from "../VerifierFixture.sol";

abstract contract AggregateV2Fixture is VerifierFixture {
    /// @inheritdoc VerifierFixture
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
        return new AggregateV2Groth16Verifier(statement_, words, insecure_);
    }

    function _fixture() internal pure override returns (string memory) {
        return "AggregateV2";
    }
}

contract AggregateV2Groth16VerifierTest is AggregateV2Fixture, StatementVerifierBehaviour {
    function _title() internal pure override returns (string memory) {
        return "aggregate/v2";
    }
}

contract KeyedAggregateV2Test is KeyedGroth16VerifierBehaviour {
    function _fixture() internal pure override returns (string memory) {
        return "AggregateV2";
    }
}

contract AggregateV2ArtifactTest is ArtifactFixture {
    function test_Artifact_IsWhatIsTested() external view {
        _assertSame("AggregateV2Groth16Verifier", type(AggregateV2Groth16Verifier).creationCode);
    }
}

contract AggregateV2GasTest is AggregateV2Fixture, GasFixture {
    function setUp() public override(VerifierFixture, GasFixture) {
        super.setUp();
    }

    function test_Gas_UnpackAndPack() external view {
        (AggregateV2Inputs memory fields, uint152 binding) = AggregateV2.unpack(inputs[0]);
        AggregateV2.pack(fields, binding);
    }
}
