// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IAggregateFeed} from "./IAggregateFeed.sol";

/// @title What other contracts read of a feed of surveys
/// @notice As of every feed, where `count` is of samples: a device has several, weighs as much as samples of it are counted, and how
/// many devices there are is asked here. `MIN_COUNT` is of devices.
/// @dev Beside what is written of every feed: what takes the place of another has at least k more devices, or as many and at least k more
/// samples. In the second case the difference of the two sums is of k samples or more, which may be of one device: an aggregator who
/// publishes no such thing submits once, for what is sent is public even if a feed refuses it.
interface ISurveyFeed is IAggregateFeed {
    /// @notice A survey came in and was proven, of which the same transaction says the numbers with `Aggregated`: how many devices it is of,
    /// and how many samples of their frames are not counted.
    event Surveyed(uint32 indexed epoch, uint32 indexed chunk, uint32 devices, uint32 leftOut);

    /// @notice How many devices the answer of an epoch is of; reverts with NotFinal, EpochIsVoid or NoData if it has none.
    function devices(uint32 epoch) external view returns (uint32);
    /// @notice How many devices are stored for a chunk; 0 if nothing came in. Not the answer while the epoch is open.
    function devicesOf(uint32 epoch, uint32 index) external view returns (uint32);
}
