// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {PrivateSumV1Inputs} from "../contracts/generated/PrivateSumV1.sol";
import {PrivateSumV1Limits} from "./generated/PrivateSumV1.t.sol";

contract PrivateSumV1Test is PrivateSumV1Limits {
    function test_Fixture_IsOfDevicesThatAPolicyWants() external view {
        for (uint256 i = 0; i < inputs.length; i++) {
            (PrivateSumV1Inputs memory fields,) = user.unpack(inputs[i]);
            assertGt(fields.count, 0, "devices that a policy wants");
            assertGt(fields.seal, 0, "sealed");
        }
    }

    /// Written by hand, from the documentation of the layout.
    function test_Pack_PutsEachFieldInItsPlace() external view {
        uint256[] memory words = user.pack(_largest(), type(uint152).max);
        assertEq(words.length, 6);
        for (uint256 i = 0; i < 4; i++) {
            assertEq(words[i], R - 1);
        }
        assertEq(words[4], 2 ** 142 - 1);
        assertEq(words[5], 2 ** 152 - 1);

        PrivateSumV1Inputs memory fields;
        (fields.registryRoot, fields.policyId, fields.seal, fields.beacon) = (1, 2, 3, 4);
        (fields.epoch, fields.chunkBits, fields.chunk, fields.count, fields.sum) = (5, 6, 7, 8, -9);
        words = user.pack(fields, 10);
        for (uint256 i = 0; i < 4; i++) {
            assertEq(words[i], i + 1);
        }
        uint256 fifth = (uint256(5) << 110) + (uint256(6) << 105) + (uint256(7) << 83);
        assertEq(words[4], fifth + (uint256(8) << 62) + 2 ** 61 - 9);
        assertEq(words[5], 10);
    }

    function test_Pack_RefusesFieldsOutOfRange() external {
        PrivateSumV1Inputs memory fields = _largest();
        fields.registryRoot = R;
        _assertPackRefused(fields, "registryRoot", R, R);
        fields = _largest();
        fields.policyId = type(uint256).max;
        _assertPackRefused(fields, "policyId", type(uint256).max, R);
        fields = _largest();
        fields.seal = R;
        _assertPackRefused(fields, "seal", R, R);
        fields = _largest();
        fields.beacon = R;
        _assertPackRefused(fields, "beacon", R, R);
        fields = _largest();
        fields.chunkBits = 2 ** 5;
        _assertPackRefused(fields, "chunkBits", 2 ** 5, 2 ** 5);
        fields = _largest();
        fields.chunk = 2 ** 22;
        _assertPackRefused(fields, "chunk", 2 ** 22, 2 ** 22);
        fields = _largest();
        fields.count = 2 ** 21;
        _assertPackRefused(fields, "count", 2 ** 21, 2 ** 21);
    }

    function test_Unpack_RefusesOtherWords() external {
        _assertUnpackRefused(0, R, "registryRoot", R);
        _assertUnpackRefused(1, R, "policyId", R);
        _assertUnpackRefused(2, R, "seal", R);
        _assertUnpackRefused(3, R, "beacon", R);
        for (uint256 bit = 142; bit < 256; bit++) {
            _assertUnpackRefused(4, 2 ** bit, "word 4", 2 ** 142);
        }
        for (uint256 bit = 152; bit < 256; bit++) {
            _assertUnpackRefused(5, 2 ** bit, "word 5", 2 ** 152);
        }
    }

    function testFuzz_Fields_PackAndUnpack(PrivateSumV1Inputs memory fields, uint152 binding) external view {
        fields.registryRoot = bound(fields.registryRoot, 0, R - 1);
        fields.policyId = bound(fields.policyId, 0, R - 1);
        fields.seal = bound(fields.seal, 0, R - 1);
        fields.beacon = bound(fields.beacon, 0, R - 1);
        fields.chunkBits %= 2 ** 5;
        fields.chunk %= 2 ** 22;
        fields.count %= 2 ** 21;
        fields.sum = int64(bound(fields.sum, -(2 ** 61), 2 ** 61 - 1));
        _assertPacks(fields, binding);
    }

    function testFuzz_Words_UnpackAndPack(uint256[6] memory random) external view {
        uint256[] memory words = new uint256[](6);
        for (uint256 i = 0; i < 4; i++) {
            words[i] = bound(random[i], 0, R - 1);
        }
        words[4] = bound(random[4], 0, 2 ** 142 - 1);
        words[5] = bound(random[5], 0, 2 ** 152 - 1);
        _assertUnpacks(words);
    }

    function _largest() internal pure override returns (PrivateSumV1Inputs memory) {
        return PrivateSumV1Inputs({
            registryRoot: R - 1,
            policyId: R - 1,
            seal: R - 1,
            beacon: R - 1,
            epoch: type(uint32).max,
            chunkBits: 2 ** 5 - 1,
            chunk: 2 ** 22 - 1,
            count: 2 ** 21 - 1,
            sum: 2 ** 61 - 1
        });
    }
}
