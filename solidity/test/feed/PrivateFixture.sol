// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BlockBeacon} from "../../contracts/feed/BlockBeacon.sol";
import {IAggregateFeed} from "../../contracts/feed/IAggregateFeed.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {PrivateFeed, SealSetup} from "../../contracts/feed/PrivateFeed.sol";
import {PrivateTerms} from "../../contracts/feed/PrivatePolicy.sol";
import {SensorRegistry} from "../../contracts/feed/SensorRegistry.sol";
import {FeedSetup} from "../../contracts/feed/StatementFeed.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {PrivateSumV1, PrivateSumV1Inputs} from "../../contracts/generated/PrivateSumV1.sol";
import {FeedFixture} from "./FeedFixture.sol";

/// @notice A feed of private sums, of epochs of ten minutes and chunks of 2^15 positions, its registry with one root, a beacon of blocks, and a
/// mock that verifies.
abstract contract PrivateFixture is FeedFixture {
    uint256 internal constant ORIGIN = 1_800_000_000_000;
    uint256 internal constant LENGTH = 600_000;
    uint256 internal constant WINDOW = 300_000;
    uint256 internal constant SEALS = 100_000;
    uint256 internal constant DELAY = 600;
    uint32 internal constant K = 5;
    uint32 internal constant MIN_COUNT = 6;
    uint8 internal constant BITS = 15;
    uint256 internal constant ROOT = 77;
    uint256 internal constant SEAL = 4711;
    address internal immutable AGGREGATOR = makeAddr("aggregator");
    address internal immutable RIVAL = makeAddr("rival");

    VerifierRouter internal router;
    SensorRegistry internal registry;
    MockVerifier internal mock;
    BlockBeacon internal beacon;
    PrivateFeed internal feed;
    bytes32 internal keyId;
    uint256 internal policyId;

    function setUp() public virtual {
        vm.chainId(AMOY);
        vm.warp(ORIGIN / 1000 - 2 * DELAY);
        vm.roll(1000);
        router = _router();
        registry = _registry(DELAY);
        mock = _mock("private-sum/v1", "/64x32x5", 6);
        vm.prank(OWNER);
        router.add(mock, address(mock).codehash);
        keyId = mock.KEY_ID();
        vm.prank(REGISTRAR);
        registry.post(ROOT, 0, "");
        beacon = BlockBeacon(_made("BlockBeacon", ""));
        _use(PrivateFeed(_made("PrivateFeed", _arguments(_setup(BITS), _sealing(), _terms()))));
    }

    /// The feed that the helpers below are for, with both aggregators authorised from epoch 0 on.
    function _use(PrivateFeed other) internal {
        feed = other;
        policyId = other.POLICY_ID();
        vm.startPrank(OWNER);
        other.setAggregator(AGGREGATOR, 0, 1000);
        other.setAggregator(RIVAL, 0, 1000);
        vm.stopPrank();
    }

    function _arguments(FeedSetup memory setup, SealSetup memory sealing, PrivateTerms memory terms)
        internal
        pure
        returns (bytes memory)
    {
        return abi.encode(setup, sealing, terms, "Noise, Munich, private");
    }

    function _setup(uint8 bits) internal view returns (FeedSetup memory) {
        return FeedSetup(router, registry, OWNER, GUARDIAN, uint64(WINDOW), MIN_COUNT, bits, 3);
    }

    function _sealing() internal view returns (SealSetup memory) {
        return SealSetup(beacon, uint64(SEALS));
    }

    function _terms() internal pure returns (PrivateTerms memory terms) {
        (terms.common.fenceRoot, terms.common.low, terms.common.high) = (3, -40_000, 60_000);
        (terms.common.maxAccuracyMm, terms.common.originMs) = (10_000, uint48(ORIGIN));
        (terms.common.lengthMs, terms.common.k) = (uint40(LENGTH), uint24(K));
        (terms.common.schema, terms.common.deviceClass) = (1, 65536);
        terms.scaleBits = 17;
    }

    /// Seconds at which an epoch ends, and at which its seals do.
    function _end(uint256 epoch) internal pure returns (uint256) {
        return (ORIGIN + (epoch + 1) * LENGTH) / 1000;
    }

    function _deadline(uint256 epoch) internal pure returns (uint256) {
        return _end(epoch) + SEALS / 1000;
    }

    function _sealAs(address aggregator, uint32 epoch, uint32 chunk, uint256 id) internal {
        vm.prank(aggregator);
        feed.seal(epoch, chunk, id);
    }

    function _refusesSeal(address aggregator, uint32 epoch, uint32 chunk, uint256 id, bytes memory why) internal {
        vm.expectRevert(why);
        _sealAs(aggregator, epoch, chunk, id);
    }

    /// Goes to the deadline, and on until the beacon is recorded.
    function _drawn(uint32 epoch) internal returns (uint256) {
        uint256 moment = feed.deadlineOf(epoch);
        if (vm.getBlockTimestamp() < _deadline(epoch)) vm.warp(_deadline(epoch));
        uint256 number = beacon.draw(moment);
        vm.roll(number + 1);
        return beacon.recordBeacon(moment);
    }

    /// A release that opens SEAL plus the chunk's number.
    function _release(uint32 epoch, uint32 chunk, uint32 count, int64 sum, uint256 drawn)
        internal
        view
        returns (PrivateSumV1Inputs memory inputs)
    {
        (inputs.registryRoot, inputs.policyId, inputs.epoch) = (ROOT, policyId, epoch);
        (inputs.chunkBits, inputs.chunk, inputs.count) = (feed.chunkBitsOf(epoch), chunk, count);
        (inputs.sum, inputs.seal, inputs.beacon) = (sum, SEAL + chunk, drawn);
    }

    /// A proof of these inputs, bound to the feed and a recipient by the definition.
    function _proof(PrivateSumV1Inputs memory inputs, address recipient) internal view returns (bytes memory) {
        bytes32 id = mock.STATEMENT_ID();
        uint256 digest = uint256(keccak256(abi.encode(block.chainid, address(feed), recipient, id)));
        return mock.proofFor(PrivateSumV1.pack(inputs, uint152(digest)));
    }

    function _submit(PrivateSumV1Inputs memory inputs) internal {
        bytes memory proof = _proof(inputs, AGGREGATOR);
        vm.prank(STRANGER);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
    }

    function _refuses(PrivateSumV1Inputs memory inputs, bytes memory why) internal {
        _refusesOf(inputs, AGGREGATOR, why);
    }

    function _refusesOf(PrivateSumV1Inputs memory inputs, address aggregator, bytes memory why) internal {
        bytes memory proof = _proof(inputs, aggregator);
        vm.expectRevert(why);
        feed.submit(keyId, proof, inputs, aggregator, 0);
    }

    function _assertRound(uint32 epoch, int256 sum, uint256 count, uint256 chunks) internal view {
        IAggregateFeed.Round memory found = feed.round(epoch);
        assertEq(found.sum, sum, "sum");
        assertEq(found.count, count, "count");
        assertEq(found.chunks, chunks, "chunks");
    }
}
