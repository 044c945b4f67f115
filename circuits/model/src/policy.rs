//! A policy: every constant that whoever trusts a proof must have agreed to, and its id.
//!
//! The [`PolicyId`] is a Poseidon hash of five lanes ([`preimages::Policy`]); a proof shows it and a contract recomputes it. The policy
//! says where (network, fence), when (epochs), what (schema, channel, value range, accuracy, device class), what is
//! published (statement, k, outputs), and what else its statement is held to. What a policy does not use has one value: one
//! meaning, one id.
//!
//! ```
//! use zksensor_model::claim::{ClaimFamily, aggregate::Aggregate};
//! use zksensor_model::fence::FenceRoot;
//! use zksensor_model::field::Fr;
//! use zksensor_model::policy::{Outputs, Parameters, Policy, PolicyParts};
//! use zksensor_model::reading::{Network, UnixMillis};
//! let policy = Policy::new(PolicyParts {
//!     network: Network::new(137, [0x11; 20]),
//!     fence: FenceRoot::from_field(Fr::from(7u64)),
//!     low: -4_000,
//!     high: 6_000,
//!     max_accuracy_mm: 10_000,
//!     epoch_origin: UnixMillis::new(1_410_323_400_000)?,
//!     epoch_length_ms: 3_600_000,
//!     k: 5,
//!     family: Aggregate::FAMILY,
//!     statement_version: Aggregate::VERSION,
//!     schema: 1,
//!     channel: 0,
//!     device_class: None,
//!     outputs: Outputs { sum_of_squares: false, minimum: false, maximum: false },
//!     parameters: Parameters::NONE,
//!     insecure_small_k: false,
//! })?;
//! let start = policy.epoch_start(2).expect("long before the year 10889");
//! assert_eq!(policy.epoch_of(start), Some(2));
//! println!("{policy}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

use crate::claim::ClaimFamily;
use crate::claim::histogram::Histogram;
use crate::claim::private_sum::PrivateSum;
use crate::claim::survey::Survey;
use crate::claim::track::Track;
use crate::element::element_types;
use crate::fence::FenceRoot;
use crate::field::{self, Fr};
use crate::histogram::{Bins, HistogramRules};
use crate::layout::InputValue;
use crate::noise::NoiseRules;
use crate::preimages::{self, Lanes, PolicyKind, PolicyRanges};
use crate::reading::{Network, UnixMillis};
use crate::schema::{Channel, FIRST_OWN, Quantity, Schema};
use crate::survey::SurveyRules;
use crate::track::TrackRules;

pub mod encoding;
mod interval;
mod rules;
pub mod time;

pub use crate::claim::{Devices, StatementFamily};
pub use interval::Interval;
pub use rules::{PolicyError, SMALLEST_K, SMALLEST_K_FOR_SUM_OF_SQUARES};

/// What an aggregate publishes beside count and sum. Each is 0 in the public inputs unless asked for here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Outputs {
    /// The sum of squares of value - low.
    pub sum_of_squares: bool,
    /// The smallest value: somebody's exact one.
    pub minimum: bool,
    /// The largest value: somebody's exact one.
    pub maximum: bool,
}

impl Outputs {
    /// The flags as [`encoding`] packs them.
    pub fn flags(self) -> u8 {
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        flag(self.sum_of_squares, encoding::SUM_OF_SQUARES_FLAG)
            | flag(self.minimum, encoding::MINIMUM_FLAG)
            | flag(self.maximum, encoding::MAXIMUM_FLAG)
    }
}

element_types! {
    /// What a family of statements is held to beside what every policy says: one lane of the id, packed as the family has it. 0,
    /// [`Parameters::NONE`], for a family without.
    pub struct Parameters;
}

impl Parameters {
    /// Those of a family that has none.
    pub const NONE: Parameters = Parameters(<Fr as ark_ff::AdditiveGroup>::ZERO);
}

/// What a [`Policy`] is made of, not yet checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyParts {
    /// Chain and registry contract that signatures are for.
    pub network: Network,
    /// Root of the fence that readings lie in.
    pub fence: FenceRoot,
    /// Smallest value allowed, in the schema's fixed-point units; -2^40 or more.
    pub low: i64,
    /// Largest value allowed, in the schema's fixed-point units; below 2^40, and below `low` + 2^40.
    pub high: i64,
    /// Largest horizontal accuracy allowed, in millimetres, at least 1. `u32::MAX` allows any, the unknown one included.
    pub max_accuracy_mm: u32,
    /// Start of epoch 0.
    pub epoch_origin: UnixMillis,
    /// Length of an epoch, in milliseconds: 1 to 2^40 - 1.
    pub epoch_length_ms: u64,
    /// Fewest devices of an aggregate: 1 to 2^21 - 1. 1 for a reading.
    pub k: u32,
    /// The family of statements that proofs are of.
    pub family: StatementFamily,
    /// Version of that statement.
    pub statement_version: u16,
    /// Sensor profile that readings must have.
    pub schema: u32,
    /// Index of the channel that the value is taken from: 0 to 3.
    pub channel: u8,
    /// Class that devices must have; `None` is any.
    pub device_class: Option<u16>,
    /// What an aggregate publishes beside count and sum; none for a reading.
    pub outputs: Outputs,
    /// What else the statement is held to; none unless its family has parameters.
    pub parameters: Parameters,
    /// Accepts a k below [`SMALLEST_K`] for an aggregate. Not part of the id, and of no effect for a reading.
    ///
    /// # Security
    /// With k = 1 the sum is a value of somebody; with k = 2 each of the two devices learns the other's.
    pub insecure_small_k: bool,
}

