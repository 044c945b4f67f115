// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {SurveyV1Inputs} from "../contracts/generated/SurveyV1.sol";
import {SurveyV1Limits} from "./generated/SurveyV1.t.sol";
import {SurveyV1Mean} from "./SurveyV1Mean.sol";

contract SurveyV1Test is SurveyV1Limits {
    SurveyV1Mean private _mean = SurveyV1Mean(_create("SurveyV1Mean", type(SurveyV1Mean).creationCode, ""));

    function test_Fixture_HasDevicesAndSamples() external view {
        for (uint256 i = 0; i < inputs.length; i++) {
            (SurveyV1Inputs memory fields,) = user.unpack(inputs[i]);
            assertGt(fields.devices, 0, "devices that a policy wants");
            assertGe(fields.counted, fields.devices, "of each device a sample or more");
        }
    }

    /// Written by hand, from the documentation of the layout.
    function test_Pack_PutsEachFieldInItsPlace() external view {
        uint256[] memory words = user.pack(_largest(), type(uint152).max);
        assertEq(words.length, 4);
        assertEq(words[0], R - 1);
        assertEq(words[1], R - 1);
        assertEq(words[2], 2 ** 252 - 1);
        assertEq(words[3], 2 ** 253 - 1);

        SurveyV1Inputs memory fields;
        words = user.pack(fields, 0);
        assertEq(words[2], uint256(2 ** 61) << 80, "a sum of 0");
        fields = SurveyV1Inputs(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
        words = user.pack(fields, 13);
        assertEq(words[0], 1);
        assertEq(words[1], 2);
        uint256 third = (uint256(3) << 220) + (uint256(4) << 215) + (uint256(5) << 200);
        third += (uint256(6) << 184) + (uint256(7) << 163) + (uint256(8) << 142);
        third += (uint256(2 ** 61 + 9) << 80) + (uint256(10) << 40) + 11;
        assertEq(words[2], third);
        assertEq(words[3], (uint256(12) << 152) + 13);
    }

    function test_Pack_RefusesFieldsOutOfRange() external {
        SurveyV1Inputs memory fields = _largest();
        fields.registryRoot = R;
        _assertPackRefused(fields, "registryRoot", R, R);
        fields = _largest();
        fields.policyId = type(uint256).max;
        _assertPackRefused(fields, "policyId", type(uint256).max, R);
        fields = _largest();
        fields.chunkBits = 2 ** 5;
        _assertPackRefused(fields, "chunkBits", 2 ** 5, 2 ** 5);
        fields = _largest();
        fields.chunk = 2 ** 15;
        _assertPackRefused(fields, "chunk", 2 ** 15, 2 ** 15);
        fields = _largest();
        fields.devices = 2 ** 16;
        _assertPackRefused(fields, "devices", 2 ** 16, 2 ** 16);
        fields = _largest();
        fields.counted = 2 ** 21;
        _assertPackRefused(fields, "counted", 2 ** 21, 2 ** 21);
        fields = _largest();
        fields.leftOut = 2 ** 21;
        _assertPackRefused(fields, "leftOut", 2 ** 21, 2 ** 21);
    }

    function test_Pack_RefusesStatisticsOutOfRange() external {
        SurveyV1Inputs memory fields = _largest();
        fields.sum = 2 ** 61;
        _assertPackRefused(fields, "sum", 2 ** 62, 2 ** 62);
        fields.sum = -2 ** 61 - 1;
        _assertPackRefused(fields, "sum", type(uint256).max, 2 ** 62);
        fields.sum = type(int64).min;
        _assertPackRefused(fields, "sum", type(uint256).max - (2 ** 63 - 2 ** 61) + 1, 2 ** 62);
        fields = _largest();
        fields.minimum = 2 ** 40;
        _assertPackRefused(fields, "minimum", 2 ** 40, 2 ** 40);
        fields = _largest();
        fields.maximum = 2 ** 40;
        _assertPackRefused(fields, "maximum", 2 ** 40, 2 ** 40);
        fields = _largest();
        fields.sumOfSquares = 2 ** 101;
        _assertPackRefused(fields, "sumOfSquares", 2 ** 101, 2 ** 101);
    }

    function test_Unpack_RefusesOtherWords() external {
        _assertUnpackRefused(0, R, "registryRoot", R);
        _assertUnpackRefused(1, R, "policyId", R);
        for (uint256 bit = 252; bit < 256; bit++) {
            _assertUnpackRefused(2, 2 ** bit, "word 2", 2 ** 252);
        }
        for (uint256 bit = 253; bit < 256; bit++) {
            _assertUnpackRefused(3, 2 ** bit, "word 3", 2 ** 253);
        }
    }

    function testFuzz_Fields_PackAndUnpack(SurveyV1Inputs memory fields, uint152 binding) external view {
        fields.registryRoot = bound(fields.registryRoot, 0, R - 1);
        fields.policyId = bound(fields.policyId, 0, R - 1);
        fields.chunkBits %= 2 ** 5;
        fields.chunk %= 2 ** 15;
        fields.devices %= 2 ** 16;
        fields.counted %= 2 ** 21;
        fields.leftOut %= 2 ** 21;
        fields.sum %= 2 ** 61;
        fields.minimum %= 2 ** 40;
        fields.maximum %= 2 ** 40;
        fields.sumOfSquares %= 2 ** 101;
        _assertPacks(fields, binding);
    }

    function testFuzz_Words_UnpackAndPack(uint256[4] memory random) external view {
        uint256[] memory words = new uint256[](4);
        words[0] = bound(random[0], 0, R - 1);
        words[1] = bound(random[1], 0, R - 1);
        words[2] = bound(random[2], 0, 2 ** 252 - 1);
        words[3] = bound(random[3], 0, 2 ** 253 - 1);
        _assertUnpacks(words);
    }

    /// A mean of -1/2 lies between -1 and 0, and equal is not above.
    function test_IsMeanAbove_IsExact() external view {
        SurveyV1Inputs memory fields;
        fields.sum = -3;
        fields.counted = 6;
        assertTrue(_mean.isMeanAbove(fields, -1));
        assertFalse(_mean.isMeanAbove(fields, 0));
        fields.sum = 12;
        assertTrue(_mean.isMeanAbove(fields, 1));
        assertFalse(_mean.isMeanAbove(fields, 2));
        fields.sum = 13;
        assertTrue(_mean.isMeanAbove(fields, 2));
        fields.counted = 2 ** 21 - 1;
        assertFalse(_mean.isMeanAbove(fields, type(int64).max));
        assertTrue(_mean.isMeanAbove(fields, type(int64).min));
        fields.sum = type(int64).max;
        assertFalse(_mean.isMeanAbove(fields, type(int64).max));
        // A mean of nothing is above nothing.
        fields.counted = 0;
        assertFalse(_mean.isMeanAbove(fields, type(int64).min));
    }

    function test_Values_AddWhatThePolicyStartsFrom() external view {
        SurveyV1Inputs memory fields;
        fields.minimum = 3;
        fields.maximum = 40;
        (int256 least, int256 greatest) = _mean.values(fields, -10);
        assertEq(least, -7);
        assertEq(greatest, 30);
        fields.maximum = type(uint64).max;
        (least, greatest) = _mean.values(fields, type(int64).max);
        assertEq(least, int256(type(int64).max) + 3);
        assertEq(greatest, int256(type(int64).max) + int256(uint256(type(uint64).max)));
    }

    function _largest() internal pure override returns (SurveyV1Inputs memory) {
        return SurveyV1Inputs({
            registryRoot: R - 1,
            policyId: R - 1,
            epoch: type(uint32).max,
            chunkBits: 2 ** 5 - 1,
            chunk: 2 ** 15 - 1,
            devices: 2 ** 16 - 1,
            counted: 2 ** 21 - 1,
            leftOut: 2 ** 21 - 1,
            sum: 2 ** 61 - 1,
            minimum: 2 ** 40 - 1,
            maximum: 2 ** 40 - 1,
            sumOfSquares: 2 ** 101 - 1
        });
    }
}
