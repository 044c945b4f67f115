//! A frame of each car: the samples of its stretch under one signature, of which those are counted that the policy takes.

use zksensor::circuits::assemble::{AggregateTarget, Assemble, Assembled, RefusalReason, SurveyAssembly};
use zksensor::circuits::statement::survey::{EnrolledFrame, Survey, SurveyDevice, SurveyWitness};
use zksensor::circuits::statement::{Binding, Job, Violation};
use zksensor::import::{FrameCuts, FrameCutter};
use zksensor::model::frame::{Frame, FrameLink, SAMPLES_A_STEP, SignedFrame};
use zksensor::model::policy::Policy;
use zksensor::model::survey::{SurveyParts, SurveyRules};
use zksensor::page::Outcome;

use crate::fleet::{Cars, Claimed, EPOCH, FleetError, K, LEVELS, OfFrames, Refused, Rows, capacity};
use crate::trace::Fix;

/// Samples of a frame at the most, so that a long trace costs no more than a proof of a minute or so: frames end there.
const MOST_SAMPLES: usize = 28;

/// How many cars, how many samples of theirs, and the sum of the speeds of all of them.
pub(crate) fn claim(cars: &Cars, stretches: &[&[Fix]]) -> Result<Claimed<Survey>, FleetError> {
    let longest = stretches.iter().map(|stretch| stretch.len()).max().unwrap_or(1);
    let samples = longest.min(MOST_SAMPLES).next_multiple_of(SAMPLES_A_STEP);
    let shape = |devices| Survey::new(devices, samples, cars.triangles(), LEVELS.into(), false);
    let policy = policy(cars, samples);
    let frames = signed(cars, stretches, samples, policy)?;

    let target = AggregateTarget { epoch: EPOCH, chunk: cars.chunk(), binding: Binding::NONE };
    let widest = shape(stretches.len())?;
    let mut assembly = SurveyAssembly::new(widest, policy, cars.fence.clone(), &cars.registry, target);
    let mut refused = Vec::new();
    for (number, (frame, stretch)) in (1..).zip(frames.iter().zip(stretches)) {
        let offered = assembly.offer(number as u64, frame.clone()).map_err(|refusal| refusal.reason);
        match offered {
            Ok(()) => {}
            Err(RefusalReason::Violation(violation)) => {
                refused.push(Refused::new(number, &stretch[0], &violation));
            }
            Err(other) => unreachable!("every car is enrolled and has a seat: {other:?}"),
        }
    }
    let found = assembly.len();
    if found < K as usize {
        return Err(FleetError::TooFew { found });
    }
    let Assembled { inputs, witness, .. } = assembly.finish()?;
    let frames = Frames { cars, statement: widest, witness: &witness, signed: &frames };
    let (rows, true_mean_mm_s) = frames.rows(stretches);
    let of_all: usize = stretches.iter().map(|stretch| stretch.len()).sum();
    let cut = of_all - frames.samples();
    Ok(Claimed {
        job: Job::new(shape(capacity(found))?, inputs, witness)?,
        policy,
        rows,
        frames: Some(OfFrames { samples, cut, refused, true_mean_mm_s }),
    })
}

/// A car counts that the policy takes a sample of, however many others are left out.
fn policy(cars: &Cars, samples: usize) -> Policy {
    let most_left_out = u16::try_from(samples).expect("a frame has no more");
    let parts = SurveyParts { least_samples: 1, most_left_out, quality: None };
    cars.policy::<Survey>(SurveyRules::new(parts).expect("good rules").parameters())
}

/// The frame of each car.
fn signed(
    cars: &Cars,
    stretches: &[&[Fix]],
    samples: usize,
    policy: Policy,
) -> Result<Vec<SignedFrame>, FleetError> {
    let cuts = FrameCuts { samples, span_ms: None, policy: Some(policy) };
    let frames = stretches.iter().zip(&cars.keys).map(|(stretch, key)| {
        let cutter = FrameCutter::new(cuts, stretch[0].row as u64, FrameLink::NONE);
        Ok(key.sign_frame(first_frame(cars, cutter, stretch)?))
    });
    frames.collect()
}

/// The rows up to the end of the epoch, or as many as a frame holds.
fn first_frame(cars: &Cars, mut cutter: FrameCutter, stretch: &[Fix]) -> Result<Frame, FleetError> {
    for fix in stretch {
        let full = cutter.push(&cars.reading(fix));
        if let Some(frame) = full.map_err(|reason| FleetError::Sample { row: fix.row, reason })? {
            return Ok(frame);
        }
    }
    Ok(cutter.finish().expect("a stretch has a row"))
}

/// What was signed, and what of it is counted.
struct Frames<'a> {
    cars: &'a Cars,
    statement: Survey,
    witness: &'a SurveyWitness,
    signed: &'a [SignedFrame],
}

