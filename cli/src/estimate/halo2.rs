//! What a statement costs under halo2.

use rand::rngs::OsRng;
use serde_json::{Value, json};
use zksensor::estimate::EstimateError;
use zksensor::estimate::halo2::{self, Halo2GasEstimate, Halo2ProvingEstimate};
use zksensor::model::known::KnownStatement;
use zksensor::prover::Progress;
use zksensor_testkit::{KnownSpecimenVisitor, Specimen, visit_specimen};

use super::{Args, EstimateCommandError, milliseconds};
use crate::backend::BackendName;
use crate::output::Output;

/// As the command, of the other proof system.
///
/// # Errors
/// [`EstimateCommandError`].
pub(super) fn run(
    args: &Args,
    statement: &KnownStatement,
    output: &Output,
) -> Result<(), EstimateCommandError> {
    let progress = output.phases();
    let (proving, gas) = visit_specimen(statement, Measure { gas_alone: args.gas, progress: &*progress })?;
    drop(progress);
    if let Some(proving) = &proving {
        let readings = if args.statement.is_of_frames() { "samples" } else { "readings" };
        show_proving(readings, proving, output);
    }
    show_gas(&gas, output);
    let gas = gas_json(&gas);
    output.result(&match proving {
        Some(proving) => proving_json(&proving, &gas),
        None => gas,
    });
    Ok(())
}

struct Measure<'p> {
    gas_alone: bool,
    progress: &'p dyn Progress,
}

impl KnownSpecimenVisitor for Measure<'_> {
    type Output = Result<(Option<Halo2ProvingEstimate>, Halo2GasEstimate), EstimateError>;

    fn visit<S: Specimen>(self, statement: &S) -> Self::Output {
        let proving = match self.gas_alone {
            true => None,
            false => Some(halo2::proving(statement, &mut OsRng, self.progress)?),
        };
        let sample = halo2::sample::<S, _>(&mut OsRng, self.progress)?;
        Ok((proving, halo2::gas(&sample)?))
    }
}

fn show_proving(readings: &str, proving: &Halo2ProvingEstimate, output: &Output) {
    let line = |name: &str, value: String| output.line(format_args!("{name:<24} {value}"));
    let seconds = |time: std::time::Duration| format!("{:.2} s", time.as_secs_f64());
    line("statement", proving.statement.clone());
    line(readings, proving.readings.to_string());
    line("rows", format!("{} of 2^{}", proving.size.rows, proving.size.k));
    line("cells", proving.size.cells.to_string());
    line("proving key", format!("{:.1} MB", proving.proving_key_bytes as f64 / 1e6));
    line("verifying key", format!("{} bytes", proving.verifying_key_bytes));
    line("proof", format!("{} bytes", proving.proof_bytes));
    line("parameters", seconds(proving.parameters));
    line("setup", seconds(proving.setup));
    line("prove", format!("{} on {} threads", seconds(proving.prove), proving.threads));
    line("verify", format!("{:.2} ms", proving.verify.as_secs_f64() * 1e3));
    let memory = proving.peak_memory_bytes.map(|bytes| format!("{:.0} MB", bytes as f64 / 1e6));
    line("peak memory, proving", memory.unwrap_or_else(|| "not known on this system".to_owned()));
}

fn show_gas(gas: &Halo2GasEstimate, output: &Output) {
    let line = |name: &str, polygon: u64, ethereum: u64| {
        output.line(format_args!("{name:<24} {polygon:>12} {ethereum:>12}"));
    };
    output.line(format_args!("{:<24} {:>12} {:>12}", "gas, whole transactions", "Polygon", "Ethereum"));
    line("verify", gas.polygon.verify, gas.ethereum.verify);
    line("deploy", gas.polygon.deploy, gas.ethereum.deploy);
}

fn gas_json(gas: &Halo2GasEstimate) -> Value {
    json!({
        "chain": "polygon", "backend": BackendName::Halo2.to_string(), "verify": gas.polygon.verify,
        "deploy": gas.polygon.deploy, "ethereum": { "verify": gas.ethereum.verify, "deploy": gas.ethereum.deploy },
    })
}

fn proving_json(proving: &Halo2ProvingEstimate, gas: &Value) -> Value {
    json!({
        "statement": proving.statement, "backend": BackendName::Halo2.to_string(), "readings": proving.readings,
        "k": proving.size.k, "rows": proving.size.rows, "cells": proving.size.cells,
        "proving_key_bytes": proving.proving_key_bytes, "verifying_key_bytes": proving.verifying_key_bytes,
        "proof_bytes": proving.proof_bytes, "threads": proving.threads,
        "parameters_ms": milliseconds(proving.parameters), "setup_ms": milliseconds(proving.setup),
        "prove_ms": milliseconds(proving.prove), "verify_ms": milliseconds(proving.verify),
        "peak_memory_bytes": proving.peak_memory_bytes, "gas": gas,
    })
}
