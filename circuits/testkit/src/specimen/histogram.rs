//! `histogram` as the kit knows it.

use super::{ClaimOf, SmallFence, Specimen, readings};
use crate::extract::{Extract, FreeInputs};
use crate::{Fleet, FleetOptions};
use zksensor_circuits::statement::histogram::{Histogram, HistogramInputs, HistogramWitness};
use zksensor_circuits::statement::{Binding, Claim};

/// Triangles of the fence of shapes whose constraints are golden by scope.
const COST_TRIANGLES: usize = 32;
/// (capacity, triangles, levels) whose rows are golden. What does not differ from an aggregate is golden there in more shapes.
const ROW_SHAPES: [(usize, usize, usize); 7] =
    [(1, 8, 3), (2, 16, 3), (3, 16, 7), (8, 24, 3), (9, 256, 4), (16, 32, 3), (64, 32, 2)];

fn shape((capacity, triangles, levels): (usize, usize, usize)) -> Histogram {
    Histogram::new(capacity, triangles, levels).expect("a shape of the statement")
}

impl Specimen for Histogram {
    const EACH: Option<&'static str> = Some("reading");

    fn each(&self) -> usize {
        self.capacity()
    }

    fn headlines() -> Vec<(&'static str, Self)> {
        vec![("histogram_64", shape((64, COST_TRIANGLES, 3)))]
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
        // The first of the fleet is in the first bin: with another one no word is 0.
        shape((2, 16, Fleet::LEVELS.into()))
    }

    fn filled(&self) -> Result<HistogramWitness, SmallFence> {
        readings::filled(self)
    }

    fn inputs_of(witness: &HistogramWitness, binding: Binding) -> HistogramInputs {
        witness.histogram(Fleet::EPOCH, binding)
    }

    fn generic(&self, count: usize, seed: u64) -> ClaimOf<Self> {
        let options = FleetOptions { devices: count, k: 1, seed, ..FleetOptions::of::<Histogram>() };
        let witness = readings::generic(self, &options);
        let binding = Binding::new(137, [1; 20], [2; 20], &self.id());
        (witness.histogram(Fleet::EPOCH, binding), witness)
    }
}

impl Extract for Histogram {
    fn extract(&self, free: &FreeInputs<'_>) -> Option<HistogramWitness> {
        readings::extract(self, free, free.public::<HistogramInputs>()?.chunk)
    }
}
