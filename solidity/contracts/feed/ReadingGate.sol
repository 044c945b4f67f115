// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Policy, PolicyId} from "../generated/Policy.sol";
import {ReadingV2, ReadingV2Inputs} from "../generated/ReadingV2.sol";
import {AggregatePolicy, PolicyTerms} from "./AggregatePolicy.sol";
import {SensorRegistry} from "./SensorRegistry.sol";
import {VerifierRouter} from "./VerifierRouter.sol";

/// @title Lets each device's reading through once an epoch
/// @notice Takes proofs that a device of the registry took a reading which obeys one policy. Which device is not told: its nullifier is
/// one for each device, policy and epoch, and counts once. The proof is bound to a recipient, so anybody may send it.
/// @dev Immutable, with no roles: what can be stopped is the key, in the router. The root is that at the epoch's *start*: a device that
/// was moved or given another secret in mid-epoch does not count twice.
contract ReadingGate {
    /// Family and version of the statement in a policy.
    uint8 private constant FAMILY_NUMBER = 2;
    uint16 private constant VERSION = 2;

    /// @notice Which key ids count, and what verifies them.
    VerifierRouter public immutable ROUTER;
    /// @notice Which devices are there.
    SensorRegistry public immutable REGISTRY;
    /// @notice The id of the one policy whose readings count.
    uint256 public immutable POLICY_ID;
    /// @notice Start of epoch 0, and length of an epoch, in milliseconds.
    uint256 public immutable ORIGIN;
    uint256 public immutable LENGTH;
    /// @notice How long after an epoch's end readings of it are accepted, in milliseconds.
    uint256 public immutable LAG;

    /// @notice Whether a reading with this nullifier was accepted.
    mapping(uint256 nullifier => bool) public isUsed;

    /// @notice A reading was accepted, for `recipient`'s credit. The commitment is to the signed message.
    event ReadingAccepted(
        uint256 indexed nullifier, uint256 commitment, uint32 indexed epoch, address indexed recipient
    );

    /// @notice There is no contract at the router's address.
    error RouterMissing(address router);
    /// @notice A reading is of one device, and nothing is published beside it: k is 1 and there are no outputs.
    error NotOfOneDevice(uint24 k, uint8 outputs);
    /// @notice The reading is of another policy.
    error PolicyOther(uint256 wanted, uint256 came);
    /// @notice Readings of the epoch are accepted from `start` on, before `shut`, in Unix milliseconds.
    error GateShut(uint256 start, uint256 shut);
    /// @notice Not the root that counts at the start of the epoch.
    error RootOther(uint256 wanted, uint256 came);
    /// @notice The device's reading of this epoch was accepted.
    error NullifierUsed(uint256 nullifier);

    constructor(VerifierRouter router, SensorRegistry registry, PolicyTerms memory terms, uint64 lagMs) {
        if (address(router).code.length == 0) revert RouterMissing(address(router));
        if (terms.k != 1 || terms.outputs != 0) revert NotOfOneDevice(terms.k, terms.outputs);
        Policy memory policy = AggregatePolicy.policyOf(terms, address(registry));
        (policy.family, policy.statementVersion) = (FAMILY_NUMBER, VERSION);
        POLICY_ID = PolicyId.idOf(policy);
        (ROUTER, REGISTRY, ORIGIN, LENGTH, LAG) = (router, registry, terms.originMs, terms.lengthMs, lagMs);
    }

    /// @notice Accepts a reading.
    /// @param rootIndex Which of the registry's posts counts at the start of the epoch, as `findRoot` tells
    function accept(
        bytes32 keyId,
        bytes calldata proof,
        ReadingV2Inputs calldata inputs,
        address recipient,
        uint256 rootIndex
    ) external {
        if (inputs.policyId != POLICY_ID) revert PolicyOther(POLICY_ID, inputs.policyId);
        uint256 start = ORIGIN + uint256(inputs.epoch) * LENGTH;
        uint256 shut = start + LENGTH + LAG;
        uint256 now_ = 1000 * block.timestamp;
        if (now_ < start || now_ >= shut) revert GateShut(start, shut);
        if (isUsed[inputs.nullifier]) revert NullifierUsed(inputs.nullifier);
        uint256 root = REGISTRY.rootAt(start, rootIndex);
        if (inputs.registryRoot != root) revert RootOther(root, inputs.registryRoot);
        isUsed[inputs.nullifier] = true;
        emit ReadingAccepted(inputs.nullifier, inputs.commitment, inputs.epoch, recipient);
        ReadingV2.verify(ROUTER.verifierOf(keyId, ReadingV2.FAMILY), proof, inputs, recipient);
    }
}
