// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Groth16} from "./Groth16.sol";
import {IStatementVerifier} from "./IStatementVerifier.sol";
import {TestChains} from "./TestChains.sol";

/// @title A Groth16 verifier of any statement, whose key is the code of another contract
/// @notice One audited bytecode for every statement: the key is a contract that holds data and cannot run, because its
/// first byte is STOP. Its address and code hash are pinned at construction.
/// @dev Code of a key: 0x00 | 1 byte, 1 if insecure | 32 bytes, the statement's id | the words of the key (see Groth16).
contract KeyedGroth16Verifier is IStatementVerifier {
    /// Bytes of a key's code before its words.
    uint256 private constant HEADER_BYTES = 34;

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

    /// @param key The contract that holds the key
    /// @param codeHash keccak256 of its code, known from elsewhere than the chain
    /// @param statement The id of the statement, such as `aggregate/v2/64x32x3`: its digest has to be the key's
    constructor(address key, bytes32 codeHash, string memory statement) {
        if (key.codehash != codeHash) revert KeyCodeHash(codeHash, key.codehash);
        uint256 size = key.code.length;
        uint256 least = HEADER_BYTES + 32 * Groth16.KEY_WORDS;
        if (size < least || (size - least) % 64 != 0) revert KeyCodeMalformed(size);
        uint256 count = (size - least) / 64;

        bytes memory header = new bytes(HEADER_BYTES);
        bytes32 id;
        assembly ("memory-safe") {
            // The header, and the statement's id within it, which starts at the third byte.
            extcodecopy(key, add(header, 32), 0, HEADER_BYTES)
            id := mload(add(header, 34))
        }
        if (header[0] != 0 || uint8(header[1]) > 1) revert KeyCodeMalformed(size);
        bool insecure = header[1] != 0;
        if (insecure && !TestChains.isHere()) revert InsecureKey(block.chainid);
        if (keccak256(bytes(statement)) != id) revert KeyCodeMalformed(size);

        KEY = key;
        KEY_CODE_HASH = codeHash;
        INSECURE = insecure;
        STATEMENT_ID = id;
        FAMILY = _family(bytes(statement));
        INPUTS = count;
        uint256 words = _load(key, count);
        Groth16.requireSound(words, count);
        KEY_ID = Groth16.digest(words, count, id, insecure);
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

    /// keccak256 of what stands before the second slash, or of the whole where there is none.
    function _family(bytes memory statement) private pure returns (bytes32 family) {
        uint256 slashes = 0;
        uint256 length = 0;
        for (; length < statement.length; length++) {
            if (statement[length] == "/") slashes++;
            if (slashes == 2) break;
        }
        assembly ("memory-safe") {
            // The bytes of the text, as far as they are name and version.
            family := keccak256(add(statement, 32), length)
        }
    }

    /// The key in memory, if its code is still the pinned one.
    function _key() private view returns (uint256) {
        bytes32 codeHash = KEY.codehash;
        if (codeHash != KEY_CODE_HASH) revert KeyCodeHash(KEY_CODE_HASH, codeHash);
        return _load(KEY, INPUTS);
    }

    /// Copies the words of a key to memory, and returns where they start.
    function _load(address key, uint256 count) private view returns (uint256 words) {
        uint256 size = 32 * (Groth16.KEY_WORDS + 2 * count);
        assembly ("memory-safe") {
            // Allocated, as what follows uses free memory.
            words := mload(0x40)
            extcodecopy(key, words, HEADER_BYTES, size)
            mstore(0x40, add(words, size))
        }
    }
}
