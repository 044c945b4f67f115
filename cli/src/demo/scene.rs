//! The demo's fleet: twenty devices in an L with a square hole, four of which send what the policy does not take.

use zksensor_circuits::reading::{Location, Reading, UnixMillis};
use zksensor_circuits::statement::aggregate::{Aggregate, AggregateFrame, AggregateInputs, AggregateWitness};
use zksensor_circuits::statement::{Binding, EnrolledReading, Statement, Violation};
use zksensor_circuits::testing::{Fleet, FleetOptions, IN_HOLE, OUTSIDE};

/// Devices that send a good reading: the capacity of the proof.
pub(super) const GOOD: usize = 16;
/// Devices that send one that the policy refuses.
pub(super) const BAD: usize = 4;

/// Chain, contract and recipient that the proof is bound to: a test network, made-up addresses.
const CHAIN_ID: u64 = 80_002;
const CONTRACT: [u8; 20] = [0x22; 20];
const RECIPIENT: [u8; 20] = [0x33; 20];

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
    pub(super) frame: AggregateFrame,
    pub(super) witness: AggregateWitness,
    pub(super) left_out: Vec<LeftOut>,
}

impl Scene {
    /// Makes keys from `seed`, enrols, signs, and sorts out what the policy does not take.
    pub(super) fn new(seed: u64) -> Self {
        let fleet = Fleet::new(&FleetOptions { devices: GOOD + BAD, seed, ..FleetOptions::default() });
        let statement = fleet.statement(GOOD);
        let binding = Binding::new(CHAIN_ID, CONTRACT, RECIPIENT, &statement.id());
        let frame = AggregateFrame { binding, ..AggregateFrame::whole(Fleet::EPOCH) };
        let mut witness = fleet.aggregate_of(Vec::new());
        let mut left_out = Vec::new();
        for (index, (what, reading)) in sent(&fleet).into_iter().enumerate() {
            let reading = fleet.enrolled(index, &reading);
            match witness.check_reading(frame.epoch, &reading) {
                Ok(()) => witness.readings.push(reading),
                Err(violation) => left_out.push(LeftOut { what, reading, violation }),
            }
        }
        witness.readings.sort_by_key(|reading| reading.position);
        Scene { fleet, statement, frame, witness, left_out }
    }

    /// The public inputs of the honest proof.
    pub(super) fn inputs(&self) -> AggregateInputs {
        self.statement.inputs(&self.witness, self.frame)
    }
}

/// What each device sends, in the order of enrolment.
fn sent(fleet: &Fleet) -> Vec<(&'static str, Reading)> {
    let good = (0..GOOD).map(|index| ("a good reading", fleet.reading(index)));
    let odd = |index: usize| fleet.reading(GOOD + index);
    let bad = [
        ("taken in the hole of the fence", Reading { location: location(IN_HOLE), ..odd(0) }),
        ("taken beyond the fence's concave corner", Reading { location: location(OUTSIDE), ..odd(1) }),
        ("taken two hours before the epoch", Reading { time: earlier(odd(2).time), ..odd(2) }),
        ("of a value above the policy's range", Reading { channels: [Fleet::HIGH + 1, 0, 0, 0], ..odd(3) }),
    ];
    good.chain(bad).collect()
}

fn location((latitude, longitude): (i32, i32)) -> Location {
    Location::new(latitude, longitude).expect("a place in Munich")
}

fn earlier(time: UnixMillis) -> UnixMillis {
    UnixMillis::new(time.get() - 2 * 3_600_000).expect("earlier than a good time")
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_circuits::statement::Rule;

    #[test]
    fn sixteen_of_twenty_are_admitted() {
        let scene = Scene::new(1);
        assert_eq!(scene.witness.readings.len(), GOOD);
        let rules: Vec<_> = scene.left_out.iter().map(|left| left.violation.rule()).collect();
        assert_eq!(rules, [Rule::FENCE, Rule::FENCE, Rule::EPOCH, Rule::VALUE].map(Some));
        scene.statement.check(&scene.inputs(), &scene.witness).unwrap();
    }
}
