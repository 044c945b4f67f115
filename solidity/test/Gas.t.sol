// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AggregateV1, AggregateV1Inputs} from "../contracts/generated/AggregateV1.sol";
import {AggregateV1Groth16Verifier} from "../contracts/generated/AggregateV1Groth16Verifier.sol";
import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {KeyedGroth16Verifier} from "../contracts/core/KeyedGroth16Verifier.sol";
import {ReadingV1, ReadingV1Inputs} from "../contracts/generated/ReadingV1.sol";
import {ReadingV1Groth16Verifier} from "../contracts/generated/ReadingV1Groth16Verifier.sol";
import {VerifierFixture} from "./VerifierFixture.sol";

/// @notice One call to each entry point, for `.gas-snapshot`: what changes there has to be meant.
/// @dev forge prices as Ethereum does; Polygon's precompiles cost about 50 % more. The figures to quote are those of
/// `zksensor export solidity --gas`. These are for comparison with the last commit's.
abstract contract GasFixture is VerifierFixture {
    IStatementVerifier internal keyed;

    bytes internal one;
    bytes internal three;

    function setUp() public override {
        super.setUp();
        address holder = makeAddr("key");
        vm.etch(holder, abi.encodePacked(hex"00", insecure, keccak256(bytes(statement)), key));
        keyed = new KeyedGroth16Verifier(holder, holder.codehash, statement);
        one = _verifyData(0);
        three = _batchData(_inOrder(3));
    }

    function test_Gas_Verify() external view {
        _ask(verifier, one);
    }

    function test_Gas_VerifyBatchOf3() external view {
        _ask(verifier, three);
    }

    function test_Gas_KeyedVerify() external view {
        _ask(keyed, one);
    }

    function test_Gas_KeyedVerifyBatchOf3() external view {
        _ask(keyed, three);
    }

    function test_Gas_Deploy() external {
        deploy(statement, key, insecure);
    }

    function _ask(IStatementVerifier target, bytes memory data) private view {
        (bool ok,) = address(target).staticcall(data);
        assertTrue(ok);
    }
}

contract AggregateV1GasTest is GasFixture {
    /// @inheritdoc VerifierFixture
    function deploy(string memory statement_, uint256[] memory key_, bool insecure_)
        public
        override
        returns (IStatementVerifier)
    {
        uint256[24] memory words;
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = key_[i];
        }
        return new AggregateV1Groth16Verifier(statement_, words, insecure_);
    }

    function test_Gas_UnpackAndPack() external view {
        (AggregateV1Inputs memory fields, uint152 binding) = AggregateV1.unpack(inputs[0]);
        AggregateV1.pack(fields, binding);
    }

    function _fixture() internal pure override returns (string memory) {
        return "AggregateV1";
    }
}

contract ReadingV1GasTest is GasFixture {
    /// @inheritdoc VerifierFixture
    function deploy(string memory statement_, uint256[] memory key_, bool insecure_)
        public
        override
        returns (IStatementVerifier)
    {
        uint256[26] memory words;
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = key_[i];
        }
        return new ReadingV1Groth16Verifier(statement_, words, insecure_);
    }

    function test_Gas_UnpackAndPack() external view {
        (ReadingV1Inputs memory fields, uint152 binding) = ReadingV1.unpack(inputs[0]);
        ReadingV1.pack(fields, binding);
    }

    function _fixture() internal pure override returns (string memory) {
        return "ReadingV1";
    }
}
