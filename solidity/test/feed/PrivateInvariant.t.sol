// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PrivateSumV1Inputs} from "../../contracts/generated/PrivateSumV1.sol";
import {PrivateFixture} from "./PrivateFixture.sol";

/// @notice Seals, draws, records and submits to a feed of private sums, well and badly, and keeps books of its own by the rules as they are
/// written.
contract PrivateHandler is PrivateFixture {
    struct Book {
        uint256 seal;
        address by;
        int256 sum;
        uint32 count;
    }

    struct Draw {
        uint256 number;
        uint256 beacon;
    }

    /// More than a word of storage has sums of.
    uint32 private constant CHUNKS = 4;

    uint256 public sealings;
    uint256 public recordings;
    uint256 public releases;
    /// By epoch and chunk.
    mapping(uint32 epoch => mapping(uint32 chunk => Book)) private _books;
    mapping(uint32 epoch => Draw) private _draws;

    constructor() {
        setUp();
        vm.warp(ORIGIN / 1000);
    }

    function step(uint16 time, uint16 blocks) external {
        vm.warp(vm.getBlockTimestamp() + time % 150);
        // Now and then so many that what was drawn is lost.
        vm.roll(vm.getBlockNumber() + (blocks % 64 == 0 ? 300 : blocks % 40));
    }

    function sealChunk(uint8 chunk, bool rival, uint256 id) external {
        uint32 epoch = _epoch();
        Book storage book = _books[epoch][chunk % CHUNKS];
        bool due = _isWithin(epoch, 0, SEALS) && book.seal == 0 && id != 0 && id < R;
        try this.sealAs(rival ? RIVAL : AGGREGATOR, epoch, chunk % CHUNKS, id) {
            require(due, "sealed against the rules");
            (book.seal, book.by) = (id, rival ? RIVAL : AGGREGATOR);
            sealings++;
        } catch {
            require(!due, "a seal refused by the rules");
        }
    }

    function drawBlock() external {
        uint32 epoch = _epoch();
        bool due = 1000 * vm.getBlockTimestamp() >= feed.deadlineOf(epoch) && _draws[epoch].number == 0;
        try beacon.draw(feed.deadlineOf(epoch)) returns (uint256 number) {
            require(due && number > vm.getBlockNumber(), "drawn against the rules");
            _draws[epoch].number = number;
        } catch {
            require(!due, "a draw refused by the rules");
        }
    }

    function recordBlock() external {
        Draw storage drawn = _draws[_epoch()];
        uint256 number = vm.getBlockNumber();
        bool due = drawn.number != 0 && drawn.beacon == 0 && number > drawn.number && number <= drawn.number + 256;
        try beacon.recordBeacon(feed.deadlineOf(_epoch())) returns (uint256 value) {
            require(due && value == uint256(blockhash(drawn.number)) % 2 ** 248, "recorded against the rules");
            drawn.beacon = value;
            recordings++;
        } catch {
            require(!due, "a record refused by the rules");
        }
    }

    /// As it should be but for what `fault` breaks.
    function submit(uint8 chunk, uint8 count, int64 sum, uint8 fault) external {
        uint32 epoch = _epoch();
        Book storage book = _books[epoch][chunk % CHUNKS];
        PrivateSumV1Inputs memory inputs = _release(epoch, chunk % CHUNKS, count, sum / 4, _draws[epoch].beacon);
        inputs.seal = book.seal;
        address credit = book.by == address(0) ? AGGREGATOR : book.by;
        bool due = _isWithin(epoch, SEALS, WINDOW) && book.seal != 0 && book.count == 0 && inputs.beacon != 0
            && count >= MIN_COUNT && fault % 8 > 3;
        if (fault % 8 == 0) inputs.seal = inputs.seal == 1 ? 2 : 1;
        if (fault % 8 == 1) inputs.beacon += 1;
        if (fault % 8 == 2) credit = credit == RIVAL ? AGGREGATOR : RIVAL;
        bytes memory proof = _proof(inputs, credit);
        if (fault % 8 == 3) inputs.sum -= 1;
        try feed.submit(keyId, proof, inputs, credit, 0) {
            require(due, "released against the rules");
            (book.sum, book.count) = (inputs.sum, inputs.count);
            releases++;
        } catch {
            require(!due, "a release refused by the rules");
        }
    }

    /// Seals and releases are what they were, and rounds the sums of their chunks.
    function check() external view {
        for (uint32 epoch = 0; epoch < _epoch() + 2; epoch++) {
            (int256 sum, uint256 count) = (0, 0);
            for (uint32 chunk = 0; chunk < CHUNKS; chunk++) {
                Book memory book = _books[epoch][chunk];
                (uint256 id, address by) = feed.sealOf(epoch, chunk);
                require(id == book.seal && by == book.by, "a seal");
                (int256 storedSum, uint32 stored) = feed.chunk(epoch, chunk);
                require(storedSum == book.sum && stored == book.count, "a release");
                (sum, count) = (sum + book.sum, count + book.count);
            }
            require(feed.round(epoch).sum == sum && feed.round(epoch).count == count, "a round");
        }
    }

    /// For `try`, which takes no call through a helper.
    function sealAs(address aggregator, uint32 epoch, uint32 chunk, uint256 id) external {
        _sealAs(aggregator, epoch, chunk, id);
    }

    /// The epoch that ended last, or 0.
    function _epoch() private view returns (uint32) {
        uint256 ended = (1000 * vm.getBlockTimestamp() - ORIGIN) / LENGTH;
        return ended == 0 ? 0 : uint32(ended - 1);
    }

    /// So many milliseconds after the epoch's end.
    function _isWithin(uint32 epoch, uint256 from, uint256 until) private view returns (bool) {
        uint256 now_ = 1000 * vm.getBlockTimestamp();
        uint256 end = 1000 * _end(epoch);
        return now_ >= end + from && now_ < end + until;
    }
}

