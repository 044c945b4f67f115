//! `speed`: a registered device was inside the fence and not faster than a public limit. Where it was, and how fast, stays hidden.
//!
//! A statement as somebody writes it who links zksensor: nothing of the library knows of it. What every statement about one reading
//! shares (C1 and C3 to C12: policy, signature, registry, fence, epoch, range of the value) comes from
//! [`zksensor::circuits::statement::one`]; what is proven there is gone on from.
//!
//! | rule | name |
//! |---|---|
//! | S1 | the value, which the policy's schema gives the unit of, is at most low + limit |
//! | S2 | the limit is at most the policy's parameters, the highest limit that says anything |

use zksensor::circuits::gadgets::{Gadgets, SynthesisError};
use zksensor::circuits::statement::one::{self, InFence, OnePublic, OnePublicVars, OneReading};
use zksensor::circuits::statement::{EnrolledReading, InputVars, Statement, Violation};
use zksensor::model::claim::{
    Binding, Claim, ClaimFamily, Devices, ShapeError, Size, StatementFamily, StatementId,
};
use zksensor::model::fence::Fence;
use zksensor::model::field;
use zksensor::model::policy::{Policy, PolicyId};
use zksensor::model::registry::RegistryRoot;
use zksensor::model::rule::Rule;

/// S1.
pub const LIMIT: Rule = Rule::own(1, "S1 limit");

/// S2.
pub const HIGHEST: Rule = Rule::own(2, "S2 highest");

/// Bits of a limit, and of the highest.
const LIMIT_BITS: u32 = 40;

/// The statement. It has one shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed;

zksensor::model::public_inputs! {
    /// What a speed makes public: three field elements.
    pub struct SpeedInputs, SpeedFields {
        /// The registry root at the start of the epoch.
        registry_root: RegistryRoot = element as "uint256",
        /// The policy.
        policy_id: PolicyId = element as "uint256",
        /// The epoch's number.
        epoch: u32 = 32 as "uint32",
        /// The limit less the policy's low, in the schema's fixed point.
        limit: u64 = 40 as "uint64",
        /// Chain, contract, recipient and statement.
        binding: Binding = 152 as "uint152",
    }
}

/// What the prover knows.
#[derive(Clone)]
pub struct SpeedWitness {
    /// The policy.
    pub policy: Policy,
    /// The triangle of the fence that holds the reading.
    pub in_fence: InFence,
    /// The reading with its registration.
    pub reading: EnrolledReading,
}

impl SpeedWitness {
    /// Of a reading that is enrolled.
    pub fn new(policy: Policy, fence: &Fence, reading: EnrolledReading) -> Self {
        SpeedWitness { policy, in_fence: InFence::of(fence, &reading), reading }
    }

    /// The public inputs with the least limit that holds.
    pub fn inputs(&self, epoch: u32, binding: Binding) -> SpeedInputs {
        SpeedInputs {
            registry_root: self.one().registry_root(),
            policy_id: self.policy.id(),
            epoch,
            limit: self.above_low().unwrap_or(0),
            binding,
        }
    }

    fn one(&self) -> OneReading<'_> {
        OneReading { policy: &self.policy, in_fence: &self.in_fence, reading: &self.reading }
    }

    /// The value less the policy's low; `None` if it is below.
    fn above_low(&self) -> Option<u64> {
        let difference = i128::from(self.reading.value(&self.policy)) - i128::from(self.policy.parts().low);
        u64::try_from(difference).ok()
    }
}

impl ClaimFamily for Speed {
    const FAMILY: StatementFamily = StatementFamily::own(200, "speed", Devices::One).with_parameters();
    const VERSION: u16 = 1;
    const ABOUT: &'static str = "A registered device in the fence was not faster than a limit";
    const SIZES: &'static [Size] = &[];

    fn of_checked(_: &[u32]) -> Result<Self, ShapeError> {
        Ok(Speed)
    }
}

impl Claim for Speed {
    type Inputs = SpeedInputs;

    fn id(&self) -> StatementId {
        Self::id_of(Vec::new())
    }

    fn rules(&self) -> Vec<Rule> {
        [&Rule::OF_A_READING[..], &[LIMIT, HIGHEST]].concat()
    }
}

impl Statement for Speed {
    type Witness = SpeedWitness;

    fn check(&self, inputs: &SpeedInputs, witness: &SpeedWitness) -> Result<(), Violation> {
        let SpeedInputs { registry_root, policy_id, epoch, limit, .. } = *inputs;
        witness.one().check::<Speed>(&OnePublic { registry_root, policy_id, epoch })?; // C1, C3 to C12
        match witness.above_low() {
            Some(above) if above <= limit => {} // S1
            _ => return Err(Violation::Own { rule: LIMIT, reason: "the value is above the limit".into() }),
        }
        let highest = field::to_u128(&witness.policy.parts().parameters.to_field());
        match highest.filter(|highest| highest >> LIMIT_BITS == 0) {
            Some(highest) if u128::from(limit) <= highest => Ok(()), // S2
            _ => Err(Violation::Own {
                rule: HIGHEST,
                reason: "the limit is above the policy's highest".into(),
            }),
        }
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Speed>,
        witness: Option<&SpeedWitness>,
    ) -> Result<(), SynthesisError> {
        // C1, C3 to C12.
        let SpeedFields { registry_root, policy_id, epoch, limit, .. } = inputs;
        let public = OnePublicVars { registry_root, policy_id, epoch };
        let one = one::synthesize::<Speed, G>(g, &public, witness.map(SpeedWitness::one).as_ref())?;

        // S1. value - low <= limit.
        let limit = limit.bounded()?;
        g.rule(LIMIT, |g| g.assert_le(&one.above_low, &limit, None))?;

        // S2. limit <= the policy's parameters, which nobody has ranged yet.
        g.rule(HIGHEST, |g| {
            let highest = g.assert_range(&one.parameters, LIMIT_BITS)?;
            g.assert_le(&limit, &highest, None)
        })
    }
}
