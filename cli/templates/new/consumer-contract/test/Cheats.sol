// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice What the tests ask of Foundry. forge-std has all of it: `forge install foundry-rs/forge-std`, and `Test` in place of this.
interface Vm {
    function warp(uint256 timestamp) external;
    function expectRevert(bytes calldata revertData) external;
    function expectRevert(bytes4 revertData) external;
    function getCode(string calldata artifact) external view returns (bytes memory);
    function assertEq(int256 left, int256 right) external pure;
    function assertEq(uint256 left, uint256 right) external pure;
}

/// @title Foundry's cheat codes, for tests
abstract contract Cheats {
    /// Where they are: an address that Foundry has made up.
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// Deploys what the package has compiled, by the contract's name.
    function _deploy(string memory name, bytes memory arguments) internal returns (address made) {
        string memory artifact = string.concat("lib/zksensor-contracts/artifacts/", name, ".json");
        bytes memory code = bytes.concat(vm.getCode(artifact), arguments);
        assembly ("memory-safe") {
            made := create(0, add(code, 32), mload(code))
        }
        require(made != address(0), name);
    }
}
