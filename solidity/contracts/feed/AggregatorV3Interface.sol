// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

/// @title What Chainlink's price feeds answer to, and what many contracts read them by
interface AggregatorV3Interface {
    /// @notice Decimals of an answer.
    function decimals() external view returns (uint8);
    /// @notice What is answered.
    function description() external view returns (string memory);
    /// @notice Version of the aggregator.
    function version() external view returns (uint256);
    /// @notice A round; reverts with "No data present" if it has no answer.
    function getRoundData(uint80 roundId)
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
    /// @notice The last round with an answer; reverts with "No data present" if there is none.
    function latestRoundData()
        external
        view
        returns (uint80 id, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}
