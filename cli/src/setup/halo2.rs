//! `setup --backend halo2`: keys of parameters, which are made for development where there are none.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;
use zksensor::circuits::statement::{ClaimFamily, Statement, StatementVisitor, visit};
use zksensor::files::{Kind, Overwrite, Staged};
use zksensor::halo2::files;
use zksensor::halo2::prover::{Halo2, ProveError, ProvingKey, Size, Srs, setup, size};
use zksensor::model::hex;
use zksensor::model::known::KnownStatement;
use zksensor::prover::Progress;

use super::{Args, SetupError, report, stage};
use crate::backend::{BackendError, insecure_srs};
use crate::ceremony::{CeremonyCommandError, PowersFacts};
use crate::output::{Output, shown};

/// Makes the keys, and parameters for development unless some are named or in the directory.
pub(super) fn run(args: &Args, statement: &KnownStatement, output: &Output) -> Result<(), SetupError> {
    let size = visit(statement, Compile).map_err(BackendError::from)?;
    if let Some(ptau) = &args.ptau {
        return of_powers(args, statement, &size, ptau, output);
    }
    let path = match &args.srs {
        Some(path) => path.clone(),
        None => args.out_dir.join(files::srs_file_name(size.k, true)),
    };
    let start = Instant::now();
    let keys = |insecure| {
        let name = |kind| files::key_file_name(&statement.id(), insecure, kind);
        stage(args, [Kind::Halo2ProvingKey, Kind::Halo2VerifyingKey], name)
    };
    let (srs, [proving, verifying], made) = if args.srs.is_some() || is_there(&path) {
        let srs = read(&path, args.insecure, output)?;
        let staged = keys(srs.is_insecure())?;
        (srs, staged, false)
    } else {
        let staged = keys(true)?;
        (make(&path, size.k, output)?, staged, true)
    };
    let made = Made { path, made, powers: None };
    finish(statement, &size, srs, [proving, verifying], &made, start, output)
}

/// Makes the parameters of powers of tau, and the keys of them.
fn of_powers(
    args: &Args,
    statement: &KnownStatement,
    size: &Size,
    ptau: &Path,
    output: &Output,
) -> Result<(), SetupError> {
    let start = Instant::now();
    let (mut file, facts) = args.vouched.open(ptau, output)?;
    if !facts.is_trusted && !args.insecure {
        return Err(SetupError::InsecurePowers { path: ptau.to_owned() });
    }
    let insecure = !facts.is_trusted;
    let path = args.out_dir.join(files::srs_file_name(size.k, insecure));
    let name = |kind| files::key_file_name(&statement.id(), insecure, kind);
    let staged = stage(args, [Kind::Halo2ProvingKey, Kind::Halo2VerifyingKey], name)?;
    let parameters = Staged::create(&path, Kind::Srs, args.force.overwrite())?;
    let spinner = output.spinner("making parameters of the powers of tau");
    let powers = file.kzg_powers(size.k).map_err(|reason| CeremonyCommandError::of(ptau, reason))?;
    let srs = Srs::of_powers(&powers.g1, &powers.tau_g2, !powers.is_trusted).map_err(BackendError::from)?;
    spinner.finish_and_clear();
    files::write_srs(parameters, &srs)?;
    facts.say(output);
    finish(statement, size, srs, staged, &Made { path, made: true, powers: Some(facts) }, start, output)
}

/// Where parameters come from.
struct Made {
    path: PathBuf,
    /// Now, and not before.
    made: bool,
    powers: Option<PowersFacts>,
}

/// Makes the keys and writes them.
fn finish(
    statement: &KnownStatement,
    size: &Size,
    srs: Srs,
    [proving, verifying]: [Staged; 2],
    made: &Made,
    start: Instant,
    output: &Output,
) -> Result<(), SetupError> {
    let digest = hex::encode(&srs.digest());
    let key = with_progress(statement, srs, output)?;
    let milliseconds = start.elapsed().as_millis();
    let paths: [PathBuf; 2] = [&proving, &verifying].map(|staged| staged.path().to_owned());
    files::write_proving_key(proving, &key)?;
    files::write_verifying_key(verifying, key.verifying_key())?;
    output.line(format_args!("parameters     {}, for 2^{} rows", made.path.display(), size.k));
    let powers = made.powers.as_ref().map(PowersFacts::to_json);
    let more = json!({
        "srs": shown(&made.path), "srs_digest": digest, "srs_made": made.made, "k": size.k, "rows": size.rows, "ptau": powers,
    });
    report::<Halo2>(&key, &paths, milliseconds, more, output);
    Ok(())
}

/// Whether there is something of this name, be it parameters or not.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn read(path: &Path, insecure: bool, output: &Output) -> Result<Srs, SetupError> {
    let spinner = output.spinner("reading the parameters");
    let srs = files::load_srs(path)?;
    spinner.finish_and_clear();
    if srs.is_insecure() && !insecure {
        return Err(SetupError::InsecureSrs { path: path.to_owned() });
    }
    Ok(srs)
}

/// Parameters of this machine, kept for the next statement of as many rows.
fn make(path: &Path, k: u32, output: &Output) -> Result<Srs, SetupError> {
    let staged = Staged::create(path, Kind::Srs, Overwrite::Never)?;
    let spinner = output.spinner("making parameters for development");
    let srs = insecure_srs(k)?;
    spinner.finish_and_clear();
    files::write_srs(staged, &srs)?;
    Ok(srs)
}

struct Compile;

impl StatementVisitor for Compile {
    type Output = Result<Size, ProveError>;
    fn visit<S: Statement + ClaimFamily + Copy + 'static>(self, statement: &S) -> Self::Output {
        size(statement)
    }
}

fn with_progress(statement: &KnownStatement, srs: Srs, output: &Output) -> Result<ProvingKey, BackendError> {
    struct Setup<'p>(Arc<Srs>, &'p dyn Progress);
    impl StatementVisitor for Setup<'_> {
        type Output = Result<ProvingKey, ProveError>;
        fn visit<S: Statement + ClaimFamily + Copy + 'static>(self, statement: &S) -> Self::Output {
            setup(statement, self.0, self.1)
        }
    }
    let progress = output.phases();
    Ok(visit(statement, Setup(srs.into(), &*progress))?)
}