/// A checked policy. Two are equal if their parts are, whoever described their schema.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    parts: PolicyParts,
    own: Option<&'static Schema>,
}

impl PartialEq for Policy {
    fn eq(&self, other: &Policy) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Policy {}

impl Policy {
    /// The policy of `parts`.
    ///
    /// # Errors
    /// The first [`PolicyError`] that applies.
    pub fn new(parts: PolicyParts) -> Result<Self, PolicyError> {
        rules::check(&parts)?;
        Ok(Self { parts, own: None })
    }

    /// The policy, with what its project says of a schema of its own: values are shown in its units then. Nothing of it is in the id.
    ///
    /// # Security
    /// Readings and policies have the number of a schema, and no name, unit or scale: a proof is as good under any description of the
    /// number. Take one from whom the policy comes from.
    ///
    /// # Errors
    /// [`PolicyError::OtherSchema`] unless the number is that of the policy, and a project's to define;
    /// [`PolicyError::NoChannel`] if it has no such channel.
    pub fn with_schema(self, schema: &'static Schema) -> Result<Self, PolicyError> {
        let wanted = self.parts.schema;
        if schema.id != wanted || wanted < FIRST_OWN {
            return Err(PolicyError::OtherSchema { wanted, got: schema.id });
        }
        let channels = schema.channels.len();
        if usize::from(self.parts.channel) >= channels {
            return Err(PolicyError::NoChannel { channels, got: self.parts.channel });
        }
        Ok(Self { own: Some(schema), ..self })
    }

    /// The schema of its readings: that of the registry, or a project's own if [`with_schema`](Self::with_schema) gave it.
    pub fn schema(&self) -> Option<&'static Schema> {
        self.own.or_else(|| Schema::numbered(self.parts.schema))
    }

    /// A project's own schema, if it was given: no proof says what it says.
    pub fn own_schema(&self) -> Option<&'static Schema> {
        self.own
    }

    /// What the policy is made of.
    pub fn parts(&self) -> &PolicyParts {
        &self.parts
    }

    /// What a track is held to; `None` for a policy of another statement.
    pub fn track_rules(&self) -> Option<TrackRules> {
        let is_track = self.parts.family == Track::FAMILY;
        is_track.then(|| TrackRules::of(self.parts.parameters).expect("checked by the constructor"))
    }

    /// What the frames of a survey are held to; `None` for a policy of another statement.
    pub fn survey_rules(&self) -> Option<SurveyRules> {
        let is_survey = self.parts.family == Survey::FAMILY;
        is_survey.then(|| SurveyRules::of(self.parts.parameters).expect("checked by the constructor"))
    }

    /// What a histogram is made by; `None` for a policy of another statement.
    pub fn histogram_rules(&self) -> Option<HistogramRules> {
        let is_histogram = self.parts.family == Histogram::FAMILY;
        is_histogram.then(|| HistogramRules::of(self.parts.parameters).expect("checked by the constructor"))
    }

    /// How much noise a private sum has; `None` for a policy of another statement.
    pub fn noise_rules(&self) -> Option<NoiseRules> {
        let is_private = self.parts.family == PrivateSum::FAMILY;
        is_private.then(|| NoiseRules::of(self.parts.parameters).expect("checked by the constructor"))
    }

    /// The bins of a histogram; `None` for a policy of another statement.
    pub fn histogram_bins(&self) -> Option<Bins> {
        self.histogram_rules().map(|rules| rules.bins(&self.parts))
    }

    /// What readings and epochs are held to: the parts of a lane, encoded.
    pub fn ranges(&self) -> PolicyRanges<Fr> {
        let parts = &self.parts;
        PolicyRanges {
            low: parts.low.encode(&PolicyRanges::PARTS.low),
            high: parts.high.encode(&PolicyRanges::PARTS.high),
            max_accuracy_mm: Fr::from(parts.max_accuracy_mm),
            epoch_origin_unix_ms: Fr::from(parts.epoch_origin.get()),
            epoch_length_ms: Fr::from(parts.epoch_length_ms),
            k: Fr::from(parts.k),
        }
    }

    /// Which statement, of which readings: the parts of a lane, encoded.
    pub fn kind(&self) -> PolicyKind<Fr> {
        let parts = &self.parts;
        PolicyKind {
            family: Fr::from(parts.family.number()),
            statement_version: Fr::from(parts.statement_version),
            schema: Fr::from(parts.schema),
            channel: Fr::from(parts.channel),
            device_class: Fr::from(parts.device_class.map_or(encoding::ANY_DEVICE_CLASS, u32::from)),
            outputs: Fr::from(parts.outputs.flags()),
        }
    }

    /// The lanes of the id by name.
    pub fn preimage(&self) -> preimages::Policy<Fr> {
        preimages::Policy {
            network: self.parts.network.to_field(),
            fence_root: self.parts.fence.to_field(),
            ranges: self.ranges().pack(),
            kind: self.kind().pack(),
            parameters: self.parts.parameters.to_field(),
        }
    }

    /// The five lanes of the id, in order.
    pub fn lanes(&self) -> [Fr; 5] {
        self.preimage().lanes()
    }

    /// The id: Poseidon of the lanes.
    pub fn id(&self) -> PolicyId {
        PolicyId(self.preimage().hash())
    }

    /// The channel that values are taken from; `None` if its schema is the project's own and was not given, or has no such channel.
    pub fn channel(&self) -> Option<&'static Channel> {
        let schema = self.schema()?;
        schema.channels.get(usize::from(self.parts.channel))
    }

    /// The epoch that holds `time`; `None` before the origin, and where epochs have run out.
    pub fn epoch_of(&self, time: UnixMillis) -> Option<u32> {
        let since = time.get().checked_sub(self.parts.epoch_origin.get())?;
        let epoch = u32::try_from(since / self.parts.epoch_length_ms).ok()?;
        self.epoch_end_ms(epoch).map(|_| epoch)
    }

    /// The first millisecond of `epoch`; `None` if the epoch would end after 2^48.
    pub fn epoch_start(&self, epoch: u32) -> Option<UnixMillis> {
        let start = self.epoch_end_ms(epoch)? - self.parts.epoch_length_ms;
        Some(UnixMillis::new(start).expect("an epoch starts before it ends"))
    }

    /// The first Unix millisecond after `epoch`, at most 2^48 and so not always a [`UnixMillis`]; `None` if it would be
    /// later.
    pub fn epoch_end_ms(&self, epoch: u32) -> Option<u64> {
        let length = u128::from(self.parts.epoch_length_ms);
        let end = u128::from(self.parts.epoch_origin.get()) + (u128::from(epoch) + 1) * length;
        u64::try_from(end).ok().filter(|end| *end <= 1 << encoding::TIME_BITS)
    }
}

