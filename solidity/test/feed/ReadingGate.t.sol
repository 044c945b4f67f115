// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {AggregatePolicy, PolicyTerms} from "../../contracts/feed/AggregatePolicy.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {ReadingGate} from "../../contracts/feed/ReadingGate.sol";
import {SensorRegistry} from "../../contracts/feed/SensorRegistry.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {Policy, PolicyId} from "../../contracts/generated/Policy.sol";
import {ReadingV2, ReadingV2Inputs} from "../../contracts/generated/ReadingV2.sol";
import {FeedFixture} from "./FeedFixture.sol";

/// @notice Each device's reading once an epoch, for who it was proven for.
contract ReadingGateTest is FeedFixture {
    uint256 private constant ORIGIN = 1_800_000_000_000;
    uint256 private constant LENGTH = 600_000;
    uint64 private constant LAG = 200_000;
    uint256 private constant ROOT = 77;

    VerifierRouter private _routes;
    SensorRegistry private _posts;
    MockVerifier private _verifier;
    ReadingGate private _gate;
    bytes32 private _keyId;

    function setUp() public {
        vm.chainId(AMOY);
        vm.warp(ORIGIN / 1000 - 1);
        _routes = _router();
        _posts = _registry(0);
        vm.prank(REGISTRAR);
        _posts.post(ROOT, 0, "");
        _verifier = _mock("reading/v2", "", 5);
        _keyId = _verifier.KEY_ID();
        vm.prank(OWNER);
        _routes.add(_verifier, address(_verifier).codehash);
        bytes memory arguments = abi.encode(_routes, _posts, _terms(), LAG);
        _gate = ReadingGate(_made("ReadingGate", arguments));
    }

    function test_Policy_IsOfReadings() public view {
        Policy memory policy = AggregatePolicy.policyOf(_terms(), address(_posts));
        (policy.family, policy.statementVersion) = (2, 2);
        assertEq(_gate.POLICY_ID(), PolicyId.idOf(policy));
    }

    function test_Constructor_Refuses() public {
        PolicyTerms memory terms = _terms();
        terms.k = 2;
        _refuses(terms, abi.encodeWithSelector(ReadingGate.NotOfOneDevice.selector, 2, 0));
        terms.k = 0;
        _refuses(terms, abi.encodeWithSelector(ReadingGate.NotOfOneDevice.selector, 0, 0));
        (terms.k, terms.outputs) = (1, 1);
        _refuses(terms, abi.encodeWithSelector(ReadingGate.NotOfOneDevice.selector, 1, 1));
        terms = _terms();
        terms.lengthMs = 0;
        _refuses(terms, abi.encodeWithSelector(AggregatePolicy.EpochsOther.selector, ORIGIN, 0));
        _refusesToBeMade(
            "ReadingGate",
            abi.encode(STRANGER, _posts, _terms(), LAG),
            abi.encodeWithSelector(ReadingGate.RouterMissing.selector, STRANGER)
        );
    }

    function test_Accept_Once() public {
        vm.warp((ORIGIN + 2 * LENGTH) / 1000);
        ReadingV2Inputs memory inputs = _inputs(2);
        bytes memory proof = _proof(inputs, STRANGER);
        vm.expectEmit(address(_gate));
        emit ReadingGate.ReadingAccepted(5, 6, 2, STRANGER);
        _gate.accept(_keyId, proof, inputs, STRANGER, 0);
        assertTrue(_gate.isUsed(5));
        vm.expectRevert(abi.encodeWithSelector(ReadingGate.NullifierUsed.selector, 5));
        _gate.accept(_keyId, proof, inputs, STRANGER, 0);
        // Another device's.
        inputs.nullifier = 6;
        _gate.accept(_keyId, _proof(inputs, STRANGER), inputs, STRANGER, 0);
    }

    function test_Accept_FromItsStartUntilTheLag() public {
        uint256 start = ORIGIN + 2 * LENGTH;
        uint256 shut = start + LENGTH + LAG;
        bytes memory closed = abi.encodeWithSelector(ReadingGate.GateShut.selector, start, shut);
        vm.warp(start / 1000 - 1);
        _refusesToAccept(_inputs(2), closed);
        vm.warp(start / 1000);
        _accept(_inputs(2));
        ReadingV2Inputs memory inputs = _inputs(2);
        inputs.nullifier = 8;
        vm.warp(shut / 1000);
        _refusesToAccept(inputs, closed);
        vm.warp(shut / 1000 - 1);
        _accept(inputs);
    }

    /// @notice Epochs that begin a millisecond after a second: a block of that second is before them, and the last one in time is that of
    /// the second in which the lag ends.
    function test_Accept_FromAStartBetweenSeconds() public {
        PolicyTerms memory terms = _terms();
        terms.originMs += 1;
        _gate = ReadingGate(_made("ReadingGate", abi.encode(_routes, _posts, terms, LAG)));
        uint256 start = ORIGIN + 1 + 2 * LENGTH;
        uint256 shut = start + LENGTH + LAG;
        vm.warp(start / 1000);
        _refusesToAccept(_inputs(2), abi.encodeWithSelector(ReadingGate.GateShut.selector, start, shut));
        vm.warp(shut / 1000);
        _accept(_inputs(2));
        ReadingV2Inputs memory inputs = _inputs(2);
        inputs.nullifier = 8;
        vm.warp(shut / 1000 + 1);
        _refusesToAccept(inputs, abi.encodeWithSelector(ReadingGate.GateShut.selector, start, shut));
    }

    function test_Accept_RefusesOtherClaims() public {
        vm.warp((ORIGIN + 2 * LENGTH) / 1000);
        ReadingV2Inputs memory inputs = _inputs(2);
        uint256 policyId = _gate.POLICY_ID();
        inputs.policyId = policyId + 1;
        _refusesToAccept(inputs, abi.encodeWithSelector(ReadingGate.PolicyOther.selector, policyId, policyId + 1));
        inputs.policyId = policyId - 1;
        _refusesToAccept(inputs, abi.encodeWithSelector(ReadingGate.PolicyOther.selector, policyId, policyId - 1));
        inputs = _inputs(2);
        inputs.registryRoot = 78;
        _refusesToAccept(inputs, abi.encodeWithSelector(ReadingGate.RootOther.selector, ROOT, 78));
        inputs.registryRoot = ROOT - 1;
        _refusesToAccept(inputs, abi.encodeWithSelector(ReadingGate.RootOther.selector, ROOT, ROOT - 1));
        inputs = _inputs(2);
        bytes memory proof = _proof(inputs, STRANGER);
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        _gate.accept(_keyId, proof, inputs, OWNER, 0);
        inputs.commitment += 1;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        _gate.accept(_keyId, proof, inputs, STRANGER, 0);
        assertFalse(_gate.isUsed(5));
    }

    /// @notice A root that counts from mid-epoch on is not the epoch's.
    function test_Accept_UnderTheRootAtTheStartAlone() public {
        vm.warp((ORIGIN + 2 * LENGTH) / 1000);
        bytes32 head = _posts.head();
        vm.prank(REGISTRAR);
        _posts.post(78, head, "");
        vm.warp((ORIGIN + 2 * LENGTH) / 1000 + 5);
        ReadingV2Inputs memory inputs = _inputs(2);
        inputs.registryRoot = 78;
        bytes memory proof = _proof(inputs, STRANGER);
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.IndexOther.selector, ORIGIN + 2 * LENGTH, 1));
        _gate.accept(_keyId, proof, inputs, STRANGER, 1);
        _accept(_inputs(2));
    }

    function _accept(ReadingV2Inputs memory inputs) private {
        _gate.accept(_keyId, _proof(inputs, STRANGER), inputs, STRANGER, 0);
    }

    function _refusesToAccept(ReadingV2Inputs memory inputs, bytes memory why) private {
        bytes memory proof = _proof(inputs, STRANGER);
        vm.expectRevert(why);
        _gate.accept(_keyId, proof, inputs, STRANGER, 0);
    }

    function _refuses(PolicyTerms memory terms, bytes memory why) private {
        _refusesToBeMade("ReadingGate", abi.encode(_routes, _posts, terms, LAG), why);
    }

    function _proof(ReadingV2Inputs memory inputs, address recipient) private view returns (bytes memory) {
        bytes32 id = _verifier.STATEMENT_ID();
        uint256 digest = uint256(keccak256(abi.encode(block.chainid, address(_gate), recipient, id)));
        return _verifier.proofFor(ReadingV2.pack(inputs, uint152(digest)));
    }

    function _inputs(uint32 epoch) private view returns (ReadingV2Inputs memory) {
        return ReadingV2Inputs(ROOT, _gate.POLICY_ID(), 5, 6, epoch);
    }

    function _terms() private pure returns (PolicyTerms memory terms) {
        (terms.fenceRoot, terms.low, terms.high, terms.k) = (3, -40_000, 60_000, 1);
        (terms.maxAccuracyMm, terms.originMs, terms.lengthMs) = (10_000, uint48(ORIGIN), uint40(LENGTH));
    }
}
