// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {AggregateFeed, FeedSetup} from "../../contracts/feed/AggregateFeed.sol";
import {StatementFeed} from "../../contracts/feed/StatementFeed.sol";
import {Guarded} from "../../contracts/feed/Guarded.sol";
import {IAggregateFeed} from "../../contracts/feed/IAggregateFeed.sol";
import {AggregatePolicy, PolicyTerms} from "../../contracts/feed/AggregatePolicy.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {Policy} from "../../contracts/generated/Policy.sol";
import {AggregateFixture} from "./AggregateFixture.sol";

/// @notice What a feed is made with, who decides what from when on, and what is read when.
contract FeedRolesTest is AggregateFixture {
    function test_Constructor_KeepsWhatItWasGiven() public view {
        assertEq(address(feed.ROUTER()), address(router));
        assertEq(address(feed.REGISTRY()), address(registry));
        assertEq(feed.ORIGIN(), ORIGIN);
        assertEq(feed.LENGTH(), LENGTH);
        assertEq(feed.WINDOW(), WINDOW);
        assertEq(feed.MIN_COUNT(), MIN_COUNT);
        assertEq(feed.LOW(), -40_000);
        assertEq(feed.OUTPUTS(), 0);
        assertEq(feed.decimals(), 3);
        assertEq(feed.description(), "Temperature, Munich");
        assertEq(feed.owner(), OWNER);
        assertEq(feed.guardian(), GUARDIAN);
        assertEq(feed.chunkBitsOf(0), 21);
        assertFalse(feed.paused());
        Policy memory policy = feed.policy();
        assertEq(policy.network, uint248(uint256(keccak256(abi.encode(AMOY, address(registry))))));
        assertEq(policy.family, 1);
        assertEq(policy.statementVersion, 2);
        assertEq(policy.high, 60_000);
        assertEq(policy.k, K);
    }

    function test_Constructor_AnotherRegistryOrChainIsAnotherPolicy() public {
        FeedSetup memory setup = _setup();
        setup.registry = _registry(DELAY);
        assertNotEq(_feed(setup, _terms()).POLICY_ID(), policyId);
        vm.chainId(31337);
        assertNotEq(_feed(_setup(), _terms()).POLICY_ID(), policyId);
    }

    function test_Constructor_Refuses() public {
        FeedSetup memory setup = _setup();
        setup.router = VerifierRouter(STRANGER);
        _refusesToBeMade(setup, _terms(), abi.encodeWithSelector(StatementFeed.RouterMissing.selector, STRANGER));
        setup = _setup();
        setup.windowMs = uint64(LENGTH + 1);
        _refusesToBeMade(
            setup, _terms(), abi.encodeWithSelector(StatementFeed.WindowOther.selector, LENGTH, LENGTH + 1)
        );
        setup.windowMs = 0;
        _refusesToBeMade(setup, _terms(), abi.encodeWithSelector(StatementFeed.WindowOther.selector, LENGTH, 0));
        setup.windowMs = uint64(LENGTH);
        _feed(setup, _terms());
        setup.minCount = K - 1;
        _refusesToBeMade(setup, _terms(), abi.encodeWithSelector(StatementFeed.MinCountOther.selector, K, K - 1));
        setup.minCount = K;
        _feed(setup, _terms());
        setup.chunkBits = 20;
        _refusesToBeMade(setup, _terms(), abi.encodeWithSelector(StatementFeed.ChunkBitsOther.selector, 20));
        PolicyTerms memory terms = _terms();
        terms.outputs = 1;
        setup.chunkBits = 18;
        _refusesToBeMade(setup, terms, abi.encodeWithSelector(StatementFeed.ChunkBitsOther.selector, 18));
        terms.maxAccuracyMm = 0;
        _refusesToBeMade(setup, terms, abi.encodeWithSelector(AggregatePolicy.AccuracyZero.selector));
    }

    /// @notice Terms that no reading, or none of enough devices, could obey; and beside each the nearest that some could.
    function test_Constructor_RefusesTermsThatAreNotSound() public {
        PolicyTerms memory terms = _terms();
        (terms.low, terms.high) = (5, 4);
        _refusesTerms(terms, abi.encodeWithSelector(AggregatePolicy.ValuesOther.selector, 5, 4));
        terms.high = 5;
        _feed(_setup(), terms);
        (terms.low, terms.high) = (-(2 ** 39), 2 ** 39);
        _refusesTerms(terms, abi.encodeWithSelector(AggregatePolicy.ValuesOther.selector, terms.low, terms.high));
        terms.high -= 1;
        _feed(_setup(), terms);

        terms = _terms();
        terms.lengthMs = 0;
        _refusesTerms(terms, abi.encodeWithSelector(AggregatePolicy.EpochsOther.selector, ORIGIN, 0));
        (terms.lengthMs, terms.originMs) = (uint40(LENGTH), uint48(2 ** 48 - LENGTH + 1));
        _refusesTerms(
            terms, abi.encodeWithSelector(AggregatePolicy.EpochsOther.selector, terms.originMs, terms.lengthMs)
        );
        terms.originMs -= 1;
        _feed(_setup(), terms);

        terms = _terms();
        terms.k = 0;
        _refusesTerms(terms, abi.encodeWithSelector(AggregatePolicy.KOther.selector, 1, 0));
        terms.k = 1;
        _feed(_setup(), terms);
        (terms.k, terms.outputs) = (7, 4);
        _refusesTerms(terms, abi.encodeWithSelector(AggregatePolicy.KOther.selector, 8, 7));
        terms.k = 8;
        FeedSetup memory setup = _setup();
        setup.minCount = 8;
        _feed(setup, terms);

        terms = _terms();
        terms.deviceClass = 65537;
        _refusesTerms(terms, abi.encodeWithSelector(AggregatePolicy.DeviceClassOther.selector, 65537));
        terms.deviceClass = 65535;
        _feed(_setup(), terms);
    }

    function test_Constructor_DelayOfAnEpochOffTestChains() public {
        FeedSetup memory setup = _setup();
        PolicyTerms memory terms = _terms();
        terms.lengthMs = uint40(1000 * DELAY + 1);
        _feed(setup, terms);
        vm.chainId(POLYGON);
        _refusesToBeMade(setup, terms, abi.encodeWithSelector(StatementFeed.DelayShort.selector, DELAY + 1, DELAY));
        terms.lengthMs = uint40(1000 * DELAY);
        _feed(setup, terms);
    }

    function test_SetAggregator_ByTheOwner() public {
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, GUARDIAN));
        feed.setAggregator(STRANGER, 100, 200);
        vm.prank(OWNER);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.AggregatorSet(STRANGER, 100, 200);
        feed.setAggregator(STRANGER, 100, 200);
        (uint32 from, uint32 until) = feed.aggregatorOf(STRANGER);
        assertEq(from, 100);
        assertEq(until, 200);
    }

    /// @notice What may be submitted for an epoch that has begun is never given, and can be taken.
    function test_SetAggregator_NotForWhatHasBegun() public {
        vm.startPrank(OWNER);
        // Before the first epoch begins everything is ahead.
        vm.warp(ORIGIN / 1000 - 1);
        feed.setAggregator(STRANGER, 0, 4);
        // In epoch 5, of which 5 and what is before have begun.
        vm.warp(_end(4));
        _refusesGrant(STRANGER, 0, 5);
        _refusesGrant(STRANGER, 0, type(uint32).max);
        _refusesGrant(STRANGER, 5, 9);
        _refusesGrant(address(1), 5, 6);
        _refusesGrant(address(1), 0, 1);
        feed.setAggregator(address(1), 6, 7);
        feed.setAggregator(address(1), 7, 7);
        feed.setAggregator(address(1), 3, 3);
        feed.setAggregator(AGGREGATOR, 1, 1000);
        _refusesGrant(AGGREGATOR, 0, 1000);
        feed.setAggregator(AGGREGATOR, 1, type(uint32).max);
        feed.setAggregator(AGGREGATOR, 1, 4);
        _refusesGrant(AGGREGATOR, 1, 5);
        // Taken at once, for the epoch that is open, too.
        vm.stopPrank();
        _refuses(_inputs(4, 6, 5), abi.encodeWithSelector(IAggregateFeed.AggregatorUnknown.selector, AGGREGATOR, 4));
    }

    function test_SetChunkBits_ByTheOwner() public {
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, GUARDIAN));
        feed.setChunkBits(18, 100);
        // Before the first epoch begins it is the next one that is decided.
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(StatementFeed.TooLate.selector, 1, 0));
        feed.setChunkBits(18, 0);
        feed.setChunkBits(18, 1);
        vm.stopPrank();
    }

    function test_Pause_ByTheGuardian_Unpause_ByTheOwner() public {
        _submitAtEnd(2, 6, 5);
        // Addresses on both sides of the guardian's.
        address[3] memory others = [OWNER, address(1), address(type(uint160).max)];
        for (uint256 i = 0; i < others.length; i++) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(Guarded.NotGuardian.selector, GUARDIAN, others[i]));
            feed.pause();
        }
        vm.prank(GUARDIAN);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Paused();
        feed.pause();
        assertTrue(feed.paused());
        vm.prank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, GUARDIAN));
        feed.unpause();
        // Reads go on.
        vm.warp(feed.finalAt(2));
        (uint32 epoch,) = feed.latest();
        assertEq(epoch, 2);
        vm.prank(OWNER);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Unpaused();
        feed.unpause();
        assertFalse(feed.paused());
    }

    function test_Void_WhatHasBegunAndIsNotFinal() public {
        _submitAtEnd(1, 6, 5);
        _submitAtEnd(2, 6, 5);
        bytes memory strange = abi.encodeWithSelector(Guarded.NotGuardian.selector, GUARDIAN, OWNER);
        vm.prank(OWNER);
        vm.expectRevert(strange);
        feed.void(2, "");
        vm.startPrank(GUARDIAN);
        // 2 is open, 3 runs, 4 is ahead, 1 is final.
        _refusesToVoid(4);
        _refusesToVoid(1);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.EpochVoided(2, "a thermometer factory burnt");
        feed.void(2, "a thermometer factory burnt");
        _refusesToVoid(2);
        feed.void(3, "");
        vm.stopPrank();
        bytes memory voided = abi.encodeWithSelector(IAggregateFeed.EpochIsVoid.selector, 2);
        _refuses(_inputs(2, 20, 5), voided);
        assertTrue(feed.round(2).voided);
        (uint32 epoch,) = feed.latest();
        assertEq(epoch, 1);
        vm.warp(feed.finalAt(2));
        _refusesEverywhere(2, voided);
        (epoch,) = feed.latest();
        assertEq(epoch, 1);
        vm.warp(_end(3));
        _refuses(_inputs(3, 20, 5), abi.encodeWithSelector(IAggregateFeed.EpochIsVoid.selector, 3));
        // The next one with data has the one before these two before it.
        _submitAtEnd(4, 6, 7);
        vm.warp(feed.finalAt(4));
        (epoch,) = feed.latest();
        assertEq(epoch, 4);
        assertEq(feed.previous(4), 1);
    }

    function test_Void_TheOnlyOne() public {
        _submitAtEnd(2, 6, 5);
        vm.prank(GUARDIAN);
        feed.void(2, "");
        vm.warp(feed.finalAt(2));
        vm.expectRevert(IAggregateFeed.NoData.selector);
        feed.latest();
        _submitAtEnd(3, 6, 5);
        vm.prank(GUARDIAN);
        feed.void(3, "");
        _submitAtEnd(4, 6, 5);
        vm.warp(feed.finalAt(4));
        vm.expectRevert(IAggregateFeed.NoData.selector);
        feed.previous(4);
    }

    function test_Latest_IsTheLastFinalOne() public {
        vm.expectRevert(IAggregateFeed.NoData.selector);
        feed.latest();
        _submitAtEnd(2, 6, 50);
        vm.expectRevert(IAggregateFeed.NoData.selector);
        feed.latest();
        bytes memory open = abi.encodeWithSelector(IAggregateFeed.NotFinal.selector, 2, feed.finalAt(2));
        vm.warp(feed.finalAt(2) - 1);
        _refusesEverywhere(2, open);
        vm.expectRevert(IAggregateFeed.NoData.selector);
        feed.latest();
        vm.warp(feed.finalAt(2));
        (uint32 epoch, IAggregateFeed.Round memory found) = feed.latest();
        assertEq(epoch, 2);
        assertEq(found.sum, 50);
        assertTrue(found.isFinal);
        // A gap of two epochs; while the next is open, the one before is the last.
        _submitAtEnd(5, 6, 60);
        (epoch, found) = feed.latest();
        assertEq(epoch, 2);
        vm.warp(feed.finalAt(5));
        (epoch, found) = feed.latest();
        assertEq(epoch, 5);
        assertEq(found.sum, 60);
        assertEq(feed.previous(5), 2);
        _refusesEverywhere(4, abi.encodeWithSelector(IAggregateFeed.NoData.selector));
    }

    function _refusesEverywhere(uint32 epoch, bytes memory why) private {
        vm.expectRevert(why);
        feed.finalRound(epoch);
        vm.expectRevert(why);
        feed.previous(epoch);
        vm.expectRevert(why);
        feed.extras(epoch);
        vm.expectRevert(why);
        feed.isMeanAbove(epoch, 0);
    }

    function _refusesGrant(address aggregator, uint32 from, uint32 until) private {
        vm.expectRevert(abi.encodeWithSelector(StatementFeed.TooLate.selector, 6, from));
        feed.setAggregator(aggregator, from, until);
    }

    function _refusesToVoid(uint32 epoch) private {
        vm.expectRevert(abi.encodeWithSelector(StatementFeed.NotVoidable.selector, epoch));
        feed.void(epoch, "");
    }

    function _refusesTerms(PolicyTerms memory terms, bytes memory why) private {
        _refusesToBeMade(_setup(), terms, why);
    }

    function _refusesToBeMade(FeedSetup memory setup, PolicyTerms memory terms, bytes memory why) private {
        bytes memory arguments = abi.encode(setup, terms, "Temperature, Munich");
        _refusesToBeMade("AggregateFeed", arguments, why);
    }
}
