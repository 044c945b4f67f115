// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {FeedSetup} from "../../contracts/feed/AggregateFeed.sol";
import {IAggregateFeed} from "../../contracts/feed/IAggregateFeed.sol";
import {MockVerifier} from "../../contracts/feed/MockVerifier.sol";
import {AggregateV2Inputs} from "../../contracts/generated/AggregateV2.sol";
import {AggregateFixture} from "./AggregateFixture.sol";

/// @notice Does to a feed whatever anybody can, and keeps books of its own: what was taken, by the rules as they are written, and what
/// was ever final.
contract FeedHandler is AggregateFixture {
    struct Book {
        int256 sum;
        uint256 count;
    }

    uint256 public taken;
    uint256 public replaced;
    uint256 public voids;
    /// By epoch and chunk.
    mapping(uint32 epoch => mapping(uint32 chunk => Book)) private _books;
    mapping(uint32 epoch => bool) private _voided;
    /// Rounds as they were when they were first seen final, hashed.
    mapping(uint32 epoch => bytes32) private _finals;
    mapping(uint32 epoch => uint256 root) private _roots;
    MockVerifier private _other;
    uint32 private _latest;

    constructor() {
        setUp();
        FeedSetup memory setup = _setup();
        setup.chunkBits = 18;
        _use(_feed(setup, _terms()));
        _other = _added(router, "/8x8x7");
        vm.warp(ORIGIN / 1000);
    }

    function warp(uint16 step) external {
        vm.warp(vm.getBlockTimestamp() + step % 400);
    }

    /// A claim that is as it should be, but for what `fault` breaks.
    function submit(uint8 chunk, uint8 count, int64 sum, uint8 fault) external {
        AggregateV2Inputs memory inputs = _claim(chunk % 9, count, sum / 4);
        address recipient = fault % 16 == 1 ? STRANGER : AGGREGATOR;
        (uint256 index, uint256 root) = _rootOf(inputs.epoch);
        inputs.registryRoot = root;
        if (fault % 16 == 2) inputs.epoch += 1;
        if (fault % 16 == 3 && inputs.epoch > 0) inputs.epoch -= 1;
        if (fault % 16 == 4) inputs.policyId ^= 1;
        if (fault % 16 == 5) inputs.chunkBits = 21;
        if (fault % 16 == 6) inputs.registryRoot += 1;
        if (fault % 16 == 7) index += 1;
        bytes memory proof = _proof(inputs, AGGREGATOR);
        if (fault % 16 == 8) inputs.sum += 1;
        // There is none before epoch 0.
        bool broken = fault % 16 > 0 && fault % 16 <= 8 && (fault % 16 != 3 || _epoch() > 0);
        bool due = _isDue(inputs) && !broken;
        try feed.submit(keyId, proof, inputs, recipient, index) {
            require(due, "taken against the rules");
            _take(inputs);
        } catch {
            require(!due, "refused by the rules");
        }
    }

    /// Two chunks at once.
    function submitBatch(uint8 chunk, uint8 count, int64 sum) external {
        AggregateV2Inputs[] memory batch = new AggregateV2Inputs[](2);
        (uint256 index, uint256 root) = _rootOf(_epoch());
        bytes memory proofs;
        bool due = true;
        for (uint32 i = 0; i < 2; i++) {
            batch[i] = _claim(chunk % 7 + i, count, sum / 4);
            batch[i].registryRoot = root;
            proofs = bytes.concat(proofs, _proof(batch[i], AGGREGATOR));
            due = due && _isDue(batch[i]);
        }
        try feed.submitBatch(keyId, proofs, batch, AGGREGATOR, index) {
            require(due, "a batch taken against the rules");
            _take(batch[0]);
            _take(batch[1]);
        } catch {
            require(!due, "a batch refused by the rules");
        }
    }

    function post(uint256 root) external {
        bytes32 head = registry.head();
        vm.prank(REGISTRAR);
        registry.post(bound(root, 1, 1e70), head, "");
    }

    function veto() external {
        uint256 length = registry.length();
        (,, uint256 activeAt) = registry.postAt(length - 1);
        if (activeAt <= vm.getBlockTimestamp()) return;
        vm.prank(GUARDIAN);
        registry.veto(length - 1, "");
    }

    /// An epoch about now, of which some can be.
    function void(uint8 which) external {
        if (which % 4 != 0) return;
        uint32 epoch = _epoch() + (which >> 2) % 4;
        if (epoch > 0) epoch -= 1;
        bool possible = _end(epoch) - LENGTH / 1000 <= vm.getBlockTimestamp() && !feed.isFinal(epoch);
        vm.prank(GUARDIAN);
        try feed.void(epoch, "") {
            require(possible && !_voided[epoch], "void against the rules");
            _voided[epoch] = true;
            voids++;
        } catch {
            require(!possible || _voided[epoch], "not void by the rules");
        }
    }

    function pause(uint8 which) external {
        bool on = which % 4 == 0;
        vm.prank(on ? GUARDIAN : OWNER);
        if (on) feed.pause();
        else feed.unpause();
    }

    /// A key is frozen, and the other stays.
    function freeze(uint8 which) external {
        if (which % 16 != 0 || mock == _other) return;
        vm.prank(GUARDIAN);
        router.freeze(keyId, "");
        (mock, keyId) = (_other, _other.KEY_ID());
    }

    /// F2 and F3 as books, F1 as digests, F5 by walking, F6 as a number that never falls.
    function check() external {
        for (uint32 epoch = 0; epoch < _epoch() + 4; epoch++) {
            IAggregateFeed.Round memory found = feed.round(epoch);
            (int256 sum, uint256 count, uint256 chunks) = (0, 0, 0);
            for (uint32 chunk = 0; chunk < 8; chunk++) {
                Book memory book = _books[epoch][chunk];
                (int256 storedSum, uint32 storedCount) = feed.chunk(epoch, chunk);
                require(storedSum == book.sum && storedCount == book.count, "a chunk");
                (sum, count) = (sum + book.sum, count + book.count);
                if (book.count != 0) chunks++;
            }
            require(found.sum == sum && found.count == count && found.chunks == chunks, "F2: a round");
            require(found.voided == _voided[epoch], "void");
            if (!found.isFinal) continue;
            bytes32 digest = keccak256(abi.encode(found));
            require(_finals[epoch] == 0 || _finals[epoch] == digest, "F1: a final round changed");
            _finals[epoch] = digest;
        }
        _checkLinks();
    }

    /// Every final epoch with data that is not void, and no other, once, from the last to the first.
    function _checkLinks() private {
        (bool any, uint32 epoch) = (false, 0);
        try feed.latest() returns (uint32 last, IAggregateFeed.Round memory) {
            (any, epoch) = (true, last);
        } catch {}
        if (any) {
            require(epoch >= _latest, "F6: the latest epoch fell");
            _latest = epoch;
        }
        for (uint32 i = _epoch() + 4; i > 0; i--) {
            IAggregateFeed.Round memory found = feed.round(i - 1);
            if (!found.isFinal || found.voided || found.count == 0) continue;
            require(any && epoch == i - 1, "F5: an epoch is not reached");
            any = false;
            try feed.previous(epoch) returns (uint32 before) {
                require(before < epoch, "F5: a circle");
                (any, epoch) = (true, before);
            } catch {}
        }
        require(!any, "F5: an epoch that answers nothing is reached");
    }

    /// The epoch that ended last, or 0.
    function _epoch() private view returns (uint32) {
        uint256 since = vm.getBlockTimestamp() - ORIGIN / 1000;
        uint256 ended = 1000 * since / LENGTH;
        return ended == 0 ? 0 : uint32(ended - 1);
    }

    function _claim(uint32 chunk, uint8 count, int64 sum) private view returns (AggregateV2Inputs memory) {
        return _inChunk(_epoch(), chunk, 1 + count % 40, sum);
    }

    function _rootOf(uint32 epoch) private returns (uint256 index, uint256 root) {
        (index, root) = registry.findRoot(1000 * _end(epoch));
        if (1000 * _end(epoch) > 1000 * vm.getBlockTimestamp()) return (index, root);
        require(_roots[epoch] == 0 || _roots[epoch] == root, "F4: rootAt of an epoch changed");
        _roots[epoch] = root;
    }

    /// The rules, as they are written down.
    function _isDue(AggregateV2Inputs memory x) private view returns (bool) {
        uint256 now_ = 1000 * vm.getBlockTimestamp();
        uint256 end = ORIGIN + (uint256(x.epoch) + 1) * LENGTH;
        if (feed.paused() || now_ < end || now_ >= end + WINDOW || _voided[x.epoch]) return false;
        if (x.policyId != policyId || x.chunkBits != 18 || x.chunk >= 8 || x.count < MIN_COUNT) return false;
        uint256 stored = _books[x.epoch][x.chunk].count;
        return stored == 0 || x.count >= stored + K;
    }

    function _take(AggregateV2Inputs memory x) private {
        Book storage book = _books[x.epoch][x.chunk];
        require(x.count > book.count, "F3: a count that does not grow");
        if (book.count != 0) replaced++;
        (book.sum, book.count) = (x.sum, x.count);
        taken++;
    }
}

