// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {AggregatePolicy} from "../../contracts/feed/AggregatePolicy.sol";
import {IAggregateFeed} from "../../contracts/feed/IAggregateFeed.sol";
import {ISurveyFeed} from "../../contracts/feed/ISurveyFeed.sol";
import {MeanAdapter} from "../../contracts/feed/MeanAdapter.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {FeedSetup, StatementFeed} from "../../contracts/feed/StatementFeed.sol";
import {SurveyPolicy, SurveyTerms} from "../../contracts/feed/SurveyPolicy.sol";
import {VerifierRouter} from "../../contracts/feed/VerifierRouter.sol";
import {PolicyId} from "../../contracts/generated/Policy.sol";
import {SurveyV1Inputs} from "../../contracts/generated/SurveyV1.sol";
import {SurveyFixture} from "./SurveyFixture.sol";

/// @notice What a feed of surveys has of its own: devices beside samples, its statement, its policy. What all feeds have in common is tested
/// with aggregates.
contract SurveyFeedTest is SurveyFixture {
    function test_Submit_CountsSamplesAndDevices() public {
        vm.warp(_end(2));
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 1, AGGREGATOR, keyId, 40, -18, 0, 0, 0, 0);
        vm.expectEmit(address(feed));
        emit ISurveyFeed.Surveyed(2, 1, 7, 1);
        _submit(_survey(2, 1, 7, 40, -18));
        _assertRound(2, -18, 40, 1);
        _assertChunk(2, 1, -18, 40, 7);
        _assertChunk(2, 0, 0, 0, 0);
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.NotFinal.selector, 2, feed.finalAt(2)));
        feed.devices(2);
        vm.warp(feed.finalAt(2));
        assertEq(feed.devices(2), 7);
        assertTrue(feed.isMeanAbove(2, -1), "by samples");
        vm.expectRevert(IAggregateFeed.NoData.selector);
        feed.devices(1);
    }

    /// @notice Least, and by how much more: of devices, however many samples there are.
    function test_Submit_ByDevices() public {
        vm.warp(_end(2));
        _refuses(_survey(2, 0, 5, 500, 1), abi.encodeWithSelector(IAggregateFeed.TooFew.selector, 6, 5));
        _submit(_survey(2, 0, 6, 500, 1));
        for (uint32 devices = 7; devices < 11; devices++) {
            _refuses(
                _survey(2, 0, devices, 5000, 1), abi.encodeWithSelector(IAggregateFeed.NotMore.selector, 6, devices)
            );
        }
        // K more, of fewer samples.
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 0, AGGREGATOR, keyId, 40, 9, 0, 0, 0, 500);
        _submit(_survey(2, 0, 11, 40, 9));
        _assertRound(2, 9, 40, 1);
        _assertChunk(2, 0, 9, 40, 11);
        for (uint32 devices = 6; devices < 11; devices++) {
            _refuses(
                _survey(2, 0, devices, 5000, 1), abi.encodeWithSelector(IAggregateFeed.NotMore.selector, 11, devices)
            );
        }
        vm.warp(feed.finalAt(2));
        assertEq(feed.devices(2), 11);
    }

    /// @notice Of as many devices, K samples more.
    function test_Submit_BySamplesWhereDevicesAreAsMany() public {
        vm.warp(_end(2));
        _submit(_survey(2, 0, 6, 40, 1));
        for (uint32 samples = 38; samples < 45; samples++) {
            _refuses(_survey(2, 0, 6, samples, 2), abi.encodeWithSelector(IAggregateFeed.NotMore.selector, 6, 6));
        }
        _submit(_survey(2, 0, 6, 45, 2));
        _assertRound(2, 2, 45, 1);
        _assertChunk(2, 0, 2, 45, 6);
        vm.warp(feed.finalAt(2));
        assertEq(feed.devices(2), 6, "none twice");
    }

    /// @notice Fourteen chunks of devices to a word, three of sums: every one has its own place.
    function test_Chunks_HaveTheirOwnPlaces() public {
        vm.warp(_end(2));
        uint32 total = 0;
        uint32 samples = 0;
        for (uint32 chunk = 0; chunk < 64; chunk++) {
            uint32 devices = chunk % 14 == 13 ? 2 ** 16 - 1 : 6 + chunk;
            _submit(_survey(2, chunk, devices, 100 + chunk, int64(uint64(chunk)) - 30));
            (total, samples) = (total + devices, samples + 100 + chunk);
        }
        // Once more of some, at both ends of words.
        uint32[4] memory again = [uint32(0), 12, 14, 63];
        for (uint256 i = 0; i < 4; i++) {
            _submit(_survey(2, again[i], 6 + again[i] + K, 100 + again[i], 0));
            total += K;
        }
        for (uint32 chunk = 0; chunk < 64; chunk++) {
            bool twice = chunk == 0 || chunk == 12 || chunk == 14 || chunk == 63;
            uint32 devices = chunk % 14 == 13 ? 2 ** 16 - 1 : 6 + chunk + (twice ? K : 0);
            _assertChunk(2, chunk, twice ? int256(0) : int256(uint256(chunk)) - 30, 100 + chunk, devices);
        }
        assertEq(feed.round(2).count, samples);
        assertEq(feed.round(2).chunks, 64);
        vm.warp(feed.finalAt(2));
        assertEq(feed.devices(2), total);
        _refuses(_survey(2, 0, 9, 9, 9), _shut(2));
        // Of another epoch nothing is there.
        vm.warp(_end(3));
        _refuses(_survey(3, 64, 6, 6, 0), abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 15, 15, 64));
        _submit(_survey(3, 14, 6, 6, 0));
        vm.warp(feed.finalAt(3));
        assertEq(feed.devices(3), 6);
        assertEq(feed.devicesOf(3, 0), 0);
    }

    function testFuzz_Chunks_RoundIsTheirSum(
        int64[9] memory sums,
        uint16[9] memory counts,
        uint16[9] memory devices,
        uint8[9] memory chunks
    ) public {
        vm.warp(_end(2));
        int256[64] memory sumOf;
        uint32[64] memory countOf;
        uint32[64] memory devicesOf;
        for (uint256 i = 0; i < 9; i++) {
            uint32 chunk = chunks[i] % 4 == 0 ? 63 : chunks[i] % 16;
            SurveyV1Inputs memory inputs = _survey(2, chunk, 6 + devices[i] % 30, 1 + uint32(counts[i]), sums[i] / 4);
            uint32 stored = devicesOf[chunk];
            bool ties = inputs.devices == stored && inputs.counted >= countOf[chunk] + K;
            if (stored != 0 && inputs.devices < stored + K && !ties) {
                _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.NotMore.selector, stored, inputs.devices));
                continue;
            }
            _submit(inputs);
            (sumOf[chunk], countOf[chunk], devicesOf[chunk]) = (inputs.sum, inputs.counted, inputs.devices);
        }
        (int256 sum, uint256 count, uint256 number, uint256 all) = (0, 0, 0, 0);
        for (uint32 chunk = 0; chunk < 64; chunk++) {
            _assertChunk(2, chunk, sumOf[chunk], countOf[chunk], devicesOf[chunk]);
            (sum, count, all) = (sum + sumOf[chunk], count + countOf[chunk], all + devicesOf[chunk]);
            if (devicesOf[chunk] != 0) number++;
        }
        _assertRound(2, sum, count, number);
        vm.warp(feed.finalAt(2));
        assertEq(feed.devices(2), all);
    }

    function test_Batch() public {
        vm.warp(_end(2));
        SurveyV1Inputs[] memory batch = _batch();
        bytes memory proofs = _proofs(batch);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 0, AGGREGATOR, keyId, 40, 1, 0, 0, 0, 0);
        vm.expectEmit(address(feed));
        emit ISurveyFeed.Surveyed(2, 0, 6, 1);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 20, AGGREGATOR, keyId, 50, 10, 0, 0, 0, 0);
        vm.expectEmit(address(feed));
        emit ISurveyFeed.Surveyed(2, 20, 7, 1);
        vm.prank(STRANGER);
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
        _assertRound(2, 11, 90, 2);
        _assertChunk(2, 0, 1, 40, 6);
        _assertChunk(2, 20, 10, 50, 7);
        vm.warp(feed.finalAt(2));
        assertEq(feed.devices(2), 13);
    }

    function test_Batch_AllOrNone() public {
        SurveyV1Inputs[] memory batch = _batch();
        bytes memory proofs = _proofs(batch);
        vm.warp(_end(2) - 1);
        _refusesBatch(proofs, batch, AGGREGATOR, _shut(2));
        vm.warp(_end(2));
        bytes memory unknown = abi.encodeWithSelector(IAggregateFeed.AggregatorUnknown.selector, STRANGER, 2);
        _refusesBatch(proofs, batch, STRANGER, unknown);
        batch[1].sum += 1;
        _refusesBatch(proofs, batch, AGGREGATOR, abi.encodeWithSelector(IStatementVerifier.BatchRejected.selector));
        batch[1].sum -= 1;
        batch[1].devices = 5;
        _refusesBatch(proofs, batch, AGGREGATOR, abi.encodeWithSelector(IAggregateFeed.TooFew.selector, 6, 5));
        batch[1].devices = 7;
        batch[1].registryRoot += 1;
        _refusesBatch(
            proofs, batch, AGGREGATOR, abi.encodeWithSelector(IAggregateFeed.RootOther.selector, ROOT, ROOT + 1)
        );
        batch[1].registryRoot -= 1;
        bytes memory order = abi.encodeWithSelector(IAggregateFeed.BatchOrder.selector, 1);
        batch[1].chunk = 0;
        _refusesBatch(proofs, batch, AGGREGATOR, order);
        batch[1].chunk = 20;
        batch[1].epoch = 3;
        _refusesBatch(proofs, batch, AGGREGATOR, order);
        batch[1].epoch = 1;
        _refusesBatch(proofs, batch, AGGREGATOR, order);
        batch[1].epoch = 2;
        SurveyV1Inputs[] memory none = new SurveyV1Inputs[](0);
        _refusesBatch("", none, AGGREGATOR, abi.encodeWithSelector(IAggregateFeed.BatchOrder.selector, 0));
        _assertRound(2, 0, 0, 0);
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
    }

    function test_Submit_RefusesWhatIsNotDue() public {
        vm.warp(_end(2) - 1);
        _refuses(_survey(2, 0, 6, 40, 1), _shut(2));
        vm.warp(_end(2));
        SurveyV1Inputs memory inputs = _survey(2, 0, 6, 40, 1);
        bytes memory proof = _proof(inputs, STRANGER);
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.AggregatorUnknown.selector, STRANGER, 2));
        feed.submit(keyId, proof, inputs, STRANGER, 0);
        inputs.policyId += 1;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.PolicyOther.selector, policyId, policyId + 1));
        inputs = _survey(2, 0, 6, 40, 1);
        inputs.chunkBits = 21;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 15, 21, 0));
        inputs = _survey(2, 0, 6, 40, 1);
        inputs.registryRoot = ROOT - 1;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.RootOther.selector, ROOT, ROOT - 1));
        vm.prank(GUARDIAN);
        feed.pause();
        _refuses(_survey(2, 0, 6, 40, 1), abi.encodeWithSelector(IAggregateFeed.FeedPaused.selector));
        vm.prank(OWNER);
        feed.unpause();
        vm.prank(GUARDIAN);
        feed.void(2, "");
        _refuses(_survey(2, 0, 6, 40, 1), abi.encodeWithSelector(IAggregateFeed.EpochIsVoid.selector, 2));
        assertEq(feed.devicesOf(2, 0), 0);
    }

    /// @notice Fields that no proof has are named, and nothing of them stays.
    function test_Submit_RefusesFieldsThatDoNotFit() public {
        vm.warp(_end(2));
        _submit(_survey(2, 1, 6, 40, 1));
        _refusesField(_survey(2, 0, 2 ** 16, 40, 1), "devices", 2 ** 16, 2 ** 16);
        _refusesField(_survey(2, 13, type(uint32).max, 40, 1), "devices", type(uint32).max, 2 ** 16);
        _refusesField(_survey(2, 0, 6, 2 ** 21, 1), "counted", 2 ** 21, 2 ** 21);
        _refusesField(_survey(2, 0, 6, 40, 2 ** 61), "sum", 2 ** 62, 2 ** 62);
        SurveyV1Inputs memory inputs = _survey(2, 0, 6, 40, 1);
        inputs.leftOut = 2 ** 21;
        _refusesField(inputs, "leftOut", 2 ** 21, 2 ** 21);
        _assertChunk(2, 0, 0, 0, 0);
        _assertChunk(2, 1, 1, 40, 6);
    }

    function test_Submit_OfItsOwnStatementAndBinding() public {
        address rival = makeAddr("rival");
        vm.prank(OWNER);
        feed.setAggregator(rival, 3, 1000);
        vm.warp(_end(2));
        SurveyV1Inputs memory inputs = _survey(2, 0, 6, 40, 1);
        bytes memory proof = _proof(inputs, AGGREGATOR);
        MockVerifier other = _added(router, "/64x32x5");
        bytes32 id = other.KEY_ID();
        bytes32 wanted = keccak256("survey/v1");
        vm.expectRevert(abi.encodeWithSelector(VerifierRouter.RouteFamily.selector, wanted, keccak256("aggregate/v2")));
        feed.submit(id, proof, inputs, AGGREGATOR, 0);
        inputs.leftOut += 1;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        feed.submit(keyId, proof, inputs, AGGREGATOR, 0);
        inputs.leftOut -= 1;
        vm.warp(_end(3));
        inputs.epoch = 3;
        proof = _proof(inputs, AGGREGATOR);
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        feed.submit(keyId, proof, inputs, rival, 0);
        bytes memory batched = proof;
        SurveyV1Inputs[] memory one = new SurveyV1Inputs[](1);
        one[0] = inputs;
        _refusesBatch(batched, one, rival, abi.encodeWithSelector(IStatementVerifier.BatchRejected.selector));
        vm.prank(rival);
        feed.submitBatch(keyId, batched, one, AGGREGATOR, 0);
    }

    function test_Extras_OfAFeedThatAsks() public {
        SurveyTerms memory terms = _terms();
        (terms.common.outputs, terms.common.k) = (7, 8);
        FeedSetup memory setup = _setup(21);
        setup.minCount = 8;
        vm.warp(ORIGIN / 1000 - 1);
        _use(_feed(setup, terms));
        vm.warp(_end(2));
        SurveyV1Inputs memory inputs = _survey(2, 0, 8, 40, 5);
        (inputs.sumOfSquares, inputs.minimum, inputs.maximum) = (2 ** 101 - 1, 3, 2 ** 40 - 1);
        _submit(inputs);
        vm.warp(feed.finalAt(2));
        IAggregateFeed.Extras memory found = feed.extras(2);
        assertEq(found.sumOfSquares, 2 ** 101 - 1);
        assertEq(found.minimum, 3);
        assertEq(found.maximum, 2 ** 40 - 1);
        assertEq(feed.devices(2), 8);
    }

    function test_Adapter_IsOfSamples() public {
        vm.warp(_end(2));
        _submit(_survey(2, 0, 6, 40, 90));
        vm.warp(feed.finalAt(2));
        bytes memory arguments = abi.encode(feed, MeanAdapter.Statistic.Mean, uint8(2));
        (, int256 answer,,,) = MeanAdapter(_made("MeanAdapter", arguments)).latestRoundData();
        assertEq(answer, 225, "90 / 40 with two decimals more");
        arguments = abi.encode(feed, MeanAdapter.Statistic.Count, uint8(0));
        (, answer,,,) = MeanAdapter(_made("MeanAdapter", arguments)).latestRoundData();
        assertEq(answer, 40);
    }

    function test_Terms_AreThoseOfAPolicy() public {
        SurveyTerms memory terms = _terms();
        terms.common.channel = 3;
        _refusesTerms(terms, abi.encodeWithSelector(SurveyPolicy.ChannelOther.selector, 3));
        terms.common.channel = 2;
        _feed(_setup(15), terms);
        (terms.common.low, terms.common.high) = (-(2 ** 40), -1);
        bytes memory low = abi.encodeWithSelector(SurveyPolicy.LowOther.selector, -(2 ** 40) + 1, -(2 ** 40));
        _refusesTerms(terms, low);
        terms.common.low += 1;
        _feed(_setup(15), terms);
        terms = _terms();
        terms.leastSamples = 0;
        _refusesTerms(terms, abi.encodeWithSelector(SurveyPolicy.SamplesZero.selector));
        terms.leastSamples = 1;
        _feed(_setup(15), terms);
        (terms.leastSpread, terms.largestStep) = (100_001, 1);
        _refusesTerms(terms, abi.encodeWithSelector(SurveyPolicy.SpreadOther.selector, 100_000, 100_001));
        terms.leastSpread = 100_000;
        _feed(_setup(15), terms);
        terms.largestStep = 0;
        _refusesTerms(terms, abi.encodeWithSelector(SurveyPolicy.StepZero.selector));
        terms = _terms();
        terms.common.k = 0;
        _refusesTerms(terms, abi.encodeWithSelector(AggregatePolicy.KOther.selector, 1, 0));
    }

    function test_Terms_AreInTheId() public {
        assertEq(policyId, PolicyId.idOf(feed.policy()));
        assertEq(feed.policy().family, 3);
        assertEq(feed.policy().statementVersion, 1);
        SurveyTerms memory terms = _terms();
        (terms.leastSamples, terms.mostLeftOut) = (2 ** 16 - 2, 2 ** 16 - 3);
        (terms.leastSpread, terms.largestStep) = (4, 2 ** 40 - 5);
        uint256 wanted =
            (uint256(2 ** 16 - 2) << 96) | (uint256(2 ** 16 - 3) << 80) | (uint256(4) << 40) | (2 ** 40 - 5);
        assertEq(_feed(_setup(15), terms).policy().parameters, wanted);
    }

    function test_Setup_IsThatOfAFeed() public {
        FeedSetup memory setup = _setup(15);
        setup.minCount = 4;
        bytes memory fewer = abi.encodeWithSelector(StatementFeed.MinCountOther.selector, 5, 4);
        _refusesToBeMade("SurveyFeed", _arguments(setup, _terms()), fewer);
        setup = _setup(14);
        bytes memory bits = abi.encodeWithSelector(StatementFeed.ChunkBitsOther.selector, 14);
        _refusesToBeMade("SurveyFeed", _arguments(setup, _terms()), bits);
    }

    function _batch() private view returns (SurveyV1Inputs[] memory batch) {
        batch = new SurveyV1Inputs[](2);
        batch[0] = _survey(2, 0, 6, 40, 1);
        batch[1] = _survey(2, 20, 7, 50, 10);
    }

    function _proofs(SurveyV1Inputs[] memory batch) private view returns (bytes memory proofs) {
        for (uint256 i = 0; i < batch.length; i++) {
            proofs = bytes.concat(proofs, _proof(batch[i], AGGREGATOR));
        }
    }

    function _shut(uint256 epoch) private pure returns (bytes memory) {
        uint256 end = 1000 * _end(epoch);
        return abi.encodeWithSelector(IAggregateFeed.WindowShut.selector, end, end + WINDOW);
    }

    function _refusesBatch(bytes memory proofs, SurveyV1Inputs[] memory batch, address credit, bytes memory why)
        private
    {
        vm.expectRevert(why);
        feed.submitBatch(keyId, proofs, batch, credit, 0);
    }

    function _refusesField(SurveyV1Inputs memory inputs, string memory field, uint256 value, uint256 limit) private {
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.FieldOutOfRange.selector, field, value, limit));
        feed.submit(keyId, new bytes(256), inputs, AGGREGATOR, 0);
    }

    function _refusesTerms(SurveyTerms memory terms, bytes memory why) private {
        _refusesToBeMade("SurveyFeed", _arguments(_setup(15), terms), why);
    }
}
