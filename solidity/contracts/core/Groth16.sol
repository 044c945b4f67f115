// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ExactCalldata} from "./ExactCalldata.sol";
import {SCALAR_ORDER} from "./Field.sol";
import {IStatementVerifier} from "./IStatementVerifier.sol";
import {KeyCode} from "./KeyCode.sol";
import {KeyPoints} from "./KeyPoints.sol";

/// @title Groth16 over BN254, against a key in memory
/// @notice e(A, B) e(alpha, -beta) e(IC(x), -gamma) e(C, -delta) = 1, with IC(x) = IC[0] + sum of x[i] IC[i + 1].
/// @dev The words of a key: alpha 2, -beta 4, -gamma 4, -delta 4, IC[0] 2, then 2 for each public input. The key has beta,
/// gamma and delta negated, so that nothing is negated here. G2 is x.c1, x.c0, y.c1, y.c0 (EIP-197). The precompiles
/// refuse coordinates of q or more, points off the curve and, in G2, of another order; a call to one gets all gas there
/// is, and counts only if it returned as many bytes as it must, so a chain without it refuses everything.
library Groth16 {
    /// @notice Bytes of a proof.
    uint256 internal constant PROOF_BYTES = 256;
    /// @notice Words of a key without public inputs.
    uint256 internal constant KEY_WORDS = 16;

    /// x of the generator of G1.
    uint256 private constant G1_X = 1;

    /// @notice Reverts unless the proof holds.
    /// @param key Where the key's words start in memory
    /// @param count Public inputs of the statement
    /// @param proof As in IStatementVerifier.verify
    /// @param inputs As in IStatementVerifier.verify
    function verify(uint256 key, uint256 count, bytes calldata proof, uint256[] calldata inputs) internal view {
        if (proof.length != PROOF_BYTES) revert IStatementVerifier.ProofLength(PROOF_BYTES, proof.length);
        if (inputs.length != count) revert IStatementVerifier.InputCount(count, inputs.length);
        ExactCalldata.requireExact(proof, inputs);

        bool canonical = true;
        bool ran;
        bool holds;
        assembly ("memory-safe") {
            // The pairs stand where free memory starts: A B | alpha -beta | IC(x) -gamma | C -delta, 192 bytes each.
            let pairs := mload(0x40)
            calldatacopy(pairs, proof.offset, 192)
            mcopy(add(pairs, 192), key, 192)

            // IC(x) is summed up in its place; until -gamma is written, the place behind it holds a point and a scalar.
            let sum := add(pairs, 384)
            let term := add(pairs, 448)
            mcopy(sum, add(key, 448), 64)
            ran := 1
            for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                let x := calldataload(add(inputs.offset, shl(5, i)))
                canonical := and(canonical, lt(x, SCALAR_ORDER))
                // x IC[i + 1], over the point itself.
                mcopy(term, add(key, add(512, shl(6, i))), 64)
                mstore(add(pairs, 512), x)
                ran := and(ran, staticcall(gas(), 0x07, term, 96, term, 64))
                ran := and(ran, eq(returndatasize(), 64))
                // The sum and the term lie side by side, as the addition takes them.
                ran := and(ran, staticcall(gas(), 0x06, sum, 128, sum, 64))
                ran := and(ran, eq(returndatasize(), 64))
            }
            mcopy(term, add(key, 192), 128)

            calldatacopy(add(pairs, 576), add(proof.offset, 192), 64)
            mcopy(add(pairs, 640), add(key, 320), 128)

            // The product of the pairings, to scratch space.
            ran := and(ran, staticcall(gas(), 0x08, pairs, 768, 0x00, 32))
            ran := and(ran, eq(returndatasize(), 32))
            holds := eq(mload(0x00), 1)
        }
        if (!canonical) ExactCalldata.requireCanonical(inputs);
        if (!ran) revert IStatementVerifier.PairingRefused();
        if (!holds) revert IStatementVerifier.ProofRejected();
    }

    /// @notice Reverts unless every proof holds.
    /// @dev With c the challenge and c^i for proof i, the equations multiply to one:
    /// product of e(c^i A_i, B_i) e(s alpha, -beta) e(sum of c^i IC(x_i), -gamma) e(sum of c^i C_i, -delta) = 1, s = sum of c^i.
    /// @param key Where the key's words start in memory
    /// @param keyId Id of the key; the challenge commits to it
    /// @param count Public inputs of the statement
    /// @param proofs As in IStatementVerifier.verifyBatch
    /// @param inputs As in IStatementVerifier.verifyBatch
    function verifyBatch(uint256 key, bytes32 keyId, uint256 count, bytes calldata proofs, uint256[] calldata inputs)
        internal
        view
    {
        uint256 proofCount = proofs.length / PROOF_BYTES;
        if (proofs.length != proofCount * PROOF_BYTES) {
            revert IStatementVerifier.ProofLength((proofCount + 1) * PROOF_BYTES, proofs.length);
        }
        if (proofCount == 0) revert IStatementVerifier.BatchEmpty();
        if (inputs.length != proofCount * count) {
            revert IStatementVerifier.InputCount(proofCount * count, inputs.length);
        }
        ExactCalldata.requireExact(proofs, inputs);

        bool canonical = true;
        bool ran = true;
        bool holds;
        assembly ("memory-safe") {
            let pairs := mload(0x40)

            // The challenge: keccak256 of the key's id, all proofs, all inputs. Their memory is used anew below.
            mstore(pairs, keyId)
            calldatacopy(add(pairs, 32), proofs.offset, proofs.length)
            calldatacopy(add(add(pairs, 32), proofs.length), inputs.offset, shl(5, inputs.length))
            let challenge := mod(keccak256(pairs, add(add(32, proofs.length), shl(5, inputs.length))), SCALAR_ORDER)

            // Pairs of 192 bytes: c^i A_i and B_i for each proof | s alpha, -beta | IC, -gamma | C, -delta. Behind them the
            // scalars of IC: s, then one for each public input.
            let shared := add(pairs, mul(192, proofCount))
            let ic := add(shared, 192)
            let c := add(shared, 384)
            let scalars := add(shared, 576)
            for { let j := 0 } iszero(gt(j, count)) { j := add(j, 1) } { mstore(add(scalars, shl(5, j)), 0) }

            let power := 1
            let pair := pairs
            let proof := proofs.offset
            let input := inputs.offset
            // A precompile that refuses takes nearly all gas: what is left is for the error.
            for {} and(ran, lt(pair, shared)) {} {
                // s += c^i, and for each public input: its scalar += c^i x.
                mstore(scalars, addmod(mload(scalars), power, SCALAR_ORDER))
                for { let scalar := add(scalars, 32) } iszero(gt(scalar, add(scalars, shl(5, count)))) {} {
                    let x := calldataload(input)
                    canonical := and(canonical, lt(x, SCALAR_ORDER))
                    mstore(scalar, addmod(mload(scalar), mulmod(power, x, SCALAR_ORDER), SCALAR_ORDER))
                    scalar := add(scalar, 32)
                    input := add(input, 32)
                }

                switch eq(pair, pairs)
                case 1 {
                    // c^0 is 1: A and B stay, and C starts the sum.
                    calldatacopy(pair, proof, 192)
                    calldatacopy(c, add(proof, 192), 64)
                }
                default {
                    // c^i A, over A; then B, over the scalar.
                    calldatacopy(pair, proof, 64)
                    mstore(add(pair, 64), power)
                    ran := and(ran, staticcall(gas(), 0x07, pair, 96, pair, 64))
                    ran := and(ran, eq(returndatasize(), 64))
                    calldatacopy(add(pair, 64), add(proof, 64), 128)
                    // c^i C, beside the sum of those before; the place is -delta's later.
                    calldatacopy(add(c, 64), add(proof, 192), 64)
                    mstore(add(c, 128), power)
                    if ran {
                        ran := staticcall(gas(), 0x07, add(c, 64), 96, add(c, 64), 64)
                        ran := and(ran, eq(returndatasize(), 64))
                    }
                    if ran {
                        ran := staticcall(gas(), 0x06, c, 128, c, 64)
                        ran := and(ran, eq(returndatasize(), 64))
                    }
                }
                power := mulmod(power, challenge, SCALAR_ORDER)
                pair := add(pair, 192)
                proof := add(proof, 256)
            }

            if ran {
                // s alpha, over alpha; then -beta.
                mcopy(shared, key, 64)
                mstore(add(shared, 64), mload(scalars))
                ran := and(ran, staticcall(gas(), 0x07, shared, 96, shared, 64))
                ran := and(ran, eq(returndatasize(), 64))
                mcopy(add(shared, 64), add(key, 64), 128)

                // s IC[0], then the rest added one by one; the place behind the sum is -gamma's later.
                mcopy(ic, add(key, 448), 64)
                mstore(add(ic, 64), mload(scalars))
                ran := and(ran, staticcall(gas(), 0x07, ic, 96, ic, 64))
                ran := and(ran, eq(returndatasize(), 64))
                for { let j := 1 } iszero(gt(j, count)) { j := add(j, 1) } {
                    mcopy(add(ic, 64), add(key, add(448, shl(6, j))), 64)
                    mstore(add(ic, 128), mload(add(scalars, shl(5, j))))
                    ran := and(ran, staticcall(gas(), 0x07, add(ic, 64), 96, add(ic, 64), 64))
                    ran := and(ran, eq(returndatasize(), 64))
                    ran := and(ran, staticcall(gas(), 0x06, ic, 128, ic, 64))
                    ran := and(ran, eq(returndatasize(), 64))
                }
                mcopy(add(ic, 64), add(key, 192), 128)

                mcopy(add(c, 64), add(key, 320), 128)

                // The product of the pairings, to scratch space.
                ran := and(ran, staticcall(gas(), 0x08, pairs, sub(scalars, pairs), 0x00, 32))
                ran := and(ran, eq(returndatasize(), 32))
                holds := eq(mload(0x00), 1)
            }
        }
        if (!canonical) ExactCalldata.requireCanonical(inputs);
        if (!ran) revert IStatementVerifier.PairingRefused();
        if (!holds) revert IStatementVerifier.BatchRejected();
    }

    /// @notice Reverts if anybody could forge against the key. For constructors.
    /// @dev The same conditions as those of the Rust verifier on a key it loads.
    /// @param key Where the key's words start in memory
    /// @param count Public inputs of the statement
    function requireSound(uint256 key, uint256 count) internal view {
        // G1: alpha and IC. The addition refuses what is off the curve.
        KeyPoints.requireG1(key, 0);
        if (KeyPoints.word(key, 0) == G1_X) {
            revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Generator, 0);
        }
        for (uint256 i = 14; i < KEY_WORDS + 2 * count; i += 2) {
            KeyPoints.requireG1(key, i);
            // Points of G1 with the same x are equal up to sign.
            for (uint256 j = 14; j < i; j += 2) {
                if (KeyPoints.word(key, i) == KeyPoints.word(key, j)) {
                    revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Repeated, i);
                }
            }
        }

        // G2: -beta, -gamma, -delta. gamma may be the generator: ceremonies fix it so.
        for (uint256 i = 2; i < 14; i += 4) {
            KeyPoints.requireG2(key, i);
            if (i != 6 && KeyPoints.isG2Generator(key, i)) {
                revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Generator, i);
            }
            for (uint256 j = 2; j < i; j += 4) {
                if (
                    KeyPoints.word(key, i) == KeyPoints.word(key, j)
                        && KeyPoints.word(key, i + 1) == KeyPoints.word(key, j + 1)
                ) {
                    revert IStatementVerifier.KeyInvalid(IStatementVerifier.KeyFault.Related, i);
                }
            }
        }
    }

    /// @notice keccak256 of the statement's id, the flag as a word, and the key's words.
    function digest(uint256 key, uint256 count, bytes32 statementId, bytes32 origin) internal pure returns (bytes32) {
        return KeyCode.digest(key, 32 * (KEY_WORDS + 2 * count), statementId, origin);
    }
}