/// @notice What holds of a feed whatever is done to it, its registry and its router.
contract FeedInvariantTest is AggregateFixture {
    FeedHandler private _handler;

    function setUp() public override {
        _handler = new FeedHandler();
        targetContract(address(_handler));
        bytes4[] memory moves = new bytes4[](9);
        moves[0] = FeedHandler.warp.selector;
        moves[1] = FeedHandler.submit.selector;
        moves[2] = FeedHandler.submitBatch.selector;
        moves[3] = FeedHandler.post.selector;
        moves[4] = FeedHandler.veto.selector;
        moves[5] = FeedHandler.void.selector;
        moves[6] = FeedHandler.pause.selector;
        moves[7] = FeedHandler.freeze.selector;
        moves[8] = FeedHandler.check.selector;
        targetSelector(FuzzSelector(address(_handler), moves));
    }

    /// @notice The handler does what it is for: what never happens would hold of anything.
    function test_Handler_TakesReplacesAndVoids() public {
        _handler.warp(399);
        _handler.warp(399);
        _handler.submit(1, 10, 100, 0);
        _handler.submit(1, 30, -100, 0);
        _handler.submitBatch(2, 20, 7);
        _handler.freeze(0);
        _handler.submit(4, 20, 1, 0);
        for (uint8 fault = 0; fault < 9; fault++) {
            _handler.submit(6, 12, 3, fault);
        }
        _handler.check();
        assertEq(_handler.taken(), 6);
        assertEq(_handler.replaced(), 1);
        _handler.void(4);
        assertEq(_handler.voids(), 1);
        _handler.submit(5, 20, 1, 0);
        assertEq(_handler.taken(), 6);
        _handler.check();
    }

    /// @notice F1 to F6; F7 is in the code, where nothing of it is written twice. That only what is due is taken, and all of it, is asked with each call.
    function invariant_F_OnlyWhatTheRulesSay() public {
        _handler.check();
    }
}
