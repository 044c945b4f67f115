// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement aggregate/v2 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {AggregateV2, AggregateV2Inputs} from "../../contracts/generated/AggregateV2.sol";

/// @notice A contract as a user would write it: what the library does is internal.
contract AggregateV2User {
    function verify(IStatementVerifier checker, bytes calldata proof, AggregateV2Inputs memory inputs, address to)
        external
        view
    {
        AggregateV2.verify(checker, proof, inputs, to);
    }

    function verifyBatch(
        IStatementVerifier checker,
        bytes calldata proofs,
        AggregateV2Inputs[] memory inputs,
        address recipient
    ) external view {
        AggregateV2.verifyBatch(checker, proofs, inputs, recipient);
    }

    function binding(address recipient, bytes32 statementId) external view returns (uint152) {
        return AggregateV2.binding(recipient, statementId);
    }

    function pack(AggregateV2Inputs memory inputs, uint152 binding_) external pure returns (uint256[] memory) {
        return AggregateV2.pack(inputs, binding_);
    }

    function unpack(uint256[] memory words) external pure returns (AggregateV2Inputs memory, uint152) {
        return AggregateV2.unpack(words);
    }
}
