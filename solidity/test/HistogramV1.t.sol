// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {HistogramV1Inputs} from "../contracts/generated/HistogramV1.sol";
import {HistogramV1Limits} from "./generated/HistogramV1.t.sol";

contract HistogramV1Test is HistogramV1Limits {
    function test_Fixture_EachDeviceIsInABin() external view {
        for (uint256 i = 0; i < inputs.length; i++) {
            (HistogramV1Inputs memory fields,) = user.unpack(inputs[i]);
            assertGt(fields.count, 0, "devices that a policy wants");
            assertEq(_sum(fields), fields.count, "each is in one bin");
        }
    }

    /// Written by hand, from the documentation of the layout.
    function test_Pack_PutsEachFieldInItsPlace() external view {
        uint256[] memory words = user.pack(_largest(), type(uint152).max);
        assertEq(words.length, 4);
        assertEq(words[0], R - 1);
        assertEq(words[1], R - 1);
        assertEq(words[2], 2 ** 248 - 1);
        assertEq(words[3], 2 ** 240 - 1);

        HistogramV1Inputs memory fields;
        (fields.registryRoot, fields.policyId, fields.epoch, fields.chunkBits, fields.chunk) = (1, 2, 3, 4, 5);
        fields.count = 6;
        (fields.bin0, fields.bin1, fields.bin2, fields.bin14, fields.bin15) = (100, 101, 102, 114, 115);
        words = user.pack(fields, 7);
        assertEq(words[0], 1);
        assertEq(words[1], 2);
        uint256 third = (uint256(3) << 216) + (uint256(4) << 211) + (uint256(5) << 189);
        third += (uint256(6) << 168) + (uint256(7) << 16) + 100;
        assertEq(words[2], third);
        assertEq(words[3], (uint256(101) << 224) + (uint256(102) << 208) + (uint256(114) << 16) + 115);
    }

    function test_Pack_RefusesFieldsOutOfRange() external {
        HistogramV1Inputs memory fields = _largest();
        fields.registryRoot = R;
        _assertPackRefused(fields, "registryRoot", R, R);
        fields = _largest();
        fields.policyId = type(uint256).max;
        _assertPackRefused(fields, "policyId", type(uint256).max, R);
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
        for (uint256 bit = 248; bit < 256; bit++) {
            _assertUnpackRefused(2, 2 ** bit, "word 2", 2 ** 248);
        }
        for (uint256 bit = 240; bit < 256; bit++) {
            _assertUnpackRefused(3, 2 ** bit, "word 3", 2 ** 240);
        }
    }

    function testFuzz_Fields_PackAndUnpack(HistogramV1Inputs memory fields, uint152 binding) external view {
        fields.registryRoot = bound(fields.registryRoot, 0, R - 1);
        fields.policyId = bound(fields.policyId, 0, R - 1);
        fields.chunkBits %= 2 ** 5;
        fields.chunk %= 2 ** 22;
        fields.count %= 2 ** 21;
        _assertPacks(fields, binding);
    }

    function testFuzz_Words_UnpackAndPack(uint256[4] memory random) external view {
        uint256[] memory words = new uint256[](4);
        words[0] = bound(random[0], 0, R - 1);
        words[1] = bound(random[1], 0, R - 1);
        words[2] = bound(random[2], 0, 2 ** 248 - 1);
        words[3] = bound(random[3], 0, 2 ** 240 - 1);
        _assertUnpacks(words);
    }

    function _sum(HistogramV1Inputs memory fields) private pure returns (uint256 sum) {
        uint16[16] memory bins = [
            fields.bin0,
            fields.bin1,
            fields.bin2,
            fields.bin3,
            fields.bin4,
            fields.bin5,
            fields.bin6,
            fields.bin7,
            fields.bin8,
            fields.bin9,
            fields.bin10,
            fields.bin11,
            fields.bin12,
            fields.bin13,
            fields.bin14,
            fields.bin15
        ];
        for (uint256 i = 0; i < bins.length; i++) {
            sum += bins[i];
        }
    }

    function _largest() internal pure override returns (HistogramV1Inputs memory) {
        return HistogramV1Inputs({
            registryRoot: R - 1,
            policyId: R - 1,
            epoch: type(uint32).max,
            chunkBits: 2 ** 5 - 1,
            chunk: 2 ** 22 - 1,
            count: 2 ** 21 - 1,
            bin0: type(uint16).max,
            bin1: type(uint16).max,
            bin2: type(uint16).max,
            bin3: type(uint16).max,
            bin4: type(uint16).max,
            bin5: type(uint16).max,
            bin6: type(uint16).max,
            bin7: type(uint16).max,
            bin8: type(uint16).max,
            bin9: type(uint16).max,
            bin10: type(uint16).max,
            bin11: type(uint16).max,
            bin12: type(uint16).max,
            bin13: type(uint16).max,
            bin14: type(uint16).max,
            bin15: type(uint16).max
        });
    }
}
