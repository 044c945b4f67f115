// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {AggregateV1Groth16Verifier} from "../contracts/generated/AggregateV1Groth16Verifier.sol";
import {KeyedGroth16Verifier} from "../contracts/core/KeyedGroth16Verifier.sol";
import {ReadingV1Groth16Verifier} from "../contracts/generated/ReadingV1Groth16Verifier.sol";

/// @notice What is tested here is what is deployed: forge's bytecode is that of `artifacts/`, which the exports are made from.
contract ArtifactsTest is Test {
    function test_Artifacts_AreWhatIsTested() external view {
        _assertSame("AggregateV1Groth16Verifier", type(AggregateV1Groth16Verifier).creationCode);
        _assertSame("ReadingV1Groth16Verifier", type(ReadingV1Groth16Verifier).creationCode);
        _assertSame("KeyedGroth16Verifier", type(KeyedGroth16Verifier).creationCode);
    }

    function _assertSame(string memory name, bytes memory code) private view {
        string memory artifact = vm.readFile(string.concat("artifacts/", name, ".json"));
        bytes memory checkedIn = vm.parseJsonBytes(artifact, ".initCode");
        assertGt(checkedIn.length, 0, name);
        assertEq(
            keccak256(checkedIn),
            keccak256(code),
            string.concat(name, ": run `cargo run --release -p xtask -- update` in the folder above")
        );
    }
}
