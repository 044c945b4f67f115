//! `reading` as the kit knows it.

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::{ClaimOf, SmallFence, Specimen};
use crate::extract::{self, EnrolledInputs, Extract, FreeInputs};
use crate::generic::{enrolled, fill, with_fence};
use crate::{Fleet, FleetOptions};
use zksensor_circuits::statement::one::InFence;
use zksensor_circuits::statement::reading::{ReadingInputs, ReadingWitness, Salt, SingleReading};
use zksensor_circuits::statement::{Binding, Claim, EnrolledReading, Rule};
use zksensor_model::device::DeviceSecret;
use zksensor_model::fence::{DEPTH, FenceRoot};
use zksensor_model::field;
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::registry::Position;

impl Specimen for SingleReading {
    const EACH: Option<&'static str> = None;

    fn each(&self) -> usize {
        1
    }

    fn headlines() -> Vec<(&'static str, Self)> {
        vec![("reading", SingleReading)]
    }

    fn cost_shapes() -> Vec<Self> {
        vec![SingleReading]
    }

    fn row_shapes() -> Vec<Self> {
        vec![SingleReading]
    }

    fn unfilled() -> (Self, usize) {
        (SingleReading, 1)
    }

    fn least() -> Self {
        SingleReading
    }

    fn filled(&self) -> Result<ReadingWitness, SmallFence> {
        Ok(Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::of::<SingleReading>() }).single(0))
    }

    fn inputs_of(witness: &ReadingWitness, binding: Binding) -> ReadingInputs {
        witness.inputs(Fleet::EPOCH, binding)
    }

    /// A reading of a fleet with this seed; there is no other count than one.
    fn generic(&self, _: usize, seed: u64) -> ClaimOf<Self> {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let fleet = Fleet::new(&FleetOptions { devices: 1, seed, ..FleetOptions::of::<SingleReading>() });
        let position = rng.next_u32() >> 11;
        let enrolled = enrolled(&fleet, 0, position, rng);
        let salt = Salt::generate(rng);
        let mut witness =
            ReadingWitness::new(fleet.policy, &fleet.fence, enrolled, fleet.secrets[0].clone(), salt);
        fill(&mut witness.in_fence.path, rng);
        let InFence { triangle, index, path } = &witness.in_fence;
        let root = path.root(Domain::Fence, triangle.pack(), *index);
        witness.policy = with_fence(&witness.policy, FenceRoot::from_field(root));
        let binding = Binding::new(137, [1; 20], [2; 20], &self.id());
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }
}

impl Extract for SingleReading {
    fn extract(&self, free: &FreeInputs<'_>) -> Option<ReadingWitness> {
        let reading = EnrolledInputs { free, instance: None, base: "" };
        let (signed, leaf) = (reading.signed()?, reading.leaf()?);
        let children = free.named(None, Rule::MEMBERSHIP.scope(), "child");
        let (path, position) = extract::path(Domain::Node, leaf.hash(), &children)?;
        let packed = free.one(None, Rule::FENCE.scope(), "selected triangle")?;
        let children = free.named(None, Rule::FENCE.scope(), "child");
        let (path_in_fence, index) = extract::path::<DEPTH>(Domain::Fence, packed, &children)?;
        let secret = free.one(None, Rule::IDENTITY.scope(), "device secret")?;
        Some(ReadingWitness {
            policy: extract::policy::<Self>(free)?,
            in_fence: InFence { triangle: extract::triangle(&packed)?, index, path: path_in_fence },
            reading: EnrolledReading {
                signed,
                identity: leaf.identity,
                attributes: leaf.attributes,
                position: Position::new(position).ok()?,
                path,
            },
            secret: DeviceSecret::from_be_bytes(&field::to_be_bytes(&secret)).ok()?,
            salt: Salt::insecure_from_field(free.one(None, Rule::COMMITMENT.scope(), "salt")?),
        })
    }
}
