// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../core/IStatementVerifier.sol";
import {TestChains} from "../core/TestChains.sol";
import {AggregateV2, AggregateV2Inputs} from "../generated/AggregateV2.sol";
import {HistogramV1} from "../generated/HistogramV1.sol";
import {PrivateSumV1} from "../generated/PrivateSumV1.sol";
import {ReadingV2} from "../generated/ReadingV2.sol";
import {SurveyV1, SurveyV1Inputs} from "../generated/SurveyV1.sol";
import {TrackV1} from "../generated/TrackV1.sol";
import {Guarded} from "./Guarded.sol";

/// @title From the id of a key to the verifier that has it
/// @notice One for a chain. A key is added once and can be frozen for ever; it is never replaced and never forgotten, so what a
/// key id stood for can be looked up as long as the chain lasts.
/// @dev What is trusted is the owner's look at a verifier before `add`: the code hash pins the contract's code with its immutables,
/// so the key, too, of a verifier that this project generates. A contract that delegates its calls must not be added: its hash
/// pins nothing.
contract VerifierRouter is Guarded {
    /// What `verifierOf` reads in one word.
    struct Route {
        IStatementVerifier verifier;
        bool frozen;
    }

    mapping(bytes32 keyId => Route) private _routes;

    /// @notice From now on `keyId` leads to `verifier`.
    event VerifierAdded(
        bytes32 indexed keyId, address indexed verifier, bytes32 statementId, bytes32 indexed family, bytes32 codeHash
    );
    /// @notice From now on nothing is verified with `keyId` by way of this contract.
    event VerifierFrozen(bytes32 indexed keyId, string reason);

    /// @notice The verifier's code is not the one that was looked at.
    error CodeOther(bytes32 wanted, bytes32 came);
    /// @notice One machine made the key: it has a place on test chains only (80002, 31337, 1337, 11155111), and this is none.
    error KeyInsecure(bytes32 keyId, uint256 chainId);
    /// @notice A key is added once.
    error KeyKnown(bytes32 keyId, address verifier);
    /// @notice No verifier was added for the key.
    error RouteUnknown(bytes32 keyId);
    /// @notice The key was frozen.
    error RouteFrozen(bytes32 keyId);
    /// @notice The key is of another family of statements: its public inputs mean something else.
    error RouteFamily(bytes32 wanted, bytes32 came);
    /// @notice The proof may be as true as it says: it names a registry, and devices if it counts some, or it is of a family of
    /// which this contract does not know what cannot be.
    error ProofPossible(bytes32 family);

    constructor(address owner_, address guardian_) Guarded(owner_, guardian_) {}

    /// @notice Adds the verifier under its own `KEY_ID`.
    /// @param codeHash Its `EXTCODEHASH`, known from elsewhere than the chain: `deployment.json` and `inspect` have it
    function add(IStatementVerifier verifier, bytes32 codeHash) external onlyOwner {
        if (address(verifier).codehash != codeHash) revert CodeOther(codeHash, address(verifier).codehash);
        bytes32 keyId = verifier.KEY_ID();
        if (verifier.INSECURE() && !TestChains.isHere()) revert KeyInsecure(keyId, block.chainid);
        address known = address(_routes[keyId].verifier);
        if (known != address(0)) revert KeyKnown(keyId, known);
        _routes[keyId].verifier = verifier;
        emit VerifierAdded(keyId, address(verifier), verifier.STATEMENT_ID(), verifier.FAMILY(), codeHash);
    }

    /// @notice Stops a key, for ever.
    function freeze(bytes32 keyId, string calldata reason) external onlyGuardianOrOwner {
        _freeze(keyId, reason);
    }

    /// @notice Stops a key for ever. Anybody may who has a proof of what no sound key proves: that devices are in the registry
    /// with the root 0, which is no digest that anybody knows the preimage of, or that an aggregate is of no device.
    /// @param words The packed public inputs of the proof
    function freezeByProof(bytes32 keyId, bytes calldata proof, uint256[] calldata words) external {
        IStatementVerifier verifier = _open(keyId);
        bytes32 family = verifier.FAMILY();
        if (!_isImpossible(family, words)) revert ProofPossible(family);
        verifier.verify(proof, words);
        _freeze(keyId, "proof of what cannot be");
    }

    /// @notice The verifier of a key, which is of this family and not frozen.
    /// @param family keccak256 of name and version, such as `aggregate/v2`
    function verifierOf(bytes32 keyId, bytes32 family) external view returns (IStatementVerifier verifier) {
        verifier = _open(keyId);
        bytes32 came = verifier.FAMILY();
        if (came != family) revert RouteFamily(family, came);
    }

    /// @notice What was added for a key, and whether it is frozen; 0 if it is unknown. For looking things up: who verifies asks
    /// `verifierOf`.
    function routeOf(bytes32 keyId) external view returns (address verifier, bool frozen) {
        Route memory route = _routes[keyId];
        return (address(route.verifier), route.frozen);
    }

    function _open(bytes32 keyId) private view returns (IStatementVerifier) {
        Route memory route = _routes[keyId];
        if (address(route.verifier) == address(0)) revert RouteUnknown(keyId);
        if (route.frozen) revert RouteFrozen(keyId);
        return route.verifier;
    }

    function _freeze(bytes32 keyId, string memory reason) private {
        _open(keyId);
        _routes[keyId].frozen = true;
        emit VerifierFrozen(keyId, reason);
    }

    /// Whether no witness has these inputs, whatever the policy. Words that are no inputs of the family are refused.
    function _isImpossible(bytes32 family, uint256[] memory words) private pure returns (bool) {
        if (family == AggregateV2.FAMILY) {
            (AggregateV2Inputs memory inputs,) = AggregateV2.unpack(words);
            return inputs.registryRoot == 0 || inputs.count == 0;
        }
        if (family == SurveyV1.FAMILY) {
            (SurveyV1Inputs memory inputs,) = SurveyV1.unpack(words);
            return inputs.registryRoot == 0 || inputs.devices == 0;
        }
        if (family == ReadingV2.FAMILY && words.length == ReadingV2.WORDS) return words[0] == 0;
        if (family == HistogramV1.FAMILY && words.length == HistogramV1.WORDS) return words[0] == 0;
        if (family == PrivateSumV1.FAMILY && words.length == PrivateSumV1.WORDS) return words[0] == 0;
        if (family == TrackV1.FAMILY && words.length == TrackV1.WORDS) return words[0] == 0;
        return false;
    }
}
