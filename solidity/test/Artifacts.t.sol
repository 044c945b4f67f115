// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {KeyedGroth16Verifier} from "../contracts/core/KeyedGroth16Verifier.sol";
import {KeyedHalo2Verifier} from "../contracts/core/halo2/KeyedHalo2Verifier.sol";
import {AggregateV2Groth16Verifier} from "../contracts/generated/AggregateV2Groth16Verifier.sol";
import {HistogramV1Groth16Verifier} from "../contracts/generated/HistogramV1Groth16Verifier.sol";
import {PrivateSumV1Groth16Verifier} from "../contracts/generated/PrivateSumV1Groth16Verifier.sol";
import {ReadingV2Groth16Verifier} from "../contracts/generated/ReadingV2Groth16Verifier.sol";
import {SurveyV1Groth16Verifier} from "../contracts/generated/SurveyV1Groth16Verifier.sol";
import {TrackV1Groth16Verifier} from "../contracts/generated/TrackV1Groth16Verifier.sol";
import {ArtifactFixture} from "./ArtifactFixture.sol";

contract ArtifactsTest is ArtifactFixture {
    function test_Artifacts_AreOfTheSources() external view {
        string[VERIFIERS] memory names = [
            "KeyedGroth16Verifier",
            "KeyedHalo2Verifier",
            "AggregateV2Groth16Verifier",
            "HistogramV1Groth16Verifier",
            "PrivateSumV1Groth16Verifier",
            "ReadingV2Groth16Verifier",
            "SurveyV1Groth16Verifier",
            "TrackV1Groth16Verifier"
        ];
        for (uint256 i = 0; i < names.length; i++) {
            _assertSame(names[i]);
        }
    }
}
