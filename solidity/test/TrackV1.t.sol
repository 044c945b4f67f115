// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {TrackV1Inputs} from "../contracts/generated/TrackV1.sol";
import {TrackV1Limits} from "./generated/TrackV1.t.sol";

contract TrackV1Test is TrackV1Limits {
    function test_Fixture_HasANullifierAndAClaim() external view {
        for (uint256 i = 0; i < inputs.length; i++) {
            (TrackV1Inputs memory fields,) = user.unpack(inputs[i]);
            assertNotEq(fields.nullifier, 0, "a nullifier");
            assertGt(fields.samples, 0, "samples that a policy wants");
            assertGt(fields.distanceCm, 0, "a way");
            assertGt(fields.observedMs, 0, "a time");
        }
    }

    /// Written by hand, from the documentation of the layout.
    function test_Pack_PutsEachFieldInItsPlace() external view {
        uint256[] memory words = user.pack(_largest(), type(uint152).max);
        assertEq(words.length, 5);
        for (uint256 i = 0; i < 3; i++) {
            assertEq(words[i], R - 1);
        }
        assertEq(words[3], 2 ** 160 - 1);
        assertEq(words[4], 2 ** 152 - 1);

        words = user.pack(TrackV1Inputs(1, 2, 3, 4, 5, 6, 7, 8, 9, 10), 11);
        for (uint256 i = 0; i < 3; i++) {
            assertEq(words[i], i + 1);
        }
        uint256 fourth = uint256(4) << 128;
        fourth += (uint256(5) << 112) + (uint256(6) << 96) + (uint256(7) << 80);
        fourth += (uint256(8) << 48) + (uint256(9) << 16) + 10;
        assertEq(words[3], fourth);
        assertEq(words[4], 11);
    }

    function test_Pack_RefusesFieldsOutOfRange() external {
        TrackV1Inputs memory fields = _largest();
        fields.registryRoot = R;
        _assertPackRefused(fields, "registryRoot", R, R);
        fields = _largest();
        fields.policyId = type(uint256).max;
        _assertPackRefused(fields, "policyId", type(uint256).max, R);
        fields = _largest();
        fields.nullifier = R + 1;
        _assertPackRefused(fields, "nullifier", R + 1, R);
    }

    function test_Unpack_RefusesOtherWords() external {
        _assertUnpackRefused(0, R, "registryRoot", R);
        _assertUnpackRefused(1, R, "policyId", R);
        _assertUnpackRefused(2, type(uint256).max, "nullifier", R);
        for (uint256 bit = 160; bit < 256; bit++) {
            _assertUnpackRefused(3, 2 ** bit, "word 3", 2 ** 160);
        }
        for (uint256 bit = 152; bit < 256; bit++) {
            _assertUnpackRefused(4, 2 ** bit, "word 4", 2 ** 152);
        }
    }

    function testFuzz_Fields_PackAndUnpack(TrackV1Inputs memory fields, uint152 binding) external view {
        fields.registryRoot = bound(fields.registryRoot, 0, R - 1);
        fields.policyId = bound(fields.policyId, 0, R - 1);
        fields.nullifier = bound(fields.nullifier, 0, R - 1);
        _assertPacks(fields, binding);
    }

    function testFuzz_Words_UnpackAndPack(uint256[5] memory random) external view {
        uint256[] memory words = new uint256[](5);
        for (uint256 i = 0; i < 3; i++) {
            words[i] = bound(random[i], 0, R - 1);
        }
        words[3] = bound(random[3], 0, 2 ** 160 - 1);
        words[4] = bound(random[4], 0, 2 ** 152 - 1);
        _assertUnpacks(words);
    }

    function _largest() internal pure override returns (TrackV1Inputs memory) {
        return TrackV1Inputs({
            registryRoot: R - 1,
            policyId: R - 1,
            nullifier: R - 1,
            epoch: type(uint32).max,
            samples: type(uint16).max,
            leftOut: type(uint16).max,
            legs: type(uint16).max,
            distanceCm: type(uint32).max,
            observedMs: type(uint32).max,
            slots: type(uint16).max
        });
    }
}
