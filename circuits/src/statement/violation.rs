//! What `check` says of a false claim: one variant a rule.

use std::borrow::Cow;
use std::fmt;

use super::Rule;
use zksensor_model::layout::InputError;
use zksensor_model::schema::ABSENT;

/// Why a claim is false: one variant a rule. Messages may name readings and limits, never a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// The public inputs do not fit their layout.
    #[error(transparent)]
    Inputs(#[from] InputError),
    /// C1.
    #[error("C1: {reason}")]
    Policy {
        /// What does not open or fit.
        reason: PolicyMismatch,
    },
    /// C2.
    #[error("C2: expected 1 to {capacity} readings, got {got}; split them into proofs of that capacity")]
    Activity {
        /// Readings that one proof holds.
        capacity: usize,
        /// Readings that came.
        got: usize,
    },
    /// C3.
    #[error(
        "C3: reading {reading} does not carry a valid signature of its key; the message or the signature was altered"
    )]
    Signature {
        /// Index of the reading.
        reading: usize,
    },
    /// C4.
    #[error(
        "C4: the device of reading {reading} is not at position {position} under the registry root; enrol it, or use the root of its epoch"
    )]
    Membership {
        /// Index of the reading.
        reading: usize,
        /// Claimed leaf position.
        position: u32,
    },
    /// C5.
    #[error("C5: the location of reading {reading} is outside the fence")]
    Fence {
        /// Index of the reading.
        reading: usize,
    },
    /// C6.
    #[error("C6: reading {reading} was taken at {time} ms, the epoch is [{start}, {end}) ms")]
    Epoch {
        /// Index of the reading.
        reading: usize,
        /// Unix milliseconds.
        time: u64,
        /// First millisecond of the epoch.
        start: u64,
        /// First millisecond after it.
        end: u64,
    },
    /// C7.
    #[error("C7: reading {reading} holds {}, the policy takes {low} to {high}", Held(*value))]
    Value {
        /// Index of the reading.
        reading: usize,
        /// The channel's value, in the schema's fixed point.
        value: i64,
        /// Least value of the policy.
        low: i64,
        /// Greatest value of the policy.
        high: i64,
    },
    /// C8.
    #[error("C8: reading {reading} has an accuracy of {accuracy} mm, the policy takes at most {maximum} mm")]
    Accuracy {
        /// Index of the reading.
        reading: usize,
        /// Millimetres; `u32::MAX` is unknown.
        accuracy: u32,
        /// Millimetres.
        maximum: u32,
    },
    /// C8, for what no decoder lets in.
    #[error(
        "C8: expected reading {reading} to have an accuracy of at least 1 mm, got 0; unknown is u32::MAX, never 0"
    )]
    NoAccuracy {
        /// Index of the reading.
        reading: usize,
    },
    /// C9.
    #[error("C9: the device of reading {reading} is of class {class}, the policy takes class {wanted}")]
    Class {
        /// Index of the reading.
        reading: usize,
        /// The device's class.
        class: u16,
        /// The policy's class.
        wanted: u16,
    },
    /// C10.
    #[error(
        "C10: the registration of reading {reading}'s device expired at {expiry} ms, the reading is of {time} ms"
    )]
    Expiry {
        /// Index of the reading.
        reading: usize,
        /// Unix milliseconds.
        expiry: u64,
        /// Unix milliseconds.
        time: u64,
    },
    /// C11.
    #[error("C11: reading {reading} was signed for another network than the policy's")]
    Network {
        /// Index of the reading.
        reading: usize,
    },
    /// C12.
    #[error("C12: reading {reading} has schema {schema}, the policy takes schema {wanted}")]
    Schema {
        /// Index of the reading.
        reading: usize,
        /// The reading's schema.
        schema: u32,
        /// The policy's schema.
        wanted: u32,
    },
    /// C13.
    #[error(
        "C13: reading {reading} is of position {position}, the one before of {before}; sort by position and take one reading a device"
    )]
    Order {
        /// Index of the reading.
        reading: usize,
        /// Leaf position.
        position: u32,
        /// Leaf position of the reading before.
        before: u32,
    },
    /// C14.
    #[error(
        "C14: expected chunk bits {wanted}, as the shape has it, and a chunk below {chunks}, got {chunk_bits} and {chunk}"
    )]
    ChunkOfShape {
        /// The width of a chunk by the shape.
        wanted: u32,
        /// As many chunks of it there are.
        chunks: u32,
        /// The public width of a chunk.
        chunk_bits: u8,
        /// The public chunk.
        chunk: u32,
    },
    /// C14, of a reading.
    #[error(
        "C14: position {position} of reading {reading} is not in chunk {chunk} of 2^{chunk_bits} positions"
    )]
    Chunk {
        /// Index of the reading.
        reading: usize,
        /// Leaf position.
        position: u32,
        /// The public chunk.
        chunk: u32,
        /// The public width of a chunk.
        chunk_bits: u8,
    },
    /// C15.
    #[error(
        "C15: the public count is {claimed}, there are {count} readings and the policy wants at least {k}"
    )]
    Count {
        /// Public count.
        claimed: u32,
        /// Readings.
        count: usize,
        /// Least number that the policy allows.
        k: u32,
    },
    /// C16.
    #[error("C16: the public sum is {claimed}, the values sum to {sum}")]
    Sum {
        /// Public sum.
        claimed: i64,
        /// Sum of the values.
        sum: i128,
    },
    /// C17.
    #[error("C17: the public sum of squares is {claimed}, it has to be {wanted}")]
    SumOfSquares {
        /// Public value.
        claimed: u128,
        /// The value, or 0 if not asked for.
        wanted: u128,
    },
    /// C18.
    #[error("C18: the public minimum is {claimed}, it has to be {wanted}")]
    Minimum {
        /// Public value.
        claimed: u64,
        /// The value above `low`, or 0 if not asked for.
        wanted: u64,
    },
    /// C19.
    #[error("C19: the public maximum is {claimed}, it has to be {wanted}")]
    Maximum {
        /// Public value.
        claimed: u64,
        /// The value above `low`, or 0 if not asked for.
        wanted: u64,
    },
    /// C20.
    #[error("C20: the identity in the leaf is not that of the device secret")]
    Identity,
    /// C21.
    #[error("C21: the nullifier is not that of the device, the policy and the epoch")]
    Nullifier,
    /// C22.
    #[error("C22: the commitment does not open to the message and the salt")]
    Commitment,
    /// A rule that a statement of another crate has of its own ([`Rule::own`]).
    #[error("{rule}: {reason}")]
    Own {
        /// The rule.
        rule: Rule,
        /// What was wanted and what came: never a secret.
        reason: Cow<'static, str>,
    },
    /// As [`Violation::Own`], of a rule that is about one reading, or one device's frame.
    #[error("{rule}: of reading {reading}, {reason}")]
    OwnOfReading {
        /// The rule.
        rule: Rule,
        /// Index of the reading.
        reading: usize,
        /// What was wanted and what came: never a secret.
        reason: Cow<'static, str>,
    },
}

