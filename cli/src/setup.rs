//! The command `setup`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use rand::rngs::OsRng;
use serde_json::json;
use zksensor::circuits::statement::{ClaimFamily, Statement, StatementVisitor, visit};
use zksensor::files::{self, FileError, Kind, Staged};
use zksensor::model::known::KnownStatement;
use zksensor::prover::{Progress, ProveError, ProvingKey, insecure_setup};

use crate::args::ForceArgs;
use crate::error::{Advice, SamePlace, diagnostic, prove_advice};
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
    /// The setup failed.
    #[error(transparent)]
    Prove(#[from] ProveError),
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
            SetupError::NotInsecure => Advice::new(
                "zksensor::setup::insecure",
                "pass --insecure to make keys for development; their names and ids say INSECURE. Keys for production come \
                 from powers of tau and a ceremony of several parties: `zksensor ceremony --help`",
            ),
            SetupError::Shape(error) => error.advice(),
            SetupError::Prove(error) => prove_advice(error),
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
    if !args.insecure {
        return Err(SetupError::NotInsecure);
    }
    let statement = args.shape.statement(args.statement)?;
    let [proving, verifying] = stage(args, &statement)?;
    let start = Instant::now();
    let key = make(&statement, output)?;
    let milliseconds = start.elapsed().as_millis();
    let paths = [&proving, &verifying].map(|staged| staged.path().to_owned());
    files::write_proving_key(proving, &key)?;
    files::write_verifying_key(verifying, key.verifying_key())?;
    let [proving, verifying] = paths;
    let id = key.verifying_key().key_id().to_string();
    output.line(format_args!("statement      {}", key.statement()));
    output.line(format_args!("key id         {id}"));
    output.line(format_args!("proving key    {}", proving.display()));
    output.line(format_args!("verifying key  {}", verifying.display()));
    output.warn(
        "these keys are INSECURE: whoever ran this setup can forge proofs; use them for development only",
    );
    let milliseconds = u64::try_from(milliseconds).unwrap_or(u64::MAX);
    output.result(&json!({
        "statement": key.statement(), "key_id": id, "insecure": key.is_insecure(),
        "proving_key": shown(&proving), "verifying_key": shown(&verifying), "setup_ms": milliseconds,
    }));
    Ok(())
}

fn make(statement: &KnownStatement, output: &Output) -> Result<ProvingKey, SetupError> {
    struct Setup<'p>(&'p dyn Progress);
    impl StatementVisitor for Setup<'_> {
        type Output = Result<ProvingKey, ProveError>;
        fn visit<S: Statement + ClaimFamily + Copy + 'static>(self, statement: &S) -> Self::Output {
            insecure_setup(statement, &mut OsRng, self.0)
        }
    }
    let progress = output.phases();
    Ok(visit(statement, Setup(&*progress))?)
}

/// Starts both files, before the work.
fn stage(args: &Args, statement: &KnownStatement) -> Result<[Staged; 2], SetupError> {
    let directory: &Path = &args.out_dir;
    std::fs::create_dir_all(directory)
        .map_err(|source| SetupError::Directory { path: directory.to_owned(), source })?;
    let stage = |kind| {
        let path = directory.join(files::key_file_name(&statement.id(), args.insecure, kind));
        Staged::create(&path, kind, args.force.overwrite())
    };
    let [proving, verifying] = [stage(Kind::ProvingKey)?, stage(Kind::VerifyingKey)?];
    SamePlace::refuse(&[&proving, &verifying])?;
    Ok([proving, verifying])
}
