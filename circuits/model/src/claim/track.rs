//! `track`: what one device's frame shows over an epoch, its route hidden.
//!
//! What is public is a claim: samples, distance, time and slots are at most what the frame shows, samples left out and legs at least,
//! so that a prover may round them. A contract reads *at least so much can be shown*.

use alloc::vec;
use alloc::vec::Vec;

use super::reading::Nullifier;
use super::{Binding, Claim, ClaimFamily, Devices, ShapeError, Size, StatementFamily, StatementId};
use crate::frame::{MAX_FRAME_SAMPLES, SAMPLES_A_STEP};
use crate::policy::PolicyId;
use crate::registry::RegistryRoot;
use crate::rule::Rule;

/// T1: the frame has these samples, one after the other.
pub const SAMPLES: Rule = Rule::own(1, "T1 samples");
/// T2: counted samples are in the order of time, no two at one.
pub const ORDER: Rule = Rule::own(2, "T2 order");
/// T3: a sample that continues a leg follows within the longest gap, no faster than the top speed.
pub const STEP: Rule = Rule::own(3, "T3 step");
/// T4: at least the policy's least number is counted, and no more is claimed than is.
pub const COUNTED: Rule = Rule::own(4, "T4 counted");
/// T5: at most the policy's most are left out, and no fewer are claimed than are.
pub const LEFT_OUT: Rule = Rule::own(5, "T5 left out");
/// T6: no fewer legs are claimed than there are.
pub const LEGS: Rule = Rule::own(6, "T6 legs");
/// T7: no more distance is claimed than the steps have.
pub const DISTANCE: Rule = Rule::own(7, "T7 distance");
/// T8: no more time is claimed than the steps take.
pub const OBSERVED: Rule = Rule::own(8, "T8 observed time");
/// T9: no more slots are claimed than have a counted sample.
pub const SLOTS: Rule = Rule::own(9, "T9 slots");

/// The statement: a frame of up to `samples` samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Track {
    samples: u32,
}

crate::public_inputs! {
    /// What a track makes public: five field elements.
    pub struct TrackInputs, TrackFields {
        /// The registry root at the start of the epoch.
        registry_root: RegistryRoot = element as "uint256",
        /// The policy.
        policy_id: PolicyId = element as "uint256",
        /// One a device, policy and epoch.
        nullifier: Nullifier = element as "uint256",
        /// The epoch's number.
        epoch: u32 = 32 as "uint32",
        /// Samples counted, at the least: as many as the policy wants, or more.
        samples: u16 = 16 as "uint16",
        /// Samples of the frame that are not counted, at the most: as many as the policy allows, or fewer.
        left_out: u16 = 16 as "uint16",
        /// Legs, at the most.
        legs: u16 = 16 as "uint16",
        /// Distance, at the least, in centimetres.
        distance_cm: u32 = 32 as "uint32",
        /// Time of the legs, at the least, in milliseconds.
        observed_ms: u32 = 32 as "uint32",
        /// Slots of the epoch with a counted sample, at the least.
        slots: u16 = 16 as "uint16",
        /// Chain, contract, recipient and statement.
        binding: Binding = 152 as "uint152",
    }
}

/// Samples, seven a step of the chain.
const SIZES: [Size; 1] = [Size {
    name: "samples",
    unit: "samples",
    least: SAMPLES_A_STEP as u32,
    most: MAX_FRAME_SAMPLES as u32,
    step: SAMPLES_A_STEP as u32,
    usual: 126,
}];

impl Track {
    /// The statement of this shape. `samples` is a multiple of seven, up to 1,001.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn new(samples: usize) -> Result<Self, ShapeError> {
        let [of_samples] = &SIZES;
        Ok(Track { samples: of_samples.check(samples)? })
    }

    /// Samples that the frame has at the most.
    pub fn samples(&self) -> usize {
        self.samples as usize
    }
}

impl ClaimFamily for Track {
    const FAMILY: StatementFamily =
        StatementFamily::ours(4, "track", Devices::One).with_parameters().of_frames();
    const VERSION: u16 = 1;
    const ABOUT: &'static str = "What a frame of the own device shows over an epoch";
    const SIZES: &'static [Size] = &SIZES;

    fn of_checked(shape: &[u32]) -> Result<Self, ShapeError> {
        let [samples] = shape else {
            return Err(ShapeError::Count { wanted: Self::pattern(), got: shape.len() });
        };
        Track::new(*samples as usize)
    }
}

impl Claim for Track {
    type Inputs = TrackInputs;

    fn id(&self) -> StatementId {
        Self::id_of(vec![self.samples])
    }

    /// C1, C3 to C12, C20, C21 and T1 to T9.
    fn rules(&self) -> Vec<Rule> {
        let own = [
            Rule::IDENTITY,
            Rule::NULLIFIER,
            SAMPLES,
            ORDER,
            STEP,
            COUNTED,
            LEFT_OUT,
            LEGS,
            DISTANCE,
            OBSERVED,
            SLOTS,
        ];
        [&Rule::OF_A_READING[..], &own].concat()
    }
}
