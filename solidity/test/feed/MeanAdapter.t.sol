// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {FeedSetup} from "../../contracts/feed/AggregateFeed.sol";
import {PolicyTerms} from "../../contracts/feed/AggregatePolicy.sol";
import {AggregatorV3Interface} from "../../contracts/feed/AggregatorV3Interface.sol";
import {MeanAdapter} from "../../contracts/feed/MeanAdapter.sol";
import {AggregateV2Inputs} from "../../contracts/generated/AggregateV2.sol";
import {AggregateFixture} from "./AggregateFixture.sol";

/// @notice A feed, read as prices are.
contract MeanAdapterTest is AggregateFixture {
    MeanAdapter private _mean;

    function setUp() public override {
        super.setUp();
        _mean = _adapter(MeanAdapter.Statistic.Mean, 2);
    }

    function test_SaysWhatItIs() public view {
        assertEq(_mean.decimals(), 5);
        assertEq(_mean.description(), "Temperature, Munich");
        assertEq(_mean.version(), 1);
        assertEq(_mean.heartbeat(), (LENGTH + WINDOW) / 1000);
        assertTrue(_mean.supportsInterface(type(AggregatorV3Interface).interfaceId));
        assertTrue(_mean.supportsInterface(type(IERC165).interfaceId));
        assertFalse(_mean.supportsInterface(0xffffffff));
    }

    function test_Latest_OnlyWhatIsFinal() public {
        _noData(abi.encodeCall(_mean.latestRoundData, ()));
        _submitAtEnd(2, 6, -3);
        _noData(abi.encodeCall(_mean.latestRoundData, ()));
        _noData(abi.encodeCall(_mean.getRoundData, (3)));
        vm.warp(feed.finalAt(2));
        // -3/6 with two decimals more, exactly.
        _assertAnswer(2, -50);
        _submitAtEnd(5, 7, -3);
        _assertAnswer(2, -50);
        vm.warp(feed.finalAt(5));
        // -300/7 is -42.9, and rounded down.
        _assertAnswer(5, -43);
        // 300/7 is 42.9.
        _submitAtEnd(6, 7, 3);
        vm.warp(feed.finalAt(6));
        _assertAnswer(6, 42);
        (uint80 id, int256 answer,, uint256 updatedAt,) = _mean.getRoundData(3);
        assertEq(id, 3);
        assertEq(answer, -50);
        assertEq(updatedAt, _end(2));
        assertEq(_mean.previousRoundId(6), 3);
        _noData(abi.encodeCall(_mean.previousRoundId, (3)));
        _noData(abi.encodeCall(_mean.getRoundData, (0)));
        _noData(abi.encodeCall(_mean.getRoundData, (4)));
        _noData(abi.encodeCall(_mean.getRoundData, (2 ** 32)));
        // An id of more bits is no epoch's, whatever its low ones are.
        _noData(abi.encodeCall(_mean.getRoundData, (2 ** 32 + 3)));
        _noData(abi.encodeCall(_mean.previousRoundId, (2 ** 32 + 6)));
    }

    function test_Latest_PassesOverWhatIsVoid() public {
        _submitAtEnd(2, 6, 6);
        _submitAtEnd(3, 6, 60);
        vm.prank(GUARDIAN);
        feed.void(3, "");
        vm.warp(feed.finalAt(3));
        _assertAnswer(2, 100);
        _noData(abi.encodeCall(_mean.getRoundData, (4)));
    }

    function testFuzz_Mean_IsRoundedDown(int64 sum, uint16 more) public {
        sum = sum / 4;
        uint32 count = MIN_COUNT + more;
        _submitAtEnd(2, count, sum);
        vm.warp(feed.finalAt(2));
        (, int256 answer,,,) = _mean.latestRoundData();
        int256 scaled = int256(sum) * 100;
        assertLe(answer * int256(uint256(count)), scaled);
        assertGt((answer + 1) * int256(uint256(count)), scaled);
    }

    function test_OtherStatistics() public {
        PolicyTerms memory terms = _terms();
        terms.outputs = 3;
        FeedSetup memory setup = _setup();
        vm.warp(ORIGIN / 1000 - 1);
        _use(_feed(setup, terms));
        AggregateV2Inputs memory inputs = _inputs(2, 6, -18);
        (inputs.minimum, inputs.maximum) = (5, 90_000);
        vm.warp(_end(2));
        _submit(inputs);
        vm.warp(feed.finalAt(2));
        _assertStatistic(MeanAdapter.Statistic.Mean, 0, -3, 3);
        _assertStatistic(MeanAdapter.Statistic.Sum, 1, -180, 4);
        _assertStatistic(MeanAdapter.Statistic.Count, 0, 6, 0);
        _assertStatistic(MeanAdapter.Statistic.Minimum, 0, -39_995, 3);
        _assertStatistic(MeanAdapter.Statistic.Maximum, 2, 5_000_000, 5);
    }

    function test_Constructor_Refuses() public {
        bytes memory missing =
            abi.encodeWithSelector(MeanAdapter.StatisticMissing.selector, MeanAdapter.Statistic.Minimum);
        _refusesToBeMade("MeanAdapter", abi.encode(feed, MeanAdapter.Statistic.Minimum, 0), missing);
        missing = abi.encodeWithSelector(MeanAdapter.StatisticMissing.selector, MeanAdapter.Statistic.Maximum);
        _refusesToBeMade("MeanAdapter", abi.encode(feed, MeanAdapter.Statistic.Maximum, 0), missing);
        bytes memory many = abi.encodeWithSelector(MeanAdapter.DecimalsOther.selector, 38, 39);
        _refusesToBeMade("MeanAdapter", abi.encode(feed, MeanAdapter.Statistic.Mean, 36), many);
        assertEq(_adapter(MeanAdapter.Statistic.Mean, 35).decimals(), 38);
    }

    function _adapter(MeanAdapter.Statistic statistic, uint8 extra) private returns (MeanAdapter) {
        return MeanAdapter(_made("MeanAdapter", abi.encode(feed, statistic, extra)));
    }

    function _assertStatistic(MeanAdapter.Statistic statistic, uint8 extra, int256 wanted, uint8 decimals) private {
        MeanAdapter adapter = _adapter(statistic, extra);
        (, int256 answer,,,) = adapter.latestRoundData();
        assertEq(answer, wanted);
        assertEq(adapter.decimals(), decimals);
    }

    function _assertAnswer(uint32 epoch, int256 wanted) private view {
        (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredIn) = _mean.latestRoundData();
        assertEq(id, uint80(epoch) + 1);
        assertEq(answer, wanted);
        assertEq(startedAt, _end(epoch) - LENGTH / 1000);
        assertEq(updatedAt, _end(epoch));
        assertEq(answeredIn, id);
    }

    function _noData(bytes memory data) private view {
        (bool ok, bytes memory came) = address(_mean).staticcall(data);
        assertFalse(ok);
        assertEq(came, abi.encodeWithSignature("Error(string)", "No data present"));
    }
}
