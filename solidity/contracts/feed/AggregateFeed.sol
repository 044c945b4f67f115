// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AggregateV2, AggregateV2Inputs} from "../generated/AggregateV2.sol";
import {AggregatePolicy, PolicyTerms} from "./AggregatePolicy.sol";
import {FeedSetup, StatementFeed} from "./StatementFeed.sol";

/// @title The aggregates of one policy, epoch by epoch
/// @notice Takes one proven aggregate for each chunk of the registry in each epoch: a reading a device. See `StatementFeed`.
contract AggregateFeed is StatementFeed {
    constructor(FeedSetup memory setup, PolicyTerms memory terms, string memory description_)
        StatementFeed(setup, AggregatePolicy.policyOf(terms, address(setup.registry)), description_)
    {}

    /// @notice Takes an aggregate. Anybody may send it; right and credit are the aggregator's, to whom the proof is bound.
    /// @param keyId The key that the proof is made with
    /// @param rootIndex Which of the registry's posts counts at the end of the epoch, as `findRoot` tells
    function submit(
        bytes32 keyId,
        bytes calldata proof,
        AggregateV2Inputs memory inputs,
        address aggregator,
        uint256 rootIndex
    ) external {
        State memory state = _state;
        (uint8 bits, uint256 end) = _requireOpen(state, inputs.epoch, aggregator);
        _requireClaim(inputs, inputs.count, bits);
        _requireRoot(inputs, _root(end, rootIndex));
        _emitAggregated(inputs, keyId, aggregator, _count(state, inputs, inputs.count, bits));
        AggregateV2.verify(ROUTER.verifierOf(keyId, AggregateV2.FAMILY), proof, inputs, aggregator);
    }

    /// @notice Takes several aggregates of one epoch, of different chunks in rising order: all or none, with one pairing.
    /// @param proofs 256 bytes for each, one after the other
    function submitBatch(
        bytes32 keyId,
        bytes calldata proofs,
        AggregateV2Inputs[] memory inputs,
        address aggregator,
        uint256 rootIndex
    ) external {
        if (inputs.length == 0) revert BatchOrder(0);
        State memory state = _state;
        (uint8 bits, uint256 end) = _requireOpen(state, inputs[0].epoch, aggregator);
        // One epoch is open, so one root counts.
        uint256 root = _root(end, rootIndex);
        for (uint256 i = 0; i < inputs.length; i++) {
            AggregateV2Inputs memory each = inputs[i];
            if (i > 0 && (each.epoch != inputs[0].epoch || each.chunk <= inputs[i - 1].chunk)) revert BatchOrder(i);
            _requireClaim(each, each.count, bits);
            _requireRoot(each, root);
            _emitAggregated(each, keyId, aggregator, _count(state, each, each.count, bits));
        }
        AggregateV2.verifyBatch(ROUTER.verifierOf(keyId, AggregateV2.FAMILY), proofs, inputs, aggregator);
    }

    /// At least k more readings: a difference of one would show one device's value.
    function _replace(AggregateV2Inputs memory inputs, uint32, uint32 values) internal view override {
        if (inputs.count < values + K) revert NotMore(values, inputs.count);
    }
}
