// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {KeyedGroth16Verifier} from "../contracts/core/KeyedGroth16Verifier.sol";
import {ArtifactFixture} from "./ArtifactFixture.sol";

contract KeyedArtifactTest is ArtifactFixture {
    function test_Artifact_IsWhatIsTested() external view {
        _assertSame("KeyedGroth16Verifier", type(KeyedGroth16Verifier).creationCode);
    }
}
