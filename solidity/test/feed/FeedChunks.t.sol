// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {AggregateFeed, FeedSetup} from "../../contracts/feed/AggregateFeed.sol";
import {StatementFeed} from "../../contracts/feed/StatementFeed.sol";
import {IAggregateFeed} from "../../contracts/feed/IAggregateFeed.sol";
import {PolicyTerms} from "../../contracts/feed/AggregatePolicy.sol";
import {AggregateV2Inputs} from "../../contracts/generated/AggregateV2.sol";
import {AggregateFixture} from "./AggregateFixture.sol";

/// @notice Epochs of several chunks, one by one and in batches, and what is published beside sum and count.
contract FeedChunksTest is AggregateFixture {
    function setUp() public override {
        super.setUp();
        FeedSetup memory setup = _setup();
        setup.chunkBits = 18;
        _use(_feed(setup, _terms()));
    }

    function test_Chunks_AddUp() public {
        vm.warp(_end(2));
        _submit(_inChunk(2, 0, 6, -50));
        _submit(_inChunk(2, 1, 7, 70));
        _submit(_inChunk(2, 7, 8, -2 ** 61));
        _assertRound(2, int256(20) - 2 ** 61, 21, 3);
        _assertChunk(2, 0, -50, 6);
        _assertChunk(2, 1, 70, 7);
        _assertChunk(2, 2, 0, 0);
        _assertChunk(2, 6, 0, 0);
        _assertChunk(2, 7, -2 ** 61, 8);
        // One takes the place of its own chunk's, and of no other's.
        _refuses(_inChunk(2, 1, 11, 0), abi.encodeWithSelector(IAggregateFeed.NotMore.selector, 7, 11));
        _submit(_inChunk(2, 1, 12, 2 ** 61 - 1));
        _assertRound(2, -51, 26, 3);
        _assertChunk(2, 0, -50, 6);
        _assertChunk(2, 1, 2 ** 61 - 1, 12);
        // Of another epoch nothing is there.
        vm.warp(_end(3));
        _submit(_inChunk(3, 1, 6, 1));
        _assertRound(3, 1, 6, 1);
        _assertChunk(3, 0, 0, 0);
    }

    function test_Chunks_AreAsManyAsThereAre() public {
        vm.warp(_end(2));
        _refuses(_inChunk(2, 8, 6, 5), abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 18, 18, 8));
        _refuses(_inputs(2, 6, 5), abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 18, 21, 0));
        _submit(_inChunk(2, 7, 6, 5));
    }

    function testFuzz_Chunks_RoundIsTheirSum(int64[9] memory sums, uint16[9] memory counts, uint8[9] memory chunks)
        public
    {
        vm.warp(_end(2));
        int256[8] memory sumOf;
        uint256[8] memory countOf;
        for (uint256 i = 0; i < 9; i++) {
            uint32 chunk = chunks[i] % 8;
            uint32 count = MIN_COUNT + uint32(counts[i]);
            int64 sum = sums[i] / 4;
            AggregateV2Inputs memory inputs = _inChunk(2, chunk, count, sum);
            if (countOf[chunk] != 0 && count < countOf[chunk] + K) {
                _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.NotMore.selector, countOf[chunk], count));
                continue;
            }
            _submit(inputs);
            (sumOf[chunk], countOf[chunk]) = (sum, count);
        }
        int256 total = 0;
        uint256 devices = 0;
        uint256 number = 0;
        for (uint32 chunk = 0; chunk < 8; chunk++) {
            _assertChunk(2, chunk, sumOf[chunk], countOf[chunk]);
            total += sumOf[chunk];
            devices += countOf[chunk];
            if (countOf[chunk] != 0) number++;
        }
        _assertRound(2, total, devices, number);
    }

    function test_Batch() public {
        vm.warp(_end(2));
        _submit(_inChunk(2, 4, 6, 1000));
        AggregateV2Inputs[] memory batch = _batch();
        bytes memory proofs = _proofs(batch);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 0, AGGREGATOR, keyId, 6, 1, 0, 0, 0, 0);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 1, AGGREGATOR, keyId, 7, 10, 0, 0, 0, 0);
        vm.expectEmit(address(feed));
        emit IAggregateFeed.Aggregated(2, 4, AGGREGATOR, keyId, 11, 100, 0, 0, 0, 6);
        vm.prank(STRANGER);
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
        _assertRound(2, 111, 24, 3);
        vm.warp(feed.finalAt(2));
        (uint32 epoch,) = feed.latest();
        assertEq(epoch, 2);
        vm.expectRevert(IAggregateFeed.NoData.selector);
        feed.previous(2);
    }

    function test_Batch_FirstOfItsEpoch() public {
        vm.warp(_end(1));
        _submit(_inChunk(1, 4, 6, 1000));
        vm.warp(_end(2));
        AggregateV2Inputs[] memory batch = _batch();
        feed.submitBatch(keyId, _proofs(batch), batch, AGGREGATOR, 0);
        _assertRound(2, 111, 24, 3);
        vm.warp(feed.finalAt(2));
        assertEq(feed.previous(2), 1);
    }

    function test_Batch_AllOrNone() public {
        vm.warp(_end(2));
        AggregateV2Inputs[] memory batch = _batch();
        bytes memory proofs = _proofs(batch);
        batch[2].sum += 1;
        vm.expectRevert(IStatementVerifier.BatchRejected.selector);
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
        batch[2].sum -= 1;
        batch[1].count = 5;
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.TooFew.selector, 6, 5));
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
        batch[1].count = 7;
        batch[1].registryRoot += 1;
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.RootOther.selector, ROOT, ROOT + 1));
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
        batch[1].registryRoot -= 1;
        batch[1].policyId += 1;
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.PolicyOther.selector, policyId, policyId + 1));
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
        batch[1].policyId -= 1;
        _assertRound(2, 0, 0, 0);
        // As many proofs as claims.
        bytes memory two = bytes.concat(_proof(batch[0], AGGREGATOR), new bytes(256));
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputCount.selector, 8, 12));
        feed.submitBatch(keyId, two, batch, AGGREGATOR, 0);
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
    }

    function test_Batch_OfOneEpochInRisingOrder() public {
        vm.warp(_end(2));
        AggregateV2Inputs[] memory batch = _batch();
        batch[2].chunk = 1;
        _refusesOrder(batch, 2);
        batch[2].chunk = 0;
        _refusesOrder(batch, 2);
        batch[2].chunk = 4;
        batch[1].epoch = 3;
        _refusesOrder(batch, 1);
        batch[1].epoch = 1;
        _refusesOrder(batch, 1);
        _refusesOrder(new AggregateV2Inputs[](0), 0);
    }

    /// @notice What is asked once of a batch is asked.
    function test_Batch_WhileOpenAndAuthorised() public {
        AggregateV2Inputs[] memory batch = _batch();
        bytes memory proofs = _proofs(batch);
        (uint256 end, uint256 shut) = (1000 * _end(2), 1000 * _end(2) + WINDOW);
        vm.warp(_end(2) - 1);
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.WindowShut.selector, end, shut));
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
        vm.warp(_end(2));
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.AggregatorUnknown.selector, STRANGER, 2));
        feed.submitBatch(keyId, proofs, batch, STRANGER, 0);
        vm.prank(GUARDIAN);
        feed.pause();
        vm.expectRevert(IAggregateFeed.FeedPaused.selector);
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
    }

    function test_ChunkBits_FromAnAnnouncedEpochOn() public {
        // In epoch 2: the next but one is 4.
        vm.warp(_end(1));
        vm.startPrank(OWNER);
        for (uint32 epoch = 0; epoch < 4; epoch++) {
            vm.expectRevert(abi.encodeWithSelector(StatementFeed.TooLate.selector, 4, epoch));
            feed.setChunkBits(21, epoch);
        }
        vm.expectEmit(address(feed));
        emit IAggregateFeed.ChunkBitsSet(21, 4);
        feed.setChunkBits(21, 4);
        // Until it is decided it can be changed.
        feed.setChunkBits(15, 4);
        feed.setChunkBits(21, 4);
        vm.stopPrank();
        assertEq(feed.chunkBitsOf(3), 18);
        assertEq(feed.chunkBitsOf(4), 21);
        vm.warp(_end(3));
        _submit(_inChunk(3, 2, 6, 9));
        _refuses(_inputs(3, 6, 5), abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 18, 21, 0));
        vm.warp(_end(4));
        _refuses(_inChunk(4, 2, 6, 9), abi.encodeWithSelector(IAggregateFeed.ChunkOther.selector, 21, 18, 2));
        _submit(_inputs(4, 6, 5));
        _assertRound(4, 5, 6, 1);
        _assertChunk(4, 0, 5, 6);
        _assertChunk(4, 2, 0, 0);
        _assertChunk(3, 2, 9, 6);
        _assertChunk(3, 0, 0, 0);
    }

    function test_ChunkBits_WhatIsAnnouncedComesFirst() public {
        vm.startPrank(OWNER);
        vm.warp(_end(1));
        feed.setChunkBits(21, 4);
        // Epoch 4 is decided from epoch 3 on; in epoch 6 none before it is open any more.
        for (uint32 now_ = 3; now_ < 6; now_++) {
            vm.warp(_end(now_ - 1));
            if (now_ < 5) {
                vm.expectRevert(abi.encodeWithSelector(StatementFeed.ChunkBitsPending.selector, 4));
                feed.setChunkBits(15, 9);
            }
        }
        feed.setChunkBits(15, 9);
        assertEq(feed.chunkBitsOf(4), 21);
        assertEq(feed.chunkBitsOf(8), 21);
        assertEq(feed.chunkBitsOf(9), 15);
        // Of fewer positions as of more.
        vm.warp(_end(8));
        vm.expectRevert(abi.encodeWithSelector(StatementFeed.ChunkBitsPending.selector, 9));
        feed.setChunkBits(21, 14);
        vm.stopPrank();
    }

    function test_ChunkBits_AreLevelsOfTheTree() public {
        vm.startPrank(OWNER);
        uint8[7] memory others = [0, 3, 5, 7, 20, 22, 24];
        for (uint256 i = 0; i < others.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(StatementFeed.ChunkBitsOther.selector, others[i]));
            feed.setChunkBits(others[i], 100);
        }
        for (uint8 bits = 6; bits <= 21; bits += 3) {
            feed.setChunkBits(bits, type(uint32).max);
        }
        // A change in the farthest epoch can be taken back.
        feed.setChunkBits(18, 100);
        assertEq(feed.chunkBitsOf(type(uint32).max), 18);
    }

    function test_Extras_OfAFeedThatAsks() public {
        PolicyTerms memory terms = _terms();
        (terms.outputs, terms.k) = (7, 8);
        FeedSetup memory setup = _setup();
        setup.minCount = 8;
        vm.warp(ORIGIN / 1000 - 1);
        _use(_feed(setup, terms));
        vm.warp(_end(2));
        AggregateV2Inputs memory inputs = _inputs(2, 8, 5);
        (inputs.sumOfSquares, inputs.minimum, inputs.maximum) = (2 ** 101 - 1, 3, 2 ** 40 - 1);
        _submit(inputs);
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.NotFinal.selector, 2, feed.finalAt(2)));
        feed.extras(2);
        inputs.count = 15;
        _refuses(inputs, abi.encodeWithSelector(IAggregateFeed.NotMore.selector, 8, 15));
        (inputs.count, inputs.sumOfSquares, inputs.minimum) = (16, 2 ** 100, 2);
        _submit(inputs);
        vm.warp(feed.finalAt(2));
        IAggregateFeed.Extras memory found = feed.extras(2);
        assertEq(found.sumOfSquares, 2 ** 100);
        assertEq(found.minimum, 2);
        assertEq(found.maximum, 2 ** 40 - 1);
        // Its registry is one chunk for ever: of several, the least of all would not be known after a replacement.
        vm.prank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(StatementFeed.ChunkBitsOther.selector, 18));
        feed.setChunkBits(18, 100);
    }

    function test_Extras_AreNothingUnlessAskedFor() public {
        vm.warp(_end(2));
        AggregateV2Inputs memory inputs = _inChunk(2, 0, 6, 5);
        inputs.minimum = 7;
        _submit(inputs);
        vm.warp(feed.finalAt(2));
        assertEq(feed.extras(2).minimum, 0);
    }

    function _batch() private view returns (AggregateV2Inputs[] memory batch) {
        batch = new AggregateV2Inputs[](3);
        batch[0] = _inChunk(2, 0, 6, 1);
        batch[1] = _inChunk(2, 1, 7, 10);
        batch[2] = _inChunk(2, 4, 11, 100);
    }

    function _proofs(AggregateV2Inputs[] memory batch) private view returns (bytes memory proofs) {
        for (uint256 i = 0; i < batch.length; i++) {
            proofs = bytes.concat(proofs, _proof(batch[i], AGGREGATOR));
        }
    }

    function _refusesOrder(AggregateV2Inputs[] memory batch, uint256 index) private {
        bytes memory proofs = _proofs(batch);
        vm.expectRevert(abi.encodeWithSelector(IAggregateFeed.BatchOrder.selector, index));
        feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0);
    }

    function _assertChunk(uint32 epoch, uint32 index, int256 sum, uint256 count) private view {
        (int256 foundSum, uint32 foundCount) = feed.chunk(epoch, index);
        assertEq(foundSum, sum, "sum of a chunk");
        assertEq(foundCount, count, "count of a chunk");
    }
}
