// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Groth16} from "./Groth16.sol";
import {IStatementVerifier} from "./IStatementVerifier.sol";
import {KeyCode} from "./KeyCode.sol";

/// @title A Groth16 verifier of any statement, whose key is the code of another contract
/// @notice One audited bytecode for every statement: the key is a contract that holds data and cannot run, because its
/// first byte is STOP. Its address and code hash are pinned at construction.
/// @dev Code of a key: see KeyCode; its words: see Groth16.
contract KeyedGroth16Verifier is IStatementVerifier {
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
    bytes32 public immutable override FAMILY;
    /// @inheritdoc IStatementVerifier
    uint256 public immutable override INPUTS;
    /// @inheritdoc IStatementVerifier
    bytes32 public immutable override TRANSCRIPT;

    /// @param key The contract that holds the key
    /// @param codeHash keccak256 of its code, known from elsewhere than the chain
    /// @param statement The id of the statement, such as `aggregate/v2/64x32x3`: its digest has to be the key's
    constructor(address key, bytes32 codeHash, string memory statement) {
        (bytes32 id, bytes32 origin, uint256 size) = KeyCode.header(key, codeHash, statement);
        (bool insecure, bytes32 transcript) = KeyCode.told(origin);
        uint256 least = 32 * Groth16.KEY_WORDS;
        if (size < least || (size - least) % 64 != 0) revert KeyCodeMalformed(key.code.length);
        uint256 count = (size - least) / 64;

        KEY = key;
        KEY_CODE_HASH = codeHash;
        INSECURE = insecure;
        TRANSCRIPT = transcript;
        STATEMENT_ID = id;
        FAMILY = KeyCode.family(bytes(statement));
        INPUTS = count;
        uint256 words = KeyCode.load(key, size);
        Groth16.requireSound(words, count);
        KEY_ID = Groth16.digest(words, count, id, origin);
        emit KeyPinned(statement, id, KEY_ID, insecure);
    }

    /// @inheritdoc IStatementVerifier
    function verify(bytes calldata proof, uint256[] calldata inputs) external view override {
        Groth16.verify(_key(), INPUTS, proof, inputs);
    }

    /// @inheritdoc IStatementVerifier
    function verifyBatch(bytes calldata proofs, uint256[] calldata inputs) external view override {
        Groth16.verifyBatch(_key(), KEY_ID, INPUTS, proofs, inputs);
    }

    /// The key in memory, if its code is still the pinned one.
    function _key() private view returns (uint256) {
        KeyCode.requirePinned(KEY, KEY_CODE_HASH);
        return KeyCode.load(KEY, _size(INPUTS));
    }

    /// Bytes of a key's words.
    function _size(uint256 count) private pure returns (uint256) {
        return 32 * (Groth16.KEY_WORDS + 2 * count);
    }
}
