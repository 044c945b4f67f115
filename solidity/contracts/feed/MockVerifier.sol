// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Field} from "../core/Field.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";
import {TestChains} from "../core/TestChains.sol";

/// @title A verifier that anybody can make proofs for: to try contracts out, without a prover
/// @notice It proves nothing, and says so: it can be deployed to test chains only, its `KEY_ID` is that of no key, and `INSECURE`
/// is set, which every contract that asks refuses elsewhere.
/// @dev A proof is what `proofFor` returns for the words: other words, or words that are bound to another contract or recipient,
/// are refused as the real verifier does, with the same errors in the same order. So a test that mixes them up fails here, too.
contract MockVerifier is IStatementVerifier {
    /// Bytes of a proof.
    uint256 private constant PROOF_BYTES = 256;

    /// @inheritdoc IStatementVerifier
    bool public constant override INSECURE = true;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override STATEMENT_ID;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override FAMILY;
    /// @inheritdoc IStatementVerifier
    uint256 public immutable override INPUTS;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override KEY_ID;
    /// @inheritdoc IStatementVerifier
    bytes32 public constant override TRANSCRIPT = 0;

    /// @notice This is no test chain.
    error MockOnRealChain(uint256 chainId);

    /// @param family Name and version: `aggregate/v2`
    /// @param shape The rest of the statement's id: `/64x32x3`; empty for a statement of one shape
    /// @param inputs Packed public inputs of the family
    constructor(string memory family, string memory shape, uint256 inputs) {
        if (!TestChains.isHere()) revert MockOnRealChain(block.chainid);
        FAMILY = keccak256(bytes(family));
        STATEMENT_ID = keccak256(bytes.concat(bytes(family), bytes(shape)));
        INPUTS = inputs;
        KEY_ID = keccak256(abi.encode("zksensor mock, no key", STATEMENT_ID));
    }

    /// @inheritdoc IStatementVerifier
    function verify(bytes calldata proof, uint256[] calldata inputs) external view override {
        if (proof.length != PROOF_BYTES) revert ProofLength(PROOF_BYTES, proof.length);
        if (inputs.length != INPUTS) revert InputCount(INPUTS, inputs.length);
        _requireCanonical(inputs);
        if (!_holds(proof, inputs)) revert ProofRejected();
    }

    /// @inheritdoc IStatementVerifier
    function verifyBatch(bytes calldata proofs, uint256[] calldata inputs) external view override {
        uint256 count = proofs.length / PROOF_BYTES;
        if (proofs.length % PROOF_BYTES != 0) revert ProofLength((count + 1) * PROOF_BYTES, proofs.length);
        if (count == 0) revert BatchEmpty();
        if (inputs.length != count * INPUTS) revert InputCount(count * INPUTS, inputs.length);
        _requireCanonical(inputs);
        for (uint256 i = 0; i < count; i++) {
            bytes calldata proof = proofs[i * PROOF_BYTES:(i + 1) * PROOF_BYTES];
            if (!_holds(proof, inputs[i * INPUTS:(i + 1) * INPUTS])) revert BatchRejected();
        }
    }

    /// @notice What passes for a proof of these words, here alone.
    function proofFor(uint256[] memory inputs) public view returns (bytes memory proof) {
        bytes32 digest = keccak256(abi.encode(KEY_ID, inputs));
        proof = new bytes(PROOF_BYTES);
        for (uint256 i = 0; i < 32; i++) {
            proof[i] = digest[i];
        }
    }

    function _holds(bytes calldata proof, uint256[] calldata inputs) private view returns (bool) {
        return keccak256(proof) == keccak256(proofFor(inputs));
    }

    function _requireCanonical(uint256[] calldata inputs) private pure {
        for (uint256 i = 0; i < inputs.length; i++) {
            if (inputs[i] >= Field.R) revert InputNotCanonical(i, inputs[i]);
        }
    }
}
