//! The command `prove`: signed readings in, a proof file out.

mod aggregate;
mod all;
mod epoch;
mod error;
mod histogram;
mod many;
mod outputs;
mod own_device;
mod private_sum;
mod reading;
mod refusals;
mod report;
mod subject;
mod survey;
mod track;

use std::path::PathBuf;
use std::time::Instant;

use rand::rngs::OsRng;
use zksensor::circuits::assemble::Take;
use zksensor::circuits::statement::{Binding, Job, Statement, StatementId};
use zksensor::files::{FileProof, ProofFile};
use zksensor::halo2::prover::Halo2;
use zksensor::mock::Mock;
use zksensor::model::known::KnownStatement;
use zksensor::model::noise::Beacon;
use zksensor::prover::{Cancel, Groth16, Progress, Prover, ProverBuilder};

use self::epoch::EpochArg;
pub(crate) use self::error::ProveCommandError;
use self::outputs::Places;
use self::refusals::offer_all;
use self::report::report;
use self::subject::Subject;
use crate::args::{self, ForceArgs};
use crate::backend::{Backend, BackendError, BackendName, System};
use crate::output::Output;
use crate::registry::When;
use crate::shape::Family;

/// Options of `prove`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "An aggregate, a survey or a histogram is proven against the registry as it was at the epoch's end, a reading or a track against that at \
                  its start: a contract takes no other root. A contract takes a root only DELAY after the block of its change: where \
                  devices changed within the delay before that time, name it earlier by as much with --registry-at. If the \
                  file says nothing of that time, because its history begins later, it is taken as it is, with a warning. \
                  With `--opening` the opening is written first, then the proof."
)]
pub(crate) struct Args {
    /// What the key has to be for.
    #[arg(long, value_parser = Family::parser())]
    statement: Option<Family>,
    /// The proving key. Its slowest check runs once: which files passed is noted by digest in the user's cache folder.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The proof system that the key has to be of. The key says it, unless it comes through a pipe: that is of groth16 without this.
    #[arg(long, value_enum)]
    backend: Option<BackendName>,
    /// The policy, in TOML. With --all-chunks several times: every chunk is proven for every policy, and their files name the proofs.
    #[arg(long, value_name = "FILE", required = true)]
    policy: Vec<PathBuf>,
    /// Its fence: GeoJSON, WKT, KML, KMZ, H3 cells, or its triangles. Of several policies one for all, or one for each in their order.
    #[arg(long, value_name = "FILE", required = true)]
    fence: Vec<PathBuf>,
    /// The feature of a GeoJSON collection, or the Placemark of KML, that is the fence: its `id` or its `name`. Without it
    /// all together are. Of several policies one for all, or one for each.
    #[arg(long, value_name = "NAME")]
    feature: Vec<String>,
    /// The registry.
    #[arg(long, value_name = "FILE", required_unless_present = "membership")]
    registry: Option<PathBuf>,
    /// In place of the registry, for a reading or a track: the membership that `registry prove` wrote.
    #[arg(long, value_name = "FILE", conflicts_with = "registry", requires = "device")]
    membership: Option<PathBuf>,
    /// Signed readings. Rows are counted over all files.
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "frames", conflicts_with = "frames")]
    readings: Vec<PathBuf>,
    /// In their place, for a track or a survey: signed frames, as `device sign --frame` writes them. The first frame of a device that
    /// lies in the epoch and shows what the policy asks for is taken.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    frames: Vec<PathBuf>,
    /// Number of the epoch, or the last one that is over by this machine's clock.
    #[arg(long, value_name = "N|last-closed")]
    epoch: EpochArg,
    /// Takes the registry as it was at this time, or as it is `now`, and not at the epoch's end (an aggregate, a
    /// survey or a histogram) or start (a reading or a track).
    #[arg(long, value_name = "TIME|now", value_parser = crate::registry::when, requires = "registry")]
    registry_at: Option<When>,
    /// Which of a device's good readings in the epoch is taken. Of frames it is the first.
    #[arg(long, value_enum, value_name = "WHICH", requires = "readings", conflicts_with = "frames")]
    take: Option<Which>,
    /// The chunk of an aggregate, a survey or a histogram, as wide as the key's shape says: of 512 positions with 3 levels, and so on. 0 without it.
    #[arg(long, value_name = "N")]
    chunk: Option<u32>,
    /// Proves every chunk of the registry of which k devices or more have a good reading or frame, with the key and the files read once.
    #[arg(long, requires = "out_dir", conflicts_with_all = ["chunk", "out", "membership"])]
    all_chunks: bool,
    /// Where the proofs of all chunks go, a file each: `epoch-2-chunk-0.json`, or of several policies
    /// `POLICY-epoch-2-chunk-0.json`. A proof that is there and shows the same is kept.
    #[arg(long, value_name = "DIR", requires = "all_chunks")]
    out_dir: Option<PathBuf>,
    /// The key of the own device, for a reading or a track.
    #[arg(long, value_name = "FILE")]
    device: Option<PathBuf>,
    /// Where what opens the commitment of a reading goes: a secret of the device's node.
    #[arg(long, value_name = "FILE", requires = "device")]
    opening: Option<PathBuf>,
    /// Binds the proof to a chain.
    #[arg(long, value_name = "N", requires = "contract", requires = "recipient")]
    chain_id: Option<u64>,
    /// Binds the proof to a contract.
    #[arg(long, value_name = "HEX", value_parser = args::address, requires = "chain_id")]
    contract: Option<[u8; 20]>,
    /// Binds the proof to who gets the credit.
    #[arg(long, value_name = "HEX", value_parser = args::address, requires = "chain_id")]
    recipient: Option<[u8; 20]>,
    /// Threads; all cores without it.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Where the proof goes.
    #[arg(long, value_name = "FILE", required_unless_present_any = ["all_chunks", "seal_out"])]
    out: Option<PathBuf>,
    /// Of a private sum, and first: seals the exact sum of these readings with a fresh secret, and proves nothing yet. The seal is posted
    /// before the deadline; the file is a secret.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["out", "seal", "beacon", "all_chunks"])]
    seal_out: Option<PathBuf>,
    /// Of a private sum, and then: what --seal-out wrote, with the same readings.
    #[arg(long, value_name = "FILE", requires = "beacon", conflicts_with = "all_chunks")]
    seal: Option<PathBuf>,
    /// The beacon of a private sum: public randomness of after the deadline, as the contract has it.
    #[arg(long, value_name = "HEX", requires = "seal")]
    beacon: Option<Beacon>,
    #[command(flatten)]
    force: ForceArgs,
}

