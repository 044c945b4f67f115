// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "./IStatementVerifier.sol";
import {TestChains} from "./TestChains.sol";

/// @title A verifying key that is the code of a contract
/// @notice The contract holds data and cannot run: its first byte is STOP.
/// @dev 0x00 | 1 byte, 1 if insecure, 2 if of a ceremony, else 0 | 32 bytes, the statement's id | the words of the key | of a
/// ceremony alone: 32 bytes, the digest of its transcript.
library KeyCode {
    /// @notice Bytes before the words.
    uint256 internal constant HEADER_BYTES = 34;

    /// The origin of a key that one machine made. That of a key which says nothing of itself is 0, and of a ceremony's key the
    /// digest of the transcript.
    uint256 private constant ONE_MACHINE = 1;

    /// @notice Reverts unless the code is the pinned one and begins as a key of the statement does. How many words it has is the
    /// caller's to check. For constructors.
    /// @param key The contract that holds the key
    /// @param codeHash keccak256 of its code, known from elsewhere than the chain
    /// @param statement The id of the statement: its digest has to be the key's
    /// @return id keccak256 of the statement's id
    /// @return origin Who made the key, as KEY_ID commits to it: see `told`
    /// @return size Bytes of the key's words
    function header(address key, bytes32 codeHash, string memory statement)
        internal
        view
        returns (bytes32 id, bytes32 origin, uint256 size)
    {
        requirePinned(key, codeHash);
        uint256 whole = key.code.length;
        bytes memory start = new bytes(HEADER_BYTES);
        assembly ("memory-safe") {
            // The header, and the statement's id within it, which starts at the third byte.
            extcodecopy(key, add(start, 32), 0, HEADER_BYTES)
            id := mload(add(start, 34))
        }
        uint256 flag = uint8(start[1]);
        uint256 others = HEADER_BYTES + (flag == 2 ? 32 : 0);
        if (start[0] != 0 || flag > 2 || whole < others) revert IStatementVerifier.KeyCodeMalformed(whole);
        size = whole - others;
        origin = flag == 2 ? _last(key, whole) : bytes32(flag);
        // A transcript that reads as another origin would give the key the id of another.
        if (flag == 2 && uint256(origin) <= ONE_MACHINE) revert IStatementVerifier.KeyCodeMalformed(whole);
        if (keccak256(bytes(statement)) != id) revert IStatementVerifier.KeyCodeMalformed(whole);
    }

    /// @notice What an origin says: whether one machine made the key, which reverts on chains that are none for tests, and the digest
    /// of the ceremony's transcript, or 0. For constructors.
    function told(bytes32 origin) internal view returns (bool insecure, bytes32 transcript) {
        insecure = uint256(origin) == ONE_MACHINE;
        if (insecure && !TestChains.isHere()) revert IStatementVerifier.InsecureKey(block.chainid);
        transcript = insecure ? bytes32(0) : origin;
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

    /// @notice keccak256 of the statement's id, the key's origin, and its words: what KEY_ID is.
    function digest(uint256 words, uint256 size, bytes32 id, bytes32 maker) internal pure returns (bytes32 keyId) {
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, id)
            mstore(add(buffer, 32), maker)
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

    /// The last word of a code of `whole` bytes.
    function _last(address key, uint256 whole) private view returns (bytes32 word) {
        assembly ("memory-safe") {
            // In the scratch space.
            extcodecopy(key, 0x00, sub(whole, 32), 32)
            word := mload(0x00)
        }
    }
}
