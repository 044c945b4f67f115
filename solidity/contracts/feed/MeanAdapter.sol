// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {AggregatorV3Interface} from "./AggregatorV3Interface.sol";
import {IAggregateFeed} from "./IAggregateFeed.sol";

/// @title A statistic of a feed, as contracts read prices
/// @notice One contract for each feed and statistic. A round is an epoch: its id is the epoch's number plus one, and ids have gaps where
/// nothing answers. An answer may be 0 or less, as temperatures are: a reader that asks for `answer > 0` is for prices. `updatedAt`
/// is the end of the epoch, which is the age of the data, and not when a proof came in; an answer is `heartbeat()` old at the most
/// while every epoch has one.
/// @dev An epoch that is not final answers nothing here. Whoever compares a mean with a threshold asks the feed: `isMeanAbove` is exact,
/// and an answer here is rounded down.
contract MeanAdapter is AggregatorV3Interface, IERC165 {
    /// @notice What is answered.
    enum Statistic {
        /// Sum by count, rounded down.
        Mean,
        /// Sum of the values.
        Sum,
        /// Values that are counted: readings, one a device, or a survey's samples.
        Count,
        /// Least value, of a feed whose policy publishes it.
        Minimum,
        /// Greatest value, of a feed whose policy publishes it.
        Maximum
    }

    /// Flags of the policy's outputs.
    uint8 private constant MINIMUM_FLAG = 2;
    uint8 private constant MAXIMUM_FLAG = 1;
    /// Most decimals: 10^38 times a sum of 62 bits fits.
    uint256 private constant MOST_DECIMALS = 38;
    string private constant NO_DATA = "No data present";

    /// @inheritdoc AggregatorV3Interface
    uint256 public constant override version = 1;

    /// @notice Where the answers come from.
    IAggregateFeed public immutable FEED;
    /// @notice Which of them.
    Statistic public immutable STATISTIC;
    /// @inheritdoc AggregatorV3Interface
    uint8 public immutable override decimals;
    int256 private immutable SCALE;
    /// Of the feed, which never change: asked for once, and not at each answer.
    uint256 private immutable ORIGIN;
    uint256 private immutable LENGTH;

    /// @notice The policy of the feed does not publish this.
    error StatisticMissing(Statistic statistic);
    /// @notice Decimals of the feed and extra ones are at most `most` together.
    error DecimalsOther(uint256 most, uint256 came);

    /// @param extra Decimals beyond the schema's, so that a mean is not cut to them
    constructor(IAggregateFeed feed, Statistic statistic, uint8 extra) {
        uint256 all = uint256(extra) + (statistic == Statistic.Count ? 0 : feed.decimals());
        if (all > MOST_DECIMALS) revert DecimalsOther(MOST_DECIMALS, all);
        uint8 asked = statistic == Statistic.Minimum ? MINIMUM_FLAG : statistic == Statistic.Maximum ? MAXIMUM_FLAG : 0;
        if (feed.OUTPUTS() & asked != asked) revert StatisticMissing(statistic);
        (FEED, STATISTIC, decimals, SCALE) = (feed, statistic, uint8(all), int256(10 ** uint256(extra)));
        (ORIGIN, LENGTH) = (feed.ORIGIN(), feed.LENGTH());
    }

    /// @inheritdoc AggregatorV3Interface
    function description() external view override returns (string memory) {
        return FEED.description();
    }

    /// @notice How long a round is the last one, in seconds, while every epoch has an answer: rounded up.
    function heartbeat() external view returns (uint256) {
        return (LENGTH + FEED.WINDOW() + 999) / 1000;
    }

    /// @notice The round with an answer before this one, which has one; reverts with "No data present" if there is none.
    function previousRoundId(uint80 roundId) external view returns (uint80) {
        try FEED.previous(_epochOf(roundId)) returns (uint32 epoch) {
            return uint80(epoch) + 1;
        } catch {
            revert(NO_DATA);
        }
    }

    /// @inheritdoc AggregatorV3Interface
    function getRoundData(uint80 roundId) external view override returns (uint80, int256, uint256, uint256, uint80) {
        uint32 epoch = _epochOf(roundId);
        try FEED.finalRound(epoch) returns (IAggregateFeed.Round memory found) {
            return _answer(epoch, found);
        } catch {
            revert(NO_DATA);
        }
    }

    /// @inheritdoc AggregatorV3Interface
    function latestRoundData() external view override returns (uint80, int256, uint256, uint256, uint80) {
        try FEED.latest() returns (uint32 epoch, IAggregateFeed.Round memory found) {
            return _answer(epoch, found);
        } catch {
            revert(NO_DATA);
        }
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 id) external pure override returns (bool) {
        return id == type(AggregatorV3Interface).interfaceId || id == type(IERC165).interfaceId;
    }

    function _epochOf(uint80 roundId) private pure returns (uint32) {
        require(roundId != 0 && roundId <= 2 ** 32, NO_DATA);
        return uint32(roundId - 1);
    }

    function _answer(uint32 epoch, IAggregateFeed.Round memory found)
        private
        view
        returns (uint80, int256, uint256, uint256, uint80)
    {
        uint256 start = ORIGIN + uint256(epoch) * LENGTH;
        uint80 id = uint80(epoch) + 1;
        return (id, _value(epoch, found), start / 1000, (start + LENGTH) / 1000, id);
    }

    function _value(uint32 epoch, IAggregateFeed.Round memory found) private view returns (int256) {
        int256 count = int256(uint256(found.count));
        if (STATISTIC == Statistic.Mean) return _floor(found.sum * SCALE, count);
        if (STATISTIC == Statistic.Sum) return found.sum * SCALE;
        if (STATISTIC == Statistic.Count) return count * SCALE;
        IAggregateFeed.Extras memory extras = FEED.extras(epoch);
        uint40 above = STATISTIC == Statistic.Minimum ? extras.minimum : extras.maximum;
        return (int256(FEED.LOW()) + int256(uint256(above))) * SCALE;
    }

    /// a / b rounded down, for b > 0; Solidity rounds toward zero.
    function _floor(int256 a, int256 b) private pure returns (int256) {
        int256 quotient = a / b;
        return a < 0 && a % b != 0 ? quotient - 1 : quotient;
    }
}
