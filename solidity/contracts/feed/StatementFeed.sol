// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {TestChains} from "../core/TestChains.sol";
import {AggregateV2Inputs} from "../generated/AggregateV2.sol";
import {Policy, PolicyId} from "../generated/Policy.sol";
import {Guarded} from "./Guarded.sol";
import {IAggregateFeed} from "./IAggregateFeed.sol";
import {SensorRegistry} from "./SensorRegistry.sol";
import {VerifierRouter} from "./VerifierRouter.sol";

/// @notice What a feed is made with, beside its policy.
struct FeedSetup {
    VerifierRouter router;
    SensorRegistry registry;
    /// Who names aggregators; meant to be a timelock.
    address owner;
    /// Who may pause, and declare an epoch void before it is final.
    address guardian;
    /// How long after an epoch's end proofs are accepted, in milliseconds: 1 to the epoch's length.
    uint64 windowMs;
    /// Least devices of what is counted, at least k.
    uint32 minCount;
    /// Positions of a chunk, as a power of two: 6, 9, .. 21; the levels of the statement's shape, three each.
    uint8 chunkBits;
    /// Decimals of the schema's fixed point.
    uint8 decimals;
}

/// @title What feeds have in common, whatever statement they count
/// @notice Takes one proven statistic for each chunk of the registry in each epoch, from authorised aggregators, while the epoch's
/// window is open. One of at least k more devices takes the place of another, so nobody shuts others out by being first with
/// few. Nothing is the answer before the window has shut. See `IAggregateFeed` for what is read, and what a reader has to know.
/// @dev Immutable: another policy is another feed. Nobody can change an epoch that is final. What a statement says comes in as an
/// aggregate's numbers, and how many devices it is of beside them: of an aggregate that is its count.
abstract contract StatementFeed is IAggregateFeed, Guarded {
    /// What `submit` reads and writes first; one word. Epochs are stored plus one, and 0 is none.
    struct State {
        uint40 last;
        uint40 previous;
        bool paused;
        uint8 chunkBits;
        uint8 nextChunkBits;
        uint32 nextFrom;
    }

    /// An epoch; one word. `before` is the epoch with data before it, plus one.
    struct Stored {
        int96 sum;
        uint32 count;
        uint24 chunks;
        uint40 updatedAt;
        uint40 before;
        bool voided;
        /// Whether the registry is one chunk in this epoch.
        bool whole;
    }

    /// The epochs that an aggregator may submit for.
    struct Grant {
        uint32 from;
        uint32 until;
    }

    /// Positions of the registry, as a power of two: one chunk.
    uint8 private constant WHOLE = 21;
    /// Chunks in a word of storage, bits of one, of its count, and what is added to its sum.
    uint256 private constant LANES = 3;
    uint256 private constant LANE_BITS = 83;
    uint256 private constant COUNT_BITS = 21;
    int256 private constant SUM_OFFSET = 2 ** 61;

    /// @notice Which key ids count, and what verifies them.
    VerifierRouter public immutable ROUTER;
    /// @notice Which devices are there.
    SensorRegistry public immutable REGISTRY;
    /// @inheritdoc IAggregateFeed
    uint256 public immutable override POLICY_ID;
    /// @inheritdoc IAggregateFeed
    uint256 public immutable override ORIGIN;
    /// @inheritdoc IAggregateFeed
    uint256 public immutable override LENGTH;
    /// @inheritdoc IAggregateFeed
    uint256 public immutable override WINDOW;
    /// @inheritdoc IAggregateFeed
    uint32 public immutable override MIN_COUNT;
    /// @inheritdoc IAggregateFeed
    int64 public immutable override LOW;
    /// @inheritdoc IAggregateFeed
    uint8 public immutable override OUTPUTS;
    /// @inheritdoc IAggregateFeed
    uint8 public immutable override decimals;
    uint24 internal immutable K;

    /// @inheritdoc IAggregateFeed
    string public override description;

    State internal _state;
    Policy private _policy;
    mapping(uint32 epoch => Stored) private _rounds;
    mapping(uint32 epoch => Extras) private _extras;
    /// Sum, offset, and count of each chunk, three to a word, by epoch and chunk / 3; not where the registry is one chunk.
    mapping(uint256 place => uint256 lanes) private _chunks;
    mapping(address aggregator => Grant) private _grants;

    /// @notice There is no contract at the router's address.
    error RouterMissing(address router);
    /// @notice The registry's DELAY, in seconds, is shorter than an epoch: keys enrolled in it could sign backdated readings.
    error DelayShort(uint256 least, uint256 came);
    /// @notice A window is from 1 to `most` milliseconds long.
    error WindowOther(uint256 most, uint256 came);
    /// @notice Fewer than the policy's k would never be proven.
    error MinCountOther(uint32 least, uint32 came);
    /// @notice Chunks have 2^6, 2^9, .. or 2^21 positions, and 2^21 where the policy asks for more than sum and count.
    error ChunkBitsOther(uint8 came);
    /// @notice What counts for an epoch is decided before it begins: `least` is the first epoch that this can be decided for.
    error TooLate(uint32 least, uint32 came);
    /// @notice A change of chunks from this epoch on was announced, and has to come first.
    error ChunkBitsPending(uint32 fromEpoch);
    /// @notice Only an epoch that has begun and is not final can be declared void, once.
    error NotVoidable(uint32 epoch);

    constructor(FeedSetup memory setup, Policy memory policy_, string memory description_)
        Guarded(setup.owner, setup.guardian)
    {
        if (address(setup.router).code.length == 0) revert RouterMissing(address(setup.router));
        _policy = policy_;
        POLICY_ID = PolicyId.idOf(_policy);
        uint256 delay = setup.registry.DELAY();
        uint256 least = (uint256(policy_.epochLengthMs) + 999) / 1000;
        if (delay < least && !TestChains.isHere()) revert DelayShort(least, delay);
        if (setup.windowMs == 0 || setup.windowMs > policy_.epochLengthMs) {
            revert WindowOther(policy_.epochLengthMs, setup.windowMs);
        }
        if (setup.minCount < policy_.k) revert MinCountOther(policy_.k, setup.minCount);
        (ROUTER, REGISTRY) = (setup.router, setup.registry);
        (ORIGIN, LENGTH, WINDOW) = (policy_.epochOriginUnixMs, policy_.epochLengthMs, setup.windowMs);
        (MIN_COUNT, K, LOW, OUTPUTS) = (setup.minCount, policy_.k, policy_.low, policy_.outputs);
        decimals = setup.decimals;
        description = description_;
        _requireChunkBits(setup.chunkBits, policy_.outputs);
        _state.chunkBits = setup.chunkBits;
        _state.nextChunkBits = setup.chunkBits;
        emit ChunkBitsSet(setup.chunkBits, 0);
    }

    /// @notice Authorises an aggregator for epochs from `from` on, below `until`; for none, if they are equal.
    /// @dev What it may submit for an epoch that has begun can be taken from it, and not given to it.
    function setAggregator(address aggregator, uint32 from, uint32 until) external onlyOwner {
        uint256 begun = _begun();
        Grant memory old = _grants[aggregator];
        uint256 upTo = until < begun ? until : begun;
        if (from < upTo && (from < old.from || upTo > old.until)) revert TooLate(uint32(begun), from);
        _grants[aggregator] = Grant(from, until);
        emit AggregatorSet(aggregator, from, until);
    }

    /// @notice Sets the positions of a chunk from an epoch on that is at least the next but one.
    function setChunkBits(uint8 bits, uint32 fromEpoch) external onlyOwner {
        _requireChunkBits(bits, OUTPUTS);
        uint256 begun = _begun();
        if (fromEpoch <= begun) revert TooLate(uint32(begun + 1), fromEpoch);
        State memory state = _state;
        // What is announced is in force for the epoch that may be open, or begins late enough to be replaced.
        if (uint256(state.nextFrom) + 2 <= begun) {
            state.chunkBits = state.nextChunkBits;
        } else if (state.nextFrom <= begun && state.nextChunkBits != state.chunkBits) {
            revert ChunkBitsPending(state.nextFrom);
        }
        (state.nextChunkBits, state.nextFrom) = (bits, fromEpoch);
        _state = state;
        emit ChunkBitsSet(bits, fromEpoch);
    }

    /// @notice Stops what comes in. What is there can be read on.
    function pause() external onlyGuardian {
        _state.paused = true;
        emit Paused();
    }

    /// @notice Accepts again what comes in.
    function unpause() external onlyOwner {
        _state.paused = false;
        emit Unpaused();
    }

    /// @notice Declares an epoch void that has begun and is not final: nothing comes in for it any more, and it answers nothing.
    function void(uint32 epoch, string calldata reason) external onlyGuardian {
        Stored memory stored = _rounds[epoch];
        if (epoch >= _begun() || isFinal(epoch) || stored.voided) revert NotVoidable(epoch);
        _rounds[epoch].voided = true;
        // One epoch is open at most, so what came in for it came in last.
        if (stored.count != 0) {
            State memory state = _state;
            state.last = state.previous;
            state.previous = state.last == 0 ? 0 : _rounds[uint32(state.last - 1)].before;
            _state = state;
        }
        emit EpochVoided(epoch, reason);
    }

    /// @inheritdoc IAggregateFeed
    function policy() external view override returns (Policy memory) {
        return _policy;
    }

    /// @notice Whether nothing is accepted for now.
    function paused() external view returns (bool) {
        return _state.paused;
    }

    /// @notice The epochs that an aggregator is authorised for: from `from` on, below `until`.
    function aggregatorOf(address aggregator) external view returns (uint32 from, uint32 until) {
        Grant memory grant = _grants[aggregator];
        return (grant.from, grant.until);
    }

    /// @notice Positions of a chunk, as a power of two, in an epoch that may be open or is ahead; of earlier ones it is not kept.
    function chunkBitsOf(uint32 epoch) external view returns (uint8) {
        return _chunkBits(_state, epoch);
    }

    /// @notice Sum and count that are stored for a chunk; both are 0 if nothing came in. Not the answer while the epoch is open.
    function chunk(uint32 epoch, uint32 index) external view returns (int256 sum, uint32 count) {
        Stored memory stored = _rounds[epoch];
        if (stored.whole) return index == 0 ? (int256(stored.sum), stored.count) : (int256(0), 0);
        return _laneOf(_chunks[_place(epoch, index)], index);
    }

    /// @inheritdoc IAggregateFeed
    function finalAt(uint32 epoch) external view override returns (uint256) {
        return (_shut(epoch) + 999) / 1000;
    }

    /// @inheritdoc IAggregateFeed
    function isFinal(uint32 epoch) public view override returns (bool) {
        return 1000 * block.timestamp >= _shut(epoch);
    }

    /// @inheritdoc IAggregateFeed
    function round(uint32 epoch) public view override returns (Round memory) {
        Stored memory s = _rounds[epoch];
        return Round(s.sum, s.count, s.chunks, s.updatedAt, isFinal(epoch), s.voided);
    }

    /// @inheritdoc IAggregateFeed
    function finalRound(uint32 epoch) public view override returns (Round memory found) {
        found = round(epoch);
        if (!found.isFinal) revert NotFinal(epoch, (_shut(epoch) + 999) / 1000);
        if (found.voided) revert EpochIsVoid(epoch);
        if (found.count == 0) revert NoData();
    }

    /// @inheritdoc IAggregateFeed
    function latest() external view override returns (uint32 epoch, Round memory) {
        State memory state = _state;
        uint40 link = state.last;
        if (link != 0 && !isFinal(uint32(link - 1))) link = state.previous;
        if (link == 0) revert NoData();
        epoch = uint32(link - 1);
        return (epoch, finalRound(epoch));
    }

    /// @inheritdoc IAggregateFeed
    function previous(uint32 epoch) external view override returns (uint32) {
        finalRound(epoch);
        uint40 before = _rounds[epoch].before;
        if (before == 0) revert NoData();
        return uint32(before - 1);
    }

    /// @inheritdoc IAggregateFeed
    function extras(uint32 epoch) external view override returns (Extras memory) {
        finalRound(epoch);
        return _extras[epoch];
    }

    /// @inheritdoc IAggregateFeed
    function isMeanAbove(uint32 epoch, int64 threshold) external view override returns (bool) {
        Round memory found = finalRound(epoch);
        return int256(found.sum) > int256(threshold) * int256(uint256(found.count));
    }

    /// That what is of the epoch is accepted from the aggregator now; the epoch's chunk bits, and its end.
    function _requireOpen(State memory state, uint32 epoch, address aggregator)
        internal
        view
        returns (uint8 bits, uint256 end)
    {
        if (state.paused) revert FeedPaused();
        end = _end(epoch);
        uint256 now_ = 1000 * block.timestamp;
        if (now_ < end || now_ >= end + WINDOW) revert WindowShut(end, end + WINDOW);
        Grant memory grant = _grants[aggregator];
        if (epoch < grant.from || epoch >= grant.until) revert AggregatorUnknown(aggregator, epoch);
        bits = _chunkBits(state, epoch);
    }

    /// That this feed counts it.
    function _requireClaim(AggregateV2Inputs memory inputs, uint32 devices, uint8 bits) internal view {
        if (inputs.policyId != POLICY_ID) revert PolicyOther(POLICY_ID, inputs.policyId);
        _requireChunk(bits, inputs.chunkBits, inputs.chunk);
        if (devices < MIN_COUNT) revert TooFew(MIN_COUNT, devices);
    }

    /// That there is such a chunk where chunks have 2^bits positions.
    function _requireChunk(uint8 bits, uint8 came, uint32 index) internal pure {
        if (came != bits || index >= 2 ** (WHOLE - bits)) revert ChunkOther(bits, came, index);
    }

    function _requireRoot(AggregateV2Inputs memory inputs, uint256 root) internal pure {
        if (inputs.registryRoot != root) revert RootOther(root, inputs.registryRoot);
    }

    /// That what comes in may take the place of what there is of its chunk, and whatever the statement keeps beside it.
    /// @param values How many values are counted in what there is; 0 if nothing is
    function _replace(AggregateV2Inputs memory inputs, uint32 devices, uint32 values) internal virtual;

    /// Stores it in place of what there is of its chunk; how many values that was of. Whether fields fit their widths the
    /// verification says, which comes after: if one does not, nothing of this stays; if all do, nothing here overflows.
    function _count(State memory state, AggregateV2Inputs memory inputs, uint32 devices, uint8 bits)
        internal
        returns (uint32 oldCount)
    {
        Stored memory stored = _rounds[inputs.epoch];
        if (stored.voided) revert EpochIsVoid(inputs.epoch);
        int256 oldSum = stored.sum;
        oldCount = stored.count;
        uint256 place = _place(inputs.epoch, inputs.chunk);
        uint256 lanes = 0;
        if (bits != WHOLE) {
            lanes = _chunks[place];
            (oldSum, oldCount) = _laneOf(lanes, inputs.chunk);
        }
        _replace(inputs, devices, oldCount);
        if (stored.count == 0) {
            stored.before = state.last;
            (state.previous, state.last) = (state.last, uint40(inputs.epoch) + 1);
            _state = state;
        }
        unchecked {
            if (oldCount == 0) stored.chunks++;
            stored.sum = int96(stored.sum + inputs.sum - oldSum);
            stored.count = stored.count + inputs.count - oldCount;
        }
        stored.updatedAt = uint40(block.timestamp);
        stored.whole = bits == WHOLE;
        _rounds[inputs.epoch] = stored;
        if (bits != WHOLE) _chunks[place] = _withLane(lanes, inputs);
        if (OUTPUTS != 0) {
            _extras[inputs.epoch] = Extras(inputs.sumOfSquares, uint40(inputs.minimum), uint40(inputs.maximum));
        }
    }

    function _emitAggregated(AggregateV2Inputs memory inputs, bytes32 keyId, address aggregator, uint32 replaced)
        internal
    {
        emit Aggregated(
            inputs.epoch,
            inputs.chunk,
            aggregator,
            keyId,
            inputs.count,
            inputs.sum,
            inputs.sumOfSquares,
            inputs.minimum,
            inputs.maximum,
            replaced
        );
    }

    /// The registry's root at the end of an epoch.
    function _root(uint256 end, uint256 rootIndex) internal view returns (uint256) {
        return REGISTRY.rootAt(end, rootIndex);
    }

    /// The first millisecond after the epoch.
    function _end(uint32 epoch) internal view returns (uint256) {
        return ORIGIN + (uint256(epoch) + 1) * LENGTH;
    }

    /// The first millisecond at which nothing is accepted for the epoch any more.
    function _shut(uint32 epoch) private view returns (uint256) {
        return _end(epoch) + WINDOW;
    }

    /// How many epochs have begun: the number of the first one that has not.
    function _begun() private view returns (uint256) {
        uint256 now_ = 1000 * block.timestamp;
        return now_ < ORIGIN ? 0 : (now_ - ORIGIN) / LENGTH + 1;
    }

    function _chunkBits(State memory state, uint32 epoch) private pure returns (uint8) {
        return epoch < state.nextFrom ? state.chunkBits : state.nextChunkBits;
    }

    /// Where the chunk is stored: one number for each epoch and three chunks.
    function _place(uint32 epoch, uint32 index) private pure returns (uint256) {
        return (uint256(epoch) << 32) | (index / LANES);
    }

    function _laneOf(uint256 lanes, uint32 index) private pure returns (int256 sum, uint32 count) {
        uint256 lane = (lanes >> (LANE_BITS * (index % LANES))) & (2 ** LANE_BITS - 1);
        count = uint32(lane & (2 ** COUNT_BITS - 1));
        sum = count == 0 ? int256(0) : int256(lane >> COUNT_BITS) - SUM_OFFSET;
    }

    function _withLane(uint256 lanes, AggregateV2Inputs memory inputs) private pure returns (uint256) {
        uint256 shift = LANE_BITS * (inputs.chunk % LANES);
        uint256 lane = (uint256(int256(inputs.sum) + SUM_OFFSET) << COUNT_BITS) | inputs.count;
        return (lanes & ~((2 ** LANE_BITS - 1) << shift)) | (lane << shift);
    }

    function _requireChunkBits(uint8 bits, uint8 outputs) private pure {
        if (bits < 6 || bits > WHOLE || bits % 3 != 0 || (outputs != 0 && bits != WHOLE)) revert ChunkBitsOther(bits);
    }
}