/// Which of a device's good readings is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// The earliest: what is taken without this option.
    First,
    /// The latest.
    Last,
    /// The nearest to the middle of the epoch.
    Middle,
}

impl Args {
    fn take(&self) -> Take {
        match self.take {
            None | Some(Which::First) => Take::First,
            Some(Which::Last) => Take::Last,
            Some(Which::Middle) => Take::Middle,
        }
    }
}

/// Proves.
///
/// # Errors
/// [`ProveCommandError`]; nothing is written then, but for proofs of other chunks.
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), ProveCommandError> {
    match System::of_key(args.backend, &args.key) {
        System::Groth16 => under::<Groth16>(args, output),
        System::Halo2 => under::<Halo2>(args, output),
        System::Mock => under::<Mock>(args, output),
    }
}

fn under<B: Backend>(args: &Args, output: &Output) -> Result<(), ProveCommandError> {
    if args.policy.len() > 1 && !args.all_chunks {
        return Err(ProveCommandError::ManyPolicies { got: args.policy.len() });
    }
    let places = Places::of(args, <B::Proof as FileProof>::KIND)?;
    let spinner = output.spinner("reading the key");
    let key = B::load_proving_key(&args.key)?;
    spinner.finish_and_clear();
    let statement = KnownStatement::of(B::statement(&key))?;
    let id = statement.id();
    if let Some(family) = args.statement.filter(|family| family.name() != id.name) {
        return Err(ProveCommandError::Family { wanted: family.name(), got: id.to_string() });
    }
    if B::key_id(B::verifying_half(&key)).is_insecure() {
        output.warn(B::warning());
    }
    run_known::<B>(statement, Task { args, key, places }, output)
}

/// What a statement is proven from, and where what comes of it goes.
struct Task<'a, B: Backend> {
    args: &'a Args,
    key: B::ProvingKey,
    places: Places,
}

/// A statement that the command proves: one file each.
trait Provable: Statement + Copy {
    /// Proves what the files say, and reports.
    fn run<B: Backend>(self, task: Task<'_, B>, output: &Output) -> Result<(), ProveCommandError>;
}

macro_rules! known {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        fn run_known<B: Backend>(
            statement: KnownStatement,
            task: Task<'_, B>,
            output: &Output,
        ) -> Result<(), ProveCommandError> {
            match statement { $(KnownStatement::$name(statement) => statement.run(task, output),)* }
        }
    };
}
zksensor::model::statements!(known);

/// What the proof is bound to.
fn binding(args: &Args, statement: &StatementId) -> Binding {
    match (args.chain_id, args.contract, args.recipient) {
        (Some(chain), Some(contract), Some(recipient)) => Binding::new(chain, contract, recipient, statement),
        _ => Binding::NONE,
    }
}

/// Proves a claim.
fn prove<S: Provable, B: Backend>(
    args: &Args,
    key: B::ProvingKey,
    job: &Job<S>,
    output: &Output,
) -> Result<(ProofFile<B::Proof>, u64), ProveCommandError> {
    let id = B::key_id(B::verifying_half(&key));
    let prover = prover_of::<S, B>(args, *job.statement(), key, output.phases())?;
    let start = Instant::now();
    let proof = prover.prove_job(job, B::draw(&mut OsRng), &Cancel::default()).map_err(BackendError::of)?;
    let milliseconds = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let file = ProofFile::new(job.statement(), id, proof, job.assignment().words().to_vec())?;
    Ok((file, milliseconds))
}

/// A prover as the options want it.
fn prover_of<S: Provable, B: Backend>(
    args: &Args,
    statement: S,
    key: B::ProvingKey,
    progress: Box<dyn Progress + Send + Sync>,
) -> Result<Prover<S, B>, BackendError> {
    let builder = ProverBuilder::<S, B>::new(statement, key).progress(progress);
    let builder = match args.threads {
        Some(threads) => builder.threads(threads),
        None => builder,
    };
    builder.build().map_err(BackendError::of)
}

/// The public fields, for people.
pub(crate) fn show_fields<P: FileProof>(file: &ProofFile<P>, output: &Output) {
    for (name, value) in file.fields() {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        output.line(format_args!("  {name:<15} {text}"));
    }
}
