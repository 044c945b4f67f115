//! Which reading a node proves of its own device: one that obeys the policy.

use std::fmt;

use zksensor_model::device::DeviceSecret;
use zksensor_model::fence::Fence;
use zksensor_model::policy::Policy;
use zksensor_model::primitives::eddsa::PublicKey;
use zksensor_model::reading::SignedReading;
use zksensor_model::registry::DeviceMembership;

use super::{Assemble, AssembleError, Assembled, Refusal, RefusalReason, Take};
use crate::statement::reading::{ReadingWitness, Salt, SingleReading};
use crate::statement::{Assignment, Binding, EnrolledReading};

/// The device whose readings a node proves. Its `Debug` shows nothing of it.
#[derive(Clone)]
pub struct OwnDevice {
    /// What it signs with.
    pub key: PublicKey,
    /// Behind the identity in its leaf.
    pub secret: DeviceSecret,
    /// Its place in the registry; `None` if the registry does not have it, and then no reading is taken.
    pub membership: Option<DeviceMembership>,
}

impl OwnDevice {
    /// Its place in the registry, if what is offered is signed by it.
    ///
    /// # Errors
    /// [`RefusalReason::OtherDevice`] for another key, [`RefusalReason::NotEnrolled`] without a place of its own: a membership of
    /// somebody else's leaf would lead to a root that there is not.
    pub(super) fn membership_for(&self, signer: &PublicKey) -> Result<&DeviceMembership, RefusalReason> {
        if *signer != self.key {
            return Err(RefusalReason::OtherDevice);
        }
        let own = self.membership.as_ref().filter(|membership| membership.leaf().key == self.key);
        own.ok_or(RefusalReason::NotEnrolled)
    }
}

/// Nothing of the device.
impl fmt::Debug for OwnDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnDevice(..)")
    }
}

/// What a claim about one reading is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadingTarget {
    /// The epoch.
    pub epoch: u32,
    /// Chain, contract, recipient.
    pub binding: Binding,
}

/// Takes the reading of one device. Its `Debug` shows whether there is one.
pub struct ReadingAssembly {
    policy: Policy,
    fence: Fence,
    device: OwnDevice,
    target: ReadingTarget,
    salt: Salt,
    take: Take,
    taken: Option<Taken>,
    passed_over: u64,
}

/// The reading of the claim.
struct Taken {
    row: u64,
    rank: u64,
    witness: ReadingWitness,
}

impl ReadingAssembly {
    /// Takes a reading of `device` that obeys `policy` with `fence` in the epoch of `target`. `salt` will blind its commitment:
    /// one for each claim.
    pub fn new(policy: Policy, fence: Fence, device: OwnDevice, target: ReadingTarget, salt: Salt) -> Self {
        ReadingAssembly {
            policy,
            fence,
            device,
            target,
            salt,
            take: Take::First,
            taken: None,
            passed_over: 0,
        }
    }

    /// Takes this one of the good readings, in place of the first.
    #[must_use]
    pub fn taking(self, take: Take) -> Self {
        ReadingAssembly { take, ..self }
    }
}

impl Assemble for ReadingAssembly {
    type Statement = SingleReading;
    type Signed = SignedReading;

    fn offer(&mut self, row: u64, signed: SignedReading) -> Result<(), Refusal> {
        let refuse = |reason| Refusal { row, reason };
        let membership = self.device.membership_for(signed.key()).map_err(refuse)?;
        let enrolled = EnrolledReading::new(signed, membership);
        let (secret, salt) = (self.device.secret.clone(), self.salt.clone());
        let witness = ReadingWitness::new(self.policy, &self.fence, enrolled, secret, salt);
        let inputs = witness.inputs(self.target.epoch, self.target.binding);
        Assignment::new(&SingleReading, inputs, &witness)
            .map_err(|violation| refuse(RefusalReason::Violation(violation)))?;
        let rank = self.take.rank(&self.policy, self.target.epoch, witness.reading.signed.reading().time);
        if let Some(taken) = &self.taken {
            self.passed_over += 1;
            if taken.rank <= rank {
                return Err(refuse(RefusalReason::Second { taken: taken.row }));
            }
        }
        self.taken = Some(Taken { row, rank, witness });
        Ok(())
    }

    fn len(&self) -> usize {
        usize::from(self.taken.is_some())
    }

    fn passed_over(&self) -> u64 {
        self.passed_over
    }

    fn finish(self) -> Result<Assembled<SingleReading>, AssembleError> {
        let Taken { witness, .. } = self.taken.ok_or(AssembleError::NoReading)?;
        let inputs = witness.inputs(self.target.epoch, self.target.binding);
        Ok(Assembled { statement: SingleReading, inputs, witness })
    }
}

impl fmt::Debug for ReadingAssembly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadingAssembly").field("taken", &self.taken.is_some()).finish_non_exhaustive()
    }
}
