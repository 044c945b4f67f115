// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {FeedSetup} from "../../contracts/feed/StatementFeed.sol";
import {IAggregateFeed} from "../../contracts/feed/IAggregateFeed.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {SensorRegistry} from "../../contracts/feed/SensorRegistry.sol";
import {SurveyFeed} from "../../contracts/feed/SurveyFeed.sol";
import {SurveyTerms} from "../../contracts/feed/SurveyPolicy.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {SurveyV1, SurveyV1Inputs} from "../../contracts/generated/SurveyV1.sol";
import {FeedFixture} from "./FeedFixture.sol";

/// @notice A feed of surveys, of epochs of ten minutes and chunks of 2^15 positions, its registry with one root, and a mock that verifies.
abstract contract SurveyFixture is FeedFixture {
    uint256 internal constant ORIGIN = 1_800_000_000_000;
    uint256 internal constant LENGTH = 600_000;
    uint256 internal constant WINDOW = 300_000;
    uint256 internal constant DELAY = 600;
    uint32 internal constant K = 5;
    uint32 internal constant MIN_COUNT = 6;
    uint8 internal constant BITS = 15;
    uint256 internal constant ROOT = 77;
    address internal immutable AGGREGATOR = makeAddr("aggregator");

    VerifierRouter internal router;
    SensorRegistry internal registry;
    MockVerifier internal mock;
    SurveyFeed internal feed;
    bytes32 internal keyId;
    uint256 internal policyId;

    function setUp() public virtual {
        vm.chainId(AMOY);
        vm.warp(ORIGIN / 1000 - 2 * DELAY);
        router = _router();
        registry = _registry(DELAY);
        mock = _mock("survey/v1", "/16x28x32x5x0", 4);
        vm.prank(OWNER);
        router.add(mock, address(mock).codehash);
        keyId = mock.KEY_ID();
        vm.prank(REGISTRAR);
        registry.post(ROOT, 0, "");
        _use(_feed(_setup(BITS), _terms()));
    }

    /// The feed that the helpers below are for, with the aggregator authorised from epoch 0 on.
    function _use(SurveyFeed other) internal {
        feed = other;
        policyId = other.POLICY_ID();
        vm.prank(OWNER);
        other.setAggregator(AGGREGATOR, 0, 1000);
    }

    function _feed(FeedSetup memory setup, SurveyTerms memory terms) internal returns (SurveyFeed) {
        return SurveyFeed(_made("SurveyFeed", _arguments(setup, terms)));
    }

    function _arguments(FeedSetup memory setup, SurveyTerms memory terms) internal pure returns (bytes memory) {
        return abi.encode(setup, terms, "Noise, Munich");
    }

    function _setup(uint8 bits) internal view returns (FeedSetup memory) {
        return FeedSetup(router, registry, OWNER, GUARDIAN, uint64(WINDOW), MIN_COUNT, bits, 3);
    }

    function _terms() internal pure returns (SurveyTerms memory terms) {
        (terms.common.fenceRoot, terms.common.low, terms.common.high) = (3, -40_000, 60_000);
        (terms.common.maxAccuracyMm, terms.common.originMs) = (10_000, uint48(ORIGIN));
        (terms.common.lengthMs, terms.common.k) = (uint40(LENGTH), uint24(K));
        (terms.common.schema, terms.common.deviceClass) = (1, 65536);
        (terms.leastSamples, terms.mostLeftOut) = (3, 2);
    }

    /// Seconds at which an epoch ends.
    function _end(uint256 epoch) internal pure returns (uint256) {
        return (ORIGIN + (epoch + 1) * LENGTH) / 1000;
    }

    /// A survey of so many devices and samples.
    function _survey(uint32 epoch, uint32 chunk, uint32 devices, uint32 samples, int64 sum)
        internal
        view
        returns (SurveyV1Inputs memory inputs)
    {
        (inputs.registryRoot, inputs.policyId, inputs.epoch) = (ROOT, policyId, epoch);
        (inputs.chunkBits, inputs.chunk, inputs.devices) = (feed.chunkBitsOf(epoch), chunk, devices);
        (inputs.counted, inputs.leftOut, inputs.sum) = (samples, 1, sum);
    }

    /// A proof of these inputs, bound to the feed and a recipient by the definition.
    function _proof(SurveyV1Inputs memory inputs, address recipient) internal view returns (bytes memory) {
        bytes32 id = mock.STATEMENT_ID();
        uint256 digest = uint256(keccak256(abi.encode(block.chainid, address(feed), recipient, id)));
        return mock.proofFor(SurveyV1.pack(inputs, uint152(digest)));
    }

    function _submit(SurveyV1Inputs memory inputs) internal {
        bytes memory proof = _proof(inputs, AGGREGATOR);
        vm.prank(STRANGER);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
    }

    function _refuses(SurveyV1Inputs memory inputs, bytes memory why) internal {
        bytes memory proof = _proof(inputs, AGGREGATOR);
        vm.expectRevert(why);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
    }

    function _assertRound(uint32 epoch, int256 sum, uint256 count, uint256 chunks) internal view {
        IAggregateFeed.Round memory found = feed.round(epoch);
        assertEq(found.sum, sum, "sum");
        assertEq(found.count, count, "count");
        assertEq(found.chunks, chunks, "chunks");
    }

    function _assertChunk(uint32 epoch, uint32 index, int256 sum, uint256 count, uint256 devices) internal view {
        (int256 foundSum, uint32 foundCount) = feed.chunk(epoch, index);
        assertEq(foundSum, sum, "sum of a chunk");
        assertEq(foundCount, count, "count of a chunk");
        assertEq(feed.devicesOf(epoch, index), devices, "devices of a chunk");
    }
}
