// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {Guarded} from "../../contracts/feed/Guarded.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {FeedFixture} from "./FeedFixture.sol";

/// @notice Keys are added once, frozen for ever, and found.
contract VerifierRouterTest is FeedFixture {
    bytes32 private constant AGGREGATE = keccak256("aggregate/v2");

    VerifierRouter private _routes;
    MockVerifier private _verifier;
    bytes32 private _keyId;

    function setUp() public {
        _routes = _router();
        _verifier = _mock("aggregate/v2", "/8x8x3", 4);
        _keyId = _verifier.KEY_ID();
    }

    function test_Add() public {
        vm.expectEmit(address(_routes));
        emit VerifierRouter.VerifierAdded(
            _keyId, address(_verifier), keccak256("aggregate/v2/8x8x3"), AGGREGATE, address(_verifier).codehash
        );
        _add();
        assertEq(address(_routes.verifierOf(_keyId, AGGREGATE)), address(_verifier));
        (address found, bool frozen) = _routes.routeOf(_keyId);
        assertEq(found, address(_verifier));
        assertFalse(frozen);
    }

    function test_Add_ByTheOwner() public {
        bytes32 codeHash = address(_verifier).codehash;
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, GUARDIAN));
        _routes.add(_verifier, codeHash);
    }

    function test_Add_RefusesOtherCode() public {
        bytes32 codeHash = address(_verifier).codehash;
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.CodeOther.selector, bytes32(0), codeHash));
        _routes.add(_verifier, 0);
        // No code.
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.CodeOther.selector, codeHash, bytes32(0)));
        _routes.add(IStatementVerifier(address(0x1234)), codeHash);
        vm.stopPrank();
    }

    function test_Add_RefusesAKeyOfOneMachineOffTestChains() public {
        bytes32 codeHash = address(_verifier).codehash;
        vm.chainId(POLYGON);
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.KeyInsecure.selector, _keyId, POLYGON));
        vm.prank(OWNER);
        _routes.add(_verifier, codeHash);
        // What is not insecure may.
        vm.mockCall(address(_verifier), abi.encodeCall(IStatementVerifier.INSECURE, ()), abi.encode(false));
        _add();
        assertEq(address(_routes.verifierOf(_keyId, AGGREGATE)), address(_verifier));
    }

    function test_Add_Once() public {
        _add();
        bytes memory known = abi.encodeWithSelector(VerifierRouter.KeyKnown.selector, _keyId, address(_verifier));
        bytes32 codeHash = address(_verifier).codehash;
        vm.startPrank(OWNER);
        vm.expectRevert(known);
        _routes.add(_verifier, codeHash);
        // Another contract with the same key, and after it was frozen.
        MockVerifier twin = _mock("aggregate/v2", "/8x8x3", 4);
        vm.expectRevert(known);
        _routes.add(twin, codeHash);
        _routes.freeze(_keyId, "lost");
        vm.expectRevert(known);
        _routes.add(twin, codeHash);
        vm.stopPrank();
    }

    function test_VerifierOf_Refuses() public {
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteUnknown.selector, _keyId));
        _routes.verifierOf(_keyId, AGGREGATE);
        _add();
        // Of one with a lesser and of one with a greater digest.
        bytes32[3] memory others = [keccak256("survey/v1"), bytes32(0), bytes32(type(uint256).max)];
        for (uint256 i = 0; i < others.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteFamily.selector, others[i], AGGREGATE));
            _routes.verifierOf(_keyId, others[i]);
        }
        vm.prank(GUARDIAN);
        _routes.freeze(_keyId, "");
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteFrozen.selector, _keyId));
        _routes.verifierOf(_keyId, AGGREGATE);
    }

    function test_Freeze() public {
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteUnknown.selector, _keyId));
        _routes.freeze(_keyId, "");
        _add();
        // Addresses on both sides of those that may.
        address[3] memory others = [STRANGER, address(1), address(type(uint160).max)];
        for (uint256 i = 0; i < others.length; i++) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(Guarded.NotGuardianOrOwner.selector, GUARDIAN, OWNER, others[i]));
            _routes.freeze(_keyId, "");
        }

        MockVerifier other = _added(_routes, "/64x32x3");
        vm.expectEmit(address(_routes));
        emit VerifierRouter.VerifierFrozen(_keyId, "the ceremony's powers are known");
        vm.prank(GUARDIAN);
        _routes.freeze(_keyId, "the ceremony's powers are known");
        (address found, bool frozen) = _routes.routeOf(_keyId);
        assertEq(found, address(_verifier));
        assertTrue(frozen);
        // For ever, and no other.
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteFrozen.selector, _keyId));
        _routes.freeze(_keyId, "");
        assertEq(address(_routes.verifierOf(other.KEY_ID(), AGGREGATE)), address(other));
        _routes.freeze(other.KEY_ID(), "the owner may, too");
        vm.stopPrank();
    }

    function test_FreezeByProof_OfAnAggregate() public {
        _add();
        uint256[] memory words = new uint256[](4);
        words[0] = 5;
        words[2] = uint256(1) << 163;
        bytes memory possible = abi.encodeWithSelector(VerifierRouter.ProofPossible.selector, AGGREGATE);
        bytes memory proof = _verifier.proofFor(words);
        vm.startPrank(STRANGER);
        vm.expectRevert(possible);
        _routes.freezeByProof(_keyId, proof, words);
        // Without a proof.
        words[2] = 0;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        _routes.freezeByProof(_keyId, proof, words);

        uint256 before = vm.snapshotState();
        proof = _verifier.proofFor(words);
        vm.expectEmit(address(_routes));
        emit VerifierRouter.VerifierFrozen(_keyId, "proof of what cannot be");
        _routes.freezeByProof(_keyId, proof, words);
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteFrozen.selector, _keyId));
        _routes.freezeByProof(_keyId, proof, words);

        vm.revertToState(before);
        (words[0], words[2]) = (0, uint256(1) << 163);
        _routes.freezeByProof(_keyId, _verifier.proofFor(words), words);
        vm.stopPrank();
        (, bool frozen) = _routes.routeOf(_keyId);
        assertTrue(frozen);
    }

    function test_FreezeByProof_OfOtherFamilies() public {
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteUnknown.selector, _keyId));
        _routes.freezeByProof(_keyId, "", new uint256[](4));
        string[4] memory families = ["survey/v1", "reading/v2", "track/v1", "histogram/v1"];
        uint8[4] memory inputs = [4, 5, 5, 4];
        for (uint256 i = 0; i < families.length; i++) {
            MockVerifier verifier = _mock(families[i], "", inputs[i]);
            vm.prank(OWNER);
            _routes.add(verifier, address(verifier).codehash);
            uint256[] memory words = new uint256[](inputs[i]);
            // One device, where that is counted.
            words[0] = 1;
            if (i == 0) words[2] = uint256(1) << 185;
            _refusesPossible(verifier, words);
            words[0] = 0;
            _routes.freezeByProof(verifier.KEY_ID(), verifier.proofFor(words), words);
            (, bool frozen) = _routes.routeOf(verifier.KEY_ID());
            assertTrue(frozen, families[i]);
        }
        // Of a family that the router does not know, and of words that are none of a family.
        MockVerifier unknown = _mock("speed/v1", "", 4);
        vm.prank(OWNER);
        _routes.add(unknown, address(unknown).codehash);
        _refusesPossible(unknown, new uint256[](4));
        MockVerifier short = _mock("reading/v2", "/other", 4);
        vm.prank(OWNER);
        _routes.add(short, address(short).codehash);
        _refusesPossible(short, new uint256[](4));
    }

    function test_FreezeByProof_ASurveyOfNoDevice() public {
        MockVerifier survey = _mock("survey/v1", "", 4);
        vm.prank(OWNER);
        _routes.add(survey, address(survey).codehash);
        uint256[] memory words = new uint256[](4);
        words[0] = 5;
        _routes.freezeByProof(survey.KEY_ID(), survey.proofFor(words), words);
        (, bool frozen) = _routes.routeOf(survey.KEY_ID());
        assertTrue(frozen);
    }

    function test_Roles() public {
        assertEq(_routes.owner(), OWNER);
        assertEq(_routes.guardian(), GUARDIAN);
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, GUARDIAN));
        _routes.setGuardian(STRANGER);
        vm.prank(STRANGER);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, STRANGER));
        _routes.renounceOwnership();
        vm.startPrank(OWNER);
        vm.expectEmit(address(_routes));
        emit Guarded.RoleSet("guardian", STRANGER);
        _routes.setGuardian(STRANGER);
        assertEq(_routes.guardian(), STRANGER);
        vm.expectRevert(Guarded.OwnerStays.selector);
        _routes.renounceOwnership();
        vm.stopPrank();
    }

    /// @notice The owner is a timelock: what it adds, anybody sees coming for three days.
    function test_Timelock_Owns() public {
        address[] memory team = new address[](1);
        team[0] = STRANGER;
        TimelockController timelock = new TimelockController(3 days, team, team, address(0));
        vm.prank(OWNER);
        _routes.transferOwnership(address(timelock));
        _timelocked(timelock, abi.encodeCall(_routes.acceptOwnership, ()));
        assertEq(_routes.owner(), address(timelock));
        _timelocked(timelock, abi.encodeCall(_routes.add, (_verifier, address(_verifier).codehash)));
        assertEq(address(_routes.verifierOf(_keyId, AGGREGATE)), address(_verifier));
    }

    function _timelocked(TimelockController timelock, bytes memory data) private {
        vm.startPrank(STRANGER);
        timelock.schedule(address(_routes), 0, data, 0, 0, 3 days);
        vm.expectRevert();
        timelock.execute(address(_routes), 0, data, 0, 0);
        vm.warp(vm.getBlockTimestamp() + 3 days);
        timelock.execute(address(_routes), 0, data, 0, 0);
        vm.stopPrank();
    }

    function _refusesPossible(MockVerifier verifier, uint256[] memory words) private {
        bytes32 id = verifier.KEY_ID();
        bytes memory proof = verifier.proofFor(words);
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.ProofPossible.selector, verifier.FAMILY()));
        _routes.freezeByProof(id, proof, words);
    }

    function _add() private {
        bytes32 codeHash = address(_verifier).codehash;
        vm.prank(OWNER);
        _routes.add(_verifier, codeHash);
    }
}
