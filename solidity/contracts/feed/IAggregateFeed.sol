// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Policy} from "../generated/Policy.sol";

/// @title What other contracts read of a feed
/// @notice A feed has one policy, and for each of its epochs one answer: sum and count of the values of different devices, one of each
/// in an aggregate and more in a survey (`ISurveyFeed`). An epoch is
/// `[origin + epoch * length, origin + (epoch + 1) * length)` in Unix milliseconds. Proofs come in while its window is open, which is
/// from its end on for `windowMs`; from `finalAt` on its answer is final, and nothing changes it.
/// @dev What is not in here, and what a consumer has to live with:
/// - What came in before an epoch is final is public. Who decides by a feed names the epoch *before it begins*: who may choose
///   among epochs or moments chooses the answer.
/// - k and count are of keys, not of owners: an owner of many devices can pad, and a larger count wins.
/// - A registrar who enrols devices of its own, or an aggregator who leaves readings out, is not detected.
/// - The aggregator is in the event alone: rewards are paid from events.
interface IAggregateFeed {
    /// @notice An epoch, in whatever state.
    struct Round {
        /// Sum of the values, in the schema's fixed point.
        int96 sum;
        /// Values that are counted: readings, one a device, or a survey's samples; 0 if nothing came in.
        uint32 count;
        /// Chunks of the registry that they are of.
        uint24 chunks;
        /// When something last came in, in Unix seconds.
        uint40 updatedAt;
        /// Whether nothing changes any more.
        bool isFinal;
        /// Whether the guardian declared it void: then it answers nothing.
        bool voided;
    }

    /// @notice What a policy may ask for beside sum and count; 0 where it does not.
    struct Extras {
        /// Sum of the squares of value - low.
        uint128 sumOfSquares;
        /// Least value - low.
        uint40 minimum;
        /// Greatest value - low.
        uint40 maximum;
    }

    /// @notice A statistic came in and was proven. `replaced` is the count of the one of this chunk that it took the place of, or 0.
    event Aggregated(
        uint32 indexed epoch,
        uint32 indexed chunk,
        address indexed aggregator,
        bytes32 keyId,
        uint32 count,
        int64 sum,
        uint128 sumOfSquares,
        uint64 minimum,
        uint64 maximum,
        uint32 replaced
    );
    /// @notice `aggregator` may submit for epochs from `from` on, below `until`.
    event AggregatorSet(address indexed aggregator, uint32 from, uint32 until);
    /// @notice From `fromEpoch` on, chunks have 2^bits positions.
    event ChunkBitsSet(uint8 bits, uint32 fromEpoch);
    /// @notice Nothing is accepted until the owner says so.
    event Paused();
    /// @notice What comes in is accepted.
    event Unpaused();
    /// @notice Nothing answers for `epoch`.
    event EpochVoided(uint32 indexed epoch, string reason);

    /// @notice The guardian paused the feed.
    error FeedPaused();
    /// @notice Proofs for the epoch are accepted from `end` on, before `shut`, in Unix milliseconds.
    error WindowShut(uint256 end, uint256 shut);
    /// @notice The aggregator was not authorised for the epoch.
    error AggregatorUnknown(address aggregator, uint32 epoch);
    /// @notice The proof is of another policy.
    error PolicyOther(uint256 wanted, uint256 came);
    /// @notice In this epoch chunks have 2^wantedBits positions, and there are 2^(21 - wantedBits) of them.
    error ChunkOther(uint8 wantedBits, uint8 bits, uint32 chunk);
    /// @notice It is of too few devices.
    error TooFew(uint32 wanted, uint32 came);
    /// @notice Not the root that counts at the end of the epoch.
    error RootOther(uint256 wanted, uint256 came);
    /// @notice There is one of `stored` devices for the chunk, and what takes its place has at least k more.
    error NotMore(uint32 stored, uint32 came);
    /// @notice In a batch all are of one epoch, chunk after chunk in rising order: that at `index` is not.
    error BatchOrder(uint256 index);

    /// @notice There is no epoch with an answer, or none before.
    error NoData();
    /// @notice The epoch is final from `finalAt` on, in Unix seconds.
    error NotFinal(uint32 epoch, uint256 finalAt);
    /// @notice The guardian declared the epoch void.
    error EpochIsVoid(uint32 epoch);

    /// @notice The id of the one policy whose proofs count.
    function POLICY_ID() external view returns (uint256);
    /// @notice What it is the id of.
    function policy() external view returns (Policy memory);
    /// @notice The policy's smallest value, in the schema's fixed point: what minimum and maximum are counted from.
    function LOW() external view returns (int64);
    /// @notice What is published beside sum and count: 4 sum of squares, 2 minimum, 1 maximum.
    function OUTPUTS() external view returns (uint8);
    /// @notice Start of epoch 0, in Unix milliseconds.
    function ORIGIN() external view returns (uint256);
    /// @notice Length of an epoch in milliseconds.
    function LENGTH() external view returns (uint256);
    /// @notice How long after an epoch's end proofs are accepted, in milliseconds. At most LENGTH, so at most one epoch is open.
    function WINDOW() external view returns (uint256);
    /// @notice Least devices of what is counted.
    function MIN_COUNT() external view returns (uint32);
    /// @notice Decimals of the schema's fixed point.
    function decimals() external view returns (uint8);
    /// @notice What is measured, where.
    function description() external view returns (string memory);

    /// @notice From when on the epoch is final, in Unix seconds.
    function finalAt(uint32 epoch) external view returns (uint256);
    /// @notice Whether it is.
    function isFinal(uint32 epoch) external view returns (bool);
    /// @notice An epoch in whatever state: look at `isFinal`, `voided` and `count`, or ask for `finalRound`.
    function round(uint32 epoch) external view returns (Round memory);
    /// @notice An epoch that has an answer; reverts with NotFinal, EpochIsVoid or NoData if it has none.
    function finalRound(uint32 epoch) external view returns (Round memory);
    /// @notice The last epoch that has an answer; reverts with NoData if none has.
    function latest() external view returns (uint32 epoch, Round memory);
    /// @notice The epoch with data before one that has an answer; reverts with NoData if there is none.
    function previous(uint32 epoch) external view returns (uint32);
    /// @notice What the policy asks for beside sum and count, of an epoch that has an answer.
    function extras(uint32 epoch) external view returns (Extras memory);
    /// @notice Whether the mean of an epoch that has an answer is above `threshold`, in the schema's fixed point: exact, and right for
    /// negative sums.
    function isMeanAbove(uint32 epoch, int64 threshold) external view returns (bool);
}
