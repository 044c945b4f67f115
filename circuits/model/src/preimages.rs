//! Every Poseidon preimage of ours, each described once: its lanes, the parts of a lane with their widths, and its domain.
//!
//! A **lane** is one input of the hash: an element, or integers side by side, the first-named in the most significant bits. A
//! signed integer is stored as value + 2^offset. A **preimage** is the lanes in order, under the tag of its [`Domain`]. The
//! structs are generic in what they hold: field elements where a hash is computed, variables in a circuit, and a
//! [`Field`] in the table itself (`PARTS` of a lane). So native code and circuits cannot take parts in another order or of
//! another width than the table, which is also what `docs/preimages.md` and `vectors/` are written from.
//!
//! A contract hashes one of these, a policy, once, when it is made; it is rendered from the table. Whatever else a contract
//! computes (a binding) is keccak256.
//!
//! ```
//! use zksensor_model::field::{self, Fr};
//! use zksensor_model::preimages::{FirstChannels, Identity};
//! let channels = FirstChannels { channel_0: 3, channel_1: 5 }.map(Fr::from).pack();
//! assert_eq!(channels, Fr::from(3u64) * field::power_of_two(64) + Fr::from(5u64));
//! assert_eq!(FirstChannels::PARTS.channel_0.bits(), 64);
//! assert_eq!(Identity::PREIMAGE.domain.name(), "zksensor/identity/v1");
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use crate::field::{self, Fr};
use crate::layout::{Field, InputError, Layout};
use crate::primitives::poseidon::Domain;

#[macro_use]
mod declare;
mod tables;

pub use tables::{
    Challenge, Commitment, Corners, FENCE_NODE, FirstChannels, Frame, FrameHeader, Header, HistogramLimits,
    Identity, LastChannels, Leaf, Message, NODE, NoiseLimits, NoiseSeed, NoiseWords, Nullifier, Policy,
    PolicyKind, PolicyRanges, Sample, Samples, Seal, SealedRelease, SealedSum, SurveyLimits, TrackLimits,
};

/// Every preimage.
pub const PREIMAGES: &[Preimage] = &[
    Message::PREIMAGE,
    Challenge::PREIMAGE,
    Leaf::PREIMAGE,
    NODE,
    Identity::PREIMAGE,
    Nullifier::PREIMAGE,
    Commitment::PREIMAGE,
    Policy::PREIMAGE,
    FENCE_NODE,
    Frame::PREIMAGE,
    Samples::PREIMAGE,
    Seal::PREIMAGE,
    NoiseSeed::PREIMAGE,
    NoiseWords::PREIMAGE,
];

/// What is packed in the same way and goes into a tree or a chain as it stands, without a hash of its own.
pub const PACKED: &[Lane] = &[Corners::LANE, Sample::LANE];

/// What one hash is taken of.
#[derive(Debug, Clone, Copy)]
pub struct Preimage {
    /// Name, in snake case.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The tag in the capacity element.
    pub domain: Domain,
    /// The inputs of the hash, in order.
    pub lanes: &'static [Lane],
}

/// One input of a hash.
#[derive(Debug, Clone, Copy)]
pub struct Lane {
    /// Name, in snake case.
    pub name: &'static str,
    /// What it is.
    pub about: &'static str,
    /// The parts, one word of them.
    layout: Layout,
    /// What each part is.
    abouts: &'static [&'static str],
}

/// Why values are not the parts of a lane.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LaneError {
    /// Not as many values as parts.
    #[error("expected {wanted} parts of lane `{lane}`, got {got}")]
    Count {
        /// Name of the lane.
        lane: &'static str,
        /// Parts of the lane.
        wanted: usize,
        /// Values that came.
        got: usize,
    },
    /// A value that does not fit its part.
    #[error("expected {width} bits of `{part}`, got {got}")]
    Overflow {
        /// Name of the part.
        part: &'static str,
        /// Its width in bits.
        width: u32,
        /// The encoded value, hexadecimal.
        got: String,
    },
}

impl Lane {
    /// The parts, the most significant first, each with what it is; a whole element is its only part.
    pub fn parts(&self) -> impl Iterator<Item = (&'static Field, &'static str)> {
        self.layout.fields().iter().zip(self.abouts.iter().copied())
    }

    /// The widths of the parts, in bits; 254 for an element.
    pub fn widths(&self) -> Vec<u32> {
        self.layout.fields().iter().map(Field::bits).collect()
    }

    /// The lane of these encoded parts, in order.
    ///
    /// # Errors
    /// [`LaneError`] for another number of values, or one that does not fit its part.
    pub fn pack(&self, values: &[Fr]) -> Result<Fr, LaneError> {
        let words = self.layout.pack(values).map_err(|error| match error {
            InputError::Overflow { field, width, value } => {
                LaneError::Overflow { part: field, width, got: value }
            }
            _ => LaneError::Count { lane: self.name, wanted: self.layout.fields().len(), got: values.len() },
        })?;
        Ok(words[0])
    }

    /// The encoded parts of a lane, in order; `None` for an element that has more bits than they have.
    pub fn unpack(&self, packed: &Fr) -> Option<Vec<Fr>> {
        let widths = self.widths();
        let [only] = widths[..] else {
            let mut shift: u32 = widths.iter().sum();
            let fits = field::bit_length(packed) <= shift;
            return fits.then(|| {
                let part = |width| {
                    shift -= width;
                    field::bit_field(packed, shift, width)
                };
                widths.iter().copied().map(part).collect()
            });
        };
        (field::bit_length(packed) <= only).then(|| Vec::from([*packed]))
    }

    /// A lane that is one integer, or one element.
    const fn of_one(fields: &'static [Field; 1], abouts: &'static [&'static str; 1]) -> Lane {
        Lane { name: fields[0].name, about: abouts[0], layout: Layout::new(fields), abouts }
    }
}

/// A lane by the names of its parts, a `T` in each.
pub trait Parts<T> {
    /// Each part with its width in bits, the most significant first.
    fn parts(self) -> Vec<(T, u32)>;
}

/// A preimage by the names of its lanes, a `T` in each.
pub trait Lanes<T> {
    /// What it is hashed under.
    const DOMAIN: Domain;
    /// As many as there are lanes.
    type Array: AsRef<[T]>;
    /// The lanes, in order.
    fn lanes(self) -> Self::Array;
}

#[cfg(test)]
mod tests;
