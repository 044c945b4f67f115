//! The command `report`: a page of a proof for everybody, that verifies it in the reader's browser.

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{self, FileError, Kind};
use zksensor::halo2::prover::Halo2;
use zksensor::model::claim::StatementId;
use zksensor::model::meaning::MeaningError;
use zksensor::page::{Gas, Report, ReportError};
use zksensor::prover::Groth16;
use zksensor::solidity::measured;
use zksensor_model::known::KnownFamily;

use crate::args::{ForceArgs, PolicyArgs};
use crate::backend::{Backend as _, CircuitBackend, System};
use crate::error::{Advice, diagnostic};
use crate::output::Output;
use crate::verify::{self, VerifyCommandError};

/// Options of `report`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The page holds what the proof, its policy and fence, and the verifying key say, and nothing else: it may be given \
                        to anybody. With a key the proof is verified here, and by every reader who presses the button."
)]
pub(crate) struct Args {
    /// The proof. Of halo2 the page has no button, as the verifier in it is of Groth16.
    #[arg(long, value_name = "FILE")]
    proof: PathBuf,
    #[command(flatten)]
    policy: PolicyArgs,
    /// The verifying key. Without it the page has no button, and nothing is verified.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Writes the page here.
    #[arg(long, value_name = "FILE")]
    html: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportCommandError {
    /// Mocks are asked for, and a page is of a proof.
    #[error("expected a proof for everybody to see, got ZKSENSOR_PROVER=mock: a mock shows nothing")]
    Mock,
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The proof does not hold under the key.
    #[error(transparent)]
    Verify(#[from] VerifyCommandError),
    /// It is not of the policy.
    #[error("the proof is not of the policy: {0}")]
    Meaning(#[from] MeaningError),
    /// Anything else that the page refuses.
    #[error(transparent)]
    Report(ReportError),
}

impl ReportCommandError {
    pub(crate) fn advice(&self) -> Advice {
        match self {
            ReportCommandError::File(error) => Advice::of_file(error),
            ReportCommandError::Verify(error) => error.advice(),
            ReportCommandError::Mock => {
                Advice::new("zksensor::usage", "leave ZKSENSOR_PROVER out, and pass a proof")
            }
            ReportCommandError::Meaning(_) | ReportCommandError::Report(_) => {
                Advice::new("zksensor::expect", "pass the policy and the fence that the proof was made with")
            }
        }
    }
}
diagnostic!(ReportCommandError);

/// Writes the page.
///
/// # Errors
/// [`ReportCommandError`] unless the proof is of the policy, and holds under the key if there is one.
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), ReportCommandError> {
    let bytes = files::read(&args.proof, Kind::Proof)?;
    match System::of_bytes(None, &bytes) {
        System::Mock => Err(ReportCommandError::Mock),
        System::Groth16 => under::<Groth16>(args, &bytes, output),
        System::Halo2 => {
            output.warn(
                "a page verifies proofs of groth16 alone: that of this proof says so, and has no button",
            );
            under::<Halo2>(args, &bytes, output)
        }
    }
}

/// Writes the page of a proof, which holds under the key if there is one.
fn under<B: CircuitBackend>(args: &Args, bytes: &[u8], output: &Output) -> Result<(), ReportCommandError> {
    let file = B::proof_file(&args.proof, bytes)?;
    let key = match &args.key {
        Some(path) => Some(B::verifying_key_of(path, &files::read(path, Kind::VerifyingKey)?)?),
        None => None,
    };
    if let Some(key) = &key {
        verify::require::<B>(key.clone(), &file)?;
    }
    let (policy, fence) = args.policy.load(output)?;
    let verified = key.is_some();
    let statement = file.statement().id().clone();
    let insecure = file.is_insecure();
    let report = B::report(file, policy.policy, key).and_then(|report| report.on(policy.network));
    let mut report = report.map_err(|error| match error {
        ReportError::Meaning(error) => ReportCommandError::Meaning(error),
        other => ReportCommandError::Report(other),
    })?;
    if let Some(document) = fence {
        let name = args.policy.fence.path().and_then(|path| path.file_name());
        let name = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        report = report.inside(document.fence, name).map_err(ReportCommandError::Report)?;
    }
    if let Some(gas) = gas_of::<B>(&statement) {
        report = report.costing(gas);
    }
    let staged = Report::stage(&args.html, args.force.overwrite())?;
    report.write_into(staged)?;
    output.line(report.sentence());
    output.line(format_args!("the page is {}", args.html.display()));
    if insecure {
        output.warn(B::warning());
    }
    output.result(&json!({
        "html": args.html.display().to_string(), "statement": statement.to_string(), "backend": B::NAME, "verified": verified,
        "insecure": insecure, "text": report.sentence(),
    }));
    Ok(())
}

/// The project's own figures for a statement, of proofs of Groth16.
pub(crate) fn gas_of<B: CircuitBackend>(statement: &StatementId) -> Option<Gas> {
    let family = KnownFamily::named(&statement.name).filter(|_| B::NAME == Groth16::NAME)?;
    let measured = measured::of(&family.title())?;
    Some(Gas { polygon: measured.polygon, ethereum: measured.ethereum, batch: measured.batch })
}
