// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AggregateV2, AggregateV2Inputs} from "../generated/AggregateV2.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";

/// @title Takes each aggregate of one policy once, and credits who it was proven for
/// @dev An example: who publishes roots, and what a credit is worth, is for the project to decide.
contract AggregateConsumer {
    /// @notice The verifier.
    IStatementVerifier public immutable VERIFIER;
    /// @notice The one policy whose aggregates count.
    uint256 public immutable POLICY_ID;
    /// @notice Width of a chunk of the registry. With one width, chunks do not overlap.
    uint8 public immutable CHUNK_BITS;
    /// @notice Least readings of an aggregate, whatever the policy allows.
    uint32 public immutable MIN_COUNT;
    /// @notice Who publishes the registry's roots.
    address public immutable REGISTRAR;

    /// @notice The root at the end of an epoch; 0 before it is published.
    mapping(uint32 epoch => uint256 root) public rootOf;
    /// @notice What was counted.
    mapping(uint32 epoch => mapping(uint32 chunk => bool counted)) public isCounted;
    /// @notice Readings by who they were credited to.
    mapping(address recipient => uint256 readings) public creditOf;

    /// @notice An aggregate was counted.
    event Aggregated(uint32 indexed epoch, uint32 indexed chunk, address indexed recipient, uint32 count, int64 sum);

    /// @notice The verifier has another key.
    error OtherKey(bytes32 wanted, bytes32 came);
    /// @notice Only the registrar publishes roots, once for each epoch, and none of them is 0.
    error RootRefused(uint32 epoch);
    /// @notice The aggregate is of another policy.
    error OtherPolicy(uint256 wanted, uint256 came);
    /// @notice The aggregate was proven against another registry, or there is no root of its epoch yet.
    error OtherRoot(uint256 wanted, uint256 came);
    /// @notice Chunks of another width would overlap with those that were counted.
    error OtherChunkBits(uint8 wanted, uint8 came);
    /// @notice The aggregate is of too few readings.
    error TooFew(uint32 wanted, uint32 came);
    /// @notice The chunk was counted in this epoch.
    error AlreadyCounted(uint32 epoch, uint32 chunk);

    /// @param verifier A verifier of aggregate/v2
    /// @param keyId Its KEY_ID, known from elsewhere than the chain
    constructor(IStatementVerifier verifier, bytes32 keyId, uint256 policyId, uint8 chunkBits, uint32 minCount) {
        if (verifier.KEY_ID() != keyId) revert OtherKey(keyId, verifier.KEY_ID());
        VERIFIER = verifier;
        POLICY_ID = policyId;
        CHUNK_BITS = chunkBits;
        MIN_COUNT = minCount;
        REGISTRAR = msg.sender;
    }

    /// @notice Publishes the registry's root at the end of an epoch. From then on the epoch can be counted.
    function publishRoot(uint32 epoch, uint256 root) external {
        if (msg.sender != REGISTRAR || root == 0 || rootOf[epoch] != 0) revert RootRefused(epoch);
        rootOf[epoch] = root;
    }

    /// @notice Counts an aggregate for `recipient`. Anybody may send it: the proof is bound to the recipient.
    function submit(bytes calldata proof, AggregateV2Inputs calldata inputs, address recipient) external {
        if (inputs.policyId != POLICY_ID) revert OtherPolicy(POLICY_ID, inputs.policyId);
        uint256 root = rootOf[inputs.epoch];
        if (root == 0 || inputs.registryRoot != root) revert OtherRoot(root, inputs.registryRoot);
        if (inputs.chunkBits != CHUNK_BITS) revert OtherChunkBits(CHUNK_BITS, inputs.chunkBits);
        if (inputs.count < MIN_COUNT) revert TooFew(MIN_COUNT, inputs.count);
        if (isCounted[inputs.epoch][inputs.chunk]) revert AlreadyCounted(inputs.epoch, inputs.chunk);
        isCounted[inputs.epoch][inputs.chunk] = true;
        creditOf[recipient] += inputs.count;

        // Computes the binding to this chain, this contract, the recipient and the statement; reverts unless the proof holds.
        AggregateV2.verify(VERIFIER, proof, inputs, recipient);

        emit Aggregated(inputs.epoch, inputs.chunk, recipient, inputs.count, inputs.sum);
    }
}
