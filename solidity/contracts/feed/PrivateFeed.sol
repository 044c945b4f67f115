// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Field} from "../core/Field.sol";
import {AggregateV2Inputs} from "../generated/AggregateV2.sol";
import {PrivateSumV1, PrivateSumV1Inputs} from "../generated/PrivateSumV1.sol";
import {IBeacon} from "./IBeacon.sol";
import {IPrivateFeed} from "./IPrivateFeed.sol";
import {PrivatePolicy, PrivateTerms} from "./PrivatePolicy.sol";
import {FeedSetup, StatementFeed} from "./StatementFeed.sol";

/// @notice When seals end, and what is random then.
struct SealSetup {
    /// Where the beacon of a deadline comes from.
    IBeacon beacon;
    /// How long after an epoch's end seals are accepted, in milliseconds: 1 or more, and less than the window, in what is left of which the
    /// beacon is drawn and releases come in. Of blocks, that takes some minutes; what is shorter than a second may have no block in it.
    uint64 windowMs;
}

/// @title The private sums of one policy, epoch by epoch
/// @notice Takes one seal for each chunk of the registry in each epoch, and then one release: the proven sum whose noise was drawn from what
/// was sealed and the beacon of the deadline. See `StatementFeed`, and `IPrivateFeed` for what an epoch goes through.
/// @dev Nothing is replaced: of two releases of nearly the same data the noise would cancel out. In an epoch chunks have one width, so no
/// device is in two of them.
contract PrivateFeed is StatementFeed, IPrivateFeed {
    /// A seal, and who may open it.
    struct Sealing {
        uint256 id;
        address aggregator;
    }

    /// @inheritdoc IPrivateFeed
    IBeacon public immutable override BEACON;
    /// @inheritdoc IPrivateFeed
    uint256 public immutable override SEAL_WINDOW;
    /// @inheritdoc IPrivateFeed
    uint8 public immutable override SCALE_BITS;

    mapping(uint256 place => Sealing) private _seals;

    /// @notice There is no contract at the beacon's address.
    error BeaconMissing(address beacon);
    /// @notice Seals are accepted for 1 to `most` milliseconds, and releases for the rest of the window.
    error SealWindowOther(uint256 most, uint256 came);

    constructor(FeedSetup memory setup, SealSetup memory sealing, PrivateTerms memory terms, string memory description_)
        StatementFeed(setup, PrivatePolicy.policyOf(terms, address(setup.registry)), description_)
    {
        if (address(sealing.beacon).code.length == 0) revert BeaconMissing(address(sealing.beacon));
        if (sealing.windowMs == 0 || sealing.windowMs >= setup.windowMs) {
            revert SealWindowOther(setup.windowMs - 1, sealing.windowMs);
        }
        (BEACON, SEAL_WINDOW, SCALE_BITS) = (sealing.beacon, sealing.windowMs, terms.scaleBits);
    }

    /// @notice Seals data and secret of a chunk. The sender is the aggregator, who alone can open it.
    /// @param sealId The hash that `prove --seal-out` says
    function seal(uint32 epoch, uint32 index, uint256 sealId) external {
        (uint8 bits, uint256 end) = _requireOpen(_state, epoch, msg.sender);
        uint256 deadline = end + SEAL_WINDOW;
        if (1000 * block.timestamp >= deadline) revert SealShut(end, deadline);
        _requireChunk(bits, bits, index);
        if (sealId == 0 || sealId >= Field.R) revert SealOutOfRange(sealId);
        if (round(epoch).voided) revert EpochIsVoid(epoch);
        Sealing storage place = _seals[_sealPlace(epoch, index)];
        if (place.id != 0) revert IsSealed(place.id);
        (place.id, place.aggregator) = (sealId, msg.sender);
        emit Sealed(epoch, index, msg.sender, sealId);
    }

    /// @notice Takes the release of a chunk. Anybody may send it; right and credit are those of the aggregator who sealed, to whom the proof
    /// is bound.
    /// @param keyId The key that the proof is made with
    /// @param rootIndex Which of the registry's posts counts at the end of the epoch, as `findRoot` tells
    function submit(
        bytes32 keyId,
        bytes calldata proof,
        PrivateSumV1Inputs memory inputs,
        address aggregator,
        uint256 rootIndex
    ) external {
        State memory state = _state;
        (uint8 bits, uint256 end) = _requireOpen(state, inputs.epoch, aggregator);
        AggregateV2Inputs memory counted = _counted(inputs);
        _requireClaim(counted, inputs.count, bits);
        _requireRoot(counted, _root(end, rootIndex));
        _requireDrawn(inputs, aggregator, end + SEAL_WINDOW);
        _emitAggregated(counted, keyId, aggregator, _count(state, counted, inputs.count, bits));
        PrivateSumV1.verify(ROUTER.verifierOf(keyId, PrivateSumV1.FAMILY), proof, inputs, aggregator);
    }

    /// @inheritdoc IPrivateFeed
    function deadlineOf(uint32 epoch) external view override returns (uint256) {
        return _end(epoch) + SEAL_WINDOW;
    }

    /// @inheritdoc IPrivateFeed
    function sealOf(uint32 epoch, uint32 index) external view override returns (uint256 sealId, address aggregator) {
        Sealing memory found = _seals[_sealPlace(epoch, index)];
        return (found.id, found.aggregator);
    }

    /// That the noise is of what this aggregator sealed, and of what came after.
    function _requireDrawn(PrivateSumV1Inputs memory inputs, address aggregator, uint256 deadline) private view {
        if (1000 * block.timestamp < deadline) revert BeforeDeadline(deadline);
        Sealing memory found = _seals[_sealPlace(inputs.epoch, inputs.chunk)];
        if (found.id == 0 || inputs.seal != found.id) revert SealOther(found.id, inputs.seal);
        if (aggregator != found.aggregator) revert SealerOther(found.aggregator, aggregator);
        uint256 beacon = BEACON.beaconOf(deadline);
        if (inputs.beacon != beacon) revert BeaconOther(beacon, inputs.beacon);
    }

    /// One release is all.
    function _replace(AggregateV2Inputs memory counted, uint32, uint32 values) internal pure override {
        if (values != 0) revert IsReleased(counted.epoch, counted.chunk);
    }

    /// The numbers of a private sum, as an aggregate has them.
    function _counted(PrivateSumV1Inputs memory inputs) private pure returns (AggregateV2Inputs memory counted) {
        (counted.registryRoot, counted.policyId, counted.epoch) = (inputs.registryRoot, inputs.policyId, inputs.epoch);
        (counted.chunkBits, counted.chunk) = (inputs.chunkBits, inputs.chunk);
        (counted.count, counted.sum) = (inputs.count, inputs.sum);
    }

    /// Where a chunk's seal is stored.
    function _sealPlace(uint32 epoch, uint32 index) private pure returns (uint256) {
        return (uint256(epoch) << 32) | index;
    }
}
