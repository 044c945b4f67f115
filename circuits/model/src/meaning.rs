//! What public inputs mean under their policy: values in the channel's unit, an interval of time, and nothing where the policy asks for
//! nothing.
//!
//! Public inputs are what a circuit needs them to be: a least value less the policy's low, 0 for what is not asked for. Here they are read
//! as people do:
//!
//! ```
//! # use zksensor_model::claim::aggregate::{Aggregate, AggregateInputs};
//! # use zksensor_model::claim::{Binding, Claim, ClaimFamily};
//! # use zksensor_model::layout::PublicInputs;
//! use zksensor_model::meaning::Meaning;
//! # use zksensor_model::policy::{Outputs, Parameters, Policy, PolicyParts};
//! # use zksensor_model::{fence::FenceRoot, field::Fr, reading::Network, registry::RegistryRoot, schema};
//! # let policy = Policy::new(PolicyParts {
//! #     network: Network::new(137, [0x11; 20]),
//! #     fence: FenceRoot::from_field(Fr::from(7u64)),
//! #     low: -4_000,
//! #     high: 6_000,
//! #     max_accuracy_mm: 10_000,
//! #     epoch_origin: "2026-01-01T00:00:00Z".parse()?,
//! #     epoch_length_ms: 3_600_000,
//! #     k: 5,
//! #     family: Aggregate::FAMILY,
//! #     statement_version: Aggregate::VERSION,
//! #     schema: schema::AIR_QUALITY.id,
//! #     channel: 2,
//! #     device_class: None,
//! #     outputs: Outputs::default(),
//! #     parameters: Parameters::NONE,
//! #     insecure_small_k: false,
//! # })?;
//! # let inputs = AggregateInputs {
//! #     registry_root: RegistryRoot::from_field(Fr::from(1u64)),
//! #     policy_id: policy.id(),
//! #     epoch: 2, chunk_bits: 9, chunk: 0, count: 5, sum: 10_652, sum_of_squares: 0, minimum: 0, maximum: 0,
//! #     binding: Binding::NONE,
//! # };
//! # let (statement, words) = (Aggregate::new(64, 32, 3)?.id(), inputs.to_words()?);
//! let meaning = Meaning::of(&statement, &words, &policy)?;
//! assert_eq!(
//!     meaning.inside("fence.geojson").to_string(),
//!     "21.30 Cel, mean temperature of 5 devices (at least 5), inside fence.geojson, \
//!      from 2026-01-01T02:00:00Z until 2026-01-01T03:00:00Z",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A meaning is of inputs that somebody says: whether a proof shows them is the verifier's to say, before.

mod bins;
mod figure;
mod noisy;
mod statistic;
#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

pub use bins::Binned;
pub use figure::Figure;
pub use noisy::Noisy;
pub use statistic::Statistic;

use crate::amount::Amount;
use crate::claim::reading::ReadingInputs;
use crate::claim::track::TrackInputs;
use crate::claim::{
    StatementId, aggregate::AggregateInputs, histogram::HistogramInputs, private_sum::PrivateSumInputs,
    survey::SurveyInputs,
};
use crate::field::Fr;
use crate::known::{KnownStatement, UnknownStatement};
use crate::layout::{InputError, PublicInputs};
use crate::policy::{Interval, Policy, PolicyId};
use crate::track::TrackParts;

/// What public inputs mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    interval: Interval,
    subject: Subject,
}

/// What it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Statistic(Statistic),
    Binned(Binned),
    Noisy(Noisy),
    Reading { channel: String, low: Amount, high: Amount },
    Track { inputs: TrackInputs, rules: TrackParts },
}

