// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

/// @title Where things are in a proof of halo2 and in its key
/// @notice Every table has these columns (circuits/plonkish/table), so every proof and every key is laid out like this.
/// @dev Points are 64 bytes, x and y, numbers 32, big-endian. Names ending in `_AT` are offsets in bytes, others count.
library Halo2Layout {
    /// @notice Cells of a row that gates read.
    uint256 internal constant CELLS = 9;
    /// @notice Inputs of a power: the cells before its square and its fifth power.
    uint256 internal constant POWER_INPUTS = 7;
    /// @notice Columns that a prover fills: the cells, and the one that is looked up.
    uint256 internal constant ADVICE = 10;
    /// @notice Columns of a key: what rows say, and the numbers that are looked up.
    uint256 internal constant FIXED = 20;
    /// @notice Columns with copies: those of a prover, and that of public inputs.
    uint256 internal constant COPIES = 11;
    /// @notice Products of copies, of at most three columns each.
    uint256 internal constant PRODUCTS = 4;
    /// @notice Pieces of the quotient.
    uint256 internal constant QUOTIENTS = 4;
    /// @notice Rows at the end that blind, beside the one at which products end.
    uint256 internal constant BLINDING = 5;

    // A proof: points up to the first challenge, to the next, and so on.
    uint256 internal constant PERMUTED_AT = 64 * ADVICE;
    uint256 internal constant PRODUCTS_AT = PERMUTED_AT + 2 * 64;
    uint256 internal constant LOOKUP_AT = PRODUCTS_AT + 64 * PRODUCTS;
    uint256 internal constant RANDOM_AT = LOOKUP_AT + 64;
    uint256 internal constant QUOTIENTS_AT = RANDOM_AT + 64;
    // Numbers: what was committed to, at x and at rotations of it.
    uint256 internal constant ADVICE_EVALS_AT = QUOTIENTS_AT + 64 * QUOTIENTS;
    uint256 internal constant FIXED_EVALS_AT = ADVICE_EVALS_AT + 32 * ADVICE;
    uint256 internal constant RANDOM_EVAL_AT = FIXED_EVALS_AT + 32 * FIXED;
    uint256 internal constant COPY_EVALS_AT = RANDOM_EVAL_AT + 32;
    // Of each product: at x, at the next row, and but for the last one at the row at which products end.
    uint256 internal constant PRODUCT_EVALS_AT = COPY_EVALS_AT + 32 * COPIES;
    // The lookup's product at x and at the next row; the permuted input at x and at the row before; the permuted table.
    uint256 internal constant LOOKUP_EVALS_AT = PRODUCT_EVALS_AT + 32 * (3 * PRODUCTS - 1);
    // Two points that open all.
    uint256 internal constant OPENING_AT = LOOKUP_EVALS_AT + 5 * 32;
    uint256 internal constant PROOF_BYTES = OPENING_AT + 2 * 64;

    // Fixed evaluations, by column in the order of the proof: weights come first.
    uint256 internal constant CONSTANT_EVAL_AT = FIXED_EVALS_AT + 32 * CELLS;
    uint256 internal constant FACTOR_EVAL_AT = CONSTANT_EVAL_AT + 32;
    uint256 internal constant POWER_EVAL_AT = FACTOR_EVAL_AT + 32;
    uint256 internal constant BITS_EVAL_AT = POWER_EVAL_AT + 32;
    uint256 internal constant LEFT_EVALS_AT = BITS_EVAL_AT + 32;
    uint256 internal constant RIGHT_EVALS_AT = LEFT_EVALS_AT + 3 * 32;
    uint256 internal constant NUMBERS_EVAL_AT = RIGHT_EVALS_AT + 3 * 32;

    // A key: k, the number of public inputs, the start of transcripts, -s G2, commitments.
    uint256 internal constant K_AT = 0;
    uint256 internal constant INPUTS_AT = 32;
    uint256 internal constant START_AT = 64;
    uint256 internal constant S_G2_AT = 96;
    uint256 internal constant FIXED_AT = S_G2_AT + 128;
    uint256 internal constant COPIES_AT = FIXED_AT + 64 * FIXED;
    uint256 internal constant KEY_BYTES = COPIES_AT + 64 * COPIES;

    /// @notice Fewest and most rows of a table, as binary logarithms.
    uint256 internal constant LEAST_K = 9;
    uint256 internal constant MOST_K = 25;
}
