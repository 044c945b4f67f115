// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// @dev Order of the scalar field. Assembly takes a constant of a file, and none of another library.
uint256 constant SCALAR_ORDER = 21888242871839275222246405745257275088548364400416034343698204186575808495617;

/// @title The scalar field of BN254
library Field {
    /// @notice Its order: public inputs are below it.
    uint256 internal constant R = SCALAR_ORDER;
}
