// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement histogram/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.28;

import {Groth16} from "../core/Groth16.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";
import {KeyCode} from "../core/KeyCode.sol";

/// @title Groth16 verifier of the statement histogram/v1, of any shape
/// @notice Public inputs are packed and unpacked by the library HistogramV1.
/// @dev The key is given at construction and is part of the code from then on: no storage, no owner, no change.
contract HistogramV1Groth16Verifier is IStatementVerifier {
    /// @inheritdoc IStatementVerifier
    uint256 public constant override INPUTS = 4;
    /// @inheritdoc IStatementVerifier
    bytes32 public constant override FAMILY = keccak256("histogram/v1");

    /// @inheritdoc IStatementVerifier
    bool public immutable override INSECURE;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override STATEMENT_ID;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override KEY_ID;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override TRANSCRIPT;

    uint256 private immutable ALPHA_X;
    uint256 private immutable ALPHA_Y;
    uint256 private immutable MINUS_BETA_X1;
    uint256 private immutable MINUS_BETA_X0;
    uint256 private immutable MINUS_BETA_Y1;
    uint256 private immutable MINUS_BETA_Y0;
    uint256 private immutable MINUS_GAMMA_X1;
    uint256 private immutable MINUS_GAMMA_X0;
    uint256 private immutable MINUS_GAMMA_Y1;
    uint256 private immutable MINUS_GAMMA_Y0;
    uint256 private immutable MINUS_DELTA_X1;
    uint256 private immutable MINUS_DELTA_X0;
    uint256 private immutable MINUS_DELTA_Y1;
    uint256 private immutable MINUS_DELTA_Y0;
    uint256 private immutable IC0_X;
    uint256 private immutable IC0_Y;
    uint256 private immutable IC1_X;
    uint256 private immutable IC1_Y;
    uint256 private immutable IC2_X;
    uint256 private immutable IC2_Y;
    uint256 private immutable IC3_X;
    uint256 private immutable IC3_Y;
    uint256 private immutable IC4_X;
    uint256 private immutable IC4_Y;

    /// @param statement The id of the statement: `histogram/v1`, and its shape if it has one
    /// @param key The words of the key, beta, gamma and delta negated: alpha, -beta, -gamma, -delta, IC (see Groth16)
    /// @param origin 1 if one machine made the key; of a ceremony's key the digest of the transcript; else 0
    constructor(string memory statement, uint256[24] memory key, bytes32 origin) {
        (bool insecure, bytes32 transcript) = KeyCode.told(origin);
        if (!_names(bytes(statement))) revert StatementMismatch("histogram/v1", statement);
        uint256 words;
        assembly ("memory-safe") {
            // Where the key's words start.
            words := key
        }
        Groth16.requireSound(words, INPUTS);

        INSECURE = insecure;
        TRANSCRIPT = transcript;
        STATEMENT_ID = keccak256(bytes(statement));
        KEY_ID = Groth16.digest(words, INPUTS, STATEMENT_ID, origin);
        ALPHA_X = key[0];
        ALPHA_Y = key[1];
        MINUS_BETA_X1 = key[2];
        MINUS_BETA_X0 = key[3];
        MINUS_BETA_Y1 = key[4];
        MINUS_BETA_Y0 = key[5];
        MINUS_GAMMA_X1 = key[6];
        MINUS_GAMMA_X0 = key[7];
        MINUS_GAMMA_Y1 = key[8];
        MINUS_GAMMA_Y0 = key[9];
        MINUS_DELTA_X1 = key[10];
        MINUS_DELTA_X0 = key[11];
        MINUS_DELTA_Y1 = key[12];
        MINUS_DELTA_Y0 = key[13];
        IC0_X = key[14];
        IC0_Y = key[15];
        IC1_X = key[16];
        IC1_Y = key[17];
        IC2_X = key[18];
        IC2_Y = key[19];
        IC3_X = key[20];
        IC3_Y = key[21];
        IC4_X = key[22];
        IC4_Y = key[23];
        emit KeyPinned(statement, STATEMENT_ID, KEY_ID, insecure);
    }

    /// @inheritdoc IStatementVerifier
    function verify(bytes calldata proof, uint256[] calldata inputs) external view override {
        Groth16.verify(_key(), INPUTS, proof, inputs);
    }

    /// @inheritdoc IStatementVerifier
    function verifyBatch(bytes calldata proofs, uint256[] calldata inputs) external view override {
        Groth16.verifyBatch(_key(), KEY_ID, INPUTS, proofs, inputs);
    }

    /// Whether this is the id of the statement: its title, and nothing or a shape behind it.
    function _names(bytes memory statement) private pure returns (bool) {
        return bytes12(statement) == "histogram/v1" && (statement.length == 12 || statement[12] == "/");
    }

    /// Writes the key to memory, and returns where its words start.
    function _key() private view returns (uint256 words) {
        uint256[24] memory key;
        key[0] = ALPHA_X;
        key[1] = ALPHA_Y;
        key[2] = MINUS_BETA_X1;
        key[3] = MINUS_BETA_X0;
        key[4] = MINUS_BETA_Y1;
        key[5] = MINUS_BETA_Y0;
        key[6] = MINUS_GAMMA_X1;
        key[7] = MINUS_GAMMA_X0;
        key[8] = MINUS_GAMMA_Y1;
        key[9] = MINUS_GAMMA_Y0;
        key[10] = MINUS_DELTA_X1;
        key[11] = MINUS_DELTA_X0;
        key[12] = MINUS_DELTA_Y1;
        key[13] = MINUS_DELTA_Y0;
        key[14] = IC0_X;
        key[15] = IC0_Y;
        key[16] = IC1_X;
        key[17] = IC1_Y;
        key[18] = IC2_X;
        key[19] = IC2_Y;
        key[20] = IC3_X;
        key[21] = IC3_Y;
        key[22] = IC4_X;
        key[23] = IC4_Y;
        assembly ("memory-safe") {
            // Where the key's words start.
            words := key
        }
    }
}
