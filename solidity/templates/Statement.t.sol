// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement {{ title }} by `{{ command }}`. Do not edit.
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {{{ library }}, {{ library }}Inputs} from "../../contracts/generated/{{ library }}.sol";
import {{{ library }}Groth16Verifier} from "../../contracts/generated/{{ library }}Groth16Verifier.sol";
import {ArtifactFixture} from "../ArtifactFixture.sol";
import {GasFixture} from "../GasFixture.sol";
import {KeyedGroth16VerifierBehaviour} from "../KeyedGroth16VerifierBehaviour.sol";
import {StatementVerifierBehaviour} from "../StatementVerifierBehaviour.sol";
import {VerifierFixture} from "../VerifierFixture.sol";

abstract contract {{ library }}Fixture is VerifierFixture {
    /// @inheritdoc VerifierFixture
    function deploy(string memory statement_, uint256[] memory key_, bool insecure_)
        public
        override
        returns (IStatementVerifier)
    {
        uint256[{{ words }}] memory words;
        assertEq(key_.length, words.length);
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = key_[i];
        }
        return new {{ library }}Groth16Verifier(statement_, words, insecure_);
    }

    function _fixture() internal pure override returns (string memory) {
        return "{{ library }}";
    }
}

contract {{ library }}Groth16VerifierTest is {{ library }}Fixture, StatementVerifierBehaviour {
    function _title() internal pure override returns (string memory) {
        return "{{ title }}";
    }
}

contract Keyed{{ library }}Test is KeyedGroth16VerifierBehaviour {
    function _fixture() internal pure override returns (string memory) {
        return "{{ library }}";
    }
}

contract {{ library }}ArtifactTest is ArtifactFixture {
    function test_Artifact_IsWhatIsTested() external view {
        _assertSame("{{ library }}Groth16Verifier", type({{ library }}Groth16Verifier).creationCode);
    }
}

contract {{ library }}GasTest is {{ library }}Fixture, GasFixture {
    function setUp() public override(VerifierFixture, GasFixture) {
        super.setUp();
    }

    function test_Gas_UnpackAndPack() external view {
        ({{ library }}Inputs memory fields, uint152 binding) = {{ library }}.unpack(inputs[0]);
        {{ library }}.pack(fields, binding);
    }
}
