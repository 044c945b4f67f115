// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {IAggregateFeed} from "@zksensor/contracts/contracts/feed/IAggregateFeed.sol";
import {MeanAdapter} from "@zksensor/contracts/contracts/feed/MeanAdapter.sol";

/// @title Reads the mean of a network of sensors, and acts on none that is too old, of too few devices or too small
/// @notice What the feed answers was proven: at least so many registered devices, inside the fence, within the epoch. How old is too
/// old, how many are enough and which mean is worth acting on is for whoever reads to say, once and for all.
contract MeanReader {
    /// @notice Where the mean comes from.
    MeanAdapter public immutable MEAN;
    /// @notice The feed behind it.
    IAggregateFeed public immutable FEED;
    /// @notice The oldest mean that counts, in seconds since the end of its epoch.
    uint256 public immutable MOST_AGE;
    /// @notice The fewest devices that a mean is of.
    uint256 public immutable LEAST_DEVICES;
    /// @notice The smallest mean that counts, with as many decimals as `MEAN` has.
    int256 public immutable LEAST_MEAN;

    /// @notice The adapter answers another statistic.
    error NoMean(MeanAdapter.Statistic came);
    /// @notice The last mean is `came` seconds old.
    error TooOld(uint256 most, uint256 came);
    /// @notice The last mean is of `came` devices.
    error TooFewDevices(uint256 least, uint256 came);
    /// @notice The last mean is `came`.
    error TooSmall(int256 least, int256 came);

    constructor(MeanAdapter mean, uint256 mostAge, uint256 leastDevices, int256 leastMean) {
        if (mean.STATISTIC() != MeanAdapter.Statistic.Mean) revert NoMean(mean.STATISTIC());
        (MEAN, FEED) = (mean, mean.FEED());
        (MOST_AGE, LEAST_DEVICES, LEAST_MEAN) = (mostAge, leastDevices, leastMean);
    }

    /// @notice The mean of the last epoch that is final, if it is good enough to act on. Reverts with "No data present" before the first.
    function read() public view returns (int256 mean) {
        (uint80 roundId, int256 answer,, uint256 updatedAt,) = MEAN.latestRoundData();
        uint256 age = block.timestamp - updatedAt;
        if (age > MOST_AGE) revert TooOld(MOST_AGE, age);
        // A round is an epoch: its id is the epoch's number plus one.
        uint256 devices = FEED.finalRound(uint32(roundId - 1)).count;
        if (devices < LEAST_DEVICES) revert TooFewDevices(LEAST_DEVICES, devices);
        if (answer < LEAST_MEAN) revert TooSmall(LEAST_MEAN, answer);
        return answer;
    }
}
