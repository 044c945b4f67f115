// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {SurveyV1, SurveyV1Inputs} from "../contracts/generated/SurveyV1.sol";

/// @notice What a user reads off verified inputs.
contract SurveyV1Mean {
    function isMeanAbove(SurveyV1Inputs memory inputs, int64 threshold) external pure returns (bool) {
        return SurveyV1.isMeanAbove(inputs, threshold);
    }

    function values(SurveyV1Inputs memory inputs, int64 low) external pure returns (int256 least, int256 greatest) {
        return SurveyV1.values(inputs, low);
    }
}
