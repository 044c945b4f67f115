// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Halo2Layout} from "./Halo2Layout.sol";
import {Challenges} from "./Halo2Transcript.sol";
import {addMod, load, mulMod, subMod} from "./Scalar.sol";

/// @notice Lagrange polynomials of rows at x.
struct Rows {
    /// Of the first row.
    uint256 first;
    /// Of the row at which products end.
    uint256 last;
    /// 1 without that of the last row and those that blind.
    uint256 active;
}

/// @title What every table of halo2 says, at one point
/// @notice The gates, copies and lookup of circuits/plonkish/table, in halo2's order, combined by powers of y.
/// @dev If one of these were another than the prover's, no proof would be accepted: all of them are in one sum.
library Halo2Table {
    /// Generator of the subgroup of odd order: tells the columns of copies from each other (halo2, "Permutation argument").
    uint256 private constant DELTA = 0x09226b6e22c6f0ca64ec26aad4c86e715b5f898e5e963f25870e56bbe533e9a2;

    /// @notice The sum of all constraints: what the quotient times x^n - 1 has to be.
    /// @param proof Where the proof starts in memory
    /// @param publics The column of public inputs, at x
    function sum(uint256 proof, uint256 publics, Rows memory rows, Challenges memory asked)
        internal
        pure
        returns (uint256 total)
    {
        total = _gates(proof, asked.y);
        total = _copies(total, proof, publics, rows, asked);
        total = _lookup(total, proof, rows, asked);
    }

    /// A row: a sum with a product of sums, a square, a fifth power, bits.
    function _gates(uint256 proof, uint256 y) private pure returns (uint256 total) {
        unchecked {
            uint256 cells = proof + Halo2Layout.ADVICE_EVALS_AT;
            uint256 weights = proof + Halo2Layout.FIXED_EVALS_AT;
            uint256 input = load(proof + Halo2Layout.CONSTANT_EVAL_AT);
            for (uint256 i = 0; i < 32 * Halo2Layout.POWER_INPUTS; i += 32) {
                input = addMod(input, mulMod(load(weights + i), load(cells + i)));
            }
            uint256 all = input;
            for (uint256 i = 32 * Halo2Layout.POWER_INPUTS; i < 32 * Halo2Layout.CELLS; i += 32) {
                all = addMod(all, mulMod(load(weights + i), load(cells + i)));
            }
            uint256 power = load(proof + Halo2Layout.POWER_EVAL_AT);
            uint256 product = mulMod(
                _factor(cells, proof + Halo2Layout.LEFT_EVALS_AT),
                _factor(cells + 96, proof + Halo2Layout.RIGHT_EVALS_AT)
            );
            product = mulMod(product, load(proof + Halo2Layout.FACTOR_EVAL_AT));
            total = addMod(mulMod(subMod(1, power), all), product);

            uint256 square = load(cells + 32 * Halo2Layout.POWER_INPUTS);
            total = _fold(total, y, mulMod(power, subMod(square, mulMod(input, input))));
            uint256 fifth = load(cells + 32 * (Halo2Layout.POWER_INPUTS + 1));
            total = _fold(total, y, mulMod(power, subMod(fifth, mulMod(mulMod(square, square), input))));

            uint256 bits = load(proof + Halo2Layout.BITS_EVAL_AT);
            for (uint256 i = 0; i < 32 * Halo2Layout.CELLS; i += 32) {
                uint256 cell = load(cells + i);
                total = _fold(total, y, mulMod(mulMod(bits, cell), subMod(1, cell)));
            }
        }
    }

    /// a + c_1 b + c_2 c + c_3 of three cells and three fixed numbers.
    function _factor(uint256 cells, uint256 numbers) private pure returns (uint256 value) {
        unchecked {
            value = addMod(load(cells), mulMod(load(numbers), load(cells + 32)));
            value = addMod(value, mulMod(load(numbers + 32), load(cells + 64)));
            value = addMod(value, load(numbers + 64));
        }
    }

    /// Products of copies begin with 1, go on where the one before ended, and end with 0 or 1.
    function _copies(uint256 total, uint256 proof, uint256 publics, Rows memory rows, Challenges memory asked)
        private
        pure
        returns (uint256)
    {
        unchecked {
            uint256 products = proof + Halo2Layout.PRODUCT_EVALS_AT;
            uint256 y = asked.y;
            total = _fold(total, y, mulMod(rows.first, subMod(1, load(products))));
            uint256 end = load(products + 96 * (Halo2Layout.PRODUCTS - 1));
            total = _fold(total, y, mulMod(rows.last, subMod(mulMod(end, end), end)));
            for (uint256 i = 1; i < Halo2Layout.PRODUCTS; i++) {
                uint256 product = products + 96 * i;
                // The one before, at the row at which it ends.
                total = _fold(total, y, mulMod(rows.first, subMod(load(product), load(product - 32))));
            }
            uint256 position = mulMod(asked.beta, asked.x);
            for (uint256 i = 0; i < Halo2Layout.PRODUCTS; i++) {
                uint256 left = load(products + 96 * i + 32);
                uint256 right = load(products + 96 * i);
                for (uint256 column = 3 * i; column < 3 * i + 3 && column < Halo2Layout.COPIES; column++) {
                    uint256 value =
                        column < Halo2Layout.ADVICE ? load(proof + Halo2Layout.ADVICE_EVALS_AT + 32 * column) : publics;
                    value = addMod(value, asked.gamma);
                    uint256 copy = load(proof + Halo2Layout.COPY_EVALS_AT + 32 * column);
                    left = mulMod(left, addMod(value, mulMod(asked.beta, copy)));
                    right = mulMod(right, addMod(value, position));
                    position = mulMod(position, DELTA);
                }
                total = _fold(total, y, mulMod(rows.active, subMod(left, right)));
            }
            return total;
        }
    }

    /// The tenth column is looked up in the numbers.
    function _lookup(uint256 total, uint256 proof, Rows memory rows, Challenges memory asked)
        private
        pure
        returns (uint256)
    {
        unchecked {
            uint256 evals = proof + Halo2Layout.LOOKUP_EVALS_AT;
            uint256 product = load(evals);
            uint256 input = load(evals + 64);
            uint256 table = load(evals + 128);
            uint256 y = asked.y;
            total = _fold(total, y, mulMod(rows.first, subMod(1, product)));
            total = _fold(total, y, mulMod(rows.last, subMod(mulMod(product, product), product)));

            uint256 left = mulMod(load(evals + 32), mulMod(addMod(input, asked.beta), addMod(table, asked.gamma)));
            uint256 lookedUp = load(proof + Halo2Layout.ADVICE_EVALS_AT + 32 * Halo2Layout.CELLS);
            uint256 number = load(proof + Halo2Layout.NUMBERS_EVAL_AT);
            uint256 right = mulMod(product, mulMod(addMod(lookedUp, asked.beta), addMod(number, asked.gamma)));
            total = _fold(total, y, mulMod(rows.active, subMod(left, right)));

            uint256 difference = subMod(input, table);
            total = _fold(total, y, mulMod(rows.first, difference));
            return _fold(total, y, mulMod(rows.active, mulMod(difference, subMod(input, load(evals + 96)))));
        }
    }

    function _fold(uint256 total, uint256 y, uint256 constraint) private pure returns (uint256) {
        return addMod(mulMod(total, y), constraint);
    }
}
