// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {BlockBeacon} from "../../contracts/feed/BlockBeacon.sol";
import {IBeacon} from "../../contracts/feed/IBeacon.sol";
import {FeedFixture} from "./FeedFixture.sol";

/// @notice Of each moment one block, drawn after the moment and before anybody knows its hash, and recorded while the chain knows it.
contract BlockBeaconTest is FeedFixture {
    uint256 private constant NOW = 1_800_000_000;
    uint256 private constant MOMENT = 1000 * NOW;
    uint256 private constant FIRST = 5000;

    BlockBeacon private _beacon;

    function setUp() public {
        _beacon = BlockBeacon(_made("BlockBeacon", ""));
        vm.warp(NOW);
        vm.roll(FIRST);
    }

    function test_Draw_NotBeforeTheMoment() public {
        for (uint256 ahead = 1; ahead < 1001; ahead += 999) {
            vm.expectRevert(abi.encodeWithSelector(BlockBeacon.MomentAhead.selector, MOMENT + ahead, MOMENT));
            _beacon.draw(MOMENT + ahead);
        }
        vm.warp(NOW + 1);
        _beacon.draw(MOMENT + 1000);
        _beacon.draw(MOMENT + 999);
    }

    function test_Draw_Once() public {
        assertEq(_beacon.drawnOf(MOMENT), 0);
        vm.expectEmit(address(_beacon));
        emit BlockBeacon.Drawn(MOMENT, FIRST + 16);
        vm.prank(STRANGER);
        assertEq(_beacon.draw(MOMENT), FIRST + 16);
        assertEq(_beacon.drawnOf(MOMENT), FIRST + 16);
        bytes memory once = abi.encodeWithSelector(BlockBeacon.IsDrawn.selector, MOMENT);
        vm.expectRevert(once);
        _beacon.draw(MOMENT);
        vm.roll(FIRST + 17);
        _beacon.recordBeacon(MOMENT);
        vm.expectRevert(once);
        _beacon.draw(MOMENT);
        assertEq(_beacon.drawnOf(MOMENT), 0);
    }

    function test_Record_TheHashOfTheBlockThatWasDrawn() public {
        vm.expectRevert(abi.encodeWithSelector(BlockBeacon.NotDrawn.selector, MOMENT));
        _beacon.recordBeacon(MOMENT);
        _beacon.draw(MOMENT);
        _unknown(MOMENT);
        for (uint256 number = FIRST; number < FIRST + 17; number += 4) {
            vm.roll(number);
            vm.expectRevert(abi.encodeWithSelector(BlockBeacon.BlockOther.selector, FIRST + 17, FIRST + 272, number));
            _beacon.recordBeacon(MOMENT);
        }
        vm.roll(FIRST + 17);
        uint256 wanted = uint256(blockhash(FIRST + 16)) % 2 ** 248;
        assertGt(wanted, 0);
        vm.expectEmit(address(_beacon));
        emit BlockBeacon.Recorded(MOMENT, wanted);
        vm.prank(STRANGER);
        assertEq(_beacon.recordBeacon(MOMENT), wanted);
        assertEq(_beacon.beaconOf(MOMENT), wanted);
        assertLt(wanted, R);
        // For ever: not in another block, and not long after.
        vm.expectRevert(abi.encodeWithSelector(BlockBeacon.NotDrawn.selector, MOMENT));
        _beacon.recordBeacon(MOMENT);
        vm.roll(FIRST + 10_000);
        assertEq(_beacon.beaconOf(MOMENT), wanted);
    }

    function test_Record_WhileTheChainKnowsTheHash() public {
        _beacon.draw(MOMENT);
        _beacon.draw(MOMENT - 1);
        vm.roll(FIRST + 272);
        uint256 wanted = uint256(blockhash(FIRST + 16)) % 2 ** 248;
        assertGt(wanted, 0, "the last block that knows it");
        assertEq(_beacon.recordBeacon(MOMENT), wanted);
        vm.roll(FIRST + 273);
        assertEq(blockhash(FIRST + 16), 0);
        vm.expectRevert(abi.encodeWithSelector(BlockBeacon.BlockOther.selector, FIRST + 17, FIRST + 272, FIRST + 273));
        _beacon.recordBeacon(MOMENT - 1);
        _unknown(MOMENT - 1);
        // It never gets another.
        vm.expectRevert(abi.encodeWithSelector(BlockBeacon.IsDrawn.selector, MOMENT - 1));
        _beacon.draw(MOMENT - 1);
    }

    /// @notice A chain that has no hash for a block that it should know gives no beacon, and not one that everybody knew.
    function test_Record_NoHashIsNoBeacon() public {
        _beacon.draw(MOMENT);
        vm.roll(FIRST + 17);
        // Nothing but its last 248 bits counts.
        vm.setBlockhash(FIRST + 16, bytes32(uint256(1) << 248));
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconUnknown.selector, MOMENT));
        _beacon.recordBeacon(MOMENT);
        _unknown(MOMENT);
        vm.setBlockhash(FIRST + 16, bytes32(uint256(1)));
        assertEq(_beacon.recordBeacon(MOMENT), 1);
    }

    function testFuzz_Moments_HaveTheirOwn(uint64 one, uint64 other, uint8 apart) public {
        uint256 most = 1000 * NOW;
        (uint256 a, uint256 b) = (one % most, other % most);
        vm.assume(a != b);
        _beacon.draw(a);
        vm.roll(FIRST + 1 + apart % 200);
        uint256 second = _beacon.draw(b);
        vm.roll(second + 1);
        uint256 first = _beacon.recordBeacon(a);
        _unknown(b);
        uint256 drawn = _beacon.recordBeacon(b);
        assertEq(first, uint256(blockhash(FIRST + 16)) % 2 ** 248);
        assertEq(drawn, uint256(blockhash(second)) % 2 ** 248);
        assertEq(_beacon.beaconOf(a), first);
        assertEq(_beacon.beaconOf(b), drawn);
    }

    function _unknown(uint256 moment) private {
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconUnknown.selector, moment));
        _beacon.beaconOf(moment);
    }
}
