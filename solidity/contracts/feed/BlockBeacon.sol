// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IBeacon} from "./IBeacon.sol";

/// @title The hash of a block as a beacon
/// @notice When a moment has passed, anybody has the block drawn (`draw`): it is AHEAD blocks away, so nobody knows its hash but who makes
/// the blocks. When that block is there, anybody records its hash (`recordBeacon`) within REACH blocks. Of each moment one block is drawn, once: if
/// nobody records in time, the moment never has a beacon, for who could have another block drawn would choose between two.
/// @dev What it is worth:
/// - Who produces the block that is drawn may try as many hashes of it as it can compute before it shows one, and who produces all blocks from the
///   seal to that one may know it ahead. A producer who knows a secret, or tells who does, therefore chooses the noise: this is a beacon for
///   aggregators that produce no blocks and are in league with nobody who does. Where that is too much to ask, take a beacon that no
///   producer makes.
/// - Who has the block drawn chooses the block in which that happens, and knows by the chain's schedule who will produce the one that is drawn.
/// - A reorganisation that replaces the block that was drawn gives another hash. Who proves waits until `Recorded` is on a final block: a proof that
///   was shown before, and another one after, are two noises of one sum.
contract BlockBeacon is IBeacon {
    /// @notice Blocks from the one in which it is drawn to the one that is.
    uint256 public constant AHEAD = 16;
    /// @notice Blocks of which the hash is known, from the last one on (EVM, `BLOCKHASH`).
    uint256 public constant REACH = 256;

    /// What is known of a moment: 0; the number of the block that is drawn, and DRAWN; or the beacon, and RECORDED.
    uint256 private constant DRAWN = 1;
    uint256 private constant RECORDED = 2;
    uint256 private constant STATE_BITS = 8;
    mapping(uint256 momentMs => uint256) private _moments;

    /// @notice Block `number` gives the beacon of the moment.
    event Drawn(uint256 indexed momentMs, uint256 number);
    /// @notice It did.
    event Recorded(uint256 indexed momentMs, uint256 beacon);

    /// @notice The moment is ahead; it is `nowMs`.
    error MomentAhead(uint256 momentMs, uint256 nowMs);
    /// @notice The block of the moment is drawn: once is all.
    error IsDrawn(uint256 momentMs);
    /// @notice No block of the moment is drawn that would have to be recorded.
    error NotDrawn(uint256 momentMs);
    /// @notice The block is recorded from block `first` to block `last`, and this is block `number`.
    error BlockOther(uint256 first, uint256 last, uint256 number);

    /// @notice Draws the block of a moment that has passed. Anybody may.
    function draw(uint256 momentMs) external returns (uint256 number) {
        uint256 nowMs = 1000 * block.timestamp;
        if (nowMs < momentMs) revert MomentAhead(momentMs, nowMs);
        if (_moments[momentMs] != 0) revert IsDrawn(momentMs);
        number = block.number + AHEAD;
        _moments[momentMs] = (number << STATE_BITS) | DRAWN;
        emit Drawn(momentMs, number);
    }

    /// @notice Records the low 248 bits of the hash of the block that was drawn, which are an element of the field. Anybody may.
    function recordBeacon(uint256 momentMs) external returns (uint256 beacon) {
        uint256 known = _moments[momentMs];
        if (known & DRAWN == 0) revert NotDrawn(momentMs);
        uint256 number = known >> STATE_BITS;
        if (block.number <= number || block.number > number + REACH) {
            revert BlockOther(number + 1, number + REACH, block.number);
        }
        beacon = uint248(uint256(blockhash(number)));
        // A chain that does not know the hash of a block that it should know has none to give.
        if (beacon == 0) revert BeaconUnknown(momentMs);
        _moments[momentMs] = (beacon << STATE_BITS) | RECORDED;
        emit Recorded(momentMs, beacon);
    }

    /// @notice The block that was drawn for a moment, as long as it is not recorded; 0 if none is.
    function drawnOf(uint256 momentMs) external view returns (uint256) {
        uint256 known = _moments[momentMs];
        return known & DRAWN == 0 ? 0 : known >> STATE_BITS;
    }

    /// @inheritdoc IBeacon
    function beaconOf(uint256 momentMs) external view override returns (uint256) {
        uint256 known = _moments[momentMs];
        if (known & RECORDED == 0) revert BeaconUnknown(momentMs);
        return known >> STATE_BITS;
    }
}
