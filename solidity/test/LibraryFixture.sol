// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {VerifierFixture} from "./VerifierFixture.sol";

/// @notice What the tests of the libraries share: a verifier, proofs and their words, and the binding by its definition.
abstract contract LibraryFixture is VerifierFixture {
    // What the proofs of the fixtures are bound to; see `_recipient`.
    uint256 internal constant BOUND_CHAIN = 80002;
    address internal constant BOUND_CONTRACT = 0x2222222222222222222222222222222222222222;

    /// @inheritdoc VerifierFixture
    function deployOf(string memory statement_, uint256[] memory key_, bytes32 origin)
        public
        override
        returns (IStatementVerifier)
    {
        address holder = makeAddr(statement_);
        assertLe(uint256(origin), 1, "a key of no ceremony");
        vm.etch(holder, abi.encodePacked(hex"00", uint8(uint256(origin)), keccak256(bytes(statement_)), key_));
        bytes memory arguments = abi.encode(holder, holder.codehash, statement_);
        return IStatementVerifier(_create("KeyedGroth16Verifier", _artifact("KeyedGroth16Verifier"), arguments));
    }

    /// The recipient of the proof at `index`: twelve bytes 0x33, then a number that counts from 1.
    function _recipient(uint256 index) internal pure returns (address) {
        return address(bytes20(abi.encodePacked(hex"333333333333333333333333", uint64(index + 1))));
    }

    /// The low 152 bits of keccak256(chain id, contract, recipient, statement id), each a word.
    function _binding(address caller, address recipient, bytes32 id) internal view returns (uint152) {
        bytes32 digest = keccak256(
            bytes.concat(
                bytes32(block.chainid), bytes32(uint256(uint160(caller))), bytes32(uint256(uint160(recipient))), id
            )
        );
        return uint152(uint256(digest) % 2 ** 152);
    }

    function _outOfRange(string memory field, uint256 value, uint256 limit) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IStatementVerifier.FieldOutOfRange.selector, field, value, limit);
    }
}
