// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {HeatCover} from "../../contracts/examples/HeatCover.sol";
import {AggregateFixture} from "./AggregateFixture.sol";

/// @notice A cover pays once, by an epoch that was named before it began.
contract HeatCoverTest is AggregateFixture {
    uint256 private constant GRACE = 1000;
    address payable private immutable INSURED = payable(makeAddr("insured"));
    address payable private immutable INSURER = payable(makeAddr("insurer"));

    HeatCover private _cover;

    function setUp() public override {
        super.setUp();
        _cover = _insure(2, INSURED, 5 ether);
    }

    function test_Settle_PaysTheInsuredOnce() public {
        // A mean of 10.1 is above 10.
        _submitAtEnd(2, 10, 101);
        vm.expectRevert(abi.encodeWithSelector(HeatCover.TooEarly.selector, feed.finalAt(2)));
        _cover.settle();
        vm.warp(feed.finalAt(2));
        vm.expectEmit(address(_cover));
        emit HeatCover.Settled(INSURED, 5 ether);
        _cover.settle();
        assertEq(INSURED.balance, 5 ether);
        assertTrue(_cover.settled());
        vm.expectRevert(HeatCover.IsSettled.selector);
        _cover.settle();
        vm.warp(feed.finalAt(2) + GRACE);
        vm.expectRevert(HeatCover.IsSettled.selector);
        _cover.refund();
    }

    function test_Settle_PaysBackWhereItIsNotAbove() public {
        _submitAtEnd(2, 10, 100);
        vm.warp(feed.finalAt(2) + GRACE);
        vm.expectRevert(HeatCover.HasAnswer.selector);
        _cover.refund();
        _cover.settle();
        assertEq(INSURER.balance, 5 ether);
        assertEq(INSURED.balance, 0);
    }

    function test_Refund_WithoutAnAnswer() public {
        uint256 time = feed.finalAt(2) + GRACE;
        vm.warp(time - 1);
        vm.expectRevert(HeatCover.NoAnswer.selector);
        _cover.settle();
        vm.expectRevert(abi.encodeWithSelector(HeatCover.TooEarly.selector, time));
        _cover.refund();
        vm.warp(time);
        _cover.refund();
        assertEq(INSURER.balance, 5 ether);
    }

    /// @notice A cover that asks for no number of readings asks for an answer all the same.
    function test_Refund_WithoutAnAnswerHoweverFewAreEnough() public {
        bytes memory arguments = abi.encode(feed, uint32(2), int64(-10), uint32(0), GRACE, INSURED, INSURER);
        _cover = HeatCover(_create("HeatCover", _artifact("HeatCover"), arguments, 1 ether));
        vm.warp(feed.finalAt(2) + GRACE);
        vm.expectRevert(HeatCover.NoAnswer.selector);
        _cover.settle();
        _cover.refund();
        assertEq(INSURER.balance, 1 ether);
    }

    function test_Refund_OfTooFewOrVoid() public {
        uint256 start = vm.snapshotState();
        _submitAtEnd(2, 9, 1000);
        vm.warp(feed.finalAt(2) + GRACE);
        vm.expectRevert(HeatCover.NoAnswer.selector);
        _cover.settle();
        _cover.refund();
        assertEq(INSURER.balance, 5 ether);
        vm.revertToState(start);
        _submitAtEnd(2, 10, 1000);
        vm.prank(GUARDIAN);
        feed.void(2, "");
        vm.warp(feed.finalAt(2) + GRACE);
        vm.expectRevert(HeatCover.NoAnswer.selector);
        _cover.settle();
        _cover.refund();
        assertEq(INSURER.balance, 5 ether);
    }

    function test_Constructor_OnlyWhatHasNotBegun() public {
        uint256 start = ORIGIN + 3 * LENGTH;
        vm.warp(start / 1000 - 1);
        _insure(3, INSURED, 0);
        vm.warp(start / 1000);
        vm.expectRevert(abi.encodeWithSelector(HeatCover.EpochHasBegun.selector, start));
        _insure(3, INSURED, 0);
    }

    function test_Pay_ToWhoTakesIt() public {
        address payable registry_ = payable(address(registry));
        _cover = _insure(2, registry_, 1 ether);
        _submitAtEnd(2, 10, 101);
        vm.warp(feed.finalAt(2));
        vm.expectRevert(abi.encodeWithSelector(HeatCover.PaymentRefused.selector, registry_));
        _cover.settle();
        assertFalse(_cover.settled());
    }

    function _insure(uint32 epoch, address payable insured, uint256 payment) private returns (HeatCover) {
        bytes memory arguments = abi.encode(feed, epoch, int64(10), uint32(10), GRACE, insured, INSURER);
        return HeatCover(_create("HeatCover", _artifact("HeatCover"), arguments, payment));
    }
}
