// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.20;

/// @title The chains on which nothing is at stake
/// @notice Keys that one machine made, and delays of nothing, have a place on these and nowhere else.
library TestChains {
    /// @notice Polygon's test network.
    uint256 internal constant AMOY = 80002;
    /// @notice Ethereum's test network.
    uint256 internal constant SEPOLIA = 11155111;
    /// @notice anvil and forge.
    uint256 internal constant ANVIL = 31337;
    /// @notice hardhat and ganache.
    uint256 internal constant DEVELOPMENT = 1337;

    /// @notice Whether this is one of them.
    function isHere() internal view returns (bool) {
        uint256 id = block.chainid;
        return id == AMOY || id == SEPOLIA || id == ANVIL || id == DEVELOPMENT;
    }
}
