// SPDX-License-Identifier: MIT OR Apache-2.0
// Generated for the statement private-sum/v1 by `cargo run --release -p xtask -- update`. Do not edit.
pragma solidity ^0.8.28;

import {IStatementVerifier} from "../../contracts/core/IStatementVerifier.sol";
import {PrivateSumV1, PrivateSumV1Inputs} from "../../contracts/generated/PrivateSumV1.sol";
import {GasFixture} from "../GasFixture.sol";
import {KeyedGroth16VerifierBehaviour} from "../KeyedGroth16VerifierBehaviour.sol";
import {LibraryFixture} from "../LibraryFixture.sol";
import {StatementVerifierBehaviour} from "../StatementVerifierBehaviour.sol";
import {VerifierFixture} from "../VerifierFixture.sol";
import {PrivateSumV1User} from "./PrivateSumV1User.sol";

abstract contract PrivateSumV1Fixture is VerifierFixture {
    /// @inheritdoc VerifierFixture
    function deployOf(string memory statement_, uint256[] memory key_, bytes32 origin)
        public
        override
        returns (IStatementVerifier)
    {
        uint256[28] memory words;
        assertEq(key_.length, words.length);
        for (uint256 i = 0; i < words.length; i++) {
            words[i] = key_[i];
        }
        bytes memory compiled = _artifact("PrivateSumV1Groth16Verifier");
        bytes memory arguments = abi.encode(statement_, words, origin);
        return IStatementVerifier(_create("PrivateSumV1Groth16Verifier", compiled, arguments));
    }

    function _fixture() internal pure override returns (string memory) {
        return "PrivateSumV1";
    }
}

contract PrivateSumV1Groth16VerifierTest is PrivateSumV1Fixture, StatementVerifierBehaviour {
    function _title() internal pure override returns (string memory) {
        return "private-sum/v1";
    }
}

contract KeyedPrivateSumV1Test is KeyedGroth16VerifierBehaviour {
    function _fixture() internal pure override returns (string memory) {
        return "PrivateSumV1";
    }
}

contract PrivateSumV1GasTest is PrivateSumV1Fixture, GasFixture {
    function setUp() public override(VerifierFixture, GasFixture) {
        super.setUp();
    }

    function test_Gas_UnpackAndPack() external view {
        (PrivateSumV1Inputs memory fields, uint152 binding) = PrivateSumV1.unpack(inputs[0]);
        PrivateSumV1.pack(fields, binding);
    }
}

/// @notice What the limits of the library are held to; they are written by hand, from the documentation of the layout.
abstract contract PrivateSumV1Limits is LibraryFixture {
    PrivateSumV1User internal user = PrivateSumV1User(_create("PrivateSumV1User", type(PrivateSumV1User).creationCode, ""));

    function test_Unpack_RefusesAnotherNumberOfWords() external {
        uint256 wanted = inputs[0].length;
        for (uint256 length = 0; length <= 2 * wanted; length++) {
            if (length == wanted) continue;
            vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputCount.selector, wanted, length));
            user.unpack(new uint256[](length));
        }
    }

    function _largest() internal pure virtual returns (PrivateSumV1Inputs memory);

    function _assertPackRefused(PrivateSumV1Inputs memory fields, string memory field, uint256 value, uint256 limit)
        internal
    {
        vm.expectRevert(_outOfRange(field, value, limit));
        user.pack(fields, 0);
    }

    function _assertUnpackRefused(uint256 index, uint256 value, string memory field, uint256 limit) internal {
        uint256[] memory words = user.pack(_largest(), 1);
        words[index] = value;
        vm.expectRevert(_outOfRange(field, value, limit));
        user.unpack(words);
    }

    /// Fields in their ranges: as they were packed.
    function _assertPacks(PrivateSumV1Inputs memory fields, uint152 binding) internal view {
        uint256[] memory words = user.pack(fields, binding);
        (PrivateSumV1Inputs memory back, uint152 bindingBack) = user.unpack(words);
        assertEq(abi.encode(back), abi.encode(fields));
        assertEq(bindingBack, binding);
        for (uint256 i = 0; i < words.length; i++) {
            assertLt(words[i], R);
        }
    }

    /// Words in their ranges: as they were unpacked.
    function _assertUnpacks(uint256[] memory words) internal view {
        (PrivateSumV1Inputs memory fields, uint152 binding) = user.unpack(words);
        assertEq(user.pack(fields, binding), words);
    }

    function _fixture() internal pure override returns (string memory) {
        return "PrivateSumV1";
    }
}

