//! What the example has to say, for people and as JSON.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use zksensor::circuits::statement::Rule;
use zksensor::circuits::statement::aggregate::AggregateInputs;
use zksensor::circuits::statement::survey::SurveyInputs;
use zksensor::files::{self, FileError, Overwrite};
use zksensor::model::policy::PolicyId;
use zksensor::model::registry::RegistryRoot;
use zksensor::page::{self, Page, Private, ReportError};

use crate::fleet::{OfFrames, Refused, STRETCHES};
use crate::proven::Proven;

/// What a proof says of the fleet, with frames or without.
pub(crate) struct Said {
    registry_root: RegistryRoot,
    policy_id: PolicyId,
    epoch: u32,
    cars: u32,
    /// One of each car, or the counted samples of all frames.
    readings: u32,
    /// Samples of the frames that are not counted.
    left_out: u32,
    sum: i64,
}

impl From<AggregateInputs> for Said {
    fn from(inputs: AggregateInputs) -> Said {
        let AggregateInputs { registry_root, policy_id, epoch, count, sum, .. } = inputs;
        Said { registry_root, policy_id, epoch, cars: count, readings: count, left_out: 0, sum }
    }
}

impl From<SurveyInputs> for Said {
    fn from(inputs: SurveyInputs) -> Said {
        let SurveyInputs { registry_root, policy_id, epoch, devices, counted, left_out, sum, .. } = inputs;
        Said { registry_root, policy_id, epoch, cars: devices, readings: counted, left_out, sum }
    }
}

/// A verified proof and what did not go into it.
pub(crate) struct Report {
    /// As the verifier decoded it.
    pub(crate) said: Said,
    pub(crate) proven: Proven,
    /// What the prover sees. Rows that were signed are its marks.
    pub(crate) private: Private,
    /// Rows.
    pub(crate) refused: Vec<Refused>,
    pub(crate) frames: Option<OfFrames>,
}

impl Report {
    /// Writes proof and verifying key to a directory.
    pub(crate) fn save(&self, directory: &Path) -> Result<(), FileError> {
        self.proven.file.save(&directory.join("proof.json"), Overwrite::Replace)?;
        files::save_verifying_key(&directory.join("verifying.key"), &self.proven.key, Overwrite::Replace)
    }

    /// The page that everybody gets.
    pub(crate) fn public(&self) -> Result<page::Report, ReportError> {
        let (file, key) = (self.proven.file.clone(), self.proven.key.clone());
        let report = page::Report::new(file, self.private.policy, Some(key))?;
        report.inside(self.private.fence.clone(), "inner Munich".to_owned())
    }

    /// The page of what the prover sees. The places in it are those of the trace.
    pub(crate) fn page(&self) -> Page {
        let (cars, file) = (self.said.cars, &self.proven.file);
        Page {
            title: format!("{cars} cars, one proof"),
            summary: format!(
                "The {} that were inside the fence within the hour, {:.1} km/h, is proven in {} bytes. \
                 Whoever verifies it learns no place, no single speed and no car.",
                self.mean_of(),
                self.mean_mm_s() * 0.0036,
                file.proof().to_bytes().len()
            ),
            private: self.private.clone(),
            public: None,
            phases: self.proven.phases.clone(),
            attacks: Vec::new(),
        }
    }

    /// The last line under `--json`: `readings` went into the proof, of `count` cars, and `mean_mm_s` is sum / readings. With frames
    /// the public numbers have their own names beside these, and `true_mean_mm_s` is from the trace.
    pub(crate) fn to_json(&self) -> Value {
        let mut value = json!({
            "verified": true,
            "readings": self.said.readings,
            "count": self.said.cars,
            "mean_mm_s": self.mean_mm_s(),
            "prove_ms": millis(self.proven.prove),
            "refused_rows": list("row", &self.refused),
        });
        if let Some(frames) = &self.frames {
            value["devices"] = self.said.cars.into();
            value["counted"] = self.said.readings.into();
            value["left_out"] = self.said.left_out.into();
            value["cut"] = frames.cut.into();
            value["true_mean_mm_s"] = tenths(frames.true_mean_mm_s).into();
            value["refused_cars"] = list("car", &frames.refused);
        }
        value
    }

