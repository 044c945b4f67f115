// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {AggregatePolicy} from "../../contracts/feed/AggregatePolicy.sol";
import {BlockBeacon} from "../../contracts/feed/BlockBeacon.sol";
import {IAggregateFeed} from "../../contracts/feed/IAggregateFeed.sol";
import {IBeacon} from "../../contracts/feed/IBeacon.sol";
import {IPrivateFeed} from "../../contracts/feed/IPrivateFeed.sol";
import {MeanAdapter} from "../../contracts/feed/MeanAdapter.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {PrivateFeed, SealSetup} from "../../contracts/feed/PrivateFeed.sol";
import {PrivatePolicy, PrivateTerms} from "../../contracts/feed/PrivatePolicy.sol";
import {FeedSetup, StatementFeed} from "../../contracts/feed/StatementFeed.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {PolicyId} from "../../contracts/generated/Policy.sol";
import {PrivateSumV1Inputs} from "../../contracts/generated/PrivateSumV1.sol";
import {PrivateFixture} from "./PrivateFixture.sol";

/// @notice What a feed of private sums has of its own: seal, deadline, beacon, one release, its statement and its policy. What all feeds have in
/// common is tested with aggregates.
contract PrivateFeedTest is PrivateFixture {
    function test_Seal_Beacon_Release() public {
        vm.warp(_end(2));
        vm.expectEmit(address(feed));
        emit IPrivateFeed.Sealed(2, 1, AGGREGATOR, SEAL + 1);
        _sealAs(AGGREGATOR, 2, 1, SEAL + 1);
        _assertSeal(2, 1, SEAL + 1, AGGREGATOR);
        _assertSeal(2, 0, 0, address(0));
        _assertSeal(1, 1, 0, address(0));
        _assertRound(2, 0, 0, 0);
        uint256 drawn = _drawn(2);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 1, AGGREGATOR, keyId, 7, -18, 0, 0, 0, 0);
        _submit(_release(2, 1, 7, -18, drawn));
        _assertRound(2, -18, 7, 1);
        (int256 sum, uint32 count) = feed.chunk(2, 1);
        assertEq(sum, -18);
        assertEq(count, 7);
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.NotFinal.selector, 2, feed.finalAt(2)));
        feed.finalRound(2);
        vm.warp(feed.finalAt(2));
        assertEq(feed.finalRound(2).sum, -18);
        _assertSeal(2, 1, SEAL + 1, AGGREGATOR);
    }

    /// @notice Every second of the window is for the one or the other.
    function test_Deadline() public {
        assertEq(feed.deadlineOf(2), 1000 * _deadline(2));
        assertEq(feed.deadlineOf(2), 1000 * _end(2) + SEALS);
        bytes memory window =
            abi.encodeWithSelector(IAggregateFeed.WindowShut.selector, 1000 * _end(2), 1000 * _end(2) + WINDOW);
        vm.warp(_end(2) - 1);
        _refusesSeal(AGGREGATOR, 2, 0, SEAL, window);
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        vm.warp(_deadline(2) - 1);
        _sealAs(AGGREGATOR, 2, 1, SEAL + 1);
        bytes memory early = abi.encodeWithSelector(IPrivateFeed.BeforeDeadline.selector, 1000 * _deadline(2));
        _refuses(_release(2, 0, 7, 1, 1), early);
        vm.warp(_deadline(2));
        bytes memory late = abi.encodeWithSelector(IPrivateFeed.SealShut.selector, 1000 * _end(2), 1000 * _deadline(2));
        _refusesSeal(AGGREGATOR, 2, 2, SEAL, late);
        uint256 drawn = _drawn(2);
        _submit(_release(2, 0, 7, 1, drawn));
        vm.warp(feed.finalAt(2) - 1);
        _refusesSeal(AGGREGATOR, 2, 2, SEAL, late);
        _submit(_release(2, 1, 8, 1, drawn));
        vm.warp(feed.finalAt(2));
        _refusesSeal(AGGREGATOR, 2, 2, SEAL, window);
        _refuses(_release(2, 1, 8, 1, drawn), window);
    }

    /// @notice A deadline between two seconds, at which blocks are: no block is for both, and none for neither.
    function test_Deadline_BetweenSeconds() public {
        SealSetup memory sealing = _sealing();
        sealing.windowMs = uint64(SEALS) + 1;
        vm.warp(ORIGIN / 1000 - 1);
        _use(PrivateFeed(_made("PrivateFeed", _arguments(_setup(BITS), sealing, _terms()))));
        uint256 deadline = 1000 * _deadline(2) + 1;
        assertEq(feed.deadlineOf(2), deadline);
        vm.warp(_deadline(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        vm.expectRevert(abi.encodeWithSelector(BlockBeacon.MomentAhead.selector, deadline, deadline - 1));
        beacon.draw(deadline);
        _refuses(_release(2, 0, 7, 1, 1), abi.encodeWithSelector(IPrivateFeed.BeforeDeadline.selector, deadline));
        vm.warp(_deadline(2) + 1);
        bytes memory late = abi.encodeWithSelector(IPrivateFeed.SealShut.selector, 1000 * _end(2), deadline);
        _refusesSeal(AGGREGATOR, 2, 1, SEAL, late);
        _submit(_release(2, 0, 7, 1, _drawn(2)));
    }

    function test_Seal_IsKept() public {
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        bytes memory kept = abi.encodeWithSelector(IPrivateFeed.IsSealed.selector, SEAL);
        _refusesSeal(AGGREGATOR, 2, 0, SEAL + 1, kept);
        _refusesSeal(AGGREGATOR, 2, 0, SEAL, kept);
        _refusesSeal(RIVAL, 2, 0, SEAL + 1, kept);
        _assertSeal(2, 0, SEAL, AGGREGATOR);
        _sealAs(RIVAL, 2, 63, R - 1);
        _assertSeal(2, 63, R - 1, RIVAL);
    }

    function test_Seal_RefusesWhatIsNotDue() public {
        vm.warp(_end(2));
        bytes memory unknown = abi.encodeWithSelector(IAggregateFeed.AggregatorUnknown.selector, STRANGER, 2);
        _refusesSeal(STRANGER, 2, 0, SEAL, unknown);
        bytes memory none = abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 15, 15, 64);
        _refusesSeal(AGGREGATOR, 2, 64, SEAL, none);
        uint256[3] memory outside = [0, R, type(uint256).max];
        for (uint256 i = 0; i < 3; i++) {
            bytes memory range = abi.encodeWithSelector(IPrivateFeed.SealOutOfRange.selector, outside[i]);
            _refusesSeal(AGGREGATOR, 2, 0, outside[i], range);
        }
        vm.prank(GUARDIAN);
        feed.pause();
        _refusesSeal(AGGREGATOR, 2, 0, SEAL, abi.encodeWithSelector(IAggregateFeed.FeedPaused.selector));
        vm.prank(OWNER);
        feed.unpause();
        vm.prank(GUARDIAN);
        feed.void(2, "");
        _refusesSeal(AGGREGATOR, 2, 0, SEAL, abi.encodeWithSelector(IAggregateFeed.EpochIsVoid.selector, 2));
        _assertSeal(2, 0, 0, address(0));
    }

    function test_Release_OpensTheSeal() public {
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        _sealAs(RIVAL, 2, 1, SEAL + 1);
        uint256 drawn = _drawn(2);
        PrivateSumV1Inputs memory inputs = _release(2, 0, 7, 1, drawn);
        for (uint256 other = SEAL - 1; other <= SEAL + 1; other += 2) {
            inputs.seal = other;
            _refuses(inputs, abi.encodeWithSelector(IPrivateFeed.SealOther.selector, SEAL, other));
        }
        _refuses(_release(2, 2, 7, 1, drawn), abi.encodeWithSelector(IPrivateFeed.SealOther.selector, 0, SEAL + 2));
        inputs = _release(2, 2, 7, 1, drawn);
        inputs.seal = 0;
        _refuses(inputs, abi.encodeWithSelector(IPrivateFeed.SealOther.selector, 0, 0));
        // Of who sealed it.
        bytes memory rival = abi.encodeWithSelector(IPrivateFeed.SealerOther.selector, AGGREGATOR, RIVAL);
        _refusesOf(_release(2, 0, 7, 1, drawn), RIVAL, rival);
        rival = abi.encodeWithSelector(IPrivateFeed.SealerOther.selector, RIVAL, AGGREGATOR);
        _refuses(_release(2, 1, 7, 1, drawn), rival);
        _assertRound(2, 0, 0, 0);
        _submit(_release(2, 0, 7, 1, drawn));
    }

    function test_Release_UnderTheBeaconOfItsDeadline() public {
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        vm.warp(_deadline(2));
        bytes memory unknown = abi.encodeWithSelector(IBeacon.BeaconUnknown.selector, feed.deadlineOf(2));
        _refuses(_release(2, 0, 7, 1, 0), unknown);
        uint256 other = beacon.draw(feed.deadlineOf(1));
        _refuses(_release(2, 0, 7, 1, 0), unknown);
        vm.roll(other + 1);
        other = beacon.recordBeacon(feed.deadlineOf(1));
        _refuses(_release(2, 0, 7, 1, other), unknown);
        uint256 drawn = _drawn(2);
        assertTrue(drawn != other);
        uint256[3] memory others = [other, drawn - 1, drawn + 1];
        for (uint256 i = 0; i < 3; i++) {
            bytes memory wrong = abi.encodeWithSelector(IPrivateFeed.BeaconOther.selector, drawn, others[i]);
            _refuses(_release(2, 0, 7, 1, others[i]), wrong);
        }
        _submit(_release(2, 0, 7, 1, drawn));
    }

    /// @notice One is all: not a larger one, and not the same.
    function test_Release_IsNeverReplaced() public {
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        uint256 drawn = _drawn(2);
        _submit(_release(2, 0, 7, 1, drawn));
        bytes memory kept = abi.encodeWithSelector(IPrivateFeed.IsReleased.selector, 2, 0);
        _refuses(_release(2, 0, 7, 1, drawn), kept);
        _refuses(_release(2, 0, 7, 2, drawn), kept);
        _refuses(_release(2, 0, 2 ** 21 - 1, 2, drawn), kept);
        _assertRound(2, 1, 7, 1);
    }

    /// @notice What stops one after its seal: a grant that is taken back, a frozen key, an epoch that is void. None of it lets another one in.
    function test_Release_StoppedAfterItsSeal() public {
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        _sealAs(RIVAL, 2, 1, SEAL + 1);
        uint256 drawn = _drawn(2);
        vm.startPrank(OWNER);
        feed.setAggregator(AGGREGATOR, 0, 2);
        vm.expectRevert(abi.encodeWithSelector(StatementFeed.TooLate.selector, 4, 0));
        feed.setAggregator(AGGREGATOR, 0, 1000);
        vm.stopPrank();
        bytes memory unknown = abi.encodeWithSelector(IAggregateFeed.AggregatorUnknown.selector, AGGREGATOR, 2);
        _refuses(_release(2, 0, 7, 1, drawn), unknown);
        bytes memory sealer = abi.encodeWithSelector(IPrivateFeed.SealerOther.selector, AGGREGATOR, RIVAL);
        _refusesOf(_release(2, 0, 7, 1, drawn), RIVAL, sealer);
        PrivateSumV1Inputs memory inputs = _release(2, 1, 7, 1, drawn);
        feed.submit(keyId, _proof(inputs, RIVAL), inputs, RIVAL, 0);
        vm.prank(GUARDIAN);
        feed.void(2, "");
        _refusesOf(inputs, RIVAL, abi.encodeWithSelector(IAggregateFeed.EpochIsVoid.selector, 2));
        vm.warp(_end(3));
        _sealAs(RIVAL, 3, 1, SEAL + 1);
        drawn = _drawn(3);
        vm.prank(GUARDIAN);
        router.freeze(keyId, "");
        bytes memory frozen = abi.encodeWithSelector(VerifierRouter.RouteFrozen.selector, keyId);
        _refusesOf(_release(3, 1, 7, 1, drawn), RIVAL, frozen);
        vm.warp(feed.finalAt(3));
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.EpochIsVoid.selector, 2));
        feed.finalRound(2);
        vm.expectRevert(IAggregateFeed.NoData.selector);
        feed.latest();
    }

    function test_Release_WholeRegistry() public {
        vm.warp(ORIGIN / 1000 - 1);
        _use(PrivateFeed(_made("PrivateFeed", _arguments(_setup(21), _sealing(), _terms()))));
        vm.warp(_end(2));
        _refusesSeal(AGGREGATOR, 2, 1, SEAL, abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 21, 21, 1));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        uint256 drawn = _drawn(2);
        _submit(_release(2, 0, 7, 2 ** 61 - 1, drawn));
        _refuses(_release(2, 0, 70, 1, drawn), abi.encodeWithSelector(IPrivateFeed.IsReleased.selector, 2, 0));
        _assertRound(2, 2 ** 61 - 1, 7, 1);
    }

    /// @notice Chunks have their own seals and releases, and a round is their sum.
    function test_Chunks_HaveTheirOwnPlaces() public {
        vm.warp(_end(2));
        for (uint32 chunk = 0; chunk < 64; chunk++) {
            _sealAs(chunk % 2 == 0 ? AGGREGATOR : RIVAL, 2, chunk, SEAL + chunk);
        }
        uint256 drawn = _drawn(2);
        (int256 sum, uint256 count) = (0, 0);
        for (uint32 chunk = 0; chunk < 64; chunk++) {
            _assertSeal(2, chunk, SEAL + chunk, chunk % 2 == 0 ? AGGREGATOR : RIVAL);
            PrivateSumV1Inputs memory inputs = _release(2, chunk, 6 + chunk, int64(uint64(chunk)) - 30, drawn);
            address credit = chunk % 2 == 0 ? AGGREGATOR : RIVAL;
            bytes memory proof = _proof(inputs, credit);
            feed.submit(keyId, proof, inputs, credit, 0);
            (sum, count) = (sum + inputs.sum, count + inputs.count);
        }
        _assertRound(2, sum, count, 64);
        vm.warp(_end(3));
        _assertSeal(3, 1, 0, address(0));
        _sealAs(RIVAL, 3, 1, SEAL);
        _assertSeal(2, 1, SEAL + 1, RIVAL);
    }

    function test_Submit_RefusesWhatIsNotDue() public {
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        uint256 drawn = _drawn(2);
        PrivateSumV1Inputs memory inputs = _release(2, 0, 7, 1, drawn);
        _refusesOf(inputs, STRANGER, abi.encodeWithSelector(IAggregateFeed.AggregatorUnknown.selector, STRANGER, 2));
        inputs.policyId += 1;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.PolicyOther.selector, policyId, policyId + 1));
        inputs = _release(2, 0, 5, 1, drawn);
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.TooFew.selector, 6, 5));
        inputs = _release(2, 0, 7, 1, drawn);
        inputs.chunkBits = 21;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 15, 21, 0));
        inputs.chunkBits = 15;
        inputs.registryRoot = ROOT - 1;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.RootOther.selector, ROOT, ROOT - 1));
        inputs.registryRoot = ROOT;
        vm.prank(GUARDIAN);
        feed.pause();
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.FeedPaused.selector));
        vm.prank(OWNER);
        feed.unpause();
        vm.prank(GUARDIAN);
        feed.void(2, "");
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.EpochIsVoid.selector, 2));
        _assertRound(2, 0, 0, 0);
    }

    function test_Submit_OfItsOwnStatementAndBinding() public {
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        _sealAs(RIVAL, 2, 1, SEAL + 1);
        uint256 drawn = _drawn(2);
        PrivateSumV1Inputs memory inputs = _release(2, 0, 7, 1, drawn);
        bytes memory proof = _proof(inputs, AGGREGATOR);
        MockVerifier other = _added(router, "/64x32x5");
        bytes32 id = other.KEY_ID();
        bytes32 wanted = keccak256("private-sum/v1");
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteFamily.selector, wanted, keccak256("aggregate/v2")));
        feed.submit(id, proof, inputs, AGGREGATOR, 0);
        inputs.sum += 1;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
        _assertRound(2, 0, 0, 0);
        // A proof for the one's credit is none for the other's, whoever sends it.
        inputs = _release(2, 1, 7, 1, drawn);
        proof = _proof(inputs, AGGREGATOR);
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        feed.submit(keyId, proof, inputs, RIVAL, 0);
        proof = _proof(inputs, RIVAL);
        vm.prank(AGGREGATOR);
        feed.submit(keyId, proof, inputs, RIVAL, 0);
    }

    /// @notice Fields that no proof has are named, and nothing of them stays.
    function test_Submit_RefusesFieldsThatDoNotFit() public {
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        uint256 drawn = _drawn(2);
        _refusesField(_release(2, 0, 2 ** 21, 1, drawn), "count", 2 ** 21, 2 ** 21);
        _refusesField(_release(2, 0, 7, 2 ** 61, drawn), "sum", 2 ** 62, 2 ** 62);
        _assertRound(2, 0, 0, 0);
    }

    function test_Adapter_IsOfTheNoisySum() public {
        vm.warp(_end(2));
        _sealAs(AGGREGATOR, 2, 0, SEAL);
        _submit(_release(2, 0, 40, -90, _drawn(2)));
        vm.warp(feed.finalAt(2));
        bytes memory arguments = abi.encode(feed, MeanAdapter.Statistic.Mean, uint8(2));
        (, int256 answer,,,) = MeanAdapter(_made("MeanAdapter", arguments)).latestRoundData();
        assertEq(answer, -225, "-90 / 40 with two decimals more");
        assertTrue(feed.isMeanAbove(2, -3));
        assertFalse(feed.isMeanAbove(2, -2));
    }

    function test_Terms_AreThoseOfAPolicy() public {
        PrivateTerms memory terms = _terms();
        terms.scaleBits = 41;
        _refusesTerms(terms, abi.encodeWithSelector(PrivatePolicy.ScaleOther.selector, 40, 41));
        terms.scaleBits = 40;
        assertEq(_made(terms).policy().parameters, 40);
        terms.scaleBits = 0;
        assertEq(_made(terms).SCALE_BITS(), 0);
        for (uint8 outputs = 1; outputs < 8; outputs++) {
            terms = _terms();
            (terms.common.outputs, terms.common.k) = (outputs, 8);
            _refusesTerms(terms, abi.encodeWithSelector(PrivatePolicy.OutputsOther.selector, outputs));
        }
        terms = _terms();
        terms.common.high = terms.common.low;
        _refusesTerms(terms, abi.encodeWithSelector(PrivatePolicy.NothingToHide.selector, terms.common.low));
        terms.common.high += 1;
        _made(terms);
        terms.common.k = 0;
        _refusesTerms(terms, abi.encodeWithSelector(AggregatePolicy.KOther.selector, 1, 0));
    }

    function test_Terms_AreInTheId() public view {
        assertEq(policyId, PolicyId.idOf(feed.policy()));
        assertEq(feed.policy().family, 6);
        assertEq(feed.policy().statementVersion, 1);
        assertEq(feed.policy().parameters, 17);
        assertEq(feed.SCALE_BITS(), 17);
        assertEq(feed.SEAL_WINDOW(), SEALS);
        assertEq(address(feed.BEACON()), address(beacon));
    }

    function test_Setup_HasABeaconAndTimeForReleases() public {
        SealSetup memory sealing = _sealing();
        uint64[4] memory windows = [uint64(0), uint64(WINDOW), uint64(WINDOW) + 1, type(uint64).max];
        for (uint256 i = 0; i < 4; i++) {
            sealing.windowMs = windows[i];
            bytes memory why = abi.encodeWithSelector(PrivateFeed.SealWindowOther.selector, WINDOW - 1, windows[i]);
            _refusesToBeMade("PrivateFeed", _arguments(_setup(BITS), sealing, _terms()), why);
        }
        sealing.windowMs = uint64(WINDOW) - 1;
        _made("PrivateFeed", _arguments(_setup(BITS), sealing, _terms()));
        sealing.windowMs = 1;
        _made("PrivateFeed", _arguments(_setup(BITS), sealing, _terms()));
        sealing.beacon = BlockBeacon(STRANGER);
        bytes memory missing = abi.encodeWithSelector(PrivateFeed.BeaconMissing.selector, STRANGER);
        _refusesToBeMade("PrivateFeed", _arguments(_setup(BITS), sealing, _terms()), missing);
        FeedSetup memory setup = _setup(BITS);
        setup.minCount = 4;
        bytes memory fewer = abi.encodeWithSelector(StatementFeed.MinCountOther.selector, 5, 4);
        _refusesToBeMade("PrivateFeed", _arguments(setup, _sealing(), _terms()), fewer);
    }

    function _assertSeal(uint32 epoch, uint32 chunk, uint256 id, address aggregator) private view {
        (uint256 found, address by) = feed.sealOf(epoch, chunk);
        assertEq(found, id, "seal");
        assertEq(by, aggregator, "who sealed");
    }

    function _refusesField(PrivateSumV1Inputs memory inputs, string memory field, uint256 value, uint256 limit)
        private
    {
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.FieldOutOfRange.selector, field, value, limit));
        feed.submit(keyId, new bytes(256), inputs, AGGREGATOR, 0);
    }

    function _made(PrivateTerms memory terms) private returns (PrivateFeed) {
        return PrivateFeed(_made("PrivateFeed", _arguments(_setup(BITS), _sealing(), terms)));
    }

    function _refusesTerms(PrivateTerms memory terms, bytes memory why) private {
        _refusesToBeMade("PrivateFeed", _arguments(_setup(BITS), _sealing(), terms), why);
    }
}
