//! `private-sum` as the kit knows it.

use ark_ff::UniformRand;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use super::{ClaimOf, SmallFence, Specimen, readings};
use crate::extract::{Extract, FreeInputs};
use crate::{Fleet, FleetOptions};
use zksensor_circuits::statement::private_sum::{PrivateSum, PrivateSumInputs, PrivateSumWitness};
use zksensor_circuits::statement::readings::ReadingsWitness;
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::claim::private_sum::SEAL;
use zksensor_model::field::Fr;
use zksensor_model::noise::{Beacon, Seal};

/// Triangles of the fence of shapes whose constraints are golden by scope.
const COST_TRIANGLES: usize = 32;
/// (capacity, triangles, levels) whose rows are golden. What does not differ from an aggregate is golden there in more shapes.
const ROW_SHAPES: [(usize, usize, usize); 6] =
    [(1, 8, 3), (2, 16, 3), (3, 16, 7), (9, 256, 4), (16, 32, 3), (64, 32, 2)];

fn shape((capacity, triangles, levels): (usize, usize, usize)) -> PrivateSum {
    PrivateSum::new(capacity, triangles, levels).expect("a shape of the statement")
}

/// Readings with a seal of them, the same in every run.
fn sealed(readings: ReadingsWitness) -> PrivateSumWitness {
    let (sum, count) = readings.exact();
    let seal = Seal::draw(sum, count, &mut ChaCha20Rng::seed_from_u64(0x5ea1)).expect("a sum of a fleet");
    PrivateSumWitness { readings, seal }
}

impl Specimen for PrivateSum {
    const EACH: Option<&'static str> = Some("reading");

    fn each(&self) -> usize {
        self.capacity()
    }

    fn headlines() -> Vec<(&'static str, Self)> {
        vec![("private_sum_64", shape((64, COST_TRIANGLES, 3)))]
    }

    fn cost_shapes() -> Vec<Self> {
        [16, 64].map(|capacity| shape((capacity, COST_TRIANGLES, 3))).into()
    }

    fn row_shapes() -> Vec<Self> {
        ROW_SHAPES.map(shape).into()
    }

    fn unfilled() -> (Self, usize) {
        (shape((3, 16, Fleet::LEVELS.into())), 2)
    }

    fn least() -> Self {
        shape((1, 16, Fleet::LEVELS.into()))
    }

    fn filled(&self) -> Result<PrivateSumWitness, SmallFence> {
        readings::filled(self).map(sealed)
    }

    fn inputs_of(witness: &PrivateSumWitness, binding: Binding) -> PrivateSumInputs {
        witness.inputs(Fleet::EPOCH, Fleet::beacon(), binding).expect("once in 2^62 times there is none")
    }

    fn generic(&self, count: usize, seed: u64) -> ClaimOf<Self> {
        let options = FleetOptions { devices: count, k: 1, seed, ..FleetOptions::of::<PrivateSum>() };
        let readings = readings::generic(self, &options);
        let rng = &mut ChaCha20Rng::seed_from_u64(seed ^ 0x5ea1);
        let (sum, count) = readings.exact();
        let witness =
            PrivateSumWitness { readings, seal: Seal::draw(sum, count, rng).expect("a sum of a fleet") };
        let binding = Binding::new(137, [1; 20], [2; 20], &self.id());
        let inputs = witness.inputs(Fleet::EPOCH, Beacon::from_field(Fr::rand(rng)), binding);
        (inputs.expect("once in 2^62 times there is none"), witness)
    }
}

impl Extract for PrivateSum {
    fn extract(&self, free: &FreeInputs<'_>) -> Option<PrivateSumWitness> {
        let readings = readings::extract(self, free, free.public::<PrivateSumInputs>()?.chunk)?;
        let element = |name| free.one(None, SEAL.scope(), name);
        let (sum, count) = readings.exact();
        let seal = Seal::from_parts(element("secret")?, element("salt")?, sum, count).ok()?;
        Some(PrivateSumWitness { readings, seal })
    }
}