    /// Of what it is the mean: of samples, if there are such, and not of cars.
    fn mean_of(&self) -> String {
        let Said { cars, readings, .. } = self.said;
        match self.frames {
            Some(_) => format!("mean of {readings} speeds of {cars} cars"),
            None => format!("mean speed of {cars} cars"),
        }
    }

    /// To a tenth of a millimetre a second.
    fn mean_mm_s(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a sum of some thousand speeds")]
        let sum = self.said.sum as f64;
        tenths(sum / f64::from(self.said.readings))
    }

    fn write_frames(&self, f: &mut fmt::Formatter<'_>, frames: &OfFrames) -> fmt::Result {
        let Said { readings, left_out, .. } = self.said;
        let OfFrames { samples, cut, refused, true_mean_mm_s } = frames;
        writeln!(f)?;
        writeln!(f, "FRAMES, one of each car and of at most {samples} samples")?;
        writeln!(f, "  {readings} samples are counted, {left_out} of the same frames are left out")?;
        writeln!(f, "  the mean of the counted ones is {true_mean_mm_s:.1} mm/s in the trace")?;
        if *cut > 0 {
            writeln!(
                f,
                "  {cut} rows are in no frame: that of their stretch was full, or another epoch began"
            )?;
        }
        writeln!(f)?;
        write_refused(f, ("car", STRETCHES), refused)
    }
}

/// The refused as JSON, with their number as `what`.
fn list(what: &str, refused: &[Refused]) -> Value {
    let object = |one: &Refused| json!({ what: one.number, "rule": one.rule.to_string(), "why": one.why });
    refused.iter().map(object).collect()
}

/// Those of `what`, of which there are so many.
fn write_refused(f: &mut fmt::Formatter<'_>, (what, all): (&str, usize), refused: &[Refused]) -> fmt::Result {
    writeln!(f, "REFUSED: {} of {all} {what}s", refused.len())?;
    for run in refused.chunk_by(|a, b| a.rule == b.rule && a.rule != Rule::VALUE && a.number + 1 == b.number)
    {
        let (first, last) = (&run[0], &run[run.len() - 1]);
        let alone = run.len() == 1;
        let numbers =
            if alone { first.number.to_string() } else { format!("{} to {}", first.number, last.number) };
        let more = if alone { "" } else { ", and so on" };
        writeln!(f, "  {:<4} {what} {numbers:<13} {}{more}", first.rule.to_string(), first.why)?;
    }
    Ok(())
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Said { registry_root, policy_id, epoch, cars, sum, .. } = &self.said;
        let Proven { statement, constraints, setup, prove, verify, .. } = &self.proven;
        let mean = self.mean_mm_s();
        writeln!(f, "PROOF, verified")?;
        writeln!(
            f,
            "  {cars} of {STRETCHES} cars were in the fence in that hour; the {} is",
            self.mean_of()
        )?;
        writeln!(
            f,
            "  {mean:.1} mm/s ({:.1} km/h), and the proof shows no single speed, place or car",
            mean * 0.0036
        )?;
        writeln!(f)?;
        writeln!(f, "  statement      {statement}, {constraints} constraints")?;
        writeln!(f, "  registry root  {registry_root}")?;
        writeln!(f, "  policy id      {policy_id}")?;
        let count = if self.frames.is_some() { "devices" } else { "count" };
        writeln!(f, "  epoch {epoch}, {count} {cars}, sum {sum} mm/s")?;
        if let Some(frames) = &self.frames {
            self.write_frames(f, frames)?;
        }
        writeln!(f)?;
        write_refused(f, ("row", self.private.marks.len()), &self.refused)?;
        writeln!(f)?;
        writeln!(f, "TIME")?;
        writeln!(
            f,
            "  setup   {:>7} ms (INSECURE: a key made here can forge; real ones come from a ceremony)",
            millis(*setup)
        )?;
        writeln!(f, "  prove   {:>7} ms", millis(*prove))?;
        write!(f, "  verify  {:>7} ms", millis(*verify))
    }
}

/// To the nearest tenth.
fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

/// Whole milliseconds, rounded up so that nothing takes none.
fn millis(time: Duration) -> u128 {
    time.as_micros().div_ceil(1000)
}
