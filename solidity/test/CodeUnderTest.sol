// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";

/// @notice Where the code of the contracts under test comes from: the compiler, or `.ci/mutants.py`, which takes a check out of
/// it and demands that a test fails.
abstract contract CodeUnderTest is Test {
    /// Deploys a contract, or reverts as its constructor does.
    function _create(string memory name, bytes memory compiled, bytes memory arguments) internal returns (address) {
        return _create(name, compiled, arguments, 0);
    }

    /// The same, and pays the constructor.
    function _create(string memory name, bytes memory compiled, bytes memory arguments, uint256 payment)
        internal
        returns (address made)
    {
        bytes memory code = bytes.concat(_code(name, compiled), arguments);
        assembly ("memory-safe") {
            // The address, or zero with the constructor's error.
            made := create(payment, add(code, 32), mload(code))
            if iszero(made) {
                let free := mload(0x40)
                returndatacopy(free, 0, returndatasize())
                revert(free, returndatasize())
            }
        }
    }

    /// Init code that is checked in: what is deployed, whatever the tests are compiled with. `Artifacts.t.sol` and
    /// `StateArtifacts.t.sol` compare it with the sources.
    function _artifact(string memory name) internal view returns (bytes memory code) {
        code = vm.parseJsonBytes(vm.readFile(string.concat("artifacts/", name, ".json")), ".initCode");
        assertGt(code.length, 0, name);
    }

    /// Init code by the name of its contract, where the environment names a file of it.
    function _code(string memory name, bytes memory compiled) internal view returns (bytes memory) {
        string memory file = vm.envOr("ZKSENSOR_MUTANT", string(""));
        if (bytes(file).length == 0) return compiled;
        string memory json = vm.readFile(file);
        string memory entry = string.concat(".", name);
        return vm.keyExistsJson(json, entry) ? vm.parseJsonBytes(json, entry) : compiled;
    }
}
