// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {SCALAR_ORDER} from "../Field.sol";
import {Halo2Layout} from "./Halo2Layout.sol";

/// @notice What the verifier asks, in this order.
struct Challenges {
    /// Copies and the lookup: of positions, and of all.
    uint256 beta;
    uint256 gamma;
    /// Constraints are combined by its powers.
    uint256 y;
    /// Where polynomials are evaluated.
    uint256 x;
    /// Openings of one set of points are combined by its powers, sets by those of `sets`.
    uint256 openings;
    uint256 sets;
    /// Where what is left of the openings is evaluated.
    uint256 u;
}

/// @title The transcript of a proof of halo2
/// @notice Keccak256 of the hash before and what came since, modulo r; where nothing came, of the hash and the byte 1. The
/// same as snark-verifier's EvmTranscript, and as zksensor-verifier-halo2 has it.
library Halo2Transcript {
    /// @notice All challenges of a proof.
    /// @param proof Where the proof starts in memory
    /// @param start The number that begins transcripts under the key
    /// @param inputs The public inputs
    function challenges(uint256 proof, uint256 start, uint256[] calldata inputs)
        internal
        pure
        returns (Challenges memory asked)
    {
        uint256 room = 32 + 32 * inputs.length + Halo2Layout.PROOF_BYTES;
        uint256 buffer;
        assembly ("memory-safe") {
            // The start, the public inputs; what comes behind it has no more than a proof.
            buffer := mload(0x40)
            mstore(0x40, add(buffer, room))
            mstore(buffer, start)
            calldatacopy(add(buffer, 32), inputs.offset, shl(5, inputs.length))
        }
        uint256 filled = 32 + 32 * inputs.length;
        bytes32 hash = _absorb(buffer, filled, proof, Halo2Layout.PERMUTED_AT);
        // This was theta, by which columns of a lookup are combined: a table has one.
        hash = _after(buffer, hash, proof + Halo2Layout.PERMUTED_AT, Halo2Layout.PRODUCTS_AT - Halo2Layout.PERMUTED_AT);
        asked.beta = _reduce(hash);
        hash = _again(buffer, hash);
        asked.gamma = _reduce(hash);
        hash = _after(buffer, hash, proof + Halo2Layout.PRODUCTS_AT, Halo2Layout.QUOTIENTS_AT - Halo2Layout.PRODUCTS_AT);
        asked.y = _reduce(hash);
        hash = _after(
            buffer, hash, proof + Halo2Layout.QUOTIENTS_AT, Halo2Layout.ADVICE_EVALS_AT - Halo2Layout.QUOTIENTS_AT
        );
        asked.x = _reduce(hash);
        hash = _after(
            buffer, hash, proof + Halo2Layout.ADVICE_EVALS_AT, Halo2Layout.OPENING_AT - Halo2Layout.ADVICE_EVALS_AT
        );
        asked.openings = _reduce(hash);
        hash = _again(buffer, hash);
        asked.sets = _reduce(hash);
        hash = _after(buffer, hash, proof + Halo2Layout.OPENING_AT, 64);
        asked.u = _reduce(hash);
    }

    /// The hash of a hash and of what came since.
    function _after(uint256 buffer, bytes32 hash, uint256 from, uint256 size) private pure returns (bytes32) {
        assembly ("memory-safe") {
            mstore(buffer, hash)
        }
        return _absorb(buffer, 32, from, size);
    }

    /// The hash of what the buffer holds, and of `size` bytes of memory behind it.
    function _absorb(uint256 buffer, uint256 filled, uint256 from, uint256 size) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mcopy(add(buffer, filled), from, size)
            hash := keccak256(buffer, add(filled, size))
        }
    }

    /// The hash of a hash since which nothing came.
    function _again(uint256 buffer, bytes32 hash) private pure returns (bytes32 next) {
        assembly ("memory-safe") {
            mstore(buffer, hash)
            mstore8(add(buffer, 32), 1)
            next := keccak256(buffer, 33)
        }
    }

    function _reduce(bytes32 hash) private pure returns (uint256) {
        return uint256(hash) % SCALAR_ORDER;
    }
}
