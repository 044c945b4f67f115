//! `aggregate` as the kit knows it.

use super::{ClaimOf, SmallFence, Specimen, readings};
use crate::extract::{Extract, FreeInputs};
use crate::{Fleet, FleetOptions};
use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs, AggregateWitness};
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::policy::Outputs;

/// (capacity, levels) whose constraints are golden by scope.
const COST_SHAPES: [(usize, usize); 4] = [(16, 3), (64, 2), (64, 3), (256, 3)];
/// Triangles of the fence there.
const COST_TRIANGLES: usize = 32;
/// Capacities whose rows are golden: about whole groups of eight, and those that are used.
const ROW_CAPACITIES: [usize; 7] = [1, 2, 3, 8, 9, 16, 64];
/// Triangles there: whole and broken levels of the fence's tree.
const ROW_TRIANGLES: [usize; 7] = [8, 24, 64, 72, 128, 192, 256];
/// (capacity, triangles) whose rows are golden for every chunk.
const ROW_OF_EVERY_CHUNK: [(usize, usize); 4] = [(1, 8), (2, 16), (9, 32), (64, 32)];

fn shape(capacity: usize, triangles: usize, levels: usize) -> Aggregate {
    Aggregate::new(capacity, triangles, levels).expect("a shape of the statement")
}

impl Specimen for Aggregate {
    const EACH: Option<&'static str> = Some("reading");

    fn each(&self) -> usize {
        self.capacity()
    }

    fn headlines() -> Vec<(&'static str, Self)> {
        vec![
            ("aggregate_64", shape(64, COST_TRIANGLES, 3)),
            ("aggregate_64_c2", shape(64, COST_TRIANGLES, 2)),
        ]
    }

    fn cost_shapes() -> Vec<Self> {
        COST_SHAPES.iter().map(|(capacity, levels)| shape(*capacity, COST_TRIANGLES, *levels)).collect()
    }

    fn row_shapes() -> Vec<Self> {
        let of_capacity = |capacity: &usize| {
            ROW_TRIANGLES.map(|triangles| shape(*capacity, triangles, Fleet::LEVELS.into()))
        };
        let chunks = || [2, 4, 5, 6, 7].into_iter();
        let of_chunks = ROW_OF_EVERY_CHUNK
            .iter()
            .flat_map(|(capacity, triangles)| chunks().map(|levels| shape(*capacity, *triangles, levels)));
        ROW_CAPACITIES.iter().flat_map(of_capacity).chain(of_chunks).collect()
    }

    fn unfilled() -> (Self, usize) {
        (shape(3, 16, Fleet::LEVELS.into()), 2)
    }

    fn least() -> Self {
        Fleet::new(&FleetOptions { devices: 1, k: 1, ..FleetOptions::default() }).statement(1)
    }

    fn filled(&self) -> Result<AggregateWitness, SmallFence> {
        readings::filled(self)
    }

    fn inputs_of(witness: &AggregateWitness, binding: Binding) -> AggregateInputs {
        witness.inputs(Fleet::EPOCH, binding)
    }

    /// The extremes are published.
    fn generic(&self, count: usize, seed: u64) -> ClaimOf<Self> {
        let outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };
        let options = FleetOptions { devices: count, k: 1, outputs, seed, ..FleetOptions::default() };
        let witness = readings::generic(self, &options);
        let binding = Binding::new(137, [1; 20], [2; 20], &self.id());
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }
}

impl Extract for Aggregate {
    fn extract(&self, free: &FreeInputs<'_>) -> Option<AggregateWitness> {
        readings::extract(self, free, free.public::<AggregateInputs>()?.chunk)
    }
}