impl fmt::Display for Policy {
    /// One line for each part, then the id.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.parts;
        let family = parts.family.name();
        let class = parts.device_class.map_or("any".to_owned(), |class| class.to_string());
        let outputs = &parts.outputs;
        let names = ["sum of squares", "minimum", "maximum"];
        let asked = [outputs.sum_of_squares, outputs.minimum, outputs.maximum];
        let extra: String = names
            .iter()
            .zip(asked)
            .filter(|(_, asked)| *asked)
            .map(|(name, _)| format!(", {name}"))
            .collect();
        let origin = time::format_rfc3339_millis(parts.epoch_origin.get());
        writeln!(formatter, "statement  {family}/v{}, k >= {}{extra}", parts.statement_version, parts.k)?;
        writeln!(formatter, "network    {}", field::to_hex(&parts.network.to_field()))?;
        writeln!(formatter, "fence      {}", parts.fence)?;
        let schema = self.schema();
        let channel = self.channel();
        let called = |name: Option<&str>| name.map_or_else(String::new, |name| format!(" ({name})"));
        let in_units = |quantity: Quantity| {
            format!(
                " ({} to {} {})",
                quantity.decimal(parts.low),
                quantity.decimal(parts.high),
                quantity.unit
            )
        };
        writeln!(
            formatter,
            "readings   schema {}{}, channel {}{}, device class {class}",
            parts.schema,
            called(schema.map(|schema| schema.name)),
            parts.channel,
            called(channel.map(|channel| channel.name)),
        )?;
        let units = channel.and_then(|channel| channel.quantity).map_or_else(String::new, in_units);
        writeln!(formatter, "values     {} to {}{units}", parts.low, parts.high)?;
        writeln!(formatter, "accuracy   at most {} mm", parts.max_accuracy_mm)?;
        writeln!(formatter, "epochs     of {} ms from {origin}", parts.epoch_length_ms)?;
        if let Some(rules) = self.survey_rules() {
            writeln!(formatter, "{rules}")?;
        } else if let Some(rules) = self.track_rules() {
            writeln!(formatter, "{rules}")?;
        } else if let Some(rules) = self.histogram_rules() {
            writeln!(formatter, "{rules}")?;
        } else if let Some(rules) = self.noise_rules() {
            writeln!(formatter, "{rules}")?;
        } else if parts.parameters != Parameters::NONE {
            writeln!(formatter, "parameters {}", parts.parameters)?;
        }
        write!(formatter, "id         {}", self.id())
    }
}

element_types! {
    /// The id of a policy.
    pub struct PolicyId;
}

#[cfg(test)]
mod tests;
