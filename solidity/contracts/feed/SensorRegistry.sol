// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Field} from "../core/Field.sol";
import {TestChains} from "../core/TestChains.sol";
import {Guarded} from "./Guarded.sol";

/// @title The roots of one network's registry of devices, and since when each counts
/// @notice A root counts from DELAY after it was posted. Until then guardian or owner can take it back; from then on nothing can: what
/// `rootAt` says about a time that has passed it says for ever. DELAY is at least as long as the longest epoch of the feeds that
/// use this contract, so who counts in an epoch was posted before it began: keys that are enrolled just before an epoch ends
/// cannot sign backdated readings of it.
/// @dev The address of this contract is in every signature of its devices, so there is no upgrade. Leaves travel in the event: from a
/// digest alone nobody rebuilds the tree, and who withheld them would be the only one who can prove. Roots never expire.
contract SensorRegistry is Guarded {
    /// A root, and the digest of every post up to it.
    struct Post {
        uint256 root;
        bytes32 digest;
    }

    /// @notice Most bytes of changes in a post: what fits in a transaction of Polygon with the rest.
    uint256 public constant MAX_OPS = 124_800;
    /// @notice Longest DELAY in seconds: 366 days.
    uint256 public constant MAX_DELAY = 366 days;
    /// Times in a word of storage, and bits of one.
    uint256 private constant LANES = 5;
    uint256 private constant LANE_BITS = 48;

    /// @notice Seconds between a post and the moment from which it counts.
    uint256 public immutable DELAY;

    /// @notice How many posts there are that were not taken back.
    uint64 public length;
    /// @notice Who posts; nobody, if it is 0.
    address public registrar;

    mapping(uint256 index => Post) private _posts;
    /// When a post begins to count, in seconds, five to a word; 0 where there is no post.
    mapping(uint256 word => uint256 lanes) private _times;

    /// @notice A post. `ops` are the changes that lead from the tree before to that of `root`, one after the other: `01`, a count
    /// (2 bytes) and so many leaves (32 bytes each) enrols them at the next positions; `02` and a position (3 bytes) revokes; `03`, a
    /// position and a leaf replaces.
    event RootPosted(uint256 indexed index, uint256 root, bytes32 parent, bytes32 digest, uint256 activeAt, bytes ops);
    /// @notice Posts from `from` on were taken back; there had been `length`.
    event RootsVetoed(uint256 indexed from, uint256 length, string reason);

    /// @notice A DELAY of nothing is for test chains (80002, 31337, 1337, 11155111), and none is longer than `most`.
    error DelayOther(uint256 most, uint256 came);
    /// @notice Only `wanted` may call this, and `came` did.
    error NotRegistrar(address wanted, address came);
    /// @notice No tree has this root: it is 0, or r or more.
    error RootOutOfRange(uint256 root);
    /// @notice The post goes on from another one than the last: one came in between, or was taken back.
    error ParentOther(bytes32 wanted, bytes32 came);
    /// @notice More changes than fit in a post: make several.
    error OpsTooLong(uint256 most, uint256 came);
    /// @notice There is no such post; there are `length`.
    error PostUnknown(uint256 index, uint256 length);
    /// @notice The post counts since `activeAt`, and stays.
    error PostActive(uint256 index, uint256 activeAt);
    /// @notice What counts at a time is known once it has passed. Both in milliseconds.
    error TimeAhead(uint256 ms, uint256 nowMs);
    /// @notice The post is not the last of those that counted before this time.
    error IndexOther(uint256 ms, uint256 index);
    /// @notice No post counted before this time.
    error NoRoot(uint256 ms);

    /// @param delay Seconds, at least as long as the longest epoch of a feed; 0 on test chains only
    constructor(address owner_, address registrar_, address guardian_, uint256 delay) Guarded(owner_, guardian_) {
        if (delay > MAX_DELAY || (delay == 0 && !TestChains.isHere())) revert DelayOther(MAX_DELAY, delay);
        DELAY = delay;
        _setRegistrar(registrar_);
    }

    /// @notice Posts a root, with the changes that lead to it.
    /// @param parent Digest of the last post, 0 for the first: so a post that a reorganisation moved does not land on another
    function post(uint256 root, bytes32 parent, bytes calldata ops) external {
        if (msg.sender != registrar) revert NotRegistrar(registrar, msg.sender);
        if (root == 0 || root >= Field.R) revert RootOutOfRange(root);
        if (ops.length > MAX_OPS) revert OpsTooLong(MAX_OPS, ops.length);
        uint256 index = length;
        bytes32 last = index == 0 ? bytes32(0) : _posts[index - 1].digest;
        if (parent != last) revert ParentOther(last, parent);
        bytes32 digest = keccak256(abi.encode(parent, root, keccak256(ops)));
        uint256 activeAt = block.timestamp + DELAY;
        _posts[index] = Post(root, digest);
        _times[index / LANES] |= activeAt << (LANE_BITS * (index % LANES));
        length = uint64(index + 1);
        emit RootPosted(index, root, parent, digest, activeAt, ops);
    }

    /// @notice Takes back every post from `from` on. Only what does not count yet can be.
    /// @dev A word at a time: a registrar who posts as fast as the chain allows cannot make this too dear to call. Where even that is
    /// too much for one transaction, the last posts go first.
    function veto(uint256 from, string calldata reason) external onlyGuardianOrOwner {
        uint256 count = length;
        if (from >= count) revert PostUnknown(from, count);
        uint256 activeAt = _timeOf(from);
        if (activeAt <= block.timestamp) revert PostActive(from, activeAt);
        uint256 first = from / LANES;
        // The posts before `from` that share its word stay.
        _times[first] &= 2 ** (LANE_BITS * (from % LANES)) - 1;
        for (uint256 word = first + 1; word <= (count - 1) / LANES; word++) {
            _times[word] = 0;
        }
        length = uint64(from);
        emit RootsVetoed(from, count, reason);
    }

    /// @notice Names another registrar, or nobody.
    function setRegistrar(address registrar_) external onlyOwner {
        _setRegistrar(registrar_);
    }

    /// @notice The root that counts at a time that has passed: of the last post that counted before it, strictly.
    /// @dev The caller says which post that is, as `findRoot` tells, and exactly one is right; of several with one time, the last. So
    /// there is nothing to search here.
    /// @param ms Unix milliseconds
    function rootAt(uint256 ms, uint256 index) external view returns (uint256) {
        if (ms > 1000 * block.timestamp) revert TimeAhead(ms, 1000 * block.timestamp);
        uint256 activeAt = _timeOf(index);
        if (activeAt == 0 || 1000 * activeAt >= ms) revert IndexOther(ms, index);
        // There is a post at this index, so the next one is a number.
        uint256 next = _timeOf(index + 1);
        if (next != 0 && 1000 * next < ms) revert IndexOther(ms, index);
        return _posts[index].root;
    }

    /// @notice Which post `rootAt` wants for a time, and its root. Of a time ahead it says what will count unless something is posted
    /// or taken back until then; one DELAY ahead only the latter can be.
    /// @dev For calls that cost nothing: it searches.
    function findRoot(uint256 ms) external view returns (uint256 index, uint256 root) {
        // Posts below `low` counted before `ms`, those from `high` on did not.
        (uint256 low, uint256 high) = (0, length);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (1000 * _timeOf(middle) < ms) low = middle + 1;
            else high = middle;
        }
        if (low == 0) revert NoRoot(ms);
        return (low - 1, _posts[low - 1].root);
    }

    /// @notice A post: its root, the digest of all posts up to it, and since when it counts, in seconds.
    function postAt(uint256 index) external view returns (uint256 root, bytes32 digest, uint256 activeAt) {
        if (index >= length) revert PostUnknown(index, length);
        Post memory found = _posts[index];
        return (found.root, found.digest, _timeOf(index));
    }

    /// @notice What the next post has to name as its parent.
    function head() external view returns (bytes32) {
        return length == 0 ? bytes32(0) : _posts[length - 1].digest;
    }

    function _timeOf(uint256 index) private view returns (uint256) {
        return (_times[index / LANES] >> (LANE_BITS * (index % LANES))) & (2 ** LANE_BITS - 1);
    }

    function _setRegistrar(address registrar_) private {
        registrar = registrar_;
        emit RoleSet("registrar", registrar_);
    }
}
