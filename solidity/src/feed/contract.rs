//! The contracts that hold state: their sources, compiled together, and what they were compiled to.

use crate::artifact::{Artifact, parse};

/// A contract of `contracts/feed`, or the example that reads a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StateContract {
    /// From the id of a key to its verifier.
    VerifierRouter,
    /// The roots of a network's devices.
    SensorRegistry,
    /// The aggregates of a policy.
    AggregateFeed,
    /// The surveys of a policy.
    SurveyFeed,
    /// The private sums of a policy.
    PrivateFeed,
    /// The hash of a block as public randomness, which private sums draw their noise from.
    BlockBeacon,
    /// A statistic of a feed, as contracts read prices.
    MeanAdapter,
    /// Lets each device's reading through once an epoch.
    ReadingGate,
    /// A verifier that anybody makes proofs for, on test chains.
    MockVerifier,
    /// The example: pays if the mean of an epoch is above a threshold.
    HeatCover,
}

impl StateContract {
    /// Every one.
    pub const ALL: [StateContract; 10] = [
        StateContract::VerifierRouter,
        StateContract::SensorRegistry,
        StateContract::AggregateFeed,
        StateContract::SurveyFeed,
        StateContract::PrivateFeed,
        StateContract::BlockBeacon,
        StateContract::MeanAdapter,
        StateContract::ReadingGate,
        StateContract::MockVerifier,
        StateContract::HeatCover,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            StateContract::VerifierRouter => "VerifierRouter",
            StateContract::SensorRegistry => "SensorRegistry",
            StateContract::AggregateFeed => "AggregateFeed",
            StateContract::SurveyFeed => "SurveyFeed",
            StateContract::PrivateFeed => "PrivateFeed",
            StateContract::BlockBeacon => "BlockBeacon",
            StateContract::MeanAdapter => "MeanAdapter",
            StateContract::ReadingGate => "ReadingGate",
            StateContract::MockVerifier => "MockVerifier",
            StateContract::HeatCover => "HeatCover",
        }
    }

    /// The file that has it.
    pub fn path(self) -> String {
        let folder = if self == StateContract::HeatCover { "examples" } else { "feed" };
        format!("contracts/{folder}/{}.sol", self.name())
    }

    /// What it was compiled to.
    pub fn artifact(self) -> Artifact {
        parse(match self {
            StateContract::VerifierRouter => include_str!("../../artifacts/VerifierRouter.json"),
            StateContract::SensorRegistry => include_str!("../../artifacts/SensorRegistry.json"),
            StateContract::AggregateFeed => include_str!("../../artifacts/AggregateFeed.json"),
            StateContract::SurveyFeed => include_str!("../../artifacts/SurveyFeed.json"),
            StateContract::PrivateFeed => include_str!("../../artifacts/PrivateFeed.json"),
            StateContract::BlockBeacon => include_str!("../../artifacts/BlockBeacon.json"),
            StateContract::MeanAdapter => include_str!("../../artifacts/MeanAdapter.json"),
            StateContract::ReadingGate => include_str!("../../artifacts/ReadingGate.json"),
            StateContract::MockVerifier => include_str!("../../artifacts/MockVerifier.json"),
            StateContract::HeatCover => include_str!("../../artifacts/HeatCover.json"),
        })
    }
}