/// What about the policy does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyMismatch {
    /// Another id.
    #[error("the policy id is not that of the policy")]
    Id,
    /// Another statement or version.
    #[error("the policy is for another statement or version")]
    Statement,
    /// The fence is not the policy's.
    #[error("the fence is not the policy's")]
    Fence,
    /// The fence has more triangles than the circuit.
    #[error("the fence has more triangles than the circuit holds")]
    Triangles,
    /// The policy asks for quality, and the circuit has no rule about it; or the other way round.
    #[error(
        "{}",
        if *.asked {
            "the policy asks for quality, and the shape of the circuit has no rules about it"
        } else {
            "the policy asks for no quality, and the shape of the circuit holds devices to it"
        }
    )]
    Quality {
        /// Whether the policy asks for it.
        asked: bool,
    },
    /// The epoch ends beyond 2^48 ms.
    #[error("the epoch ends beyond 2^48 ms")]
    Epoch,
}

/// A channel's value, if there is one.
struct Held(i64);

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == ABSENT { f.write_str("no value") } else { self.0.fmt(f) }
    }
}

impl Violation {
    /// The rule that does not hold; `None` for inputs that do not fit their layout.
    pub fn rule(&self) -> Option<Rule> {
        Some(match self {
            Violation::Inputs(_) => return None,
            Violation::Policy { .. } => Rule::POLICY,
            Violation::Activity { .. } => Rule::ACTIVITY,
            Violation::Signature { .. } => Rule::SIGNATURE,
            Violation::Membership { .. } => Rule::MEMBERSHIP,
            Violation::Fence { .. } => Rule::FENCE,
            Violation::Epoch { .. } => Rule::EPOCH,
            Violation::Value { .. } => Rule::VALUE,
            Violation::Accuracy { .. } | Violation::NoAccuracy { .. } => Rule::ACCURACY,
            Violation::Class { .. } => Rule::CLASS,
            Violation::Expiry { .. } => Rule::EXPIRY,
            Violation::Network { .. } => Rule::NETWORK,
            Violation::Schema { .. } => Rule::SCHEMA,
            Violation::Order { .. } => Rule::ORDER,
            Violation::ChunkOfShape { .. } | Violation::Chunk { .. } => Rule::CHUNK,
            Violation::Count { .. } => Rule::COUNT,
            Violation::Sum { .. } => Rule::SUM,
            Violation::SumOfSquares { .. } => Rule::SUM_OF_SQUARES,
            Violation::Minimum { .. } => Rule::MINIMUM,
            Violation::Maximum { .. } => Rule::MAXIMUM,
            Violation::Identity => Rule::IDENTITY,
            Violation::Nullifier => Rule::NULLIFIER,
            Violation::Commitment => Rule::COMMITMENT,
            Violation::Own { rule, .. } | Violation::OwnOfReading { rule, .. } => *rule,
        })
    }

    /// The reading that it is about, if it is about one.
    pub fn reading(&self) -> Option<usize> {
        self.clone().number().map(|reading| *reading)
    }

    /// The same violation about reading `number`: for a reading that was checked alone and has a number elsewhere.
    pub fn about(mut self, number: usize) -> Self {
        if let Some(reading) = self.number() {
            *reading = number;
        }
        self
    }

    fn number(&mut self) -> Option<&mut usize> {
        match self {
            Violation::Signature { reading }
            | Violation::Membership { reading, .. }
            | Violation::Fence { reading }
            | Violation::Epoch { reading, .. }
            | Violation::Value { reading, .. }
            | Violation::Accuracy { reading, .. }
            | Violation::NoAccuracy { reading }
            | Violation::Class { reading, .. }
            | Violation::Expiry { reading, .. }
            | Violation::Network { reading }
            | Violation::Schema { reading, .. }
            | Violation::Order { reading, .. }
            | Violation::Chunk { reading, .. }
            | Violation::OwnOfReading { reading, .. } => Some(reading),
            _ => None,
        }
    }
}
