//! What of a job depends on its statement.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};
use zksensor::circuits::statement::aggregate::{Aggregate, AggregateWitness};
use zksensor::circuits::statement::survey::{EnrolledFrame, Survey, SurveyDevice, SurveyWitness};
use zksensor::circuits::statement::{EnrolledReading, Statement};
use zksensor::model::claim::ClaimFamily;
use zksensor::model::fence::Fence;
use zksensor::model::frame::SignedFrame;
use zksensor::model::policy::Policy;
use zksensor::model::reading::SignedReading;
use zksensor::model::registry::{ChunkCap, DeviceMembership};

use crate::seal::secret_digits;

/// What a device signed, in hexadecimal digits.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct Secret(String);

impl Secret {
    /// Characters of it.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn of(bytes: &[u8]) -> Self {
        Secret(std::mem::take(&mut *secret_digits("0x", bytes)))
    }

    /// The canonical bytes, decoded without a copy that is left behind.
    pub(super) fn bytes(&self) -> Option<Zeroizing<Vec<u8>>> {
        let digits = self.0.strip_prefix("0x").filter(|digits| digits.len().is_multiple_of(2))?;
        let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
        for pair in digits.as_bytes().chunks_exact(2) {
            // As they are written: small letters alone.
            let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
            let (high, low) = (digit(pair[0])?, digit(pair[1])?);
            bytes.push(u8::try_from(16 * high + low).ok()?);
        }
        Some(bytes)
    }
}

/// The parts of a witness.
pub struct Parts {
    pub(super) policy: Policy,
    pub(super) fence: Fence,
    pub(super) cap: ChunkCap,
    /// Of each device its place in the registry, and what it signed, in the order of positions.
    pub(super) devices: Vec<(DeviceMembership, Secret)>,
}

/// A statement whose claims workers prove. What is public of a claim says which it is: whatever else was chosen is chosen again.
pub trait Tasked: Statement<Witness: Send> + ClaimFamily + Copy + Send {
    /// The parts of a witness of a claim that holds.
    fn parts(witness: &Self::Witness) -> Parts;

    /// The witness of these parts, if each is one; whether it is one of a claim that holds is not looked at.
    fn witness(parts: Parts) -> Option<Self::Witness>;
}

const HOLDS: &str = "the devices of a claim that holds are of the registry";

impl Tasked for Aggregate {
    fn parts(AggregateWitness { policy, fence, cap, readings }: &AggregateWitness) -> Parts {
        let device = |reading: &EnrolledReading| {
            let member = DeviceMembership::new(reading.position, reading.leaf(), reading.path, cap.root());
            (member.expect(HOLDS), Secret::of(&*Zeroizing::new(reading.signed.encode())))
        };
        let devices = readings.iter().map(device).collect();
        Parts { policy: *policy, fence: fence.clone(), cap: cap.clone(), devices }
    }

    fn witness(Parts { policy, fence, cap, devices }: Parts) -> Option<AggregateWitness> {
        let reading = |(member, secret): &(DeviceMembership, Secret)| {
            let signed = SignedReading::decode(&secret.bytes()?).ok()?;
            (*signed.key() == member.leaf().key).then(|| EnrolledReading::new(signed, member))
        };
        let readings = devices.iter().map(reading).collect::<Option<_>>()?;
        Some(AggregateWitness { policy, fence, cap, readings })
    }
}

impl Tasked for Survey {
    fn parts(SurveyWitness { policy, fence, cap, devices }: &SurveyWitness) -> Parts {
        let device = |SurveyDevice { frame, .. }: &SurveyDevice| {
            let member = DeviceMembership::new(frame.position, frame.leaf(), frame.path, cap.root());
            (member.expect(HOLDS), Secret::of(&Zeroizing::new(frame.signed.encode())))
        };
        let devices = devices.iter().map(device).collect();
        Parts { policy: *policy, fence: fence.clone(), cap: cap.clone(), devices }
    }

    fn witness(Parts { policy, fence, cap, devices }: Parts) -> Option<SurveyWitness> {
        let device = |(member, secret): &(DeviceMembership, Secret)| {
            let signed = SignedFrame::decode(&secret.bytes()?).ok()?;
            let is_its = *signed.key() == member.leaf().key;
            is_its.then(|| SurveyDevice::fullest(&policy, &fence, EnrolledFrame::new(signed, member)))
        };
        let devices = devices.iter().map(device).collect::<Option<_>>()?;
        Some(SurveyWitness { policy, fence, cap, devices })
    }
}
