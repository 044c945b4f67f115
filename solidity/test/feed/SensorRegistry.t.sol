// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";

import {Guarded} from "../../contracts/feed/Guarded.sol";
import {SensorRegistry} from "../../contracts/feed/SensorRegistry.sol";
import {FeedFixture} from "./FeedFixture.sol";

/// @notice What is posted, taken back, and counts when.
contract SensorRegistryTest is FeedFixture {
    uint256 private constant START = 1_800_000_000;
    uint256 private constant DELAY = 3600;

    SensorRegistry private _posts;

    function setUp() public {
        vm.warp(START);
        _posts = _registry(DELAY);
    }

    function test_Constructor_Delay() public {
        assertEq(_posts.DELAY(), DELAY);
        assertEq(_registry(0).DELAY(), 0);
        uint256 most = _posts.MAX_DELAY();
        assertEq(_registry(most).DELAY(), most);
        _refusesDelay(most + 1);
        vm.chainId(POLYGON);
        assertEq(_registry(1).DELAY(), 1);
        _refusesDelay(0);
    }

    function test_Post() public {
        bytes memory ops = abi.encodePacked(hex"010001", uint256(7));
        bytes32 digest = keccak256(abi.encode(bytes32(0), uint256(5), keccak256(ops)));
        vm.expectEmit(address(_posts));
        emit SensorRegistry.RootPosted(0, 5, 0, digest, START + DELAY, ops);
        vm.prank(REGISTRAR);
        _posts.post(5, 0, ops);
        assertEq(_posts.length(), 1);
        assertEq(_posts.head(), digest);
        (uint256 root, bytes32 stored, uint256 activeAt) = _posts.postAt(0);
        assertEq(root, 5);
        assertEq(stored, digest);
        assertEq(activeAt, START + DELAY);

        bytes32 next = keccak256(abi.encode(digest, R - 1, keccak256("")));
        vm.expectEmit(address(_posts));
        emit SensorRegistry.RootPosted(1, R - 1, digest, next, START + DELAY, "");
        vm.prank(REGISTRAR);
        _posts.post(R - 1, digest, "");
        assertEq(_posts.head(), next);
    }

    function test_Post_ByTheRegistrar() public {
        address[3] memory others = [OWNER, GUARDIAN, STRANGER];
        for (uint256 i = 0; i < others.length; i++) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(SensorRegistry.NotRegistrar.selector, REGISTRAR, others[i]));
            _posts.post(5, 0, "");
        }
    }

    function test_Post_RefusesWhatIsNoRoot() public {
        vm.startPrank(REGISTRAR);
        uint256[3] memory roots = [uint256(0), R, type(uint256).max];
        for (uint256 i = 0; i < roots.length; i++) {
            vm.expectRevert(abi.encodeWithSelector(SensorRegistry.RootOutOfRange.selector, roots[i]));
            _posts.post(roots[i], 0, "");
        }
    }

    function test_Post_RefusesAnotherParent() public {
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.ParentOther.selector, bytes32(0), bytes32("x")));
        vm.prank(REGISTRAR);
        _posts.post(5, "x", "");
        _post(5);
        // A post that was made for another head: of the same parent, or of none.
        bytes32 head = _posts.head();
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.ParentOther.selector, head, bytes32(0)));
        vm.prank(REGISTRAR);
        _posts.post(6, 0, "");
        _post(6);
        bytes32 now_ = _posts.head();
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.ParentOther.selector, now_, head));
        vm.prank(REGISTRAR);
        _posts.post(7, head, "");
        // After a veto the last is the one before.
        _veto(1);
        assertEq(_posts.head(), head);
        vm.prank(REGISTRAR);
        _posts.post(7, head, "");
    }

    function test_Post_OpsAsLongAsFits() public {
        uint256 most = _posts.MAX_OPS();
        vm.startPrank(REGISTRAR);
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.OpsTooLong.selector, most, most + 1));
        _posts.post(5, 0, new bytes(most + 1));
        _posts.post(5, 0, new bytes(most));
    }

    function test_RootAt_StrictlyAfterItBegins() public {
        _post(5);
        uint256 active = 1000 * (START + DELAY);
        vm.warp(START + DELAY);
        _refusedIndex(active, 0);
        _refusedIndex(active - 1, 0);
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.TimeAhead.selector, active + 1, active));
        _posts.rootAt(active + 1, 0);
        vm.warp(START + DELAY + 1);
        assertEq(_posts.rootAt(active + 1, 0), 5);
        assertEq(_posts.rootAt(active + 1000, 0), 5);
        _refusedIndex(active, 0);
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.TimeAhead.selector, active + 1001, active + 1000));
        _posts.rootAt(active + 1001, 0);
        // There is no other post, wherever one looks.
        _refusedIndex(active + 1, 1);
        _refusedIndex(active + 1, type(uint256).max);
    }

    function test_RootAt_UntilTheNextBegins() public {
        _post(5);
        vm.warp(START + 10);
        _post(6);
        uint256 second = 1000 * (START + 10 + DELAY);
        vm.warp(START + 20 + DELAY);
        assertEq(_posts.rootAt(second, 0), 5);
        _refusedIndex(second, 1);
        assertEq(_posts.rootAt(second + 1, 1), 6);
        _refusedIndex(second + 1, 0);
    }

    function test_RootAt_TheLastOfOneTime() public {
        // Across a word of times, too.
        for (uint256 i = 1; i <= 7; i++) {
            _post(i);
        }
        vm.warp(START + DELAY + 1);
        uint256 ms = 1000 * vm.getBlockTimestamp();
        for (uint256 i = 0; i < 6; i++) {
            _refusedIndex(ms, i);
        }
        assertEq(_posts.rootAt(ms, 6), 7);
        (uint256 index, uint256 root) = _posts.findRoot(ms);
        assertEq(index, 6);
        assertEq(root, 7);
    }

    function test_Veto() public {
        for (uint256 i = 1; i <= 12; i++) {
            vm.warp(START + i);
            _post(i);
        }
        (, bytes32 third,) = _posts.postAt(2);
        // The third counts from now on; the fourth does not.
        vm.warp(START + 3 + DELAY);
        vm.startPrank(GUARDIAN);
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.PostActive.selector, 2, START + 3 + DELAY));
        _posts.veto(2, "");
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.PostUnknown.selector, 12, 12));
        _posts.veto(12, "");
        vm.expectEmit(address(_posts));
        emit SensorRegistry.RootsVetoed(3, 12, "a root of nobody's tree");
        _posts.veto(3, "a root of nobody's tree");
        vm.stopPrank();
        assertEq(_posts.length(), 3);
        assertEq(_posts.head(), third);
        vm.warp(START + 100 + DELAY);
        uint256 ms = 1000 * vm.getBlockTimestamp();
        assertEq(_posts.rootAt(ms, 2), 3);
        for (uint256 i = 3; i < 14; i++) {
            _refusedIndex(ms, i);
            vm.expectRevert(abi.encodeWithSelector(SensorRegistry.PostUnknown.selector, i, 3));
            _posts.postAt(i);
        }
        // What is posted now has a time of its own.
        _post(40);
        (uint256 root,, uint256 activeAt) = _posts.postAt(3);
        assertEq(root, 40);
        assertEq(activeAt, vm.getBlockTimestamp() + DELAY);
        vm.warp(activeAt + 1);
        assertEq(_posts.rootAt(1000 * vm.getBlockTimestamp(), 3), 40);
    }

    function test_Veto_ByGuardianOrOwner() public {
        _post(5);
        address[2] memory others = [REGISTRAR, STRANGER];
        for (uint256 i = 0; i < others.length; i++) {
            vm.prank(others[i]);
            vm.expectRevert(abi.encodeWithSelector(Guarded.NotGuardianOrOwner.selector, GUARDIAN, OWNER, others[i]));
            _posts.veto(0, "");
        }
        vm.prank(OWNER);
        _posts.veto(0, "");
        assertEq(_posts.length(), 0);
        assertEq(_posts.head(), 0);
    }

    /// @notice A registrar who posts as fast as the chain allows is still taken back in one transaction.
    function test_Veto_OfThousandsFits() public {
        vm.pauseGasMetering();
        for (uint256 i = 0; i < 4000; i++) {
            _post(1);
        }
        vm.resumeGasMetering();
        vm.prank(GUARDIAN);
        _posts.veto{gas: 16_000_000}(0, "");
        assertEq(_posts.length(), 0);
    }

    function test_FindRoot() public {
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.NoRoot.selector, 7));
        _posts.findRoot(7);
        _post(5);
        uint256 active = 1000 * (START + DELAY);
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.NoRoot.selector, active));
        _posts.findRoot(active);
        // Ahead of time: what will count, unless it is taken back.
        (uint256 index, uint256 root) = _posts.findRoot(active + 1);
        assertEq(index, 0);
        assertEq(root, 5);
    }

    function testFuzz_FindRoot_IsWhatRootAtTakes(uint8[12] calldata gaps, uint16 back) public {
        for (uint256 i = 0; i < gaps.length; i++) {
            vm.warp(vm.getBlockTimestamp() + gaps[i] % 4);
            _post(i + 1);
        }
        vm.warp(vm.getBlockTimestamp() + DELAY + 1);
        uint256 ms = 1000 * vm.getBlockTimestamp() - back % 50_000;
        uint256 hits = 0;
        (bool found, bytes memory data) = address(_posts).staticcall(abi.encodeCall(_posts.findRoot, (ms)));
        for (uint256 i = 0; i < gaps.length; i++) {
            (bool ok, bytes memory root) = address(_posts).staticcall(abi.encodeCall(_posts.rootAt, (ms, i)));
            if (!ok) continue;
            hits++;
            assertEq(data, abi.encodePacked(i, root));
        }
        assertEq(hits, found ? 1 : 0);
    }

    function test_Roles() public {
        assertEq(_posts.registrar(), REGISTRAR);
        vm.prank(REGISTRAR);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, REGISTRAR));
        _posts.setRegistrar(STRANGER);
        vm.expectEmit(address(_posts));
        emit Guarded.RoleSet("registrar", STRANGER);
        vm.prank(OWNER);
        _posts.setRegistrar(STRANGER);
        vm.prank(REGISTRAR);
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.NotRegistrar.selector, STRANGER, REGISTRAR));
        _posts.post(5, 0, "");
        vm.prank(STRANGER);
        _posts.post(5, 0, "");
    }

    function _refusesDelay(uint256 delay) private {
        bytes memory why = abi.encodeWithSelector(SensorRegistry.DelayOther.selector, 366 days, delay);
        bytes memory arguments = abi.encode(OWNER, REGISTRAR, GUARDIAN, delay);
        _refusesToBeMade("SensorRegistry", arguments, why);
    }

    function _post(uint256 root) private {
        bytes32 head = _posts.head();
        vm.prank(REGISTRAR);
        _posts.post(root, head, "");
    }

    function _veto(uint256 from) private {
        vm.prank(GUARDIAN);
        _posts.veto(from, "");
    }

    function _refusedIndex(uint256 ms, uint256 index) private {
        vm.expectRevert(abi.encodeWithSelector(SensorRegistry.IndexOther.selector, ms, index));
        _posts.rootAt(ms, index);
    }
}
