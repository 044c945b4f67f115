//! The demo's fleet: twenty devices in an L with a square hole, four of which send what the policy does not take.

use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs, AggregateWitness};
use zksensor_circuits::statement::{Binding, Claim, EnrolledReading, Violation};
use zksensor_model::reading::{Location, Reading, UnixMillis};
use zksensor_testkit::{Fleet, FleetOptions, IN_HOLE, OUTSIDE};

use super::super::made_up::{self, location, millis};

/// Devices that send a good reading: the capacity of the proof.
pub(super) const GOOD: usize = 16;
/// Devices that send one that the policy refuses.
pub(super) const BAD: usize = 4;

/// A reading that the operator leaves out, and why.
pub(super) struct LeftOut {
    pub(super) what: &'static str,
    pub(super) reading: EnrolledReading,
    pub(super) violation: Violation,
}

/// Everything before the proof.
pub(super) struct Scene {
    pub(super) fleet: Fleet,
    pub(super) statement: Aggregate,
    pub(super) binding: Binding,
    pub(super) witness: AggregateWitness,
    pub(super) left_out: Vec<LeftOut>,
}

impl Scene {
    /// Makes keys from `seed`, enrols, signs, and sorts out what the policy does not take.
    pub(super) fn new(seed: u64) -> Self {
        let fleet = Fleet::new(&FleetOptions { devices: GOOD + BAD, seed, ..FleetOptions::default() });
        let statement = fleet.statement(GOOD);
        let binding = made_up::binding(&statement.id());
        let mut witness = fleet.aggregate_of(Vec::new());
        let mut left_out = Vec::new();
        for (index, (what, reading)) in sent(&fleet, seed).into_iter().enumerate() {
            let reading = fleet.enrolled(index, &reading);
            match witness.check_reading(Fleet::EPOCH, &reading) {
                Ok(()) => witness.readings.push(reading),
                Err(violation) => left_out.push(LeftOut { what, reading, violation }),
            }
        }
        witness.readings.sort_by_key(|reading| reading.position);
        Scene { fleet, statement, binding, witness, left_out }
    }

    /// The public inputs of the honest proof.
    pub(super) fn inputs(&self) -> AggregateInputs {
        self.witness.inputs(Fleet::EPOCH, self.binding)
    }
}

/// What each device sends, in the order of enrolment.
fn sent(fleet: &Fleet, seed: u64) -> Vec<(&'static str, Reading)> {
    let places = places(fleet, seed);
    let spread = |index: usize| Reading { location: places[index], ..fleet.reading(index) };
    let good = (0..GOOD).map(|index| ("a good reading", spread(index)));
    let odd = |index: usize| spread(GOOD + index);
    let bad = [
        ("taken in the hole of the fence", Reading { location: location(IN_HOLE), ..odd(0) }),
        ("taken beyond the fence's concave corner", Reading { location: location(OUTSIDE), ..odd(1) }),
        ("taken two hours before the epoch", Reading { time: earlier(odd(2).time), ..odd(2) }),
        ("of a value above the policy's range", Reading { channels: [Fleet::HIGH + 1, 0, 0, 0], ..odd(3) }),
    ];
    good.chain(bad).collect()
}

/// A place in the fence for each device, well inside and evenly spread: the points n * (1 / p, 1 / p^2) modulo 1 with
/// p^3 = p + 1, from where the seed says, in the box around the fence.
fn places(fleet: &Fleet, seed: u64) -> Vec<Location> {
    const STEP: (u32, u32) = (3_242_174_889, 2_447_445_414);
    const MARGIN: i32 = 20_000; // some 200 m
    let corners = || fleet.fence.triangles().iter().flat_map(|triangle| triangle.corners());
    let (south, north) = bounds(corners().map(|corner| corner.signed().0));
    let (west, east) = bounds(corners().map(|corner| corner.signed().1));
    let between = |low: i32, high: i32, part: u32| {
        let offset = ((i64::from(high) - i64::from(low)) * i64::from(part)) >> 32;
        low + i32::try_from(offset).expect("below the difference of two coordinates in Munich")
    };
    let point = |step: u32| {
        #[allow(clippy::cast_possible_truncation, reason = "two halves of the seed")]
        let (first, second) = (seed as u32, (seed >> 32) as u32);
        let north = between(south, north, first.wrapping_add(STEP.0.wrapping_mul(step)));
        location((north, between(west, east, second.wrapping_add(STEP.1.wrapping_mul(step)))))
    };
    let well_inside = |place: &Location| {
        [(MARGIN, 0), (-MARGIN, 0), (0, MARGIN), (0, -MARGIN), (0, 0)].iter().all(|(north, east)| {
            let beside = location((place.latitude() + north, place.longitude() + east));
            fleet.fence.locate(&beside).is_some()
        })
    };
    (0..).map(point).filter(well_inside).take(GOOD + BAD).collect()
}

/// Least and greatest.
fn bounds(numbers: impl Iterator<Item = i32> + Clone) -> (i32, i32) {
    (numbers.clone().min().unwrap_or_default(), numbers.max().unwrap_or_default())
}

fn earlier(time: UnixMillis) -> UnixMillis {
    millis(time.get() - 2 * 3_600_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_circuits::statement::{Rule, Statement};

    #[test]
    fn sixteen_of_twenty_are_admitted() {
        let scene = Scene::new(1);
        assert_eq!(scene.witness.readings.len(), GOOD);
        let rules: Vec<_> = scene.left_out.iter().map(|left| left.violation.rule()).collect();
        assert_eq!(rules, [Rule::FENCE, Rule::FENCE, Rule::EPOCH, Rule::VALUE].map(Some));
        scene.statement.check(&scene.inputs(), &scene.witness).unwrap();
    }
}
