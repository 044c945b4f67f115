// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {AggregateV2, AggregateV2Inputs} from "@zksensor/contracts/contracts/generated/AggregateV2.sol";

/// @title The packing of public inputs, for tests that are not in Solidity
contract Packer {
    /// @notice The words of these inputs, bound to what the digest is of.
    function pack(AggregateV2Inputs calldata inputs, uint152 binding) external pure returns (uint256[] memory) {
        return AggregateV2.pack(inputs, binding);
    }
}
