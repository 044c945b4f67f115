// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {SurveyV1Inputs} from "../../contracts/generated/SurveyV1.sol";
import {SurveyFixture} from "./SurveyFixture.sol";

/// @notice Submits to a feed of surveys whatever anybody can, and keeps books of its own by the rules as they are written.
contract SurveyHandler is SurveyFixture {
    struct Book {
        int256 sum;
        uint32 samples;
        uint32 devices;
    }

    /// More than a word has devices of.
    uint32 private constant CHUNKS = 16;

    uint256 public taken;
    uint256 public replaced;
    uint256 public tied;
    /// By epoch and chunk.
    mapping(uint32 epoch => mapping(uint32 chunk => Book)) private _books;

    constructor() {
        setUp();
        vm.warp(ORIGIN / 1000);
    }

    function warp(uint16 step) external {
        vm.warp(vm.getBlockTimestamp() + step % 400);
    }

    /// One, or one of a batch of two, as it should be but for what `fault` breaks.
    function submit(uint8 chunk, uint8 devices, uint16 samples, int64 sum, uint8 fault) external {
        SurveyV1Inputs memory inputs = _claim(chunk, devices, samples, sum);
        bool due = _isDue(inputs) && fault % 8 > 1;
        bytes memory proof = _proof(inputs, AGGREGATOR);
        if (fault % 8 == 0) inputs.devices += 1;
        if (fault % 8 == 1) inputs.counted += 1;
        try feed.submit(keyId, proof, inputs, AGGREGATOR, 0) {
            require(due, "taken against the rules");
            _take(inputs);
        } catch {
            require(!due, "refused by the rules");
        }
    }

    function submitBatch(uint8 chunk, uint8 devices, uint16 samples, int64 sum) external {
        SurveyV1Inputs[] memory batch = new SurveyV1Inputs[](2);
        batch[0] = _claim(uint32(chunk) % (CHUNKS - 1), devices, samples, sum);
        batch[1] = _claim(batch[0].chunk + 1, samples % 256 < 128 ? devices : 30, samples, -(sum / 2));
        bytes memory proofs = bytes.concat(_proof(batch[0], AGGREGATOR), _proof(batch[1], AGGREGATOR));
        bool due = _isDue(batch[0]) && _isDue(batch[1]);
        try feed.submitBatch(keyId, proofs, batch, AGGREGATOR, 0) {
            require(due, "a batch taken against the rules");
            _take(batch[0]);
            _take(batch[1]);
        } catch {
            require(!due, "a batch refused by the rules");
        }
    }

    /// Sums, samples and devices of rounds are those of their chunks.
    function check() external view {
        for (uint32 epoch = 0; epoch < _epoch() + 2; epoch++) {
            (int256 sum, uint256 samples, uint256 devices) = (0, 0, 0);
            for (uint32 chunk = 0; chunk < CHUNKS; chunk++) {
                Book memory book = _books[epoch][chunk];
                (int256 storedSum, uint32 stored) = feed.chunk(epoch, chunk);
                require(storedSum == book.sum && stored == book.samples, "a chunk");
                require(feed.devicesOf(epoch, chunk) == book.devices, "devices of a chunk");
                (sum, samples, devices) = (sum + book.sum, samples + book.samples, devices + book.devices);
            }
            require(feed.round(epoch).sum == sum && feed.round(epoch).count == samples, "F2: a round");
            if (feed.isFinal(epoch) && samples != 0) require(feed.devices(epoch) == devices, "devices");
        }
    }

    function _claim(uint32 chunk, uint32 devices, uint32 samples, int64 sum)
        private
        view
        returns (SurveyV1Inputs memory)
    {
        return _survey(_epoch(), chunk % CHUNKS, devices % 40, 1 + samples % 200, sum / 4);
    }

    /// The epoch that ended last, or 0.
    function _epoch() private view returns (uint32) {
        uint256 ended = (1000 * vm.getBlockTimestamp() - ORIGIN) / LENGTH;
        return ended == 0 ? 0 : uint32(ended - 1);
    }

    /// The rules, as they are written down.
    function _isDue(SurveyV1Inputs memory x) private view returns (bool) {
        uint256 now_ = 1000 * vm.getBlockTimestamp();
        uint256 end = ORIGIN + (uint256(x.epoch) + 1) * LENGTH;
        if (now_ < end || now_ >= end + WINDOW || x.devices < MIN_COUNT) return false;
        Book memory book = _books[x.epoch][x.chunk];
        if (book.devices == 0 || x.devices >= book.devices + K) return true;
        return x.devices == book.devices && x.counted >= book.samples + K;
    }

    function _take(SurveyV1Inputs memory x) private {
        Book storage book = _books[x.epoch][x.chunk];
        require(x.devices >= book.devices, "F3: devices that fall");
        if (book.devices != 0) replaced++;
        if (book.devices == x.devices) tied++;
        (book.sum, book.samples, book.devices) = (x.sum, x.counted, x.devices);
        taken++;
    }
}

/// @notice What holds of a feed of surveys whatever is submitted.
contract SurveyInvariantTest is SurveyFixture {
    SurveyHandler private _handler;

    function setUp() public override {
        _handler = new SurveyHandler();
        targetContract(address(_handler));
        bytes4[] memory moves = new bytes4[](4);
        moves[0] = SurveyHandler.warp.selector;
        moves[1] = SurveyHandler.submit.selector;
        moves[2] = SurveyHandler.submitBatch.selector;
        moves[3] = SurveyHandler.check.selector;
        targetSelector(FuzzSelector(address(_handler), moves));
    }

    /// @notice The handler does what it is for: what never happens would hold of anything.
    function test_Handler_TakesAndReplaces() public {
        _handler.warp(399);
        _handler.warp(399);
        _handler.submit(1, 10, 100, 7, 2);
        _handler.submit(1, 14, 150, 7, 2);
        _handler.submit(1, 10, 150, -7, 2);
        _handler.submit(1, 39, 3, -7, 2);
        _handler.submit(15, 20, 3, 1, 0);
        _handler.submit(15, 20, 3, 1, 1);
        _handler.submitBatch(13, 20, 7, 9);
        _handler.check();
        assertEq(_handler.taken(), 5);
        assertEq(_handler.replaced(), 2);
        assertEq(_handler.tied(), 1);
        _handler.warp(399);
        _handler.check();
    }

    function invariant_Survey_OnlyWhatTheRulesSay() public view {
        _handler.check();
    }
}
