// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Public randomness of a moment that a rule fixed
/// @notice What noise is drawn from, together with a secret that was sealed before the moment. Nobody who seals knows it, whoever makes it
/// knows no secret, and of each moment there is one: a second draw would be a choice.
/// @dev `PrivateFeed` takes whatever implements this: a round of a public beacon that is verified on chain, or `BlockBeacon`. Where rounds come by the
/// clock, it is one that is later than the moment by more than the time of a block may lag behind.
interface IBeacon {
    /// @notice The moment has no beacon yet, or never gets one.
    error BeaconUnknown(uint256 momentMs);

    /// @notice The beacon of a moment, in Unix milliseconds: an element of the scalar field, and for ever the same; reverts with
    /// BeaconUnknown as long as there is none.
    function beaconOf(uint256 momentMs) external view returns (uint256);
}
