//! A reading of each car: the first of its stretch that the policy takes.

use zksensor::circuits::statement::aggregate::{Aggregate, AggregateWitness};
use zksensor::circuits::statement::{Binding, EnrolledReading, Job};
use zksensor::model::policy::Parameters;
use zksensor::page::Outcome;

use crate::fleet::{Cars, Claimed, EPOCH, FleetError, K, LEVELS, Rows, capacity};
use crate::trace::Fix;

/// How many cars, and the sum of a speed of each.
pub(crate) fn claim(cars: &Cars, stretches: &[&[Fix]]) -> Result<Claimed<Aggregate>, FleetError> {
    let (witness, rows) = sorted(cars, stretches);
    let found = witness.readings.len();
    if found < K as usize {
        return Err(FleetError::TooFew { found });
    }
    let statement = Aggregate::new(capacity(found), cars.triangles(), LEVELS.into())?;
    let (policy, inputs) = (witness.policy, witness.inputs(EPOCH, Binding::NONE));
    Ok(Claimed { job: Job::new(statement, inputs, witness)?, policy, rows, frames: None })
}

/// Signs every row and puts it to the policy. The readings are in the order of positions.
fn sorted(cars: &Cars, stretches: &[&[Fix]]) -> (AggregateWitness, Rows) {
    let policy = cars.policy::<Aggregate>(Parameters::NONE);
    let (fence, cap) = (cars.fence.clone(), cars.registry.cap(cars.chunk()));
    let mut witness = AggregateWitness { policy, fence, cap, readings: Vec::new() };
    let mut rows = Rows::default();
    for (car, stretch) in stretches.iter().enumerate() {
        let mut first = None;
        for fix in *stretch {
            let signed = cars.keys[car].sign(&cars.reading(fix)).expect("the accuracy is not 0");
            let reading = EnrolledReading::new(signed, &cars.memberships[car]);
            let outcome = witness.check_reading(EPOCH, &reading).map(|()| match first {
                Some(_) => Outcome::Spare,
                None => {
                    first = Some(reading);
                    Outcome::Counted
                }
            });
            rows.push(fix, outcome);
        }
        witness.readings.extend(first);
    }
    witness.readings.sort_by_key(|reading| reading.position);
    (witness, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{STRETCHES, stretches};
    use crate::trace;
    use crate::traces::{munich, synthetic};
    use zksensor::circuits::statement::Rule;

    fn of(text: &str) -> (AggregateWitness, Rows) {
        let fixes = trace::parse(text).unwrap();
        sorted(&Cars::new(), &stretches(&fixes).unwrap())
    }

    #[test]
    fn odd_rows_are_refused_by_their_rules_and_the_stretch_gives_another() {
        let in_hole = "48.1550,11.5400";
        let (witness, rows) = of(&synthetic(256, &[(100, in_hole), (256, "48.1371,11.5900")]));
        let refused: Vec<(usize, String)> =
            rows.refused.iter().map(|refused| (refused.number, refused.rule.to_string())).collect();
        // The jumps into the hole and out of it are too fast; so is the last row.
        assert_eq!(refused, [(100, "C7".into()), (101, "C7".into()), (256, "C7".into())]);
        assert_eq!(rows.marks.len(), 255);
        // The first stretch has one reading, the others two, so each has one that is good.
        assert_eq!(witness.readings.len(), STRETCHES);
        let speeds = witness.readings.iter().map(|reading| reading.value(&witness.policy));
        assert!(speeds.into_iter().all(|speed| speed == 11_119), "11.119 m a second");
        let became = |outcome| rows.marks.iter().filter(|mark| mark.outcome == outcome).count();
        let left_out = became(Outcome::LeftOut(Rule::VALUE));
        assert_eq!(
            (became(Outcome::Counted), left_out, became(Outcome::Spare)),
            (STRETCHES, 3, 255 - STRETCHES - 3)
        );
    }

    #[test]
    fn rows_outside_the_fence_and_outside_the_hour_are_refused() {
        let far = synthetic(256, &[]).replace("11.5750", "11.4000");
        assert!(of(&far).1.refused.iter().all(|refused| refused.rule == Rule::FENCE));
        let late = of(&synthetic(256, &[]).replace("T04:", "T06:")).1;
        assert!(late.refused.iter().all(|refused| refused.rule == Rule::EPOCH) && late.refused.len() == 255);
    }

    #[test]
    fn the_munich_trace_gives_enough_cars_and_its_glitch_is_refused() {
        let Some(text) = munich() else { return };
        let (witness, rows) = of(&text);
        assert_eq!(rows.marks.len(), 1193);
        assert!(witness.readings.len() >= K as usize);
        let fast: Vec<usize> = rows
            .refused
            .iter()
            .filter(|refused| refused.rule == Rule::VALUE)
            .map(|refused| refused.number)
            .collect();
        assert_eq!(fast, [534, 620, 686]);
        let glitch = rows.refused.iter().find(|refused| refused.number == 620).unwrap();
        assert!(glitch.why.contains("1693 km/h"), "{}", glitch.why);
    }
}
