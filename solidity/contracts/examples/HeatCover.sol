// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IAggregateFeed} from "../feed/IAggregateFeed.sol";

/// @title Pays the insured if the mean of one epoch is above a threshold
/// @notice An example of a consumer. Whoever insures deploys it with what is paid, and names an epoch that has not begun: what a feed
/// takes in is public before it is final, so nobody may choose among epochs. It pays once: to the insured or back, as the epoch
/// answers; or back, if it has no answer when `GRACE` has passed.
/// @dev What it trusts is the feed: its policy, its aggregators, its registry. Look at those before insuring anything by it.
contract HeatCover {
    /// @notice Where the answer comes from.
    IAggregateFeed public immutable FEED;
    /// @notice The epoch that is insured.
    uint32 public immutable EPOCH;
    /// @notice The mean that has to be exceeded, in the schema's fixed point.
    int64 public immutable THRESHOLD;
    /// @notice An answer of fewer readings is none.
    uint32 public immutable MIN_COUNT;
    /// @notice Seconds from the epoch's being final until what is paid goes back if there is no answer.
    uint256 public immutable GRACE;
    /// @notice Who is paid if the mean is above.
    address payable public immutable INSURED;
    /// @notice Who is paid if not.
    address payable public immutable INSURER;

    /// @notice Whether it has paid.
    bool public settled;

    /// @notice It has paid `amount` to `payee`, and is done.
    event Settled(address indexed payee, uint256 amount);

    /// @notice An epoch that has begun, at `startMs` in Unix milliseconds, cannot be insured any more.
    error EpochHasBegun(uint256 startMs);
    /// @notice It pays once.
    error IsSettled();
    /// @notice Not before this time, in Unix seconds.
    error TooEarly(uint256 time);
    /// @notice The epoch has no answer of enough readings.
    error NoAnswer();
    /// @notice The epoch has an answer: `settle` goes by it.
    error HasAnswer();
    /// @notice The payee did not take what is paid.
    error PaymentRefused(address payee);

    constructor(
        IAggregateFeed feed,
        uint32 epoch,
        int64 threshold,
        uint32 minCount,
        uint256 grace,
        address payable insured,
        address payable insurer
    ) payable {
        uint256 start = feed.ORIGIN() + uint256(epoch) * feed.LENGTH();
        if (1000 * block.timestamp >= start) revert EpochHasBegun(start);
        (FEED, EPOCH, THRESHOLD, MIN_COUNT) = (feed, epoch, threshold, minCount);
        (GRACE, INSURED, INSURER) = (grace, insured, insurer);
    }

    /// @notice Pays as the epoch answers. Anybody may call it, once the epoch is final.
    function settle() external {
        if (settled) revert IsSettled();
        if (!FEED.isFinal(EPOCH)) revert TooEarly(FEED.finalAt(EPOCH));
        if (!_hasAnswer()) revert NoAnswer();
        _pay(FEED.isMeanAbove(EPOCH, THRESHOLD) ? INSURED : INSURER);
    }

    /// @notice Pays back where there is no answer. Anybody may call it, once GRACE has passed.
    function refund() external {
        if (settled) revert IsSettled();
        uint256 time = FEED.finalAt(EPOCH) + GRACE;
        if (block.timestamp < time) revert TooEarly(time);
        if (_hasAnswer()) revert HasAnswer();
        _pay(INSURER);
    }

    /// Of an epoch that is final.
    function _hasAnswer() private view returns (bool) {
        IAggregateFeed.Round memory round = FEED.round(EPOCH);
        return !round.voided && round.count != 0 && round.count >= MIN_COUNT;
    }

    function _pay(address payable payee) private {
        settled = true;
        uint256 amount = address(this).balance;
        emit Settled(payee, amount);
        (bool ok,) = payee.call{value: amount}("");
        if (!ok) revert PaymentRefused(payee);
    }
}
