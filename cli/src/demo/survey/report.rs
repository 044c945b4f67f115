//! What the demo of a survey has to say, for people and as JSON.

use std::fmt;

use serde_json::{Value, json};
use zksensor::circuits::assemble::Refusal;
use zksensor_circuits::statement::survey::{Survey, SurveyInputs};
use zksensor_model::field;
use zksensor_model::meaning::Statistic;
use zksensor_model::policy::Policy;

use super::super::asked::write_asked;
use super::super::proven::Proven;
use crate::backend::CircuitBackend;

/// Everything that is shown. It holds no secret.
pub(in super::super) struct Report<B: CircuitBackend> {
    pub(super) shape: Survey,
    pub(super) sensors: usize,
    /// Of each frame.
    pub(super) samples: usize,
    pub(super) policy: Policy,
    /// What is not counted of the frames that are taken, and why.
    pub(super) left_out: Vec<&'static str>,
    /// Frames that are not taken: whose, and why.
    pub(super) refused_frames: Vec<(&'static str, Refusal)>,
    pub(super) proven: Proven<Survey, B>,
}

impl<B: CircuitBackend> Report<B> {
    /// What was proven.
    pub(in super::super) fn proven(&self) -> &Proven<Survey, B> {
        &self.proven
    }

    /// The last line under `--json`.
    pub(in super::super) fn to_json(&self) -> Value {
        let mut json = self.proven.to_json();
        let SurveyInputs { devices, counted, left_out, sum, .. } = self.proven.inputs;
        let refused = self.refused_frames.iter().map(|(_, refusal)| json!({ "rule": rule_of(refusal) }));
        json["capacity"] = self.shape.devices().into();
        json["devices"] = devices.into();
        json["samples"] = self.samples.into();
        json["counted"] = counted.into();
        json["left_out"] = left_out.into();
        json["sum"] = sum.into();
        json["mean"] = mean(sum, counted).into();
        json["refused_frames"] = refused.collect();
        let (name, share) = self.proven.share((self.capacity(), "sample"));
        json[name] = share;
        json
    }

    /// Samples that a proof holds.
    fn capacity(&self) -> usize {
        self.shape.devices() * self.shape.samples()
    }

    fn write_survey(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "SURVEY")?;
        writeln!(f, "  {} sensors in an L-shaped fence with a hole, of each", self.sensors)?;
        writeln!(f, "  {} samples under one signature; the operator refuses", self.samples)?;
        for (whose, refusal) in &self.refused_frames {
            writeln!(f, "    {:<4} the frame {whose}", rule_of(refusal))?;
        }
        writeln!(f, "  and leaves out of the others")?;
        for what in &self.left_out {
            writeln!(f, "    one {what}")?;
        }
        writeln!(f, "  The policy:")?;
        let rules = self.policy.survey_rules().map_or_else(String::new, |rules| rules.to_string());
        for line in rules.lines() {
            writeln!(f, "    {line}")?;
        }
        Ok(())
    }

    fn write_public(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let &SurveyInputs {
            registry_root,
            policy_id,
            epoch,
            chunk_bits,
            chunk,
            devices,
            counted,
            left_out,
            sum,
            binding,
            ..
        } = &self.proven.inputs;
        let statistic = Statistic::of_survey(&self.policy, &self.proven.inputs);
        writeln!(f, "PUBLIC: this, and nothing else, leaves the prover")?;
        writeln!(f, "  registry root   {registry_root}")?;
        writeln!(f, "  policy id       {policy_id}")?;
        writeln!(f, "  binding         {}", field::to_hex(&binding.to_field()))?;
        writeln!(f, "  epoch           {epoch}")?;
        writeln!(f, "  chunk           {chunk} of 2^{chunk_bits} positions")?;
        writeln!(f, "  devices         {devices}")?;
        writeln!(f, "  samples         {counted} counted, {left_out} left out")?;
        writeln!(f, "  sum             {sum}  (so the mean is {:.1})", statistic.mean())?;
        write_asked(f, &statistic)
    }

    fn write_secret(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SurveyInputs { devices, counted, left_out, .. } = self.proven.inputs;
        writeln!(f, "SECRET: known to the prover only")?;
        writeln!(
            f,
            "  {0} values, {0} times, {0} locations with their accuracy, and which of them are counted",
            counted + left_out
        )?;
        writeln!(
            f,
            "  {devices} signatures, {devices} public keys, {devices} identities and attributes, {devices} places in the registry"
        )?;
        writeln!(f, "  the policy and the fence behind the policy id, unless somebody publishes them")
    }
}

impl<B: CircuitBackend> fmt::Display for Report<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_survey(f)?;
        writeln!(f)?;
        self.proven.write_proof(f, (self.capacity(), "sample"))?;
        writeln!(f)?;
        self.write_public(f)?;
        writeln!(f)?;
        self.write_secret(f)?;
        writeln!(f)?;
        self.proven.write_refused(f)?;
        write!(f, "\n{}", self.proven.times)
    }
}

fn rule_of(refusal: &Refusal) -> String {
    refusal.rule().map_or_else(|| "-".to_owned(), |rule| rule.to_string())
}

/// Of counted samples.
#[allow(clippy::cast_precision_loss, reason = "a sum of the demo is far below 2^53")]
fn mean(sum: i64, counted: u32) -> f64 {
    sum as f64 / f64::from(counted.max(1))
}
