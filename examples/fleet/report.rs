//! What the example has to say, for people and as JSON.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use zksensor::circuits::statement::aggregate::AggregateInputs;
use zksensor::circuits::statement::{Rule, StatementId};
use zksensor::files::{self, FileError, Overwrite, ProofFile};
use zksensor::page::{Measure, Page, Private, Public};
use zksensor::prover::Phase;
use zksensor::verifier::VerifyingKey;

use crate::fleet::{Refused, STRETCHES};

/// A verified proof and what did not go into it.
pub(crate) struct Report {
    pub(crate) statement: StatementId,
    pub(crate) constraints: usize,
    pub(crate) key: VerifyingKey,
    /// The proof with its public inputs.
    pub(crate) file: ProofFile,
    /// What the prover sees. Rows that became readings are its marks.
    pub(crate) private: Private,
    /// As the verifier decoded them.
    pub(crate) inputs: AggregateInputs,
    pub(crate) refused: Vec<Refused>,
    pub(crate) setup: Duration,
    pub(crate) prove: Duration,
    pub(crate) verify: Duration,
    /// What the prover told of, in order.
    pub(crate) phases: Vec<(Phase, Duration)>,
}

impl Report {
    /// Writes proof and verifying key to a directory.
    pub(crate) fn save(&self, directory: &Path) -> Result<(), FileError> {
        self.file.save(&directory.join("proof.json"), Overwrite::Replace)?;
        files::save_verifying_key(&directory.join("verifying.key"), &self.key, Overwrite::Replace)
    }

    /// The page that shows all of it. The places in it are those of the trace.
    pub(crate) fn page(&self) -> Page {
        let speed = Measure { unit: "m/s".to_owned(), scale: 3 };
        Page {
            title: format!("{} cars, one proof", self.inputs.count),
            summary: format!(
                "The mean speed of {} cars that were inside the fence within the hour, {:.1} km/h, is proven in {} bytes. \
                 Whoever verifies it learns no place, no single speed and no car.",
                self.inputs.count,
                self.mean_mm_s() * 0.0036,
                self.file.proof().to_bytes().len()
            ),
            private: self.private.clone(),
            public: Public::new(self.file.clone(), speed),
            phases: self.phases.clone(),
            attacks: Vec::new(),
        }
    }

    /// The last line under `--json`: `readings` went into the proof and `count` is what it says, `mean_mm_s` is sum / count.
    pub(crate) fn to_json(&self) -> Value {
        let refused: Vec<Value> = self
            .refused
            .iter()
            .map(
                |refused| json!({ "row": refused.row, "rule": refused.rule.to_string(), "why": refused.why }),
            )
            .collect();
        json!({
            "verified": true,
            "readings": self.inputs.count,
            "count": self.inputs.count,
            "mean_mm_s": self.mean_mm_s(),
            "prove_ms": millis(self.prove),
            "refused_rows": refused,
        })
    }

    /// To a tenth of a millimetre a second.
    fn mean_mm_s(&self) -> f64 {
        #[allow(clippy::cast_precision_loss, reason = "a sum of some hundred speeds")]
        let mean = self.inputs.sum as f64 / f64::from(self.inputs.count);
        (mean * 10.0).round() / 10.0
    }

    fn write_refused(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "REFUSED: {} of {} rows", self.refused.len(), self.private.marks.len())?;
        for run in
            self.refused.chunk_by(|a, b| a.rule == b.rule && a.rule != Rule::VALUE && a.row + 1 == b.row)
        {
            let (first, last) = (&run[0], &run[run.len() - 1]);
            let rows =
                if run.len() == 1 { first.row.to_string() } else { format!("{} to {}", first.row, last.row) };
            let more = if run.len() == 1 { "" } else { ", and so on" };
            writeln!(f, "  {:<4} row {rows:<13} {}{more}", first.rule.to_string(), first.why)?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AggregateInputs { registry_root, policy_id, epoch, count, sum, .. } = &self.inputs;
        let mean = self.mean_mm_s();
        writeln!(f, "PROOF, verified")?;
        writeln!(f, "  {count} of {STRETCHES} cars were in the fence in that hour; their mean speed is")?;
        writeln!(
            f,
            "  {mean:.1} mm/s ({:.1} km/h), and the proof shows no single speed, place or car",
            mean * 0.0036
        )?;
        writeln!(f)?;
        writeln!(f, "  statement      {}, {} constraints", self.statement, self.constraints)?;
        writeln!(f, "  registry root  {registry_root}")?;
        writeln!(f, "  policy id      {policy_id}")?;
        writeln!(f, "  epoch {epoch}, count {count}, sum {sum} mm/s")?;
        writeln!(f)?;
        self.write_refused(f)?;
        writeln!(f)?;
        writeln!(f, "TIME")?;
        writeln!(
            f,
            "  setup   {:>7} ms (INSECURE: a key made here can forge; real ones come from a ceremony)",
            millis(self.setup)
        )?;
        writeln!(f, "  prove   {:>7} ms", millis(self.prove))?;
        write!(f, "  verify  {:>7} ms", millis(self.verify))
    }
}

/// Whole milliseconds, rounded up so that nothing takes none.
fn millis(time: Duration) -> u128 {
    time.as_micros().div_ceil(1000)
}
