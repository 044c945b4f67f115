// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

/// @notice What tests deploy, exports are made from and the crate sends is what forge compiles with the settings of the default profile.
/// @dev The contracts are imported so that they are compiled; their code is read from what forge made of them. Verifiers and contracts that
/// hold state have settings of their own, so no file imports both.
abstract contract ArtifactFixture is Test {
    /// Artifacts of both kinds, with the standard JSON of each verifier and the one of all others.
    uint256 internal constant VERIFIERS = 8;
    uint256 internal constant STATE = 10;
    uint256 private constant FILES = 2 * VERIFIERS + STATE + 1;

    function test_Artifacts_AreAllCompared() external view {
        assertEq(vm.readDir("artifacts").length, FILES);
    }

    function _assertSame(string memory name) internal view {
        bytes memory checkedIn = vm.parseJsonBytes(vm.readFile(string.concat("artifacts/", name, ".json")), ".initCode");
        assertGt(checkedIn.length, 0, name);
        assertEq(
            keccak256(checkedIn),
            keccak256(vm.getCode(string.concat(name, ".sol:", name))),
            string.concat(name, ": run `cargo run --release -p xtask -- update` in the folder above")
        );
    }
}
