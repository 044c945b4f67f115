// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement {{ title }} by `{{ command }}`. Do not edit.
pragma solidity ^0.8.28;

import {Groth16} from "../core/Groth16.sol";
import {IStatementVerifier} from "../core/IStatementVerifier.sol";
import {KeyCode} from "../core/KeyCode.sol";

/// @title Groth16 verifier of the statement {{ title }}, of any shape
{%- if insecure %}
/// @notice INSECURE: one machine made the key that this contract was exported with, and whoever ran that setup can forge.
/// For development only: the constructor reverts on every chain but the test chains 80002, 31337, 1337 and 11155111.
{%- endif %}
/// @notice Public inputs are packed and unpacked by the library {{ library }}.
/// @dev The key is given at construction and is part of the code from then on: no storage, no owner, no change.
contract {{ contract }} is IStatementVerifier {
    /// @inheritdoc IStatementVerifier
    uint256 public constant override INPUTS = {{ words }};
    /// @inheritdoc IStatementVerifier
    bytes32 public constant override FAMILY = keccak256("{{ title }}");

    /// @inheritdoc IStatementVerifier
    bool public immutable override INSECURE;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override STATEMENT_ID;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override KEY_ID;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override TRANSCRIPT;
{% for name in key %}
    uint256 private immutable {{ name }};
{%- endfor %}

    /// @param statement The id of the statement: `{{ title }}`, and its shape if it has one
    /// @param key The words of the key, beta, gamma and delta negated: alpha, -beta, -gamma, -delta, IC (see Groth16)
    /// @param origin 1 if one machine made the key; of a ceremony's key the digest of the transcript; else 0
    constructor(string memory statement, uint256[{{ key.len() }}] memory key, bytes32 origin) {
        (bool insecure, bytes32 transcript) = KeyCode.told(origin);
        if (!_names(bytes(statement))) revert StatementMismatch("{{ title }}", statement);
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
{%- for name in key %}
        {{ name }} = key[{{ loop.index0 }}];
{%- endfor %}
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
        return bytes{{ title.len() }}(statement) == "{{ title }}" && (statement.length == {{ title.len() }} || statement[{{ title.len() }}] == "/");
    }

    /// Writes the key to memory, and returns where its words start.
    function _key() private view returns (uint256 words) {
        uint256[{{ key.len() }}] memory key;
{%- for name in key %}
        key[{{ loop.index0 }}] = {{ name }};
{%- endfor %}
        assembly ("memory-safe") {
            // Where the key's words start.
            words := key
        }
    }
}
