// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {SCALAR_ORDER} from "../Field.sol";
import {IStatementVerifier} from "../IStatementVerifier.sol";
import {Halo2Layout} from "./Halo2Layout.sol";
import {Challenges} from "./Halo2Transcript.sol";
import {Rows} from "./Halo2Table.sol";
import {addMod, load, mulMod, subMod} from "./Scalar.sol";

/// @notice The rows of a table: powers of a root of unity.
struct Domain {
    /// Binary logarithm of their number.
    uint256 k;
    /// The root, of order 2^k.
    uint256 omega;
    /// 1 / omega.
    uint256 omegaInverse;
    /// 1 / 2^k.
    uint256 sizeInverse;
}

/// @notice Where polynomials are evaluated.
struct Points {
    /// The challenge.
    uint256 x;
    /// omega x: the row behind.
    uint256 next;
    /// The row before.
    uint256 before;
    /// The row at which products end, from the first one.
    uint256 last;
    /// x^n, n = 2^k.
    uint256 power;
    /// Where the inverses lie in memory; those that openings need come first.
    uint256 inverses;
}

/// @title The rows of a table, at a challenge
library Halo2Domain {
    /// A root of unity of order 2^28: the generator 7 to the power of (r - 1) / 2^28.
    uint256 private constant ROOT = 0x03ddb9f5166d18b798865ea93dd31f743215cf6dd39329c8d34f1ed960c37c9c;
    /// The binary logarithm of its order.
    uint256 private constant ROOT_BITS = 28;

    /// @notice Inverses that openings need: of what their set of x alone leaves out at u; of the denominators of the
    /// interpolations of three points and twice of two.
    uint256 internal constant OPENING_INVERSES = 6;

    /// @notice The rows of a table of 2^k. For constructors.
    function ofRows(uint256 k) internal pure returns (Domain memory domain) {
        unchecked {
            domain.k = k;
            domain.omega = ROOT;
            for (uint256 i = k; i < ROOT_BITS; i++) {
                domain.omega = mulMod(domain.omega, domain.omega);
            }
            // omega^(2^k - 1), and ((r + 1) / 2)^k.
            domain.omegaInverse = 1;
            domain.sizeInverse = 1;
            uint256 power = domain.omega;
            for (uint256 i = 0; i < k; i++) {
                domain.omegaInverse = mulMod(domain.omegaInverse, power);
                power = mulMod(power, power);
                domain.sizeInverse = mulMod(domain.sizeInverse, (SCALAR_ORDER + 1) / 2);
            }
        }
    }

    /// @notice The points, with all inverses that are needed: one call of the precompile makes them.
    /// @param count Public inputs
    function pointsOf(Domain memory domain, Challenges memory asked, uint256 count)
        internal
        view
        returns (Points memory points)
    {
        unchecked {
            points.x = asked.x;
            points.next = mulMod(asked.x, domain.omega);
            points.before = mulMod(asked.x, domain.omegaInverse);
            uint256 root = 1;
            for (uint256 i = 0; i <= Halo2Layout.BLINDING; i++) {
                root = mulMod(root, domain.omegaInverse);
            }
            points.last = mulMod(asked.x, root);
            points.power = asked.x;
            for (uint256 i = 0; i < domain.k; i++) {
                points.power = mulMod(points.power, points.power);
            }

            uint256[] memory values = new uint256[](OPENING_INVERSES + 2 + Halo2Layout.BLINDING + count);
            values[0] = mulMod(
                mulMod(subMod(asked.u, points.next), subMod(asked.u, points.last)), subMod(asked.u, points.before)
            );
            values[1] = mulMod(subMod(points.x, points.next), subMod(points.x, points.last));
            values[2] = mulMod(subMod(points.next, points.x), subMod(points.next, points.last));
            values[3] = mulMod(subMod(points.last, points.x), subMod(points.last, points.next));
            values[4] = subMod(points.x, points.next);
            values[5] = subMod(points.x, points.before);
            values[OPENING_INVERSES] = subMod(points.power, 1);
            // x minus each row from the one at which products end, over the last one, to the last public input.
            for (uint256 i = OPENING_INVERSES + 1; i < values.length; i++) {
                values[i] = subMod(points.x, root);
                root = mulMod(root, domain.omega);
            }
            _invert(values);
            uint256 inverses;
            assembly ("memory-safe") {
                // Behind their number.
                inverses := add(values, 32)
            }
            points.inverses = inverses;
        }
    }

    /// @notice 1 / (x^n - 1).
    function vanishingInverse(Points memory points) internal pure returns (uint256) {
        unchecked {
            return load(points.inverses + 32 * OPENING_INVERSES);
        }
    }

    /// @notice Lagrange polynomials of rows at x: row i is omega^i (x^n - 1) / (n (x - omega^i)).
    /// @return rows Of the first row, the last, and those between which no row blinds
    /// @return publics The column of public inputs, at x
    function rowsAt(Domain memory domain, Points memory points, uint256[] calldata inputs)
        internal
        pure
        returns (Rows memory rows, uint256 publics)
    {
        unchecked {
            uint256 common = mulMod(subMod(points.power, 1), domain.sizeInverse);
            uint256 place = points.inverses + 32 * (OPENING_INVERSES + 1);
            uint256 root = 1;
            for (uint256 i = 0; i <= Halo2Layout.BLINDING; i++) {
                root = mulMod(root, domain.omegaInverse);
            }
            uint256 blind = 0;
            for (uint256 i = 0; i <= Halo2Layout.BLINDING; i++) {
                uint256 value = mulMod(mulMod(root, common), load(place));
                if (i == 0) rows.last = value;
                blind = addMod(blind, value);
                root = mulMod(root, domain.omega);
                place += 32;
            }
            rows.active = subMod(1, blind);
            // The root is 1 here: the first row, at which public inputs begin.
            rows.first = mulMod(common, load(place));
            for (uint256 i = 0; i < inputs.length; i++) {
                uint256 value = mulMod(mulMod(root, common), load(place));
                publics = addMod(publics, mulMod(value, inputs[i]));
                root = mulMod(root, domain.omega);
                place += 32;
            }
        }
    }

    /// Each value's inverse in its place: the product is inverted, and taken apart (Montgomery).
    function _invert(uint256[] memory values) private view {
        unchecked {
            uint256 count = values.length;
            uint256[] memory before = new uint256[](count);
            uint256 product = 1;
            for (uint256 i = 0; i < count; i++) {
                before[i] = product;
                product = mulMod(product, values[i]);
            }
            // No challenge of a hash meets a row: whose does, shows nothing.
            if (product == 0) revert IStatementVerifier.ProofRejected();
            uint256 inverse = _inverse(product);
            for (uint256 i = count; i > 0; i--) {
                uint256 value = values[i - 1];
                values[i - 1] = mulMod(inverse, before[i - 1]);
                inverse = mulMod(inverse, value);
            }
        }
    }

    /// value^(r - 2), by the precompile (EIP-198); checked, so that nothing else has to be.
    function _inverse(uint256 value) private view returns (uint256 inverse) {
        bool ran;
        assembly ("memory-safe") {
            let buffer := mload(0x40)
            mstore(buffer, 32)
            mstore(add(buffer, 32), 32)
            mstore(add(buffer, 64), 32)
            mstore(add(buffer, 96), value)
            mstore(add(buffer, 128), sub(SCALAR_ORDER, 2))
            mstore(add(buffer, 160), SCALAR_ORDER)
            ran := staticcall(gas(), 0x05, buffer, 192, 0x00, 32)
            ran := and(ran, eq(returndatasize(), 32))
            inverse := mload(0x00)
        }
        if (!ran || mulMod(value, inverse) != 1) revert IStatementVerifier.PairingRefused();
    }
}
