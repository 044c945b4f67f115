// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ExactCalldata} from "../ExactCalldata.sol";
import {IStatementVerifier} from "../IStatementVerifier.sol";
import {KeyCode} from "../KeyCode.sol";
import {Halo2} from "./Halo2.sol";
import {Domain, Halo2Domain} from "./Halo2Domain.sol";
import {Halo2Layout} from "./Halo2Layout.sol";
import {load} from "./Scalar.sol";

/// @title A halo2 verifier of any statement, whose key is the code of another contract
/// @notice One audited bytecode for every statement and every shape: the key is a contract that holds data and cannot run.
/// Its address and code hash are pinned at construction. No ceremony of a statement stands behind a key: anybody makes the
/// same one of the parameters, and nobody has to be trusted but for those.
/// @dev Code of a key: see KeyCode; its words: see Halo2Layout.
contract KeyedHalo2Verifier is IStatementVerifier {
    /// The most public inputs: more would not fit a call.
    uint256 private constant MOST_INPUTS = 255;

    /// @notice Where the key is.
    address public immutable KEY;
    /// @notice keccak256 of the key's code.
    bytes32 public immutable KEY_CODE_HASH;
    /// @inheritdoc IStatementVerifier
    bool public immutable override INSECURE;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override STATEMENT_ID;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override KEY_ID;
    /// @inheritdoc IStatementVerifier
    bytes32 public constant override TRANSCRIPT = 0;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override FAMILY;
    /// @inheritdoc IStatementVerifier
    uint256 public immutable override INPUTS;

    /// The rows of the table (see Domain).
    uint256 private immutable _K;
    uint256 private immutable _OMEGA;
    uint256 private immutable _OMEGA_INVERSE;
    uint256 private immutable _SIZE_INVERSE;

    /// @param key The contract that holds the key
    /// @param codeHash keccak256 of its code, known from elsewhere than the chain
    /// @param statement The id of the statement, such as `reading/v2`: its digest has to be the key's
    constructor(address key, bytes32 codeHash, string memory statement) {
        (bytes32 id, bytes32 origin, uint256 size) = KeyCode.header(key, codeHash, statement);
        (bool insecure, bytes32 transcript) = KeyCode.told(origin);
        if (size != Halo2Layout.KEY_BYTES || transcript != 0) revert KeyCodeMalformed(key.code.length);
        uint256 words = KeyCode.load(key, Halo2Layout.KEY_BYTES);
        uint256 k = load(words + Halo2Layout.K_AT);
        uint256 inputs = load(words + Halo2Layout.INPUTS_AT);
        if (k < Halo2Layout.LEAST_K || k > Halo2Layout.MOST_K || inputs == 0 || inputs > MOST_INPUTS) {
            revert KeyCodeMalformed(key.code.length);
        }
        Halo2.requireSound(words);
        Domain memory domain = Halo2Domain.ofRows(k);

        KEY = key;
        KEY_CODE_HASH = codeHash;
        INSECURE = insecure;
        STATEMENT_ID = id;
        FAMILY = KeyCode.family(bytes(statement));
        INPUTS = inputs;
        KEY_ID = KeyCode.digest(words, Halo2Layout.KEY_BYTES, id, origin);
        _K = k;
        _OMEGA = domain.omega;
        _OMEGA_INVERSE = domain.omegaInverse;
        _SIZE_INVERSE = domain.sizeInverse;
        emit KeyPinned(statement, id, KEY_ID, insecure);
    }

    /// @inheritdoc IStatementVerifier
    function verify(bytes calldata proof, uint256[] calldata inputs) external view override {
        if (proof.length != Halo2Layout.PROOF_BYTES) revert ProofLength(Halo2Layout.PROOF_BYTES, proof.length);
        if (inputs.length != INPUTS) revert InputCount(INPUTS, inputs.length);
        ExactCalldata.requireExact(proof, inputs);
        ExactCalldata.requireCanonical(inputs);
        Halo2.verify(_key(), _domain(), proof, inputs);
    }

    /// @inheritdoc IStatementVerifier
    /// @dev One proof after the other: nothing is saved but the transactions. The error is that of the first that fails.
    function verifyBatch(bytes calldata proofs, uint256[] calldata inputs) external view override {
        uint256 count = proofs.length / Halo2Layout.PROOF_BYTES;
        if (proofs.length != count * Halo2Layout.PROOF_BYTES) {
            revert ProofLength((count + 1) * Halo2Layout.PROOF_BYTES, proofs.length);
        }
        if (count == 0) revert BatchEmpty();
        if (inputs.length != count * INPUTS) revert InputCount(count * INPUTS, inputs.length);
        ExactCalldata.requireExact(proofs, inputs);
        ExactCalldata.requireCanonical(inputs);
        uint256 key = _key();
        Domain memory domain = _domain();
        for (uint256 i = 0; i < count; i++) {
            bytes calldata proof = proofs[i * Halo2Layout.PROOF_BYTES:(i + 1) * Halo2Layout.PROOF_BYTES];
            Halo2.verify(key, domain, proof, inputs[i * INPUTS:(i + 1) * INPUTS]);
        }
    }

    /// The key in memory, if its code is still the pinned one.
    function _key() private view returns (uint256) {
        KeyCode.requirePinned(KEY, KEY_CODE_HASH);
        return KeyCode.load(KEY, Halo2Layout.KEY_BYTES);
    }

    function _domain() private view returns (Domain memory) {
        return Domain({k: _K, omega: _OMEGA, omegaInverse: _OMEGA_INVERSE, sizeInverse: _SIZE_INVERSE});
    }
}