impl Frames<'_> {
    /// Samples of all frames.
    fn samples(&self) -> usize {
        self.signed.iter().map(|signed| signed.frame().samples().len()).sum()
    }

    /// What became of each row, and the mean speed of those that are counted.
    fn rows(&self, stretches: &[&[Fix]]) -> (Rows, f64) {
        let (mut rows, mut speeds) = (Rows::default(), Vec::new());
        for (car, stretch) in stretches.iter().enumerate() {
            let position = self.cars.memberships[car].position();
            let taken = self.witness.devices.iter().find(|device| device.frame.position == position);
            for (index, fix) in stretch.iter().enumerate() {
                let counted = taken.and_then(|device| device.counted.get(index)) == Some(&true);
                if counted {
                    speeds.extend(fix.speed_mm_s);
                    rows.push(fix, Ok(Outcome::Counted));
                } else {
                    rows.push(fix, self.check_alone(car, index).map(|()| Outcome::Spare));
                }
            }
        }
        #[allow(
            clippy::cast_precision_loss,
            reason = "speeds of cars, and of glitches, are far below 2^52 mm/s"
        )]
        let sum: f64 = speeds.iter().map(|speed| *speed as f64).sum();
        (rows, sum / speeds.len() as f64)
    }

    /// What the policy says of a frame of which one sample alone is counted; nothing of a row that was cut off.
    fn check_alone(&self, car: usize, index: usize) -> Result<(), Violation> {
        let signed = &self.signed[car];
        let mut counted = vec![false; signed.frame().samples().len()];
        let Some(alone) = counted.get_mut(index) else { return Ok(()) };
        *alone = true;
        let frame = EnrolledFrame::new(signed.clone(), &self.cars.memberships[car]);
        let device = SurveyDevice::new(&self.cars.fence, frame, counted);
        self.witness.check_device(&self.statement, EPOCH, &device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::{STRETCHES, stretches};
    use crate::trace;
    use crate::traces::{munich, synthetic};
    use zksensor::circuits::statement::Rule;
    use zksensor::model::claim::Claim;

    fn of(text: &str) -> Result<Claimed<Survey>, FleetError> {
        let fixes = trace::parse(text).unwrap();
        claim(&Cars::new(), &stretches(&fixes).unwrap())
    }

    fn refused(list: &[Refused]) -> Vec<(usize, String)> {
        list.iter().map(|refused| (refused.number, refused.rule.to_string())).collect()
    }

    #[test]
    fn odd_rows_are_left_out_and_a_car_of_which_none_is_left_does_not_count() {
        let far = "48.1371,11.4000";
        let claimed = of(&synthetic(256, &[(2, far), (100, "48.1550,11.5400")])).unwrap();
        let of_frames = claimed.frames.unwrap();
        // The first car has row 2 alone. The jumps back are too fast.
        assert_eq!(refused(&of_frames.refused), [(1, "S3".into())]);
        let rows = [(2, "C5"), (3, "C7"), (100, "C5"), (101, "C7")].map(|(row, rule)| (row, rule.into()));
        assert_eq!(refused(&claimed.rows.refused), rows);
        let inputs = claimed.job.inputs();
        assert_eq!((inputs.devices, inputs.counted, inputs.left_out), (127, 251, 3));
        assert_eq!(inputs.sum, 251 * 11_119);
        assert!((of_frames.true_mean_mm_s - 11_119.0).abs() < 0.001, "{}", of_frames.true_mean_mm_s);
        assert_eq!((of_frames.samples, of_frames.cut), (7, 0));
        assert_eq!(claimed.job.statement().id().to_string(), "survey/v1/128x7x16x3x0");
    }

    #[test]
    fn what_no_frame_holds_is_cut_off() {
        let claimed = of(&synthetic(3595, &[])).unwrap();
        let of_frames = claimed.frames.unwrap();
        assert_eq!((of_frames.samples, of_frames.cut), (MOST_SAMPLES, 3594 - STRETCHES * MOST_SAMPLES));
        assert_eq!(claimed.job.inputs().counted as usize, STRETCHES * MOST_SAMPLES);
        let spare = claimed.rows.marks.iter().filter(|mark| mark.outcome == Outcome::Spare).count();
        assert_eq!((spare, claimed.rows.refused.len()), (of_frames.cut, 0));
    }

    #[test]
    fn too_few_cars_are_refused() {
        let late = synthetic(256, &[]).replace("T04:", "T06:");
        assert!(matches!(of(&late), Err(FleetError::TooFew { found: 0 })));
    }

    #[test]
    fn of_the_munich_trace_all_is_counted_that_the_policy_takes() {
        let Some(text) = munich() else { return };
        let claimed = of(&text).unwrap();
        let fast: Vec<&Refused> =
            claimed.rows.refused.iter().filter(|refused| refused.rule == Rule::VALUE).collect();
        assert_eq!(fast.iter().map(|refused| refused.number).collect::<Vec<_>>(), [534, 620, 686]);
        let inputs = claimed.job.inputs();
        assert_eq!(inputs.counted as usize + claimed.rows.refused.len(), 1193);
        assert!(inputs.devices >= K);
    }
}
