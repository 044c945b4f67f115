// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../IStatementVerifier.sol";

/// @title A sum of points of G1 times scalars, in memory
/// @notice The precompiles refuse coordinates of q or more and points off the curve. A call to one counts only if it
/// returned as many bytes as it must, so a chain without it refuses everything.
/// @dev The sum and, beside it, a term and its scalar: as the addition takes the two, and the multiplication the latter.
library G1Sum {
    /// @notice A sum of one point. It is on the curve only once another was added.
    /// @param point Where it is in memory
    function from(uint256 point) internal pure returns (uint256 total) {
        assembly ("memory-safe") {
            total := mload(0x40)
            mcopy(total, point, 64)
            mstore(0x40, add(total, 160))
        }
    }

    /// @notice Adds a point times a scalar, or reverts.
    /// @param total The sum
    /// @param point Where the point is in memory
    /// @param scalar Below r
    function add(uint256 total, uint256 point, uint256 scalar) internal view {
        bool ran;
        assembly ("memory-safe") {
            let term := add(total, 64)
            mcopy(term, point, 64)
            mstore(add(total, 128), scalar)
            ran := staticcall(gas(), 0x07, term, 96, term, 64)
            ran := and(ran, eq(returndatasize(), 64))
            if ran {
                ran := staticcall(gas(), 0x06, total, 128, total, 64)
                ran := and(ran, eq(returndatasize(), 64))
            }
        }
        if (!ran) revert IStatementVerifier.PairingRefused();
    }
}
