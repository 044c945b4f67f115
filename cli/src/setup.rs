//! The command `setup`.

mod halo2;
mod mock;

use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::{Value, json};
use zksensor::circuits::statement::{ClaimFamily, Statement, StatementVisitor, visit};
use zksensor::files::{self, FileError, Kind, Staged};
use zksensor::model::known::KnownStatement;
use zksensor::prover::{Groth16, Progress, ProvingKey};

use crate::args::ForceArgs;
use crate::backend::{Backend, BackendError, BackendName, CircuitBackend, MadeWith};
use crate::ceremony::{CeremonyCommandError, VouchedArgs};
use crate::error::{Advice, SamePlace, diagnostic};
use crate::layout::Layout;
use crate::output::{Output, shown};
use crate::shape::{Family, ShapeArgs, ShapeArgsError};

/// Options of `setup`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What is to be proven.
    #[arg(long, value_parser = Family::parser())]
    statement: Family,
    #[command(flatten)]
    shape: ShapeArgs,
    /// The proof system that the keys are of.
    #[arg(long, value_enum, default_value_t = BackendName::Groth16)]
    backend: BackendName,
    /// Of halo2: the parameters that keys are made of, for as many rows as the statement has. Without it those for development are taken
    /// from the directory, where they are made and kept by the first setup of as many rows.
    #[arg(long, value_name = "FILE")]
    srs: Option<PathBuf>,
    /// Of halo2: powers of tau (.ptau) of a ceremony, of which the parameters are made, and kept beside the keys. No other ceremony is needed.
    #[arg(long, value_name = "FILE", conflicts_with = "srs")]
    ptau: Option<PathBuf>,
    #[command(flatten)]
    vouched: VouchedArgs,
    /// Makes the keys from this machine's randomness. Whoever ran the setup can then forge proofs: for development only.
    #[arg(long)]
    insecure: bool,
    /// Where the keys go.
    #[arg(long, value_name = "DIRECTORY")]
    out_dir: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    /// Keys for production do not come from one machine.
    #[error(
        "expected --insecure: keys made on one machine are for development. Whoever ran the setup, or reads its memory, can \
         prove anything under them"
    )]
    NotInsecure,
    /// No such statement.
    #[error(transparent)]
    Shape(#[from] ShapeArgsError),
    /// Parameters where there are none.
    #[error(
        "expected no --srs, --ptau or --ptau-digest with --backend groth16, whose keys come from a setup of each statement"
    )]
    Srs,
    /// A digest of nothing.
    #[error("expected --ptau with --ptau-digest: the digest is that of the powers of tau")]
    Digest,
    /// The parameters are of one machine.
    #[error("{}: expected --insecure with these parameters, which one machine made: whoever ran that can prove anything", path.display())]
    InsecureSrs {
        /// Their file.
        path: PathBuf,
    },
    /// Nobody vouches for the powers of tau.
    #[error("{}: expected --insecure with powers of tau that nobody vouches for", path.display())]
    InsecurePowers {
        /// Their file.
        path: PathBuf,
    },
    /// The file of the parameters holds others.
    #[error(
        "{}: expected the parameters of {}, whose digest is {wanted}, but these have the digest {got}",
        path.display(), ptau.display()
    )]
    OtherSrs {
        /// Their file.
        path: PathBuf,
        /// The powers of tau.
        ptau: PathBuf,
        /// The digest of the parameters of those.
        wanted: String,
        /// That of what the file holds.
        got: String,
    },
    /// The powers of tau.
    #[error(transparent)]
    Powers(#[from] CeremonyCommandError),
    /// The setup failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Two outputs are one.
    #[error(transparent)]
    Same(#[from] SamePlace),
    /// The directory cannot be made.
    #[error("{}: expected a directory for the keys, but: {source}", path.display())]
    Directory {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl SetupError {
    fn advice(&self) -> Advice {
        match self {
            SetupError::NotInsecure | SetupError::InsecureSrs { .. } => Advice::new(
                "zksensor::setup::insecure",
                "pass --insecure to make keys for development; their names and ids say INSECURE. Keys for production come \
                 from powers of tau and a ceremony of several parties: `zksensor ceremony --help`; those of halo2 from such \
                 powers alone, --ptau FILE, or from parameters that were made of them, --srs FILE",
            ),
            SetupError::Srs => Advice::new(
                "zksensor::usage",
                "pass --backend halo2; or leave them out: a ceremony of Groth16 begins with `zksensor ceremony new --ptau`",
            ),
            SetupError::Digest => Advice::new("zksensor::usage", "pass --ptau, or leave the digest out"),
            SetupError::InsecurePowers { .. } => Advice::new(
                "zksensor::setup::insecure",
                "pass the published powers of tau, or --ptau-digest with the digest that their ceremony published",
            ),
            SetupError::OtherSrs { .. } => Advice::new(
                "zksensor::setup::srs",
                "name another --out-dir, or the powers of tau that the parameters were made of; or pass --force to replace them: keys \
                 that were made of them hold their own",
            ),
            SetupError::Powers(error) => error.advice(),
            SetupError::Shape(error) => error.advice(),
            SetupError::Backend(error) => error.advice(),
            SetupError::File(error) => Advice::of_file(error),
            SetupError::Same(_) => SamePlace::advice(),
            SetupError::Directory { .. } => {
                Advice::new("zksensor::system", "check the path and its permissions")
            }
        }
    }
}
diagnostic!(SetupError);

/// Makes a proving and a verifying key.
///
/// # Errors
/// [`SetupError`].
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), SetupError> {
    if MadeWith::is_mock() {
        return mock::run(args, &args.shape.statement(args.statement)?, output);
    }
    if !args.insecure && args.srs.is_none() && args.ptau.is_none() {
        return Err(SetupError::NotInsecure);
    }
    let digest = args.vouched.is_given();
    if digest && args.ptau.is_none() && args.backend == BackendName::Halo2 {
        return Err(SetupError::Digest);
    }
    let statement = args.shape.statement(args.statement)?;
    match args.backend {
        BackendName::Groth16 if args.srs.is_some() || args.ptau.is_some() || digest => Err(SetupError::Srs),
        BackendName::Groth16 => groth16(args, &statement, output),
        BackendName::Halo2 => halo2::run(args, &statement, output),
    }
}

fn groth16(args: &Args, statement: &KnownStatement, output: &Output) -> Result<(), SetupError> {
    let kinds = [Kind::ProvingKey, Kind::VerifyingKey];
    let Stage { proving, verifying, layout } = stage(args, statement, args.insecure, kinds)?;
    let start = Instant::now();
    let key = make(statement, output)?;
    let milliseconds = start.elapsed().as_millis();
    let paths = Paths {
        proving: proving.path().to_owned(),
        verifying: verifying.path().to_owned(),
        layout: layout.commit()?,
    };
    files::write_proving_key(proving, &key)?;
    files::write_verifying_key(verifying, key.verifying_key())?;
    report::<Groth16>(&key, &paths, milliseconds, json!({}), output);
    Ok(())
}

fn make(statement: &KnownStatement, output: &Output) -> Result<ProvingKey, SetupError> {
    struct Setup<'p>(&'p dyn Progress);
    impl StatementVisitor for Setup<'_> {
        type Output = Result<ProvingKey, BackendError>;
        fn visit<S: Statement + ClaimFamily + Copy + 'static>(self, statement: &S) -> Self::Output {
            Groth16::insecure_setup(statement, self.0)
        }
    }
    let progress = output.phases();
    Ok(visit(statement, Setup(&*progress))?)
}

