// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {AggregateFeed, FeedSetup} from "../../contracts/feed/AggregateFeed.sol";
import {IAggregateFeed} from "../../contracts/feed/IAggregateFeed.sol";
import {PolicyTerms} from "../../contracts/feed/AggregatePolicy.sol";
import {SensorRegistry} from "../../contracts/feed/SensorRegistry.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {AggregateV2Inputs} from "../../contracts/generated/AggregateV2.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {AggregateFixture} from "./AggregateFixture.sol";

/// @notice What a feed takes, and that it refuses everything else.
contract FeedSubmitTest is AggregateFixture {
    function test_Submit_CountsAndSays() public {
        vm.warp(_end(2));
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 0, AGGREGATOR, keyId, 7, -18, 0, 0, 0, 0);
        _submit(_inputs(2, 7, -18));
        IAggregateFeed.Round memory found = feed.round(2);
        assertEq(found.updatedAt, _end(2));
        assertFalse(found.isFinal);
        assertFalse(found.voided);
        _assertRound(2, -18, 7, 1);
        (int256 sum, uint32 count) = feed.chunk(2, 0);
        assertEq(sum, -18);
        assertEq(count, 7);
        (sum, count) = feed.chunk(2, 1);
        assertEq(sum, 0);
        assertEq(count, 0);
    }

    function test_Submit_EpochZero() public {
        _submitAtEnd(0, 6, 5);
        _submitAtEnd(1, 6, 4);
        vm.warp(feed.finalAt(1));
        (uint32 epoch, IAggregateFeed.Round memory found) = feed.latest();
        assertEq(epoch, 1);
        assertEq(found.sum, 4);
        assertEq(feed.previous(1), 0);
        vm.expectRevert(IAggregateFeed.NoData.selector);
        feed.previous(0);
    }

    function test_Submit_WhileTheWindowIsOpen() public {
        (uint256 end, uint256 shut) = (1000 * _end(2), 1000 * _end(2) + WINDOW);
        bytes memory closed = abi.encodeWithSelector(IAggregateFeed.WindowShut.selector, end, shut);
        vm.warp(end / 1000 - 1);
        _refuses(_inputs(2, 6, 5), closed);
        vm.warp(end / 1000);
        _submit(_inputs(2, 6, 5));
        vm.warp(shut / 1000 - 1);
        _submit(_inputs(2, 11, 5));
        assertFalse(feed.isFinal(2));
        vm.warp(shut / 1000);
        _refuses(_inputs(2, 16, 5), closed);
        assertTrue(feed.isFinal(2));
        assertEq(feed.finalAt(2), shut / 1000);
        // Far ahead, and long past.
        _refuses(
            _inputs(type(uint32).max, 6, 5),
            abi.encodeWithSelector(
                IAggregateFeed.WindowShut.selector, ORIGIN + 2 ** 32 * LENGTH, ORIGIN + 2 ** 32 * LENGTH + WINDOW
            )
        );
        _refuses(
            _inputs(0, 6, 5),
            abi.encodeWithSelector(IAggregateFeed.WindowShut.selector, 1000 * _end(0), 1000 * _end(0) + WINDOW)
        );
    }

    /// @notice Where an epoch ends within a second, the first whole second that is not before counts.
    function test_Submit_WhereTimesAreNoWholeSeconds() public {
        PolicyTerms memory terms = _terms();
        (terms.originMs, terms.lengthMs) = (uint48(ORIGIN + 1), 1501);
        FeedSetup memory setup = _setup();
        setup.windowMs = 1501;
        _use(_feed(setup, terms));
        // Epoch 0 ends at .502 of second 1, its window shuts at .003 of second 3.
        uint256 start = ORIGIN / 1000;
        bytes memory closed = abi.encodeWithSelector(IAggregateFeed.WindowShut.selector, ORIGIN + 1502, ORIGIN + 3003);
        vm.warp(start + 1);
        _refuses(_inputs(0, 6, 5), closed);
        vm.warp(start + 2);
        _submit(_inputs(0, 6, 5));
        vm.warp(start + 3);
        _submit(_inputs(0, 11, 5));
        assertFalse(feed.isFinal(0));
        assertEq(feed.finalAt(0), start + 4);
        vm.warp(start + 4);
        _refuses(_inputs(0, 16, 5), closed);
        assertTrue(feed.isFinal(0));
    }

    function test_Submit_NotWhilePaused() public {
        vm.prank(GUARDIAN);
        feed.pause();
        vm.warp(_end(2));
        _refuses(_inputs(2, 6, 5), abi.encodeWithSelector(IAggregateFeed.FeedPaused.selector));
        vm.prank(OWNER);
        feed.unpause();
        _submit(_inputs(2, 6, 5));
    }

    function test_Submit_ForAnAuthorisedAggregator() public {
        address other = makeAddr("other");
        vm.prank(OWNER);
        feed.setAggregator(other, 3, 5);
        for (uint32 epoch = 2; epoch < 6; epoch++) {
            vm.warp(_end(epoch));
            AggregateV2Inputs memory inputs = _inputs(epoch, 6, 5);
            bytes memory proof = _proof(inputs, other);
            if (epoch < 3 || epoch >= 5) {
                vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.AggregatorUnknown.selector, other, epoch));
            }
            feed.submit(keyId, proof, inputs, other, 0);
        }
        AggregateV2Inputs memory own = _inputs(5, 6, 5);
        bytes memory bound = _proof(own, STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.AggregatorUnknown.selector, STRANGER, 5));
        vm.prank(STRANGER);
        feed.submit(keyId, bound, own, STRANGER, 0);
    }

    function test_Submit_NotAMillisecondBeforeTheEnd() public {
        PolicyTerms memory terms = _terms();
        terms.originMs += 1;
        _use(_feed(_setup(), terms));
        uint256 end = 1000 * _end(2) + 1;
        vm.warp(_end(2));
        _refuses(_inputs(2, 6, 5), abi.encodeWithSelector(IAggregateFeed.WindowShut.selector, end, end + WINDOW));
        vm.warp(_end(2) + 1);
        _submit(_inputs(2, 6, 5));
    }

    function test_Submit_RefusesOtherClaims() public {
        vm.warp(_end(2));
        AggregateV2Inputs memory inputs = _inputs(2, 6, 5);
        inputs.policyId += 1;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.PolicyOther.selector, policyId, policyId + 1));
        inputs.policyId -= 2;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.PolicyOther.selector, policyId, policyId - 1));

        inputs = _inputs(2, 6, 5);
        inputs.chunkBits = 18;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 21, 18, 0));
        inputs.chunkBits = 21;
        inputs.chunk = 1;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 21, 21, 1));

        _refuses(_inputs(2, 5, 5), abi.encodeWithSelector(IAggregateFeed.TooFew.selector, 6, 5));

        inputs = _inputs(2, 6, 5);
        inputs.registryRoot = ROOT + 1;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.RootOther.selector, ROOT, ROOT + 1));
        inputs.registryRoot = ROOT - 1;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.RootOther.selector, ROOT, ROOT - 1));
        _assertRound(2, 0, 0, 0);
    }

    function test_Submit_UnderTheRootAtTheEndAlone() public {
        // Counts from the end of epoch 2 on, which is too late for it, and in time for epoch 3.
        bytes32 head = registry.head();
        vm.warp(_end(2) - DELAY);
        vm.prank(REGISTRAR);
        registry.post(ROOT + 1, head, "");
        vm.warp(_end(2) + 1);
        AggregateV2Inputs memory inputs = _inputs(2, 6, 5);
        inputs.registryRoot = ROOT + 1;
        bytes memory proof = _proof(inputs, AGGREGATOR);
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.IndexOther.selector, 1000 * _end(2), 1));
        feed.submit(keyId, proof, inputs, AGGREGATOR, 1);
        _submit(_inputs(2, 6, 5));
        vm.warp(_end(3));
        inputs.epoch = 3;
        proof = _proof(inputs, AGGREGATOR);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 1);
        _refuses(_inputs(3, 11, 5), abi.encodeWithSelector(SensorRegistry.IndexOther.selector, 1000 * _end(3), 0));
    }

    function test_Submit_MoreByKTakesThePlace() public {
        _submitAtEnd(2, 6, 50);
        for (uint32 count = 6; count < 11; count++) {
            _refuses(_inputs(2, count, 60), abi.encodeWithSelector(IAggregateFeed.NotMore.selector, 6, count));
        }
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 0, AGGREGATOR, keyId, 11, -60, 0, 0, 0, 6);
        _submit(_inputs(2, 11, -60));
        _assertRound(2, -60, 11, 1);
        _refuses(_inputs(2, 15, 60), abi.encodeWithSelector(IAggregateFeed.NotMore.selector, 11, 15));
    }

    function test_Submit_RefusesAProofThatDoesNotHold() public {
        vm.warp(_end(2));
        bytes memory rejected = abi.encodeWithSelector(IStatementVerifier.ProofRejected.selector);
        AggregateV2Inputs memory inputs = _inputs(2, 6, 5);
        bytes memory proof = _proof(inputs, AGGREGATOR);
        inputs.sum += 1;
        vm.expectRevert(rejected);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
        _assertRound(2, 0, 0, 0);
    }

    /// @notice A proof made for another's credit, for another chain, or for a twin of the feed.
    function test_Submit_RefusesAProofOfAnotherBinding() public {
        address other = makeAddr("other");
        vm.prank(OWNER);
        feed.setAggregator(other, 0, 1000);
        vm.warp(_end(2));
        bytes memory rejected = abi.encodeWithSelector(IStatementVerifier.ProofRejected.selector);
        AggregateV2Inputs memory inputs = _inputs(2, 6, 5);
        bytes memory proof = _proof(inputs, AGGREGATOR);
        vm.expectRevert(rejected);
        feed.submit(keyId, proof, inputs, other, 0);
        vm.chainId(31337);
        vm.expectRevert(rejected);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
        vm.chainId(AMOY);
        AggregateFeed first = feed;
        vm.warp(ORIGIN / 1000 - 1);
        _use(_feed(_setup(), _terms()));
        vm.warp(_end(2));
        assertEq(feed.POLICY_ID(), first.POLICY_ID());
        vm.expectRevert(rejected);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
        first.submit(keyId, proof, inputs, AGGREGATOR, 0);
    }

    function test_Submit_ByWayOfTheRouter() public {
        vm.warp(_end(2));
        AggregateV2Inputs memory inputs = _inputs(2, 6, 5);
        bytes memory proof = _proof(inputs, AGGREGATOR);
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteUnknown.selector, bytes32("x")));
        feed.submit("x", proof, inputs, AGGREGATOR, 0);
        // A key of another family, whose four words mean something else.
        MockVerifier survey = _mock("survey/v1", "", 4);
        vm.prank(OWNER);
        router.add(survey, address(survey).codehash);
        bytes32 id = survey.KEY_ID();
        vm.expectRevert(
            abi.encodeWithSelector(
                VerifierRouter.RouteFamily.selector, keccak256("aggregate/v2"), keccak256("survey/v1")
            )
        );
        feed.submit(id, proof, inputs, AGGREGATOR, 0);
        vm.prank(GUARDIAN);
        router.freeze(keyId, "");
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteFrozen.selector, keyId));
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
    }

    /// @notice Fields that no proof has are named, and nothing of them stays.
    function test_Submit_RefusesFieldsThatDoNotFit() public {
        vm.warp(_end(2));
        _submit(_inputs(2, 6, 5));
        AggregateV2Inputs memory inputs = _inputs(2, 2 ** 21, 5);
        _refusesField(inputs, "count", 2 ** 21, 2 ** 21);
        inputs.count = type(uint32).max;
        _refusesField(inputs, "count", type(uint32).max, 2 ** 21);
        inputs = _inputs(2, 2 ** 21 - 1, 2 ** 61);
        _refusesField(inputs, "sum", 2 ** 62, 2 ** 62);
        inputs.sum = -(2 ** 61) - 1;
        _refusesField(inputs, "sum", type(uint256).max, 2 ** 62);
        inputs.sum = 2 ** 61 - 1;
        _submit(inputs);
        _assertRound(2, 2 ** 61 - 1, 2 ** 21 - 1, 1);
    }

    function test_IsMeanAbove_Exactly() public {
        // -3 of six readings: the mean is -1/2.
        _submitAtEnd(2, 6, -3);
        vm.warp(feed.finalAt(2));
        assertTrue(feed.isMeanAbove(2, -1));
        assertFalse(feed.isMeanAbove(2, 0));
        _submitAtEnd(3, 6, -6);
        vm.warp(feed.finalAt(3));
        assertFalse(feed.isMeanAbove(3, -1));
        assertTrue(feed.isMeanAbove(3, -2));
        assertTrue(feed.isMeanAbove(3, type(int64).min));
        assertFalse(feed.isMeanAbove(3, type(int64).max));
    }

    function _refusesField(AggregateV2Inputs memory inputs, string memory field, uint256 value, uint256 limit) private {
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.FieldOutOfRange.selector, field, value, limit));
        feed.submit(keyId, new bytes(256), inputs, AGGREGATOR, 0);
    }
}
