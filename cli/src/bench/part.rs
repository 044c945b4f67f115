//! What has to be a process of its own: this program again, with an option that `--help` does not show.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clap::ValueEnum;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};
use zksensor::estimate::Peak;
use zksensor::files::{self, CheckedKeys};
use zksensor::prover::Prover;
use zksensor::prover::engine::{self, ENGINE_VARIABLE, Kernel, Pool};
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::{Assignment, Binding};
use zksensor_peers::{Peer, PeerError, prove_with_ark, read_ark_key};
use zksensor_testkit::Specimen;

use super::BenchError;
use super::measure;
use super::plan::{Plan, Scale, THREADS};
use crate::folder::{Folder, FolderError};

/// Our key, arkworks' and the notes of checked ones, in the folder.
pub(super) const KEY: &str = "key.pk";
pub(super) const ARK_KEY: &str = "key.ark";
pub(super) const CHECKED: &str = "checked";

/// What a process measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Part {
    /// The dense circuit, proven by us and by arkworks, on the arithmetic that the environment asks for
    Portable,
    /// Memory of our proof of the aggregate
    Peak,
    /// Memory of arkworks' proof of it
    PeakArk,
}

impl Part {
    fn what(self) -> &'static str {
        match self {
            Part::Portable => "the arithmetic without AVX-512",
            Part::Peak => "the memory of a proof",
            Part::PeakArk => "the memory of arkworks' proof",
        }
    }
}

/// Options that this program passes to itself.
#[derive(Debug, clap::Args)]
pub(super) struct PartArgs {
    #[arg(long, hide = true, value_enum, requires = "keys")]
    part: Option<Part>,
    #[arg(long, hide = true, value_name = "DIRECTORY", requires = "part")]
    keys: Option<PathBuf>,
}

impl PartArgs {
    /// What is to be measured alone, with which folder.
    pub(super) fn part(&self) -> Option<(Part, &Path)> {
        Some((self.part?, self.keys.as_deref()?))
    }
}

/// Measures in this process.
///
/// # Errors
/// [`BenchError`].
pub(super) fn run((part, folder): (Part, &Path), plan: &Plan) -> Result<Value, BenchError> {
    match part {
        Part::Portable => {
            let path = Kernel::detect()?.path();
            let race = measure::dense(plan.dense)?.race([Peer::Ark, Peer::Zksensor], 1, plan.rounds.1)?;
            let seconds = |peer| race.times.get(&peer).map(std::time::Duration::as_secs_f64);
            Ok(
                json!({ "engine": path.name(), "zksensor": seconds(Peer::Zksensor), "ark": seconds(Peer::Ark) }),
            )
        }
        Part::Peak => our_peak(folder, plan),
        Part::PeakArk => ark_peak(folder, plan),
    }
}

/// The most memory of the process while our prover makes a proof, its sorted key among it.
fn our_peak(folder: &Path, plan: &Plan) -> Result<Value, BenchError> {
    let (statement, rng) = (plan.aggregate, &mut ChaCha20Rng::seed_from_u64(2));
    let witness = statement.filled()?;
    let inputs = Aggregate::inputs_of(&witness, Binding::NONE);
    let assignment = Assignment::new(&statement, inputs, &witness)?;
    let key = files::load_proving_key_once(&folder.join(KEY), &CheckedKeys::at(folder.join(CHECKED)))?;
    let prover = Prover::builder(statement, key).threads(THREADS).build().map_err(PeerError::from)?;
    let peak = Peak::start();
    prover.prove(&assignment, rng).map_err(PeerError::from)?;
    Ok(json!({ "bytes": peak.end() }))
}

/// As [`our_peak`], of arkworks, with arkworks' key alone.
fn ark_peak(folder: &Path, plan: &Plan) -> Result<Value, BenchError> {
    let (statement, rng) = (plan.aggregate, &mut ChaCha20Rng::seed_from_u64(2));
    let witness = statement.filled()?;
    let inputs = Aggregate::inputs_of(&witness, Binding::NONE);
    let assignment = Assignment::new(&statement, inputs, &witness)?;
    let file = File::open(folder.join(ARK_KEY));
    let key = file.and_then(|file| read_ark_key(BufReader::new(file)));
    let key = key.map_err(|source| FolderError { path: folder.to_owned(), source })?;
    let circuit = zksensor_r1cs::compile(&statement).map_err(PeerError::from)?;
    let pool = Pool::new(Some(THREADS)).map_err(PeerError::from)?;
    let peak = Peak::start();
    pool.install(|| prove_with_ark(&circuit, &assignment, &key, rng))?;
    Ok(json!({ "bytes": peak.end() }))
}

/// Seconds of the dense circuit on one thread without AVX-512, ours and arkworks'.
///
/// # Errors
/// [`BenchError::Part`].
pub(super) fn portable(plan: &Plan) -> Result<BTreeMap<Peer, f64>, BenchError> {
    let said = spawn(Part::Portable, plan, Path::new("."))?;
    let wanted = engine::Path::Portable.name();
    match (said["engine"].as_str(), said["zksensor"].as_f64(), said["ark"].as_f64()) {
        (Some(path), Some(ours), Some(ark)) if path == wanted => {
            Ok([(Peer::Zksensor, ours), (Peer::Ark, ark)].into())
        }
        _ => Err(BenchError::Part { what: Part::Portable.what(), reason: format!("it said {said}") }),
    }
}

/// Megabytes; `None` where the system does not say.
///
/// # Errors
/// [`BenchError::Part`].
pub(super) fn peak(part: Part, plan: &Plan, folder: &Folder) -> Result<Option<f64>, BenchError> {
    Ok(spawn(part, plan, folder.path())?["bytes"].as_f64().map(|bytes| bytes / 1e6))
}

/// Runs this program again, and reads the object that it ends with.
fn spawn(part: Part, plan: &Plan, folder: &Path) -> Result<Value, BenchError> {
    let failed = |reason: String| BenchError::Part { what: part.what(), reason };
    let program = std::env::current_exe().map_err(|error| failed(error.to_string()))?;
    let mut command = Command::new(program);
    let value = part.to_possible_value();
    command.args(["bench", "--json", "--part", value.as_ref().map_or("", |value| value.get_name())]);
    command.arg("--keys").arg(folder);
    if plan.scale == Scale::Quick {
        command.arg("--quick");
    }
    if part == Part::Portable {
        command.env(ENGINE_VARIABLE, engine::Path::Portable.name());
    }
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| failed(error.to_string()))?;
    let said: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    match said {
        Some(said) if output.status.success() => Ok(said),
        Some(said) => Err(failed(format!("it ended with {}: {}", output.status, said["error"]["message"]))),
        None => Err(failed(format!("it ended with {} and said nothing", output.status))),
    }
}