/// @notice What holds of a feed of private sums whatever is sealed, drawn and released.
contract PrivateInvariantTest is PrivateFixture {
    PrivateHandler private _handler;

    function setUp() public override {
        _handler = new PrivateHandler();
        targetContract(address(_handler));
        bytes4[] memory moves = new bytes4[](6);
        moves[0] = PrivateHandler.step.selector;
        moves[1] = PrivateHandler.sealChunk.selector;
        moves[2] = PrivateHandler.drawBlock.selector;
        moves[3] = PrivateHandler.recordBlock.selector;
        moves[4] = PrivateHandler.submit.selector;
        moves[5] = PrivateHandler.check.selector;
        targetSelector(FuzzSelector(address(_handler), moves));
    }

    /// @notice The handler does what it is for: what never happens would hold of anything.
    function test_Handler_SealsDrawsAndReleases() public {
        for (uint256 i = 0; i < 4; i++) {
            _handler.step(149, 1);
        }
        _handler.step(10, 1);
        _handler.sealChunk(1, false, SEAL);
        _handler.sealChunk(1, true, SEAL + 1);
        _handler.sealChunk(2, true, R - 1);
        _handler.sealChunk(3, true, R);
        _handler.submit(1, 10, 4, 7);
        _handler.drawBlock();
        _handler.recordBlock();
        _handler.check();
        _handler.drawBlock();
        _handler.step(149, 20);
        _handler.drawBlock();
        _handler.drawBlock();
        _handler.submit(1, 10, 4, 7);
        _handler.step(1, 17);
        _handler.recordBlock();
        _handler.recordBlock();
        for (uint8 fault = 0; fault < 8; fault++) {
            _handler.submit(1, 10, -400, fault);
        }
        _handler.submit(2, 5, 4, 7);
        _handler.submit(2, 6, 4, 7);
        _handler.check();
        assertEq(_handler.sealings(), 2);
        assertEq(_handler.recordings(), 1);
        assertEq(_handler.releases(), 2);
    }

    function invariant_Private_OnlyWhatTheRulesSay() public view {
        _handler.check();
    }
}
