// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../IStatementVerifier.sol";
import {G2_X0, G2_X1, G2_Y0, G2_Y1} from "../KeyPoints.sol";
import {G1Sum} from "./G1Sum.sol";
import {Points} from "./Halo2Domain.sol";
import {Halo2Layout} from "./Halo2Layout.sol";
import {Challenges} from "./Halo2Transcript.sol";
import {addMod, load, mulMod, subMod} from "./Scalar.sol";

/// @notice Factors of the sets of points, and what interpolates them at u.
struct Sets {
    /// Of the set x, next, last: of products of copies that another one follows.
    uint256 three;
    /// Of x, next: the last product of copies, and that of the lookup.
    uint256 next;
    /// Of x, before: the permuted input.
    uint256 before;
    /// At u, of the three points: 1 at x, at next, at last, and 0 at the other two.
    uint256[3] ofThree;
    /// Of two points each.
    uint256[2] ofNext;
    uint256[2] ofBefore;
}

/// @title All openings of a proof at once: SHPLONK (eprint 2020/081, section 4.1), as halo2 has it
/// @notice What is opened at x alone comes first, with the factor 1; the factors of other sets are what they leave out at u,
/// over what x alone leaves out, times a power of the challenge of sets.
library Halo2Opening {
    using G1Sum for uint256;

    /// G1: x and y of the generator.
    uint256 private constant G1_X = 1;
    uint256 private constant G1_Y = 2;

    /// @notice Whether everything opens to what the proof says, and the quotient to `quotient`.
    /// @param key Where the key's words start in memory
    /// @param proof Where the proof starts in memory
    function holds(uint256 key, uint256 proof, uint256 quotient, Points memory points, Challenges memory asked)
        internal
        view
        returns (bool)
    {
        unchecked {
            Sets memory sets = _sets(points, asked);
            (uint256 total, uint256 value) = _atX(key, proof, quotient, points.power, asked.openings);
            value = addMod(value, _others(total, proof, sets, asked.openings));

            // - value G1 - (u - x) W + u W', against W' times s.
            uint256 generator = _generator();
            total.add(generator, subMod(0, value));
            total.add(proof + Halo2Layout.OPENING_AT, subMod(points.x, asked.u));
            total.add(proof + Halo2Layout.OPENING_AT + 64, asked.u);
            return _pairing(total, proof + Halo2Layout.OPENING_AT + 64, key + Halo2Layout.S_G2_AT);
        }
    }

    /// What is opened at x alone: columns of the prover, the permuted table, the key, the quotient, and a random polynomial.
    /// Commitments and evaluations are summed up by the same powers of the challenge.
    function _atX(uint256 key, uint256 proof, uint256 quotient, uint256 xn, uint256 challenge)
        private
        view
        returns (uint256 total, uint256 value)
    {
        unchecked {
            total = G1Sum.from(proof);
            value = load(proof + Halo2Layout.ADVICE_EVALS_AT);
            uint256 power = 1;
            for (uint256 i = 1; i < Halo2Layout.ADVICE; i++) {
                power = mulMod(power, challenge);
                total.add(proof + 64 * i, power);
                value = addMod(value, mulMod(power, load(proof + Halo2Layout.ADVICE_EVALS_AT + 32 * i)));
            }
            power = mulMod(power, challenge);
            total.add(proof + Halo2Layout.PERMUTED_AT + 64, power);
            value = addMod(value, mulMod(power, load(proof + Halo2Layout.LOOKUP_EVALS_AT + 128)));
            for (uint256 i = 0; i < Halo2Layout.FIXED; i++) {
                power = mulMod(power, challenge);
                total.add(key + Halo2Layout.FIXED_AT + 64 * i, power);
                value = addMod(value, mulMod(power, load(proof + Halo2Layout.FIXED_EVALS_AT + 32 * i)));
            }
            for (uint256 i = 0; i < Halo2Layout.COPIES; i++) {
                power = mulMod(power, challenge);
                total.add(key + Halo2Layout.COPIES_AT + 64 * i, power);
                value = addMod(value, mulMod(power, load(proof + Halo2Layout.COPY_EVALS_AT + 32 * i)));
            }
            // The quotient in pieces of n coefficients.
            power = mulMod(power, challenge);
            value = addMod(value, mulMod(power, quotient));
            uint256 piece = power;
            for (uint256 i = 0; i < Halo2Layout.QUOTIENTS; i++) {
                total.add(proof + Halo2Layout.QUOTIENTS_AT + 64 * i, piece);
                piece = mulMod(piece, xn);
            }
            power = mulMod(power, challenge);
            total.add(proof + Halo2Layout.RANDOM_AT, power);
            value = addMod(value, mulMod(power, load(proof + Halo2Layout.RANDOM_EVAL_AT)));
        }
    }

    /// What is opened at x and at other rows: adds commitments, returns the value.
    function _others(uint256 total, uint256 proof, Sets memory sets, uint256 challenge)
        private
        view
        returns (uint256 value)
    {
        unchecked {
            uint256 evals = proof + Halo2Layout.PRODUCT_EVALS_AT;
            uint256 factor = sets.three;
            for (uint256 i = 0; i + 1 < Halo2Layout.PRODUCTS; i++) {
                total.add(proof + Halo2Layout.PRODUCTS_AT + 64 * i, factor);
                uint256 interpolated = mulMod(sets.ofThree[0], load(evals));
                interpolated = addMod(interpolated, mulMod(sets.ofThree[1], load(evals + 32)));
                interpolated = addMod(interpolated, mulMod(sets.ofThree[2], load(evals + 64)));
                value = addMod(value, mulMod(factor, interpolated));
                factor = mulMod(factor, challenge);
                evals += 96;
            }

            factor = sets.next;
            total.add(proof + Halo2Layout.PRODUCTS_AT + 64 * (Halo2Layout.PRODUCTS - 1), factor);
            value = addMod(value, mulMod(factor, _two(sets.ofNext, evals, evals + 32)));
            factor = mulMod(factor, challenge);
            evals = proof + Halo2Layout.LOOKUP_EVALS_AT;
            total.add(proof + Halo2Layout.LOOKUP_AT, factor);
            value = addMod(value, mulMod(factor, _two(sets.ofNext, evals, evals + 32)));

            total.add(proof + Halo2Layout.PERMUTED_AT, sets.before);
            value = addMod(value, mulMod(sets.before, _two(sets.ofBefore, evals + 64, evals + 96)));
        }
    }

    function _two(uint256[2] memory weights, uint256 first, uint256 second) private pure returns (uint256) {
        return addMod(mulMod(weights[0], load(first)), mulMod(weights[1], load(second)));
    }

    function _sets(Points memory points, Challenges memory asked) private pure returns (Sets memory sets) {
        unchecked {
            uint256 ofX = subMod(asked.u, points.x);
            uint256 ofNext = subMod(asked.u, points.next);
            uint256 ofLast = subMod(asked.u, points.last);
            uint256 ofBefore = subMod(asked.u, points.before);

            // By the points that a set leaves out, over those that x alone leaves out.
            uint256 factor = mulMod(load(points.inverses), asked.sets);
            sets.three = mulMod(factor, ofBefore);
            factor = mulMod(factor, asked.sets);
            sets.next = mulMod(factor, mulMod(ofLast, ofBefore));
            factor = mulMod(factor, asked.sets);
            sets.before = mulMod(factor, mulMod(ofNext, ofLast));

            sets.ofThree[0] = mulMod(mulMod(ofNext, ofLast), load(points.inverses + 32));
            sets.ofThree[1] = mulMod(mulMod(ofX, ofLast), load(points.inverses + 64));
            sets.ofThree[2] = mulMod(mulMod(ofX, ofNext), load(points.inverses + 96));
            uint256 inverse = load(points.inverses + 128);
            sets.ofNext[0] = mulMod(ofNext, inverse);
            sets.ofNext[1] = subMod(0, mulMod(ofX, inverse));
            inverse = load(points.inverses + 160);
            sets.ofBefore[0] = mulMod(ofBefore, inverse);
            sets.ofBefore[1] = subMod(0, mulMod(ofX, inverse));
        }
    }

    /// Whether e(total, G2) e(opening, - s G2) = 1.
    function _pairing(uint256 total, uint256 opening, uint256 minusSG2) private view returns (bool equal) {
        bool ran;
        assembly ("memory-safe") {
            let pairs := mload(0x40)
            mcopy(pairs, total, 64)
            mstore(add(pairs, 64), G2_X1)
            mstore(add(pairs, 96), G2_X0)
            mstore(add(pairs, 128), G2_Y1)
            mstore(add(pairs, 160), G2_Y0)
            mcopy(add(pairs, 192), opening, 64)
            mcopy(add(pairs, 256), minusSG2, 128)
            ran := staticcall(gas(), 0x08, pairs, 384, 0x00, 32)
            ran := and(ran, eq(returndatasize(), 32))
            equal := eq(mload(0x00), 1)
        }
        if (!ran) revert IStatementVerifier.PairingRefused();
    }

    function _generator() private pure returns (uint256 point) {
        assembly ("memory-safe") {
            point := mload(0x40)
            mstore(point, G1_X)
            mstore(add(point, 32), G1_Y)
            mstore(0x40, add(point, 64))
        }
    }
}
