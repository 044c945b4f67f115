// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {SCALAR_ORDER} from "./Field.sol";
import {IStatementVerifier} from "./IStatementVerifier.sol";

/// @title Calldata of a verifier: proofs and public inputs, in one encoding
library ExactCalldata {
    /// Calldata without what is counted: selector, two offsets, two lengths.
    uint256 private constant ABI_BYTES = 4 + 4 * 32;
    /// Where the bytes of the proof start: behind selector, two offsets and their length.
    uint256 private constant PROOF_OFFSET = 4 + 3 * 32;

    /// @notice The arguments stand where every encoder puts them, and nothing follows: a call has one encoding.
    function requireExact(bytes calldata proof, uint256[] calldata inputs) internal pure {
        uint256 wanted = ABI_BYTES + proof.length + 32 * inputs.length;
        if (msg.data.length != wanted) revert IStatementVerifier.CalldataLength(wanted, msg.data.length);
        uint256 proofStart;
        uint256 inputStart;
        assembly ("memory-safe") {
            // Where the bytes of the proof start, and the words of the inputs.
            proofStart := proof.offset
            inputStart := inputs.offset
        }
        if (proofStart != PROOF_OFFSET) revert IStatementVerifier.CalldataOffset(PROOF_OFFSET, proofStart);
        wanted = PROOF_OFFSET + proof.length + 32;
        if (inputStart != wanted) revert IStatementVerifier.CalldataOffset(wanted, inputStart);
    }

    /// @notice Reverts naming the first input of r or more, if there is one.
    function requireCanonical(uint256[] calldata inputs) internal pure {
        for (uint256 i = 0; i < inputs.length; i++) {
            if (inputs[i] >= SCALAR_ORDER) revert IStatementVerifier.InputNotCanonical(i, inputs[i]);
        }
    }
}
