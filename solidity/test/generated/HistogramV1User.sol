// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement histogram/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {HistogramV1, HistogramV1Inputs} from "../../contracts/generated/HistogramV1.sol";

/// @notice A contract as a user would write it: what the library does is internal.
contract HistogramV1User {
    function verify(IStatementVerifier checker, bytes calldata proof, HistogramV1Inputs memory inputs, address to)
        external
        view
    {
        HistogramV1.verify(checker, proof, inputs, to);
    }

    function verifyBatch(
        IStatementVerifier checker,
        bytes calldata proofs,
        HistogramV1Inputs[] memory inputs,
        address recipient
    ) external view {
        HistogramV1.verifyBatch(checker, proofs, inputs, recipient);
    }

    function binding(address recipient, bytes32 statementId) external view returns (uint152) {
        return HistogramV1.binding(recipient, statementId);
    }

    function pack(HistogramV1Inputs memory inputs, uint152 binding_) external pure returns (uint256[] memory) {
        return HistogramV1.pack(inputs, binding_);
    }

    function unpack(uint256[] memory words) external pure returns (HistogramV1Inputs memory, uint152) {
        return HistogramV1.unpack(words);
    }
}
