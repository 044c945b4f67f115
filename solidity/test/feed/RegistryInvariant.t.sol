// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {SensorRegistry} from "../../contracts/feed/SensorRegistry.sol";
import {FeedFixture} from "./FeedFixture.sol";

/// @notice Posts, takes back, lets time pass, and keeps what it was told: as events, and as roots of times that have passed.
contract RegistryHandler is Test {
    struct Told {
        uint256 ms;
        uint256 index;
        uint256 root;
    }

    SensorRegistry public immutable REGISTRY;
    uint256 public vetoes;
    /// Told ahead of time, one DELAY: kept only as long as nothing is taken back.
    Told[] private _ahead;
    Told[] private _told;
    /// The fold of the events: digests of the posts that were not taken back.
    bytes32[] private _digests;

    constructor(SensorRegistry registry) {
        REGISTRY = registry;
    }

    function post(uint256 root, bytes calldata ops) external {
        root = bound(root, 1, 1e70);
        bytes32 parent = _digests.length == 0 ? bytes32(0) : _digests[_digests.length - 1];
        REGISTRY.post(root, parent, ops);
        _digests.push(keccak256(abi.encode(parent, root, keccak256(ops))));
    }

    /// A post that goes on from another than the last is refused.
    function postElsewhere(uint256 root, bytes32 parent) external {
        if (parent == REGISTRY.head()) return;
        try REGISTRY.post(bound(root, 1, 1e70), parent, "") {
            revert("posted elsewhere");
        } catch {}
    }

    function veto(uint256 from) external {
        if (_digests.length == 0) return;
        // The last few: those before count already, most of the time.
        from = _digests.length - 1 - bound(from, 0, _digests.length < 9 ? _digests.length - 1 : 8);
        (,, uint256 activeAt) = REGISTRY.postAt(from);
        try REGISTRY.veto(from, "") {
            require(activeAt > block.timestamp, "what counts was taken back");
            while (_digests.length > from) {
                _digests.pop();
            }
            delete _ahead;
            vetoes++;
        } catch {
            require(activeAt <= block.timestamp, "what is pending was not taken back");
        }
    }

    function warp(uint16 step) external {
        vm.warp(block.timestamp + step % 400);
    }

    /// Keeps what `rootAt` says of a time that has passed.
    function remember(uint32 back) external {
        uint256 ms = 1000 * block.timestamp - bound(back, 0, 2_000_000);
        for (uint256 i = 0; i < REGISTRY.length(); i++) {
            try REGISTRY.rootAt(ms, i) returns (uint256 root) {
                _told.push(Told(ms, i, root));
            } catch {}
        }
    }

    /// Keeps what `findRoot` says of a time up to DELAY ahead.
    function foresee(uint32 ahead) external {
        uint256 ms = 1000 * block.timestamp + bound(ahead, 0, 1000 * REGISTRY.DELAY());
        try REGISTRY.findRoot(ms) returns (uint256 index, uint256 root) {
            _ahead.push(Told(ms, index, root));
        } catch {}
    }

    function checkTold() external view {
        uint256 length = REGISTRY.length();
        for (uint256 k = 0; k < _told.length; k++) {
            uint256 hits = 0;
            for (uint256 i = 0; i < length; i++) {
                try REGISTRY.rootAt(_told[k].ms, i) returns (uint256 root) {
                    hits++;
                    require(i == _told[k].index && root == _told[k].root, "the past changed");
                } catch {}
            }
            require(hits == 1, "not exactly one");
        }
    }

    function checkAhead() external view {
        for (uint256 k = 0; k < _ahead.length; k++) {
            (uint256 index, uint256 root) = REGISTRY.findRoot(_ahead[k].ms);
            require(index == _ahead[k].index && root == _ahead[k].root, "a post counts sooner than after DELAY");
        }
    }

    function checkFold() external view {
        require(REGISTRY.length() == _digests.length, "length");
        require(REGISTRY.head() == (_digests.length == 0 ? bytes32(0) : _digests[_digests.length - 1]), "head");
        for (uint256 i = 0; i < _digests.length; i++) {
            (, bytes32 digest,) = REGISTRY.postAt(i);
            require(digest == _digests[i], "digest");
        }
    }
}

/// @notice What holds of the registry whatever is done to it.
contract RegistryInvariantTest is FeedFixture {
    RegistryHandler private _handler;

    function setUp() public {
        vm.warp(1_800_000_000);
        // Registrar, guardian and owner are the handler, which is deployed after the registry.
        address handler = vm.computeCreateAddress(address(this), vm.getNonce(address(this)) + 1);
        bytes memory arguments = abi.encode(handler, handler, handler, 600);
        SensorRegistry registry = SensorRegistry(_made("SensorRegistry", arguments));
        _handler = new RegistryHandler(registry);
        assertEq(address(_handler), handler);
        targetContract(handler);
        bytes4[] memory moves = new bytes4[](6);
        moves[0] = RegistryHandler.post.selector;
        moves[1] = RegistryHandler.veto.selector;
        moves[2] = RegistryHandler.warp.selector;
        moves[3] = RegistryHandler.remember.selector;
        moves[4] = RegistryHandler.foresee.selector;
        moves[5] = RegistryHandler.postElsewhere.selector;
        targetSelector(FuzzSelector(handler, moves));
    }

    /// @notice I1: what `rootAt` said of a time that has passed it says for ever, for exactly one post; and but for a veto it is
    /// known one DELAY ahead.
    function invariant_I1_ThePastStays() public view {
        _handler.checkTold();
        _handler.checkAhead();
    }

    /// @notice I2: the events, but for what was taken back, come to the digest of the last post.
    function invariant_I2_EventsComeToTheHead() public view {
        _handler.checkFold();
    }
}
