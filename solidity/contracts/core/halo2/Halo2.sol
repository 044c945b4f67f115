// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {SCALAR_ORDER} from "../Field.sol";
import {IStatementVerifier} from "../IStatementVerifier.sol";
import {Domain, Halo2Domain, Points} from "./Halo2Domain.sol";
import {Halo2Layout} from "./Halo2Layout.sol";
import {Halo2Opening} from "./Halo2Opening.sol";
import {Halo2Table, Rows} from "./Halo2Table.sol";
import {Challenges, Halo2Transcript} from "./Halo2Transcript.sol";
import {load, mulMod} from "./Scalar.sol";

/// @title halo2 over BN254 with KZG: PLONK with a lookup, opened by SHPLONK, against a key in memory
/// @notice For tables of zksensor, which all have one constraint system. It accepts the proofs that
/// zksensor-verifier-halo2 accepts.
/// @dev The argument is that of halo2-axiom 0.5 (The halo2 Book, "Protocol Description").
library Halo2 {
    /// @notice Reverts unless the proof holds. Lengths and public inputs have been checked.
    /// @param key Where the key's words start in memory
    /// @param domain The rows of its table
    /// @param proof Halo2Layout.PROOF_BYTES bytes
    /// @param inputs The public inputs, each below r
    function verify(uint256 key, Domain memory domain, bytes calldata proof, uint256[] calldata inputs) internal view {
        unchecked {
            uint256 copied = _copy(proof);
            _requireCanonical(copied);
            Challenges memory asked = Halo2Transcript.challenges(copied, load(key + Halo2Layout.START_AT), inputs);
            Points memory points = Halo2Domain.pointsOf(domain, asked, inputs.length);
            (Rows memory rows, uint256 publics) = Halo2Domain.rowsAt(domain, points, inputs);
            uint256 quotient =
                mulMod(Halo2Table.sum(copied, publics, rows, asked), Halo2Domain.vanishingInverse(points));
            if (!Halo2Opening.holds(key, copied, quotient, points, asked)) revert IStatementVerifier.ProofRejected();
        }
    }

    /// @notice Reverts if the key is unfit. For constructors.
    /// @dev The same conditions as those of the Rust verifier on a key it loads.
    /// @param key Where the key's words start in memory
    function requireSound(uint256 key) internal view {
        unchecked {
            for (uint256 offset = Halo2Layout.FIXED_AT; offset < Halo2Layout.KEY_BYTES; offset += 64) {
                _requireG1(key, offset);
            }
            _requireG2(key);
        }
    }

    /// The proof in memory.
    function _copy(bytes calldata proof) private pure returns (uint256 copied) {
        assembly ("memory-safe") {
            copied := mload(0x40)
            calldatacopy(copied, proof.offset, proof.length)
            mstore(0x40, add(copied, proof.length))
        }
    }

    /// No point is the one at infinity, and every number is below r. Coordinates, and that points are on the curve, are
    /// the precompiles' to refuse.
    function _requireCanonical(uint256 proof) private pure {
        unchecked {
            for (uint256 i = 0; i < Halo2Layout.PROOF_BYTES; i += 64) {
                // Numbers, of which there is an even count, stand between the points.
                if (i == Halo2Layout.ADVICE_EVALS_AT) i = Halo2Layout.OPENING_AT;
                if (load(proof + i) | load(proof + i + 32) == 0) revert IStatementVerifier.ElementInvalid(i);
            }
            for (uint256 i = Halo2Layout.ADVICE_EVALS_AT; i < Halo2Layout.OPENING_AT; i += 32) {
                if (load(proof + i) >= SCALAR_ORDER) revert IStatementVerifier.ElementInvalid(i);
            }
        }
    }

    /// The commitment is on the curve, canonical and not the identity.
    function _requireG1(uint256 key, uint256 offset) private view {
        unchecked {
            uint256 x = load(key + offset);
            uint256 y = load(key + offset + 32);
            if (x | y == 0) revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Identity, offset / 32);
            bool ran;
            assembly ("memory-safe") {
                // The point plus the identity, which is zeros.
                let buffer := mload(0x40)
                mstore(buffer, x)
                mstore(add(buffer, 32), y)
                mstore(add(buffer, 64), 0)
                mstore(add(buffer, 96), 0)
                ran := staticcall(gas(), 0x06, buffer, 128, buffer, 64)
                ran := and(ran, eq(returndatasize(), 64))
            }
            if (!ran) revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.NotInGroup, offset / 32);
        }
    }

    /// - s G2 is on the twist, canonical, of order r, not the identity, and neither G2 nor -G2: with s = 1 anybody forges.
    function _requireG2(uint256 key) private view {
        unchecked {
            uint256 point = key + Halo2Layout.S_G2_AT;
            uint256 word = Halo2Layout.S_G2_AT / 32;
            if (load(point) | load(point + 32) | load(point + 64) | load(point + 96) == 0) {
                revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Identity, word);
            }
            if (Halo2Opening.isGenerator(point)) {
                revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Generator, word);
            }
            bool ran;
            assembly ("memory-safe") {
                // The identity paired with the point: what matters is that the precompile takes the point.
                let buffer := mload(0x40)
                mstore(buffer, 0)
                mstore(add(buffer, 32), 0)
                mcopy(add(buffer, 64), point, 128)
                ran := staticcall(gas(), 0x08, buffer, 192, 0x00, 32)
                ran := and(ran, eq(returndatasize(), 32))
            }
            if (!ran) revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.NotInGroup, word);
        }
    }
}