/// Says which keys there are; `more` is what the proof system has beside them.
fn report<B: Backend>(key: &B::ProvingKey, paths: &Paths, milliseconds: u128, more: Value, output: &Output) {
    let (statement, id) = (B::statement(key), B::key_id(B::verifying_half(key)));
    output.line(format_args!("statement      {statement}"));
    output.line(format_args!("backend        {}", B::NAME));
    output.line(format_args!("key id         {id}"));
    output.line(format_args!("proving key    {}", paths.proving.display()));
    output.line(format_args!("verifying key  {}", paths.verifying.display()));
    output.line(format_args!("layout         {}", paths.layout.display()));
    if id.is_insecure() {
        output.warn(B::warning_of_setup());
    }
    let milliseconds = u64::try_from(milliseconds).unwrap_or(u64::MAX);
    let mut result = json!({
        "statement": statement, "backend": B::NAME, "key_id": id.to_string(), "insecure": id.is_insecure(),
        "proving_key": shown(&paths.proving), "verifying_key": shown(&paths.verifying), "layout": shown(&paths.layout),
        "setup_ms": milliseconds,
    });
    if let (Value::Object(result), Value::Object(more)) = (&mut result, more) {
        result.extend(more);
    }
    output.result(&result);
}

/// What is written, started before the work. The layout gets its name first: where the keys are, it is.
struct Stage {
    proving: Staged,
    verifying: Staged,
    layout: Layout,
}

/// Where it went.
struct Paths {
    proving: PathBuf,
    verifying: PathBuf,
    layout: PathBuf,
}

fn stage(
    args: &Args,
    statement: &KnownStatement,
    insecure: bool,
    kinds: [Kind; 2],
) -> Result<Stage, SetupError> {
    let name = |kind| files::key_file_name(&statement.id(), insecure, kind).expect("both are keys");
    stage_as(args, statement, kinds.map(name), kinds)
}

fn stage_as(
    args: &Args,
    statement: &KnownStatement,
    names: [String; 2],
    kinds: [Kind; 2],
) -> Result<Stage, SetupError> {
    let directory: &Path = &args.out_dir;
    std::fs::create_dir_all(directory)
        .map_err(|source| SetupError::Directory { path: directory.to_owned(), source })?;
    let stage =
        |index: usize| Staged::create(&directory.join(&names[index]), kinds[index], args.force.overwrite());
    let [proving, verifying] = [stage(0)?, stage(1)?];
    let layout = Layout::stage(directory, statement, args.force.overwrite())?;
    SamePlace::refuse(&[&proving, &verifying].into_iter().chain(layout.staged()).collect::<Vec<_>>())?;
    Ok(Stage { proving, verifying, layout })
}
