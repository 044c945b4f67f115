// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

/// @notice What is tested here is what is deployed: forge's bytecode is that of `artifacts/`, which the exports are made from.
abstract contract ArtifactFixture is Test {
    function _assertSame(string memory name, bytes memory code) internal view {
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
