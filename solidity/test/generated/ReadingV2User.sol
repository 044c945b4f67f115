// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement reading/v2 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {ReadingV2, ReadingV2Inputs} from "../../contracts/generated/ReadingV2.sol";

/// @notice A contract as a user would write it: what the library does is internal.
contract ReadingV2User {
    function verify(IStatementVerifier checker, bytes calldata proof, ReadingV2Inputs memory inputs, address to)
        external
        view
    {
        ReadingV2.verify(checker, proof, inputs, to);
    }

    function verifyBatch(
        IStatementVerifier checker,
        bytes calldata proofs,
        ReadingV2Inputs[] memory inputs,
        address recipient
    ) external view {
        ReadingV2.verifyBatch(checker, proofs, inputs, recipient);
    }

    function binding(address recipient, bytes32 statementId) external view returns (uint152) {
        return ReadingV2.binding(recipient, statementId);
    }

    function pack(ReadingV2Inputs memory inputs, uint152 binding_) external pure returns (uint256[] memory) {
        return ReadingV2.pack(inputs, binding_);
    }

    function unpack(uint256[] memory words) external pure returns (ReadingV2Inputs memory, uint152) {
        return ReadingV2.unpack(words);
    }
}
