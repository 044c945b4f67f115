// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AggregateV2Inputs} from "../generated/AggregateV2.sol";
import {SurveyV1, SurveyV1Inputs} from "../generated/SurveyV1.sol";
import {ISurveyFeed} from "./ISurveyFeed.sol";
import {FeedSetup, StatementFeed} from "./StatementFeed.sol";
import {SurveyPolicy, SurveyTerms} from "./SurveyPolicy.sol";

/// @title The surveys of one policy, epoch by epoch
/// @notice Takes one proven survey for each chunk of the registry in each epoch: a frame of samples a device. See `StatementFeed`, and
/// `ISurveyFeed` for what is counted.
contract SurveyFeed is StatementFeed, ISurveyFeed {
    /// Chunks in a word of storage, bits of one, and where the first word of an epoch has the devices of all.
    uint256 private constant DEVICE_LANES = 14;
    uint256 private constant DEVICE_BITS = 16;
    uint256 private constant TOTAL_SHIFT = DEVICE_LANES * DEVICE_BITS;

    /// Devices of each chunk, fourteen to a word, by epoch and chunk / 14; above them in an epoch's first word, all of its devices.
    mapping(uint256 place => uint256 lanes) private _devices;

    constructor(FeedSetup memory setup, SurveyTerms memory terms, string memory description_)
        StatementFeed(setup, SurveyPolicy.policyOf(terms, address(setup.registry)), description_)
    {}

    /// @notice Takes a survey. Anybody may send it; right and credit are the aggregator's, to whom the proof is bound.
    /// @param keyId The key that the proof is made with
    /// @param rootIndex Which of the registry's posts counts at the end of the epoch, as `findRoot` tells
    function submit(
        bytes32 keyId,
        bytes calldata proof,
        SurveyV1Inputs memory inputs,
        address aggregator,
        uint256 rootIndex
    ) external {
        State memory state = _state;
        (uint8 bits, uint256 end) = _requireOpen(state, inputs.epoch, aggregator);
        AggregateV2Inputs memory counted = _counted(inputs);
        _requireClaim(counted, inputs.devices, bits);
        _requireRoot(counted, _root(end, rootIndex));
        _emitAggregated(counted, keyId, aggregator, _count(state, counted, inputs.devices, bits));
        emit Surveyed(inputs.epoch, inputs.chunk, inputs.devices, inputs.leftOut);
        SurveyV1.verify(ROUTER.verifierOf(keyId, SurveyV1.FAMILY), proof, inputs, aggregator);
    }

    /// @notice Takes several surveys of one epoch, of different chunks in rising order: all or none, with one pairing.
    /// @param proofs 256 bytes for each, one after the other
    function submitBatch(
        bytes32 keyId,
        bytes calldata proofs,
        SurveyV1Inputs[] memory inputs,
        address aggregator,
        uint256 rootIndex
    ) external {
        if (inputs.length == 0) revert BatchOrder(0);
        State memory state = _state;
        (uint8 bits, uint256 end) = _requireOpen(state, inputs[0].epoch, aggregator);
        // One epoch is open, so one root counts.
        uint256 root = _root(end, rootIndex);
        for (uint256 i = 0; i < inputs.length; i++) {
            SurveyV1Inputs memory each = inputs[i];
            if (i > 0 && (each.epoch != inputs[0].epoch || each.chunk <= inputs[i - 1].chunk)) revert BatchOrder(i);
            AggregateV2Inputs memory counted = _counted(each);
            _requireClaim(counted, each.devices, bits);
            _requireRoot(counted, root);
            _emitAggregated(counted, keyId, aggregator, _count(state, counted, each.devices, bits));
            emit Surveyed(each.epoch, each.chunk, each.devices, each.leftOut);
        }
        SurveyV1.verifyBatch(ROUTER.verifierOf(keyId, SurveyV1.FAMILY), proofs, inputs, aggregator);
    }

    /// @inheritdoc ISurveyFeed
    function devices(uint32 epoch) external view override returns (uint32) {
        finalRound(epoch);
        return uint32(_devices[_word(epoch, 0)] >> TOTAL_SHIFT);
    }

    /// @inheritdoc ISurveyFeed
    function devicesOf(uint32 epoch, uint32 index) external view override returns (uint32) {
        return _deviceLane(_devices[_word(epoch, index)], index);
    }

    /// At least k more devices, or as many and at least k more samples. What is stored is never of more devices than this.
    function _replace(AggregateV2Inputs memory counted, uint32 came, uint32 values) internal override {
        uint256 word = _word(counted.epoch, counted.chunk);
        uint256 lanes = _devices[word];
        uint32 stored = _deviceLane(lanes, counted.chunk);
        if (came < stored + K && (came != stored || counted.count < values + K)) revert NotMore(stored, came);
        unchecked {
            uint256 more = uint256(came) - stored;
            lanes += more << (DEVICE_BITS * (counted.chunk % DEVICE_LANES));
            if (counted.chunk >= DEVICE_LANES) {
                _devices[word] = lanes;
                word = _word(counted.epoch, 0);
                lanes = _devices[word];
            }
            _devices[word] = lanes + (more << TOTAL_SHIFT);
        }
    }

    /// The numbers of a survey, as an aggregate has them.
    function _counted(SurveyV1Inputs memory inputs) private pure returns (AggregateV2Inputs memory counted) {
        (counted.registryRoot, counted.policyId, counted.epoch) = (inputs.registryRoot, inputs.policyId, inputs.epoch);
        (counted.chunkBits, counted.chunk) = (inputs.chunkBits, inputs.chunk);
        (counted.count, counted.sum, counted.sumOfSquares) = (inputs.counted, inputs.sum, inputs.sumOfSquares);
        (counted.minimum, counted.maximum) = (inputs.minimum, inputs.maximum);
    }

    /// Where a chunk's devices are stored: one number for each epoch and fourteen chunks.
    function _word(uint32 epoch, uint32 index) private pure returns (uint256) {
        return (uint256(epoch) << 32) | (index / DEVICE_LANES);
    }

    function _deviceLane(uint256 lanes, uint32 index) private pure returns (uint32) {
        return uint32((lanes >> (DEVICE_BITS * (index % DEVICE_LANES))) & (2 ** DEVICE_BITS - 1));
    }
}
