// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AggregateV2Inputs} from "../contracts/generated/AggregateV2.sol";
import {AggregateV2Limits} from "./generated/AggregateV2.t.sol";
import {AggregateV2Mean} from "./AggregateV2Mean.sol";

contract AggregateV2Test is AggregateV2Limits {
    AggregateV2Mean private _mean = AggregateV2Mean(_create("AggregateV2Mean", type(AggregateV2Mean).creationCode, ""));

    function test_Fixture_HasACount() external view {
        for (uint256 i = 0; i < inputs.length; i++) {
            (AggregateV2Inputs memory fields,) = user.unpack(inputs[i]);
            assertGt(fields.count, 0, "a count that no aggregate has");
        }
    }

    /// Written by hand, from the documentation of the layout.
    function test_Pack_PutsEachFieldInItsPlace() external view {
        uint256[] memory words = user.pack(_largest(), type(uint152).max);
        assertEq(words.length, 4);
        assertEq(words[0], R - 1);
        assertEq(words[1], R - 1);
        assertEq(words[2], 2 ** 243 - 1);
        assertEq(words[3], 2 ** 232 - 1);

        AggregateV2Inputs memory fields;
        words = user.pack(fields, 0);
        assertEq(words[2], uint256(2 ** 61) << 101, "a sum of 0");
        fields = AggregateV2Inputs(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        words = user.pack(fields, 11);
        assertEq(words[0], 1);
        assertEq(words[1], 2);
        uint256 third = 3 << 211;
        third += (4 << 206) + (5 << 184) + (6 << 163);
        assertEq(words[2], third + ((2 ** 61 + 7) << 101) + 8);
        assertEq(words[3], (uint256(9) << 192) + (uint256(10) << 152) + 11);
    }

    function test_Pack_RefusesFieldsOutOfRange() external {
        AggregateV2Inputs memory fields = _largest();
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
        fields = _largest();
        fields.sum = 2 ** 61;
        _assertPackRefused(fields, "sum", 2 ** 62, 2 ** 62);
        fields.sum = -2 ** 61 - 1;
        _assertPackRefused(fields, "sum", type(uint256).max, 2 ** 62);
        fields.sum = type(int64).min;
        _assertPackRefused(fields, "sum", type(uint256).max - (2 ** 63 - 2 ** 61) + 1, 2 ** 62);
        fields = _largest();
        fields.sumOfSquares = 2 ** 101;
        _assertPackRefused(fields, "sumOfSquares", 2 ** 101, 2 ** 101);
        fields = _largest();
        fields.minimum = 2 ** 40;
        _assertPackRefused(fields, "minimum", 2 ** 40, 2 ** 40);
        fields = _largest();
        fields.maximum = 2 ** 40;
        _assertPackRefused(fields, "maximum", 2 ** 40, 2 ** 40);
    }

    function test_Unpack_RefusesOtherWords() external {
        _assertUnpackRefused(0, R, "registryRoot", R);
        _assertUnpackRefused(1, R, "policyId", R);
        for (uint256 bit = 243; bit < 256; bit++) {
            _assertUnpackRefused(2, 2 ** bit, "word 2", 2 ** 243);
        }
        for (uint256 bit = 232; bit < 256; bit++) {
            _assertUnpackRefused(3, 2 ** bit, "word 3", 2 ** 232);
        }
    }

    function testFuzz_Fields_PackAndUnpack(AggregateV2Inputs memory fields, uint152 binding) external view {
        fields.registryRoot = bound(fields.registryRoot, 0, R - 1);
        fields.policyId = bound(fields.policyId, 0, R - 1);
        fields.chunkBits %= 2 ** 5;
        fields.chunk %= 2 ** 22;
        fields.count %= 2 ** 21;
        fields.sum %= 2 ** 61;
        fields.sumOfSquares %= 2 ** 101;
        fields.minimum %= 2 ** 40;
        fields.maximum %= 2 ** 40;
        _assertPacks(fields, binding);
    }

    function testFuzz_Words_UnpackAndPack(uint256[4] memory random) external view {
        uint256[] memory words = new uint256[](4);
        words[0] = bound(random[0], 0, R - 1);
        words[1] = bound(random[1], 0, R - 1);
        words[2] = bound(random[2], 0, 2 ** 243 - 1);
        words[3] = bound(random[3], 0, 2 ** 232 - 1);
        _assertUnpacks(words);
    }

    /// A mean of -1/2 lies between -1 and 0, and equal is not above.
    function test_IsMeanAbove_IsExact() external view {
        AggregateV2Inputs memory fields;
        fields.sum = -3;
        fields.count = 6;
        assertTrue(_mean.isMeanAbove(fields, -1));
        assertFalse(_mean.isMeanAbove(fields, 0));
        fields.sum = 12;
        assertTrue(_mean.isMeanAbove(fields, 1));
        assertFalse(_mean.isMeanAbove(fields, 2));
        fields.sum = 13;
        assertTrue(_mean.isMeanAbove(fields, 2));
        fields.count = 2 ** 21 - 1;
        assertFalse(_mean.isMeanAbove(fields, type(int64).max));
        assertTrue(_mean.isMeanAbove(fields, type(int64).min));
        fields.sum = type(int64).max;
        assertFalse(_mean.isMeanAbove(fields, type(int64).max));
        // A mean of nothing is above nothing.
        fields.count = 0;
        assertFalse(_mean.isMeanAbove(fields, type(int64).min));
    }

    function test_Values_AddWhatThePolicyStartsFrom() external view {
        AggregateV2Inputs memory fields;
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

    function _largest() internal pure override returns (AggregateV2Inputs memory) {
        return AggregateV2Inputs({
            registryRoot: R - 1,
            policyId: R - 1,
            epoch: type(uint32).max,
            chunkBits: 2 ** 5 - 1,
            chunk: 2 ** 22 - 1,
            count: 2 ** 21 - 1,
            sum: 2 ** 61 - 1,
            sumOfSquares: 2 ** 101 - 1,
            minimum: 2 ** 40 - 1,
            maximum: 2 ** 40 - 1
        });
    }
}
