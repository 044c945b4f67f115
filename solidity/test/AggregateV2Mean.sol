// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

import {AggregateV2, AggregateV2Inputs} from "../contracts/generated/AggregateV2.sol";

/// @notice What a user reads off verified inputs.
contract AggregateV2Mean {
    function isMeanAbove(AggregateV2Inputs memory inputs, int64 threshold) external pure returns (bool) {
        return AggregateV2.isMeanAbove(inputs, threshold);
    }

    function values(AggregateV2Inputs memory inputs, int64 low) external pure returns (int256 least, int256 greatest) {
        return AggregateV2.values(inputs, low);
    }
}
