// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "./IStatementVerifier.sol";
import {TestChains} from "./TestChains.sol";

/// @title A verifying key that is the code of a contract
/// @notice The contract holds data and cannot run: its first byte is STOP.
/// @dev 0x00 | 1 byte, 1 if insecure | 32 bytes, the statement's id | the words of the key.
library KeyCode {
    /// @notice Bytes before the words.
    uint256 internal constant HEADER_BYTES = 34;

    /// @notice Reverts unless the code is the pinned one and begins as a key of the statement does. How long it is, is not
    /// looked at. For constructors.
    /// @param key The contract that holds the key
    /// @param codeHash keccak256 of its code, known from elsewhere than the chain
    /// @param statement The id of the statement: its digest has to be the key's
    /// @return id keccak256 of the statement's id
    /// @return insecure Whether one machine made the key
    function header(address key, bytes32 codeHash, string memory statement)
        internal
        view
        returns (bytes32 id, bool insecure)
    {
        requirePinned(key, codeHash);
        uint256 size = key.code.length;
        bytes memory start = new bytes(HEADER_BYTES);
        assembly ("memory-safe") {
            // The header, and the statement's id within it, which starts at the third byte.
            extcodecopy(key, add(start, 32), 0, HEADER_BYTES)
            id := mload(add(start, 34))
        }
        if (start[0] != 0 || uint8(start[1]) > 1) revert IStatementVerifier.KeyCodeMalformed(size);
        insecure = start[1] != 0;
        if (insecure && !TestChains.isHere()) revert IStatementVerifier.InsecureKey(block.chainid);
        if (keccak256(bytes(statement)) != id) revert IStatementVerifier.KeyCodeMalformed(size);
    }

    /// @notice Reverts unless the code is still the pinned one.
    function requirePinned(address key, bytes32 codeHash) internal view {
        bytes32 came = key.codehash;
        if (came != codeHash) revert IStatementVerifier.KeyCodeHash(codeHash, came);
    }

    /// @notice Copies the words of a key to memory, and returns where they start.
    function load(address key, uint256 size) internal view returns (uint256 words) {
        assembly ("memory-safe") {
            // Allocated, as what follows uses free memory.
            words := mload(0x40)
            extcodecopy(key, words, HEADER_BYTES, size)
            mstore(0x40, add(words, size))
        }
    }

    /// @notice keccak256 of the statement's id, the flag as a word, and the words of the key: what KEY_ID is.
    function digest(uint256 words, uint256 size, bytes32 id, bool insecure) internal pure returns (bytes32 keyId) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, id)
            mstore(add(buffer, 32), insecure)
            mcopy(add(buffer, 64), words, size)
            keyId := keccak256(buffer, add(64, size))
        }
    }

    /// @notice keccak256 of what stands before the second slash of a statement's id, or of the whole where there is none.
    function family(bytes memory statement) internal pure returns (bytes32 hash) {
        uint256 slashes = 0;
        uint256 length = 0;
        for (; length < statement.length; length++) {
            if (statement[length] == "/") slashes++;
            if (slashes == 2) break;
        }
        assembly ("memory-safe") {
            // The bytes of the text, as far as they are name and version.
            hash := keccak256(add(statement, 32), length)
        }
    }
}
