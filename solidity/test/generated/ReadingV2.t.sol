// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement reading/v2 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {ReadingV2, ReadingV2Inputs} from "../../contracts/generated/ReadingV2.sol";
import {ReadingV2Groth16Verifier} from "../../contracts/generated/ReadingV2Groth16Verifier.sol";
import {ArtifactFixture} from "../ArtifactFixture.sol";
import {GasFixture} from "../GasFixture.sol";
import {KeyedGroth16VerifierBehaviour} from "../KeyedGroth16VerifierBehaviour.sol";
import {StatementVerifierBehaviour} from "../StatementVerifierBehaviour.sol";
import {VerifierFixture} from "../VerifierFixture.sol";

abstract contract ReadingV2Fixture is VerifierFixture {
    /// @inheritdoc VerifierFixture
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
        return new ReadingV2Groth16Verifier(statement_, words, insecure_);
    }

    function _fixture() internal pure override returns (string memory) {
        return "ReadingV2";
    }
}

contract ReadingV2Groth16VerifierTest is ReadingV2Fixture, StatementVerifierBehaviour {
    function _title() internal pure override returns (string memory) {
        return "reading/v2";
    }
}

contract KeyedReadingV2Test is KeyedGroth16VerifierBehaviour {
    function _fixture() internal pure override returns (string memory) {
        return "ReadingV2";
    }
}

contract ReadingV2ArtifactTest is ArtifactFixture {
    function test_Artifact_IsWhatIsTested() external view {
        _assertSame("ReadingV2Groth16Verifier", type(ReadingV2Groth16Verifier).creationCode);
    }
}

contract ReadingV2GasTest is ReadingV2Fixture, GasFixture {
    function setUp() public override(VerifierFixture, GasFixture) {
        super.setUp();
    }

    function test_Gas_UnpackAndPack() external view {
        (ReadingV2Inputs memory fields, uint152 binding) = ReadingV2.unpack(inputs[0]);
        ReadingV2.pack(fields, binding);
    }
}
