// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the preimage `{{ name }}` by `{{ command }}`. Do not edit.
pragma solidity ^0.8.20;

import {SCALAR_ORDER} from "../core/Field.sol";

/// @title Poseidon of {{ width - 1 }} field elements under the tag `{{ domain }}`
/// @notice The hash of circuits and native code, with circomlib's constants. For constructors: it costs too much for more.
/// @dev Of a partial round only the first constant is left: the others pass its S-box untouched, and went through the matrix
/// into the next round's. The tag is the capacity element, which is lane 0.
library PolicyPoseidon {
    /// The tag, read as a big-endian integer.
    uint256 private constant TAG = {{ tag }};
    /// Rounds: the first and the last {{ half }} are full ones.
    uint256 private constant ROUNDS = {{ rounds }};
    /// The first partial round, and the first full one behind them.
    uint256 private constant PARTIAL_FROM = {{ half }};
    uint256 private constant PARTIAL_TO = {{ rounds - half }};
    /// Bytes of a state, and of the constants before the matrix.
    uint256 private constant STATE = {{ width * 32 }};
    uint256 private constant CONSTANTS = {{ constants.len() * 32 }};

    /// @notice The digest of these elements.
    /// @param lanes Each below r
    function hash(uint256[{{ width - 1 }}] memory lanes) internal pure returns (uint256 digest) {
        bytes memory table = _table();
        uint256[{{ width * 2 }}] memory states;
        states[0] = TAG;
        for (uint256 i = 0; i < {{ width - 1 }}; i++) {
            states[i + 1] = lanes[i];
        }
        assembly ("memory-safe") {
            // Two states: one is read while the other is written, and then they change places.
            let state := states
            let other := add(states, STATE)
            // The constant that comes next, and the matrix by rows.
            let at := add(table, 32)
            let matrix := add(at, CONSTANTS)
            for { let round := 0 } lt(round, ROUNDS) { round := add(round, 1) } {
                // A partial round takes its constant and x^5 on lane 0 alone.
                let end := add(state, STATE)
                if and(iszero(lt(round, PARTIAL_FROM)), lt(round, PARTIAL_TO)) { end := add(state, 32) }
                for { let lane := state } lt(lane, end) { lane := add(lane, 32) } {
                    let x := addmod(mload(lane), mload(at), SCALAR_ORDER)
                    let squared := mulmod(x, x, SCALAR_ORDER)
                    mstore(lane, mulmod(x, mulmod(squared, squared, SCALAR_ORDER), SCALAR_ORDER))
                    at := add(at, 32)
                }
                // Each lane of the other state: a row of the matrix times the state.
                let row := matrix
                for { let i := 0 } lt(i, STATE) { i := add(i, 32) } {
                    let sum := 0
                    for { let j := 0 } lt(j, STATE) { j := add(j, 32) } {
                        sum := addmod(sum, mulmod(mload(row), mload(add(state, j)), SCALAR_ORDER), SCALAR_ORDER)
                        row := add(row, 32)
                    }
                    mstore(add(other, i), sum)
                }
                let read := state
                state := other
                other := read
            }
            digest := mload(state)
        }
    }

    /// The constants in the order of their use, then the matrix by rows.
    function _table() private pure returns (bytes memory) {
        return hex"{{ constants[0] }}"
{%- for word in constants %}{% if loop.index0 > 0 %}
            hex"{{ word }}"{% endif %}
{%- endfor %}
{%- for word in matrix %}
            hex"{{ word }}"
{%- endfor %};
    }
}
