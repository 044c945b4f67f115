//! `setup --backend halo2`: keys of parameters, which are made for development where there are none.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;
use zksensor::circuits::statement::{ClaimFamily, Statement, StatementVisitor, visit};
use zksensor::files::{Kind, Overwrite, Staged};
use zksensor::halo2::files;
use zksensor::halo2::prover::{Halo2, ProveError, ProvingKey, Size, Srs, setup};
use zksensor::model::hex;
use zksensor::model::known::KnownStatement;
use zksensor::prover::Progress;

use super::{Args, Paths, SetupError, Stage, report, stage};
use crate::backend::{BackendError, insecure_srs, size_of};
use crate::ceremony::{CeremonyCommandError, PowersFacts};
use crate::error::SamePlace;
use crate::output::{Output, shown};

/// Makes the keys, and parameters for development unless some are named or in the directory.
pub(super) fn run(args: &Args, statement: &KnownStatement, output: &Output) -> Result<(), SetupError> {
    let size = size_of(statement)?;
    if let Some(ptau) = &args.ptau {
        return of_powers(args, statement, &size, ptau, output);
    }
    let path = match &args.srs {
        Some(path) => path.clone(),
        None => args.out_dir.join(files::srs_file_name(size.k, true)),
    };
    let start = Instant::now();
    let keys = |insecure| stage(args, statement, insecure, [Kind::Halo2ProvingKey, Kind::Halo2VerifyingKey]);
    let (srs, staged, kept) = if args.srs.is_some() || is_there(&path) {
        let srs = read(&path, args.insecure, output)?;
        let staged = keys(srs.is_insecure())?;
        let kept = Kept::There(srs.digest());
        (srs, staged, kept)
    } else {
        let staged = keys(true)?;
        (make(&path, size.k, output)?, staged, Kept::Made)
    };
    finish(statement, &size, srs, staged, Made { path, kept, powers: None }, start, output)
}

/// Makes the parameters of powers of tau, and the keys of them. A file that holds the same parameters stays, as an earlier setup of as many
/// rows left it.
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
    let kinds = [Kind::Halo2ProvingKey, Kind::Halo2VerifyingKey];
    let stage = stage(args, statement, insecure, kinds)?;
    let kept = if is_there(&path) && args.force.overwrite() == Overwrite::Never {
        Kept::There(files::load_srs(&path)?.digest())
    } else {
        let parameters = Staged::create(&path, Kind::Srs, args.force.overwrite())?;
        SamePlace::refuse(&[&parameters, &stage.proving, &stage.verifying])?;
        Kept::Now(parameters)
    };
    let spinner = output.spinner("making parameters of the powers of tau");
    let powers = file.kzg_powers(size.k).map_err(|reason| CeremonyCommandError::of(ptau, reason))?;
    let srs = Srs::of_powers(&powers.g1, &powers.tau_g2, insecure).map_err(BackendError::from)?;
    spinner.finish_and_clear();
    if let Kept::There(there) = &kept
        && *there != srs.digest()
    {
        let (wanted, got) = (hex::encode(&srs.digest()), hex::encode(there));
        return Err(SetupError::OtherSrs { path, ptau: ptau.to_owned(), wanted, got });
    }
    facts.say(output);
    finish(statement, size, srs, stage, Made { path, kept, powers: Some(facts) }, start, output)
}

/// Where parameters come from.
struct Made {
    path: PathBuf,
    kept: Kept,
    powers: Option<PowersFacts>,
}

/// Whether a file holds the parameters.
enum Kept {
    /// It was there, with parameters of this digest.
    There([u8; 32]),
    /// They are made, and written already.
    Made,
    /// They are written together with the keys: a setup that fails leaves none of the three.
    Now(Staged),
}

/// Makes the keys and writes them.
fn finish(
    statement: &KnownStatement,
    size: &Size,
    srs: Srs,
    Stage { proving, verifying, layout }: Stage,
    made: Made,
    start: Instant,
    output: &Output,
) -> Result<(), SetupError> {
    let digest = hex::encode(&srs.digest());
    let key = with_progress(statement, srs, output)?;
    let milliseconds = start.elapsed().as_millis();
    let paths = Paths {
        proving: proving.path().to_owned(),
        verifying: verifying.path().to_owned(),
        layout: layout.commit()?,
    };
    let is_made = !matches!(made.kept, Kept::There(_));
    if let Kept::Now(staged) = made.kept {
        files::write_srs(staged, key.srs())?;
    }
    files::write_proving_key(proving, &key)?;
    files::write_verifying_key(verifying, key.verifying_key())?;
    output.line(format_args!("parameters     {}, for 2^{} rows", made.path.display(), size.k));
    let powers = made.powers.as_ref().map(PowersFacts::to_json);
    let more = json!({
        "srs": shown(&made.path), "srs_digest": digest, "srs_made": is_made, "k": size.k, "rows": size.rows, "ptau": powers,
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
