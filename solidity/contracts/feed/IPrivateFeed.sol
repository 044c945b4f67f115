// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IAggregateFeed} from "./IAggregateFeed.sol";
import {IBeacon} from "./IBeacon.sol";

/// @title What other contracts read of a feed of private sums
/// @notice As of every feed, where the sum has noise in it: the discrete Laplace mechanism at the scale 2^SCALE_BITS in every chunk, so a
/// release costs epsilon = (high - low) / 2^SCALE_BITS of the policy. `count` is exact.
/// @dev An epoch in three acts. From its end on, an aggregator seals data and secret, chunk by chunk, and nothing replaces a seal. At the
/// deadline that ends, and the beacon of the deadline is drawn by `BEACON`. From then on until the window shuts, the one who sealed brings the
/// proof that opens the seal and has drawn its noise from secret and beacon: the release, of which there is one. Who likes no noise stays
/// silent, and `sealOf` shows that there was a seal. What a feed cannot see:
/// - Any exact answer about the same readings voids epsilon, be it of another feed; and a policy has one feed of private sums, for in two of them one
///   sum would have two noises.
/// - Of an epoch one aggregator is authorised: another one could seal its chunks first, with anything.
interface IPrivateFeed is IAggregateFeed {
    /// @notice Data and secret of a chunk are fixed.
    event Sealed(uint32 indexed epoch, uint32 indexed chunk, address indexed aggregator, uint256 seal);

    /// @notice Seals of the epoch are accepted from `end` on, before `deadline`, in Unix milliseconds.
    error SealShut(uint256 end, uint256 deadline);
    /// @notice There is no such seal: it is 1 to r - 1.
    error SealOutOfRange(uint256 seal);
    /// @notice The chunk has a seal, and keeps it.
    error IsSealed(uint256 seal);
    /// @notice The proof opens a seal that is not the chunk's; 0 is none.
    error SealOther(uint256 wanted, uint256 came);
    /// @notice Another aggregator sealed the chunk.
    error SealerOther(address wanted, address came);
    /// @notice Releases of the epoch are accepted from `deadline` on, in Unix milliseconds.
    error BeforeDeadline(uint256 deadline);
    /// @notice Not the beacon of the deadline.
    error BeaconOther(uint256 wanted, uint256 came);
    /// @notice The chunk has its release, and keeps it.
    error IsReleased(uint32 epoch, uint32 chunk);

    /// @notice Where the beacon of a deadline comes from.
    function BEACON() external view returns (IBeacon);
    /// @notice How long after an epoch's end seals are accepted, in milliseconds.
    function SEAL_WINDOW() external view returns (uint256);
    /// @notice The scale of the noise in a chunk's sum is 2^SCALE_BITS, in the schema's fixed point.
    function SCALE_BITS() external view returns (uint8);
    /// @notice The deadline of an epoch, in Unix milliseconds: the moment of its beacon.
    function deadlineOf(uint32 epoch) external view returns (uint256);
    /// @notice The seal of a chunk, and who sealed it; 0 if nobody did.
    function sealOf(uint32 epoch, uint32 index) external view returns (uint256 sealId, address aggregator);
}