/// @notice What holds of every library; its own limits are beside its layout's documentation.
contract PrivateSumV1LibraryTest is LibraryFixture {
    PrivateSumV1User private user = _user();

    function test_Fixture_UnpacksAndPacks() external view {
        for (uint256 i = 0; i < inputs.length; i++) {
            (PrivateSumV1Inputs memory fields, uint152 binding) = user.unpack(inputs[i]);
            assertEq(user.pack(fields, binding), inputs[i]);
        }
    }

    function test_Binding_DependsOnEveryPart() external {
        PrivateSumV1User other = _user();
        bytes32 id = keccak256(bytes(statement));
        uint152 first = user.binding(address(1), id);
        assertEq(first, _binding(address(user), address(1), id));
        assertNotEq(first, user.binding(address(2), id), "recipient");
        assertNotEq(first, user.binding(address(1), keccak256(bytes(string.concat(statement, "/1")))), "statement");
        assertNotEq(first, other.binding(address(1), id), "contract");
        vm.chainId(block.chainid + 1);
        assertNotEq(first, user.binding(address(1), id), "chain");
    }

    /// The proofs of the fixture were made for this chain, contract and recipients: nothing is mocked.
    function test_Verify_AcceptsProofsForItsCallerAndRecipient() external {
        vm.chainId(BOUND_CHAIN);
        vm.etch(BOUND_CONTRACT, address(user).code);
        for (uint256 i = 0; i < proofs.length; i++) {
            (PrivateSumV1Inputs memory fields, uint152 binding) = user.unpack(inputs[i]);
            assertEq(binding, _binding(BOUND_CONTRACT, _recipient(i), keccak256(bytes(statement))));
            PrivateSumV1User(BOUND_CONTRACT).verify(verifier, proofs[i], fields, _recipient(i));
        }
    }

    function test_Verify_RefusesProofsForOthers() external {
        vm.chainId(BOUND_CHAIN);
        vm.etch(BOUND_CONTRACT, address(user).code);
        (PrivateSumV1Inputs memory fields,) = user.unpack(inputs[0]);
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        PrivateSumV1User(BOUND_CONTRACT).verify(verifier, proofs[0], fields, _recipient(1));
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        user.verify(verifier, proofs[0], fields, _recipient(0));
        vm.chainId(BOUND_CHAIN + 1);
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        PrivateSumV1User(BOUND_CONTRACT).verify(verifier, proofs[0], fields, _recipient(0));
        vm.chainId(BOUND_CHAIN);
        IStatementVerifier other = deploy(string.concat(statement, "/0"), key, insecure);
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        PrivateSumV1User(BOUND_CONTRACT).verify(other, proofs[0], fields, _recipient(0));
        fields.epoch += 1;
        vm.expectRevert(IStatementVerifier.ProofRejected.selector);
        PrivateSumV1User(BOUND_CONTRACT).verify(verifier, proofs[0], fields, _recipient(0));
    }

    function test_Library_NamesWhatItsVerifierIs() external view {
        assertEq(PrivateSumV1.FAMILY, verifier.FAMILY());
        assertEq(PrivateSumV1.WORDS, verifier.INPUTS());
    }

    /// Each with its own words, in order, and bound to the one recipient. The answer is made up: the proofs are for several.
    function test_VerifyBatch_AsksForEveryProof() external {
        PrivateSumV1Inputs[] memory fields = new PrivateSumV1Inputs[](3);
        uint256 count = inputs[0].length;
        uint256[] memory words = new uint256[](3 * count);
        uint152 binding = _binding(address(user), address(1), keccak256(bytes(statement)));
        for (uint256 i = 0; i < 3; i++) {
            (fields[i],) = user.unpack(inputs[i]);
            uint256[] memory packed = user.pack(fields[i], binding);
            for (uint256 j = 0; j < count; j++) {
                words[count * i + j] = packed[j];
            }
        }
        bytes memory batch = bytes.concat(proofs[0], proofs[1], proofs[2]);
        bytes memory asked = abi.encodeCall(IStatementVerifier.verifyBatch, (batch, words));
        vm.mockCall(address(verifier), asked, "");
        vm.expectCall(address(verifier), asked);
        user.verifyBatch(verifier, batch, fields, address(1));
    }

    /// One proof twice, since a batch is for one recipient: nothing is mocked.
    function test_VerifyBatch_HoldsForItsCallerAndRecipientOnly() external {
        vm.chainId(BOUND_CHAIN);
        vm.etch(BOUND_CONTRACT, address(user).code);
        PrivateSumV1User bound = PrivateSumV1User(BOUND_CONTRACT);
        PrivateSumV1Inputs[] memory fields = new PrivateSumV1Inputs[](2);
        (fields[0],) = user.unpack(inputs[0]);
        (fields[1],) = user.unpack(inputs[0]);
        bytes memory batch = bytes.concat(proofs[0], proofs[0]);
        bound.verifyBatch(verifier, batch, fields, _recipient(0));

        vm.expectRevert(IStatementVerifier.BatchRejected.selector);
        bound.verifyBatch(verifier, batch, fields, _recipient(1));
        vm.expectRevert(IStatementVerifier.BatchRejected.selector);
        user.verifyBatch(verifier, batch, fields, _recipient(0));
        fields[1].epoch += 1;
        vm.expectRevert(IStatementVerifier.BatchRejected.selector);
        bound.verifyBatch(verifier, batch, fields, _recipient(0));
        uint256 count = inputs[0].length;
        vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputCount.selector, count, 2 * count));
        bound.verifyBatch(verifier, proofs[0], fields, _recipient(0));
        vm.expectRevert(IStatementVerifier.BatchEmpty.selector);
        bound.verifyBatch(verifier, "", new PrivateSumV1Inputs[](0), _recipient(0));
    }

    function testFuzz_Binding_IsTheDigest(address recipient, bytes32 id, uint64 chain, address caller) external {
        // Not one of the precompiles or of forge's own, which cannot be given code.
        assumeNotForgeAddress(caller);
        assumeNotPrecompile(caller);
        vm.chainId(bound(chain, 1, type(uint64).max - 1));
        vm.etch(caller, address(user).code);
        assertEq(PrivateSumV1User(caller).binding(recipient, id), _binding(caller, recipient, id));
    }

    function _user() private returns (PrivateSumV1User) {
        return PrivateSumV1User(_create("PrivateSumV1User", type(PrivateSumV1User).creationCode, ""));
    }

    function _fixture() internal pure override returns (string memory) {
        return "PrivateSumV1";
    }
}
