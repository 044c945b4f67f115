// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {SensorRegistry} from "../../contracts/feed/SensorRegistry.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {CodeUnderTest} from "../CodeUnderTest.sol";

/// @notice Who is who in the tests of the contracts that hold state, and how these are made.
/// @dev Made from the artifacts, not with `new`: a test would carry, and the compiler optimise, their code once more.
abstract contract FeedFixture is CodeUnderTest {
    /// Order of the scalar field.
    uint256 internal constant R = 21888242871839275222246405745257275088548364400416034343698204186575808495617;
    uint256 internal constant AMOY = 80002;
    uint256 internal constant POLYGON = 137;

    address internal immutable OWNER = makeAddr("owner");
    address internal immutable GUARDIAN = makeAddr("guardian");
    address internal immutable REGISTRAR = makeAddr("registrar");
    address internal immutable STRANGER = makeAddr("stranger");

    function _router() internal returns (VerifierRouter) {
        return VerifierRouter(_made("VerifierRouter", abi.encode(OWNER, GUARDIAN)));
    }

    function _registry(uint256 delay) internal returns (SensorRegistry) {
        bytes memory arguments = abi.encode(OWNER, REGISTRAR, GUARDIAN, delay);
        return SensorRegistry(_made("SensorRegistry", arguments));
    }

    function _mock(string memory family, string memory shape, uint256 inputs) internal returns (MockVerifier) {
        return MockVerifier(_made("MockVerifier", abi.encode(family, shape, inputs)));
    }

    /// A verifier of aggregates, added to the router.
    function _added(VerifierRouter router, string memory shape) internal returns (MockVerifier mock) {
        mock = _mock("aggregate/v2", shape, 4);
        vm.prank(OWNER);
        router.add(mock, address(mock).codehash);
    }

    function _made(string memory name, bytes memory arguments) internal returns (address) {
        return _create(name, _artifact(name), arguments);
    }

    /// That the constructor of a contract refuses its arguments with this error.
    function _refusesToBeMade(string memory name, bytes memory arguments, bytes memory why) internal {
        bytes memory made = bytes.concat(_code(name, _artifact(name)), arguments);
        address created;
        bytes memory came = new bytes(why.length);
        uint256 size;
        assembly ("memory-safe") {
            created := create(0, add(made, 32), mload(made))
            size := returndatasize()
            if eq(size, mload(came)) { returndatacopy(add(came, 32), 0, size) }
        }
        assertEq(created, address(0), "made");
        assertEq(size, why.length, "another error");
        assertEq(came, why);
    }
}
