// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement track/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {TrackV1, TrackV1Inputs} from "../../contracts/generated/TrackV1.sol";

/// @notice A contract as a user would write it: what the library does is internal.
contract TrackV1User {
    function verify(IStatementVerifier checker, bytes calldata proof, TrackV1Inputs memory inputs, address to)
        external
        view
    {
        TrackV1.verify(checker, proof, inputs, to);
    }

    function verifyBatch(
        IStatementVerifier checker,
        bytes calldata proofs,
        TrackV1Inputs[] memory inputs,
        address recipient
    ) external view {
        TrackV1.verifyBatch(checker, proofs, inputs, recipient);
    }

    function binding(address recipient, bytes32 statementId) external view returns (uint152) {
        return TrackV1.binding(recipient, statementId);
    }

    function pack(TrackV1Inputs memory inputs, uint152 binding_) external pure returns (uint256[] memory) {
        return TrackV1.pack(inputs, binding_);
    }

    function unpack(uint256[] memory words) external pure returns (TrackV1Inputs memory, uint152) {
        return TrackV1.unpack(words);
    }
}
