// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AggregateFeed, FeedSetup} from "../../contracts/feed/AggregateFeed.sol";
import {IAggregateFeed} from "../../contracts/feed/IAggregateFeed.sol";
import {PolicyTerms} from "../../contracts/feed/AggregatePolicy.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {SensorRegistry} from "../../contracts/feed/SensorRegistry.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {AggregateV2, AggregateV2Inputs} from "../../contracts/generated/AggregateV2.sol";
import {FeedFixture} from "./FeedFixture.sol";

/// @notice A feed of epochs of ten minutes, its registry with one root, and a mock that verifies.
abstract contract AggregateFixture is FeedFixture {
    uint256 internal constant ORIGIN = 1_800_000_000_000;
    uint256 internal constant LENGTH = 600_000;
    uint256 internal constant WINDOW = 300_000;
    uint256 internal constant DELAY = 600;
    uint32 internal constant K = 5;
    uint32 internal constant MIN_COUNT = 6;
    uint256 internal constant ROOT = 77;
    address internal immutable AGGREGATOR = makeAddr("aggregator");

    VerifierRouter internal router;
    SensorRegistry internal registry;
    MockVerifier internal mock;
    AggregateFeed internal feed;
    bytes32 internal keyId;
    uint256 internal policyId;

    function setUp() public virtual {
        vm.chainId(AMOY);
        vm.warp(ORIGIN / 1000 - 2 * DELAY);
        router = _router();
        registry = _registry(DELAY);
        mock = _added(router, "/64x32x7");
        keyId = mock.KEY_ID();
        vm.prank(REGISTRAR);
        registry.post(ROOT, 0, "");
        _use(_feed(_setup(), _terms()));
    }

    /// The feed that the helpers below are for, with the aggregator authorised from epoch 0 on.
    function _use(AggregateFeed other) internal {
        feed = other;
        policyId = other.POLICY_ID();
        vm.prank(OWNER);
        other.setAggregator(AGGREGATOR, 0, 1000);
    }

    function _feed(FeedSetup memory setup, PolicyTerms memory terms) internal returns (AggregateFeed) {
        bytes memory arguments = abi.encode(setup, terms, "Temperature, Munich");
        return AggregateFeed(_made("AggregateFeed", arguments));
    }

    function _setup() internal view returns (FeedSetup memory) {
        return FeedSetup(router, registry, OWNER, GUARDIAN, uint64(WINDOW), MIN_COUNT, 21, 3);
    }

    function _terms() internal pure returns (PolicyTerms memory terms) {
        (terms.fenceRoot, terms.low, terms.high) = (3, -40_000, 60_000);
        (terms.maxAccuracyMm, terms.originMs, terms.lengthMs) = (10_000, uint48(ORIGIN), uint40(LENGTH));
        (terms.k, terms.schema, terms.deviceClass) = (uint24(K), 1, 65536);
    }

    /// Seconds at which an epoch ends.
    function _end(uint256 epoch) internal pure returns (uint256) {
        return (ORIGIN + (epoch + 1) * LENGTH) / 1000;
    }

    function _inputs(uint32 epoch, uint32 count, int64 sum) internal view returns (AggregateV2Inputs memory inputs) {
        (inputs.registryRoot, inputs.policyId, inputs.epoch) = (ROOT, policyId, epoch);
        (inputs.chunkBits, inputs.count, inputs.sum) = (21, count, sum);
    }

    function _inChunk(uint32 epoch, uint32 chunk, uint32 count, int64 sum)
        internal
        view
        returns (AggregateV2Inputs memory inputs)
    {
        inputs = _inputs(epoch, count, sum);
        (inputs.chunkBits, inputs.chunk) = (18, chunk);
    }

    /// A proof of these inputs, bound to the feed and a recipient by the definition.
    function _proof(AggregateV2Inputs memory inputs, address recipient) internal view returns (bytes memory) {
        bytes32 id = mock.STATEMENT_ID();
        uint256 digest = uint256(keccak256(abi.encode(block.chainid, address(feed), recipient, id)));
        return mock.proofFor(AggregateV2.pack(inputs, uint152(digest)));
    }

    function _submit(AggregateV2Inputs memory inputs) internal {
        bytes memory proof = _proof(inputs, AGGREGATOR);
        vm.prank(STRANGER);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
    }

    /// At the end of its epoch.
    function _submitAtEnd(uint32 epoch, uint32 count, int64 sum) internal {
        vm.warp(_end(epoch));
        _submit(_inputs(epoch, count, sum));
    }

    function _refuses(AggregateV2Inputs memory inputs, bytes memory why) internal {
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
}