/// Why public inputs have no meaning under a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MeaningError {
    /// They are about another policy.
    #[error(
        "expected public inputs of the policy {wanted}, got those of {got}; is the fence, the range or k another one?"
    )]
    OtherPolicy {
        /// Id of the policy.
        wanted: Box<PolicyId>,
        /// Id in the public inputs.
        got: Box<PolicyId>,
    },
    /// They are of another statement than the policy is for.
    #[error("expected public inputs of {wanted}, which the policy is for, got those of {got}")]
    Statement {
        /// Name and version of the policy's statement.
        wanted: String,
        /// The statement of the public inputs.
        got: String,
    },
    /// No statement of this release.
    #[error(transparent)]
    Unknown(#[from] UnknownStatement),
    /// They are none of the statement's.
    #[error(transparent)]
    Inputs(#[from] InputError),
    /// Their epoch would end after 2^48 milliseconds.
    #[error("expected an epoch that ends by 2^48 Unix milliseconds, got epoch {got}")]
    NoEpoch {
        /// Its number.
        got: u32,
    },
}

impl Meaning {
    /// What the packed public inputs of a statement mean under their policy.
    ///
    /// # Errors
    /// [`MeaningError`] if they are of another policy or statement, or none at all.
    pub fn of(statement: &StatementId, words: &[Fr], policy: &Policy) -> Result<Meaning, MeaningError> {
        let (epoch, came, subject): (u32, PolicyId, Subject) = match KnownStatement::of(statement)? {
            KnownStatement::Aggregate(_) => {
                let inputs = AggregateInputs::from_words(words)?;
                (inputs.epoch, inputs.policy_id, Subject::Statistic(Statistic::of_aggregate(policy, &inputs)))
            }
            KnownStatement::Survey(_) => {
                let inputs = SurveyInputs::from_words(words)?;
                (inputs.epoch, inputs.policy_id, Subject::Statistic(Statistic::of_survey(policy, &inputs)))
            }
            KnownStatement::Histogram(_) => {
                let inputs = HistogramInputs::from_words(words)?;
                let bins =
                    policy.histogram_bins().ok_or_else(|| MeaningError::statement(statement, policy))?;
                (inputs.epoch, inputs.policy_id, Subject::Binned(Binned::of(policy, bins, &inputs)))
            }
            KnownStatement::PrivateSum(_) => {
                let inputs = PrivateSumInputs::from_words(words)?;
                let rules = policy.noise_rules().ok_or_else(|| MeaningError::statement(statement, policy))?;
                (inputs.epoch, inputs.policy_id, Subject::Noisy(Noisy::of(policy, rules, &inputs)))
            }
            KnownStatement::SingleReading(_) => {
                let ReadingInputs { epoch, policy_id, .. } = ReadingInputs::from_words(words)?;
                (epoch, policy_id, Subject::reading(policy))
            }
            KnownStatement::Track(_) => {
                let inputs = TrackInputs::from_words(words)?;
                let rules = policy.track_rules().ok_or_else(|| MeaningError::statement(statement, policy))?;
                (inputs.epoch, inputs.policy_id, Subject::Track { inputs, rules: *rules.parts() })
            }
        };
        let parts = policy.parts();
        if (parts.family.name(), parts.statement_version) != (&*statement.name, statement.version) {
            return Err(MeaningError::statement(statement, policy));
        }
        let wanted = policy.id();
        if wanted != came {
            return Err(MeaningError::OtherPolicy { wanted: wanted.into(), got: came.into() });
        }
        let interval = Interval::of(policy, epoch).ok_or(MeaningError::NoEpoch { got: epoch })?;
        Ok(Meaning { interval, subject })
    }

    /// When: the epoch.
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// The statistic of an aggregate or a survey.
    pub fn statistic(&self) -> Option<&Statistic> {
        match &self.subject {
            Subject::Statistic(statistic) => Some(statistic),
            _ => None,
        }
    }

    /// The bins of a histogram.
    pub fn binned(&self) -> Option<&Binned> {
        match &self.subject {
            Subject::Binned(binned) => Some(binned),
            _ => None,
        }
    }

    /// How many values it is of: one a device, or the samples that are counted; 1 of what one device shows.
    pub fn values(&self) -> u32 {
        match &self.subject {
            Subject::Statistic(statistic) => statistic.values(),
            Subject::Binned(binned) => binned.devices(),
            Subject::Noisy(noisy) => noisy.devices(),
            Subject::Reading { .. } | Subject::Track { .. } => 1,
        }
    }

    /// The sum with noise of a private sum.
    pub fn noisy(&self) -> Option<&Noisy> {
        match &self.subject {
            Subject::Noisy(noisy) => Some(noisy),
            _ => None,
        }
    }

    /// Name of the channel of a statistic, a histogram or a private sum.
    pub fn channel(&self) -> Option<&str> {
        match &self.subject {
            Subject::Statistic(statistic) => Some(statistic.channel()),
            Subject::Binned(binned) => Some(binned.channel()),
            Subject::Noisy(noisy) => Some(noisy.channel()),
            Subject::Reading { .. } | Subject::Track { .. } => None,
        }
    }

    /// Each number by its name, in an order for people; `None` for what the policy does not ask for.
    pub fn figures(&self) -> Vec<(&'static str, Option<Figure>)> {
        match &self.subject {
            Subject::Statistic(statistic) => statistic.figures(),
            Subject::Binned(binned) => binned.figures(),
            Subject::Noisy(noisy) => noisy.figures(),
            Subject::Reading { low, high, .. } => {
                vec![("at_least", Some(Figure::Amount(*low))), ("at_most", Some(Figure::Amount(*high)))]
            }
            Subject::Track { inputs, rules } => [
                ("distance", Figure::Amount(distance(inputs))),
                ("observed", Figure::Amount(Amount::new(inputs.observed_ms.into(), 3, "s"))),
                ("legs", Figure::Count(inputs.legs.into())),
                ("samples", Figure::Count(inputs.samples.into())),
                ("left_out", Figure::Count(inputs.left_out.into())),
                ("slots", Figure::Count(inputs.slots.into())),
                ("slot", Figure::Amount(Amount::new(rules.slot_ms.into(), 3, "s"))),
            ]
            .map(|(name, figure)| (name, Some(figure)))
            .into(),
        }
    }

    /// In a sentence, with a name of the fence, such as that of its file.
    pub fn inside(&self, fence: &str) -> impl fmt::Display + use<'_> {
        Sentence { meaning: self, fence: fence.into() }
    }
}

