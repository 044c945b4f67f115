// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {SCALAR_ORDER} from "../Field.sol";

// Numbers modulo r, and words of memory: what every part of the verifier computes with.

function addMod(uint256 a, uint256 b) pure returns (uint256) {
    return addmod(a, b, SCALAR_ORDER);
}

/// @dev a - b, where b is at most r.
function subMod(uint256 a, uint256 b) pure returns (uint256) {
    unchecked {
        return addmod(a, SCALAR_ORDER - b, SCALAR_ORDER);
    }
}

function mulMod(uint256 a, uint256 b) pure returns (uint256) {
    return mulmod(a, b, SCALAR_ORDER);
}

/// @dev The word of memory at an offset.
function load(uint256 offset) pure returns (uint256 value) {
    assembly ("memory-safe") {
        value := mload(offset)
    }
}
