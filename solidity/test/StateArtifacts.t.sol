// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {HeatCover} from "../contracts/examples/HeatCover.sol";
import {AggregateFeed} from "../contracts/feed/AggregateFeed.sol";
import {BlockBeacon} from "../contracts/feed/BlockBeacon.sol";
import {MeanAdapter} from "../contracts/feed/MeanAdapter.sol";
import {MockVerifier} from "../contracts/feed/MockVerifier.sol";
import {PrivateFeed} from "../contracts/feed/PrivateFeed.sol";
import {ReadingGate} from "../contracts/feed/ReadingGate.sol";
import {SensorRegistry} from "../contracts/feed/SensorRegistry.sol";
import {SurveyFeed} from "../contracts/feed/SurveyFeed.sol";
import {VerifierRouter} from "../contracts/feed/VerifierRouter.sol";
import {ArtifactFixture} from "./ArtifactFixture.sol";

contract StateArtifactsTest is ArtifactFixture {
    function test_Artifacts_AreOfTheSources() external view {
        string[STATE] memory names = [
            "HeatCover",
            "AggregateFeed",
            "BlockBeacon",
            "MeanAdapter",
            "MockVerifier",
            "PrivateFeed",
            "ReadingGate",
            "SensorRegistry",
            "SurveyFeed",
            "VerifierRouter"
        ];
        for (uint256 i = 0; i < names.length; i++) {
            _assertSame(names[i]);
        }
    }
}