/// In a sentence.
impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inside("the fence of the policy").fmt(f)
    }
}

/// A meaning, and what its fence is called.
struct Sentence<'m> {
    meaning: &'m Meaning,
    fence: String,
}

impl fmt::Display for Sentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sentence { meaning: Meaning { interval, subject }, fence } = self;
        write!(f, "{subject}, inside {fence}, {interval}")
    }
}

impl Subject {
    fn reading(policy: &Policy) -> Subject {
        let parts = policy.parts();
        let [low, high] = [parts.low, parts.high].map(|value| amount_of(policy, value));
        Subject::Reading { channel: channel_of(policy), low, high }
    }
}

/// Without place and time.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Subject::Statistic(statistic) => statistic.fmt(f),
            Subject::Binned(binned) => binned.fmt(f),
            Subject::Noisy(noisy) => noisy.fmt(f),
            Subject::Reading { channel, low, high } => {
                write!(f, "a reading of one device, its {channel} from {low} to {high}")
            }
            Subject::Track { inputs, .. } => {
                let legs = if inputs.legs == 1 { "leg" } else { "legs" };
                write!(
                    f,
                    "at least {} by one device, in at least {} on at most {} {legs}, by at least {} samples ({} left out at the most)",
                    distance(inputs),
                    Amount::new(inputs.observed_ms.into(), 3, "s"),
                    inputs.legs,
                    inputs.samples,
                    inputs.left_out,
                )
            }
        }
    }
}

fn distance(inputs: &TrackInputs) -> Amount {
    Amount::new(inputs.distance_cm.into(), 2, "m")
}

/// A value of the policy's channel, in its unit if the registry of schemas has it.
fn amount_of(policy: &Policy, value: i64) -> Amount {
    policy.channel().map_or(Amount::new(value, 0, ""), |channel| channel.amount(value))
}

/// What the policy's channel is called.
fn channel_of(policy: &Policy) -> String {
    let parts = policy.parts();
    policy.channel().map_or_else(
        || alloc::format!("channel {} of schema {}", parts.channel, parts.schema),
        |channel| channel.name.to_string(),
    )
}

impl MeaningError {
    fn statement(statement: &StatementId, policy: &Policy) -> MeaningError {
        let parts = policy.parts();
        let wanted = alloc::format!("{}/v{}", parts.family.name(), parts.statement_version);
        MeaningError::Statement { wanted, got: statement.to_string() }
    }
}
