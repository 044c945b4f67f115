// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.28;

import {Policy} from "../generated/Policy.sol";
import {AggregatePolicy, PolicyTerms} from "./AggregatePolicy.sol";

/// @notice What a survey's policy is made of, but for what a feed knows itself: network, statement and version.
struct SurveyTerms {
    /// What every policy has. The channel is one of the three of a frame's sample, and `low` is above -2^40, which stands for an
    /// absent channel.
    PolicyTerms common;
    /// Fewest samples of a device that are counted, at least 1.
    uint16 leastSamples;
    /// Most samples of a device's frame that are left out.
    uint16 mostLeftOut;
    /// What a device's values differ by at the least: at most high - low. 0, as the next, if no quality is asked for.
    uint40 leastSpread;
    /// What a value differs from the counted one before by at the most, at least 1; 0 if no quality is asked for.
    uint40 largestStep;
}

/// @title The policies that a survey can be of
/// @dev The rules are those of `zksensor policy check`.
library SurveyPolicy {
    /// @notice Family and version of the statement in a policy.
    uint8 internal constant FAMILY_NUMBER = 3;
    uint16 internal constant VERSION = 1;
    /// Channels of a sample, and the least value that is none that stands for an absent one.
    uint8 private constant CHANNELS = 3;
    int64 private constant LEAST_LOW = -(2 ** 40) + 1;

    /// @notice Samples of a frame have the channels 0 to 2.
    error ChannelOther(uint8 came);
    /// @notice `low` is at least `least`: less stands for an absent channel.
    error LowOther(int64 least, int64 came);
    /// @notice Of each device one sample is counted at the least.
    error SamplesZero();
    /// @notice No device has values that are further apart than high - low, which is `most`.
    error SpreadOther(uint256 most, uint40 came);
    /// @notice With a least spread there is a largest step, of 1 or more; 2^40 - 1 is no limit.
    error StepZero();

    /// @notice The whole policy, for signatures that are made for `registry` on this chain.
    function policyOf(SurveyTerms memory terms, address registry) internal view returns (Policy memory policy) {
        policy = AggregatePolicy.policyOf(terms.common, registry);
        _requireSound(terms);
        policy.family = FAMILY_NUMBER;
        policy.statementVersion = VERSION;
        policy.parameters = parametersOf(terms);
    }

    /// @notice The lane of a policy that has the rules of a survey, as `docs/preimages.md` packs it.
    function parametersOf(SurveyTerms memory terms) internal pure returns (uint256) {
        return (uint256(terms.leastSamples) << 96) | (uint256(terms.mostLeftOut) << 80)
            | (uint256(terms.leastSpread) << 40) | terms.largestStep;
    }

    /// Beside what is asked of every policy.
    function _requireSound(SurveyTerms memory terms) private pure {
        PolicyTerms memory common = terms.common;
        if (common.channel >= CHANNELS) revert ChannelOther(common.channel);
        if (common.low < LEAST_LOW) revert LowOther(LEAST_LOW, common.low);
        if (terms.leastSamples == 0) revert SamplesZero();
        uint256 span = uint256(int256(common.high) - common.low);
        if (terms.leastSpread > span) revert SpreadOther(span, terms.leastSpread);
        if (terms.leastSpread != 0 && terms.largestStep == 0) revert StepZero();
    }
}
