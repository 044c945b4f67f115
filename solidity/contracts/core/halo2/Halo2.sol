// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {SCALAR_ORDER} from "../Field.sol";
import {IStatementVerifier} from "../IStatementVerifier.sol";
import {KeyPoints} from "../KeyPoints.sol";
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

    /// @notice Reverts if the key is unfit: a commitment or - s G2 not in its group, or s 1 or -1, with which anybody forges. For
    /// constructors.
    /// @dev The same conditions as those of the Rust verifier on a key it loads.
    /// @param key Where the key's words start in memory
    function requireSound(uint256 key) internal view {
        for (uint256 offset = Halo2Layout.FIXED_AT; offset < Halo2Layout.KEY_BYTES; offset += 64) {
            KeyPoints.requireG1(key, offset / 32);
        }
        uint256 word = Halo2Layout.S_G2_AT / 32;
        KeyPoints.requireG2(key, word);
        if (KeyPoints.isG2Generator(key, word)) {
            revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Generator, word);
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
}
