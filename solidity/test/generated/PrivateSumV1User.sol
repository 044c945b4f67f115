// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement private-sum/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.20;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {PrivateSumV1, PrivateSumV1Inputs} from "../../contracts/generated/PrivateSumV1.sol";

/// @notice A contract as a user would write it: what the library does is internal.
contract PrivateSumV1User {
    function verify(IStatementVerifier checker, bytes calldata proof, PrivateSumV1Inputs memory inputs, address to)
        external
        view
    {
        PrivateSumV1.verify(checker, proof, inputs, to);
    }

    function verifyBatch(
        IStatementVerifier checker,
        bytes calldata proofs,
        PrivateSumV1Inputs[] memory inputs,
        address recipient
    ) external view {
        PrivateSumV1.verifyBatch(checker, proofs, inputs, recipient);
    }

    function binding(address recipient, bytes32 statementId) external view returns (uint152) {
        return PrivateSumV1.binding(recipient, statementId);
    }

    function pack(PrivateSumV1Inputs memory inputs, uint152 binding_) external pure returns (uint256[] memory) {
        return PrivateSumV1.pack(inputs, binding_);
    }

    function unpack(uint256[] memory words) external pure returns (PrivateSumV1Inputs memory, uint152) {
        return PrivateSumV1.unpack(words);
    }
}
