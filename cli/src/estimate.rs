//! The command `estimate`: what a statement costs, measured on this machine and in an EVM of this process.

mod halo2;

use std::time::Duration;

use rand::rngs::OsRng;
use serde_json::{Map, Value, json};
use zksensor::estimate::{
    self, BATCHES, CAPACITIES, EstimateError, FeedGas, Figure, GasEstimate, ProvingEstimate,
};
use zksensor::model::claim::ClaimFamily;
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::model::policy::Devices;
use zksensor::prover::Progress;
use zksensor_testkit::{KnownSpecimenVisitor, SmallFence, Specimen, visit_specimen};

use crate::backend::{BackendName, halo2_prove_advice, halo2_verify_advice};
use crate::error::{Advice, diagnostic, prove_advice, verify_advice};
use crate::output::Output;
use crate::shape::{Family, ShapeArgs, ShapeArgsError};

/// Proofs that are made to measure gas; larger batches repeat them.
const SAMPLE: usize = 10;

/// Options of `estimate`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Gas is that of whole transactions, with Polygon's schedule (PIP-88) beside Ethereum's, on a chain \
                        that runs in this process. It depends on the statement and not on its shape. For aggregate, what \
                        router, registry and feed cost on Polygon stands beside what it is meant to cost at the most."
)]
pub(crate) struct Args {
    /// What is to be proven.
    #[arg(long, value_parser = Family::parser(), default_value = "aggregate")]
    statement: Family,
    #[command(flatten)]
    shape: ShapeArgs,
    /// The proof system.
    #[arg(long, value_enum, default_value_t = BackendName::Groth16)]
    backend: BackendName,
    /// Measures gas alone.
    #[arg(long)]
    gas: bool,
}

/// Why there is no estimate.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EstimateCommandError {
    /// No such statement.
    #[error(transparent)]
    Shape(#[from] ShapeArgsError),
    /// The measurement failed.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
}

impl EstimateCommandError {
    fn advice(&self) -> Advice {
        match self {
            EstimateCommandError::Shape(error) => error.advice(),
            EstimateCommandError::Estimate(EstimateError::Fence(SmallFence { least, .. })) => {
                Advice::new("zksensor::shape", format!("pass --triangles {least} or more"))
            }
            EstimateCommandError::Estimate(EstimateError::Prove(error)) => prove_advice(error),
            EstimateCommandError::Estimate(EstimateError::Verify(error)) => verify_advice(error),
            EstimateCommandError::Estimate(EstimateError::ProveHalo2(error)) => halo2_prove_advice(error),
            EstimateCommandError::Estimate(EstimateError::VerifyHalo2(error)) => halo2_verify_advice(error),
            EstimateCommandError::Estimate(_) => {
                Advice::new("zksensor::estimate", "this should not happen; please report it")
            }
        }
    }
}
diagnostic!(EstimateCommandError);

/// Measures proving, unless only gas is asked for, and gas.
///
/// # Errors
/// [`EstimateCommandError`].
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), EstimateCommandError> {
    let statement = args.shape.statement(args.statement)?;
    if args.backend == BackendName::Halo2 {
        return halo2::run(args, &statement, output);
    }
    let progress = output.phases();
    let measure = Measure { gas_alone: args.gas, progress: &*progress };
    let (proving, gas) = visit_specimen(&statement, measure)?;
    // A feed counts aggregates.
    let feed = match args.statement.name() == Aggregate::FAMILY.name() {
        true => Some(estimate::feed(&mut OsRng, &*progress)?),
        false => None,
    };
    drop(progress);

    if let Some(proving) = &proving {
        show_proving(args.statement, proving, output);
    }
    show_gas(args.statement, &gas, output);
    if let Some(feed) = &feed {
        show_feed(feed, output);
    }
    let gas = with_feed(gas_json(args.statement, &gas), feed.as_ref());
    output.result(&match proving {
        Some(proving) => proving_json(&proving, &gas),
        None => gas,
    });
    Ok(())
}

/// Measures one statement.
struct Measure<'p> {
    gas_alone: bool,
    progress: &'p dyn Progress,
}

impl KnownSpecimenVisitor for Measure<'_> {
    type Output = Result<(Option<ProvingEstimate>, GasEstimate), EstimateError>;

    fn visit<S: Specimen>(self, statement: &S) -> Self::Output {
        let proving = match self.gas_alone {
            true => None,
            false => Some(estimate::proving(statement, &mut OsRng, self.progress)?),
        };
        let sample = estimate::sample::<S, _>(SAMPLE, &mut OsRng, self.progress)?;
        Ok((proving, estimate::gas(&sample)?))
    }
}

