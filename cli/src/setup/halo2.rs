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
use crate::output::{Output, shown};

/// Makes the keys, and parameters for development unless some are named or in the directory.
pub(super) fn run(args: &Args, statement: &KnownStatement, output: &Output) -> Result<(), SetupError> {
    let size = visit(statement, Compile).map_err(BackendError::from)?;
    let path = match &args.srs {
        Some(path) => path.clone(),
        None => args.out_dir.join(files::insecure_srs_file_name(size.k)),
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
    let digest = hex::encode(&srs.digest());
    let key = with_progress(statement, srs, output)?;
    let milliseconds = start.elapsed().as_millis();
    let paths: [PathBuf; 2] = [&proving, &verifying].map(|staged| staged.path().to_owned());
    files::write_proving_key(proving, &key)?;
    files::write_verifying_key(verifying, key.verifying_key())?;
    output.line(format_args!("parameters     {}, for 2^{} rows", path.display(), size.k));
    let more = json!({ "srs": shown(&path), "srs_digest": digest, "srs_made": made, "k": size.k, "rows": size.rows });
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
