// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ReadingV2Inputs} from "../contracts/generated/ReadingV2.sol";
import {IStatementVerifier} from "../contracts/core/IStatementVerifier.sol";
import {LibraryFixture} from "./LibraryFixture.sol";
import {ReadingV2User} from "./generated/ReadingV2.t.sol";

contract ReadingV2Test is LibraryFixture {
    ReadingV2User private user = new ReadingV2User();

    function test_Fixture_HasANullifierAndACommitment() external view {
        for (uint256 i = 0; i < inputs.length; i++) {
            (ReadingV2Inputs memory fields,) = user.unpack(inputs[i]);
            assertNotEq(fields.nullifier, 0, "a nullifier");
            assertNotEq(fields.commitment, 0, "a commitment");
        }
    }

    /// Written by hand, from the documentation of the layout.
    function test_Pack_PutsEachFieldInItsPlace() external view {
        uint256[] memory words = user.pack(_largest(), type(uint152).max);
        assertEq(words.length, 5);
        for (uint256 i = 0; i < 4; i++) {
            assertEq(words[i], R - 1);
        }
        assertEq(words[4], 2 ** 184 - 1);

        words = user.pack(ReadingV2Inputs(1, 2, 3, 4, 5), 6);
        for (uint256 i = 0; i < 4; i++) {
            assertEq(words[i], i + 1);
        }
        assertEq(words[4], (uint256(5) << 152) + 6);
    }

    function test_Pack_RefusesFieldsOutOfRange() external {
        ReadingV2Inputs memory fields = _largest();
        fields.registryRoot = R;
        _assertPackRefused(fields, "registryRoot", R, R);
        fields = _largest();
        fields.policyId = type(uint256).max;
        _assertPackRefused(fields, "policyId", type(uint256).max, R);
        fields = _largest();
        fields.nullifier = R;
        _assertPackRefused(fields, "nullifier", R, R);
        fields = _largest();
        fields.commitment = R + 1;
        _assertPackRefused(fields, "commitment", R + 1, R);
    }

    function test_Unpack_RefusesOtherWords() external {
        uint256[] memory words = user.pack(_largest(), 1);
        for (uint256 length = 0; length <= 8; length++) {
            if (length == words.length) continue;
            vm.expectRevert(abi.encodeWithSelector(IStatementVerifier.InputCount.selector, words.length, length));
            user.unpack(new uint256[](length));
        }
        _assertUnpackRefused(0, R, "registryRoot", R);
        _assertUnpackRefused(1, R, "policyId", R);
        _assertUnpackRefused(2, R, "nullifier", R);
        _assertUnpackRefused(3, type(uint256).max, "commitment", R);
        for (uint256 bit = 184; bit < 256; bit++) {
            _assertUnpackRefused(4, 2 ** bit, "word 4", 2 ** 184);
        }
    }

    function testFuzz_Fields_PackAndUnpack(ReadingV2Inputs memory fields, uint152 binding) external view {
        fields.registryRoot = bound(fields.registryRoot, 0, R - 1);
        fields.policyId = bound(fields.policyId, 0, R - 1);
        fields.nullifier = bound(fields.nullifier, 0, R - 1);
        fields.commitment = bound(fields.commitment, 0, R - 1);
        uint256[] memory words = user.pack(fields, binding);
        (ReadingV2Inputs memory back, uint152 bindingBack) = user.unpack(words);
        assertEq(abi.encode(back), abi.encode(fields));
        assertEq(bindingBack, binding);
        for (uint256 i = 0; i < words.length; i++) {
            assertLt(words[i], R);
        }
    }

    function testFuzz_Words_UnpackAndPack(uint256[5] memory random) external view {
        uint256[] memory words = new uint256[](5);
        for (uint256 i = 0; i < 4; i++) {
            words[i] = bound(random[i], 0, R - 1);
        }
        words[4] = bound(random[4], 0, 2 ** 184 - 1);
        (ReadingV2Inputs memory fields, uint152 binding) = user.unpack(words);
        assertEq(user.pack(fields, binding), words);
    }

    function _fixture() internal pure override returns (string memory) {
        return "ReadingV2";
    }

    function _largest() private pure returns (ReadingV2Inputs memory) {
        return ReadingV2Inputs({
            registryRoot: R - 1, policyId: R - 1, nullifier: R - 1, commitment: R - 1, epoch: type(uint32).max
        });
    }

    function _assertPackRefused(ReadingV2Inputs memory fields, string memory field, uint256 value, uint256 limit)
        private
    {
        vm.expectRevert(_outOfRange(field, value, limit));
        user.pack(fields, 0);
    }

    function _assertUnpackRefused(uint256 index, uint256 value, string memory field, uint256 limit) private {
        uint256[] memory words = user.pack(_largest(), 1);
        words[index] = value;
        vm.expectRevert(_outOfRange(field, value, limit));
        user.unpack(words);
    }
}