fn show_proving(family: Family, proving: &ProvingEstimate, output: &Output) {
    let line = |name: &str, value: String| output.line(format_args!("{name:<24} {value}"));
    line("statement", proving.statement.clone());
    line(if family.is_of_frames() { "samples" } else { "readings" }, proving.readings.to_string());
    line("constraints", proving.constraints.to_string());
    line("domain", proving.domain.to_string());
    line("proving key", format!("{:.1} MB", proving.proving_key_bytes as f64 / 1e6));
    line("verifying key", format!("{} bytes", proving.verifying_key_bytes));
    line("setup", format!("{:.2} s", proving.setup.as_secs_f64()));
    line("prove", format!("{:.2} s on {} threads", proving.prove.as_secs_f64(), proving.threads));
    line("verify", format!("{:.2} ms", proving.verify.as_secs_f64() * 1e3));
    let memory = proving.peak_memory_bytes.map(|bytes| format!("{:.0} MB", bytes as f64 / 1e6));
    line("peak memory, proving", memory.unwrap_or_else(|| "not known on this system".to_owned()));
}

fn show_gas(family: Family, gas: &GasEstimate, output: &Output) {
    let line = |name: &str, polygon: u64, ethereum: u64| {
        output.line(format_args!("{name:<24} {polygon:>12} {ethereum:>12}"));
    };
    output.line(format_args!("{:<24} {:>12} {:>12}", "gas, whole transactions", "Polygon", "Ethereum"));
    let (polygon, ethereum) = (&gas.polygon, &gas.ethereum);
    line("verify", polygon.verify, ethereum.verify);
    line("verify, keyed", polygon.verify_keyed, ethereum.verify_keyed);
    for ((size, on_polygon), (_, on_ethereum)) in polygon.batch.iter().zip(&ethereum.batch) {
        let each = |gas: u64| gas.div_ceil(*size as u64);
        line(&format!("batch of {size}, a proof"), each(*on_polygon), each(*on_ethereum));
    }
    line("deploy", polygon.deploy, ethereum.deploy);
    line("deploy, keyed", polygon.deploy_keyed, ethereum.deploy_keyed);
    if family.devices() == Devices::AtLeastK {
        for capacity in CAPACITIES {
            let name =
                format!("a {} of {capacity}", if family.is_of_frames() { "device" } else { "reading" });
            line(&name, gas.per_reading(capacity), ethereum.verify.div_ceil(capacity));
        }
    }
}

fn show_feed(feed: &FeedGas, output: &Output) {
    output.line(format_args!(
        "\n{:<52} {:>12} {:>12}",
        "gas of router, registry and feed", "Polygon", "at most"
    ));
    for figure in &feed.figures {
        let about = figure.about.replace('`', "");
        let target = figure.target.map(|target| target.to_string()).unwrap_or_default();
        output.line(format_args!("{about:<52} {:>12} {target:>12}", figure.gas));
    }
}

/// The figures of a feed beside the others, by their names, and what each is meant to be at the most.
fn with_feed(mut gas: Value, feed: Option<&FeedGas>) -> Value {
    if let (Some(feed), Some(all)) = (feed, gas.as_object_mut()) {
        let name = |figure: &Figure| figure.name.to_owned();
        all.extend(feed.figures.iter().map(|figure| (name(figure), json!(figure.gas))));
        let targets = feed.figures.iter().filter_map(|figure| Some((name(figure), json!(figure.target?))));
        all.insert("targets".to_owned(), Value::Object(targets.collect()));
    }
    gas
}

fn gas_json(family: Family, gas: &GasEstimate) -> Value {
    let (polygon, ethereum) = (&gas.polygon, &gas.ethereum);
    debug_assert_eq!(polygon.batch.len(), BATCHES.len());
    let each = |(size, gas): &(usize, u64)| (size.to_string(), json!(gas.div_ceil(*size as u64)));
    let batch: Map<String, Value> = polygon.batch.iter().map(each).collect();
    let per_reading: Map<String, Value> = match family.devices() {
        Devices::AtLeastK => CAPACITIES
            .iter()
            .map(|capacity| (capacity.to_string(), json!(gas.per_reading(*capacity))))
            .collect(),
        Devices::One => Map::from_iter([("1".to_owned(), json!(polygon.verify))]),
    };
    json!({
        "chain": "polygon", "backend": "groth16", "verify": polygon.verify, "verify_keyed": polygon.verify_keyed,
        "batch": batch, "per_reading": per_reading, "ethereum": { "verify": ethereum.verify },
    })
}

fn proving_json(proving: &ProvingEstimate, gas: &Value) -> Value {
    json!({
        "statement": proving.statement, "backend": "groth16", "readings": proving.readings, "constraints": proving.constraints,
        "domain": proving.domain, "proving_key_bytes": proving.proving_key_bytes,
        "verifying_key_bytes": proving.verifying_key_bytes, "threads": proving.threads,
        "setup_ms": milliseconds(proving.setup), "prove_ms": milliseconds(proving.prove),
        "verify_ms": milliseconds(proving.verify), "peak_memory_bytes": proving.peak_memory_bytes, "gas": gas,
    })
}

fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}
