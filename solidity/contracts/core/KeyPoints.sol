// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "./IStatementVerifier.sol";

/// @dev The generator of G2: x.c1, x.c0, y.c1, y.c0 (EIP-197).
uint256 constant G2_X1 = 11559732032986387107991004021392285783925812861821192530917403151452391805634;
uint256 constant G2_X0 = 10857046999023057135944570762232829481370756359578518086990519993285655852781;
uint256 constant G2_Y1 = 4082367875863433681332203403145435568316851327593401208105741076214120093531;
uint256 constant G2_Y0 = 8495653923123431417604973247489272438418190587263600148770280649306958101930;

/// @title The points of a key in memory, for constructors
/// @dev A call to a precompile counts only if it returned as many bytes as it must, so a chain without it refuses every key.
library KeyPoints {
    /// @notice The word of a key at an index.
    function word(uint256 key, uint256 index) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := mload(add(key, shl(5, index)))
        }
    }

    /// @notice Reverts unless the point at word `index` is on the curve, canonical and not the identity.
    function requireG1(uint256 key, uint256 index) internal view {
        if (word(key, index) == 0 && word(key, index + 1) == 0) {
            revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Identity, index);
        }
        bool ran;
        assembly ("memory-safe") {
            // The point plus the identity, which is zeros.
            let buffer := mload(0x40)
            mcopy(buffer, add(key, shl(5, index)), 64)
            mstore(add(buffer, 64), 0)
            mstore(add(buffer, 96), 0)
            ran := staticcall(gas(), 0x06, buffer, 128, buffer, 64)
            ran := and(ran, eq(returndatasize(), 64))
        }
        if (!ran) revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.NotInGroup, index);
    }

    /// @notice Reverts unless the point at word `index` is on the twist, canonical, of order r and not the identity.
    function requireG2(uint256 key, uint256 index) internal view {
        if (word(key, index) | word(key, index + 1) | word(key, index + 2) | word(key, index + 3) == 0) {
            revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Identity, index);
        }
        bool ran;
        assembly ("memory-safe") {
            // The identity paired with the point: what matters is that the precompile takes the point.
            let buffer := mload(0x40)
            mstore(buffer, 0)
            mstore(add(buffer, 32), 0)
            mcopy(add(buffer, 64), add(key, shl(5, index)), 128)
            ran := staticcall(gas(), 0x08, buffer, 192, 0x00, 32)
            ran := and(ran, eq(returndatasize(), 32))
        }
        if (!ran) revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.NotInGroup, index);
    }

    /// @notice Whether the point of G2 at word `index` is the generator, or its negative: their x is the same.
    function isG2Generator(uint256 key, uint256 index) internal pure returns (bool) {
        return word(key, index) == G2_X1 && word(key, index + 1) == G2_X0;
    }
}
