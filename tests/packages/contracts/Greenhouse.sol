// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AggregatorV3Interface} from "@zksensor/contracts/contracts/feed/AggregatorV3Interface.sol";
import {IAggregateFeed} from "@zksensor/contracts/contracts/feed/IAggregateFeed.sol";
import {ReadingGate} from "@zksensor/contracts/contracts/feed/ReadingGate.sol";
import {ReadingV2Inputs} from "@zksensor/contracts/contracts/generated/ReadingV2.sol";

/// @title What somebody writes who uses the package: reads a mean, compares it, and lets readings in through a gate
contract Greenhouse {
    AggregatorV3Interface public immutable MEAN;
    IAggregateFeed public immutable FEED;
    ReadingGate public immutable GATE;
    uint256 public immutable MOST_AGE;

    /// @notice The last mean is older than it may be.
    error TooOld(uint256 age);

    constructor(AggregatorV3Interface mean, IAggregateFeed feed, ReadingGate gate, uint256 mostAge) {
        (MEAN, FEED, GATE, MOST_AGE) = (mean, feed, gate, mostAge);
    }

    /// @notice The mean of the last epoch that is final.
    function temperature() external view returns (int256 answer) {
        uint256 updatedAt;
        (, answer,, updatedAt,) = MEAN.latestRoundData();
        uint256 age = block.timestamp - updatedAt;
        if (age > MOST_AGE) revert TooOld(age);
    }

    /// @notice Whether it was warmer than `threshold` in `epoch`: exactly, and only if the epoch is final.
    function wasWarmer(uint32 epoch, int64 threshold) external view returns (bool) {
        return FEED.isMeanAbove(epoch, threshold);
    }

    /// @notice Credits the sender with a reading.
    function report(bytes32 keyId, bytes calldata proof, ReadingV2Inputs calldata inputs, uint256 rootIndex) external {
        GATE.accept(keyId, proof, inputs, msg.sender, rootIndex);
    }
}
