// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {ReadingV2Inputs} from "../contracts/generated/ReadingV2.sol";
import {ReadingV2Limits} from "./generated/ReadingV2.t.sol";

contract ReadingV2Test is ReadingV2Limits {
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
        _assertPacks(fields, binding);
    }

    function testFuzz_Words_UnpackAndPack(uint256[5] memory random) external view {
        uint256[] memory words = new uint256[](5);
        for (uint256 i = 0; i < 4; i++) {
            words[i] = bound(random[i], 0, R - 1);
        }
        words[4] = bound(random[4], 0, 2 ** 184 - 1);
        _assertUnpacks(words);
    }

    function _largest() internal pure override returns (ReadingV2Inputs memory) {
        return ReadingV2Inputs({
            registryRoot: R - 1, policyId: R - 1, nullifier: R - 1, commitment: R - 1, epoch: type(uint32).max
        });
    }
}
