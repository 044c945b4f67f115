//! What the demo of a track has to say, for people and as JSON.

use std::fmt;

use serde_json::Value;
use zksensor_circuits::statement::track::{Track, TrackInputs};
use zksensor_model::field;
use zksensor_model::policy::Policy;
use zksensor_model::track::Quantum;

use super::super::proven::Proven;
use crate::backend::CircuitBackend;

/// Everything that is shown. It holds no secret.
pub(in super::super) struct Report<B: CircuitBackend> {
    pub(super) capacity: usize,
    /// Of the frame.
    pub(super) samples: usize,
    pub(super) policy: Policy,
    pub(super) quantum: Quantum,
    pub(super) true_distance_m: f64,
    /// What is not counted, and why.
    pub(super) left_out: Vec<String>,
    pub(super) proven: Proven<Track, B>,
}

impl<B: CircuitBackend> Report<B> {
    /// What was proven.
    pub(in super::super) fn proven(&self) -> &Proven<Track, B> {
        &self.proven
    }

    /// The last line under `--json`.
    pub(in super::super) fn to_json(&self) -> Value {
        let mut json = self.proven.to_json();
        let TrackInputs { samples, left_out, legs, distance_cm, observed_ms, slots, .. } = self.proven.inputs;
        json["capacity"] = self.capacity.into();
        json["samples"] = samples.into();
        json["left_out"] = left_out.into();
        json["legs"] = legs.into();
        json["distance_m"] = (f64::from(distance_cm) / 100.0).into();
        json["true_distance_m"] = self.true_distance_m.into();
        json["observed_ms"] = observed_ms.into();
        json["slots"] = slots.into();
        let (name, share) = self.proven.share((self.capacity, "sample"));
        json[name] = share;
        json
    }

    fn write_ride(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "RIDE")?;
        writeln!(
            f,
            "  {} samples under one signature, {:.0} m along a street",
            self.samples, self.true_distance_m
        )?;
        writeln!(f, "  in an L-shaped fence with a hole; the device leaves out")?;
        for what in &self.left_out {
            writeln!(f, "    {what}")?;
        }
        writeln!(f, "  The policy:")?;
        let rules = self.policy.track_rules().map_or_else(String::new, |rules| rules.to_string());
        for line in rules.lines() {
            writeln!(f, "    {line}")?;
        }
        Ok(())
    }

    fn write_public(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TrackInputs {
            registry_root,
            policy_id,
            nullifier,
            epoch,
            samples,
            left_out,
            legs,
            distance_cm,
            observed_ms,
            slots,
            binding,
        } = &self.proven.inputs;
        let Quantum { distance_cm: coarse_cm, observed_ms: coarse_ms } = self.quantum;
        writeln!(f, "PUBLIC: this, and nothing else, leaves the device")?;
        writeln!(f, "  registry root   {registry_root}")?;
        writeln!(f, "  policy id       {policy_id}")?;
        writeln!(f, "  nullifier       {nullifier}  (one a device, policy and epoch)")?;
        writeln!(f, "  binding         {}", field::to_hex(&binding.to_field()))?;
        writeln!(f, "  epoch           {epoch}")?;
        writeln!(
            f,
            "  samples         at least {samples}, at most {left_out} left out, in at most {legs} legs"
        )?;
        writeln!(f, "  distance        at least {} m, rounded to {} m", distance_cm / 100, coarse_cm / 100)?;
        writeln!(
            f,
            "  time            at least {} s, rounded to {} s",
            observed_ms / 1000,
            coarse_ms / 1000
        )?;
        writeln!(f, "  slots           at least {slots}")
    }

    fn write_secret(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "SECRET: known to the device's own node only")?;
        writeln!(f, "  {0} places, {0} times, {0} values, and which of them are counted", self.samples)?;
        writeln!(f, "  signature, public key, identity and attributes, its place in the registry")?;
        writeln!(f, "  the policy and the fence behind the policy id, unless somebody publishes them")
    }
}

impl<B: CircuitBackend> fmt::Display for Report<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_ride(f)?;
        writeln!(f)?;
        self.proven.write_proof(f, (self.capacity, "sample"))?;
        writeln!(f)?;
        self.write_public(f)?;
        writeln!(f)?;
        self.write_secret(f)?;
        writeln!(f)?;
        self.proven.write_refused(f)?;
        write!(f, "\n{}", self.proven.times)
    }
}
