//! The command `export calldata`.

use std::path::{Path, PathBuf};

use serde_json::json;
use zksensor::files::{self, Kind, ProofFile};
use zksensor::halo2::prover::Halo2;
use zksensor::mock::Mock;
use zksensor::prover::Groth16;
use zksensor::solidity::calldata;

use super::ExportError;
use super::folder::pretty;
use crate::args::ForceArgs;
use crate::backend::{Backend, System};
use crate::output::{Output, shown};
use crate::verify;

/// Options of `export calldata`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Without --key nothing is checked but the form: whether a proof holds is then found out by the contract, \
                  and a refused transaction costs its gas. The calldata is for the verifier itself; a contract that uses \
                  one computes the binding, and has a function of its own."
)]
pub(crate) struct Args {
    /// The proof. Several proofs of one statement and key make one call of verifyBatch.
    #[arg(long, value_name = "FILE", num_args = 1.., required = true)]
    proof: Vec<PathBuf>,
    /// The verifying key: each proof is verified first, and one that does not hold is refused.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// Where a JSON object with the calldata goes; without it, the hexadecimal digits go to standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    force: ForceArgs,
}

/// Gives calldata.
///
/// # Errors
/// [`ExportError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), ExportError> {
    let files = args.proof.iter().map(|path| Ok((path.as_path(), files::read(path, Kind::Proof)?)));
    let files = files.collect::<Result<Vec<_>, ExportError>>()?;
    match System::of_bytes(None, &files[0].1) {
        System::Groth16 => of_system::<Groth16>(args, &files, output),
        System::Halo2 => of_system::<Halo2>(args, &files, output),
        System::Mock => of_system::<Mock>(args, &files, output),
    }
}

/// Of the system of the first proof.
fn of_system<B: Backend>(
    args: &Args,
    files: &[(&Path, Vec<u8>)],
    output: &Output,
) -> Result<(), ExportError> {
    let proofs = files.iter().map(|(path, bytes)| Ok((*path, B::proof_file(path, bytes)?)));
    let proofs = proofs.collect::<Result<Vec<_>, ExportError>>()?;
    let (_, first) = &proofs[0];
    let about =
        |file: &ProofFile<B::Proof>| format!("{} under the key {}", file.statement().id(), file.key_id());
    if let Some((path, file)) = proofs.iter().find(|(_, file)| about(file) != about(first)) {
        let (path, wanted, came) = (path.to_path_buf(), about(first), about(file));
        return Err(ExportError::Mixed { path, wanted, got: came });
    }
    if let Some(path) = &args.key {
        let key = B::verifying_key_of(path, &files::read(path, Kind::VerifyingKey)?)?;
        for (path, file) in &proofs {
            verify::require::<B>(key.clone(), file)
                .map_err(|reason| ExportError::Proof { path: path.to_path_buf(), reason: reason.into() })?;
        }
    }
    let encoded: Vec<_> =
        proofs.iter().map(|(_, file)| (B::proof_bytes(file.proof()), file.words())).collect();
    let (function, bytes) = match &encoded[..] {
        [(proof, words)] => ("verify(bytes,uint256[])", calldata::verify_bytes(proof, words)),
        _ => {
            let items: Vec<_> = encoded.iter().map(|(proof, words)| (&proof[..], *words)).collect();
            ("verifyBatch(bytes,uint256[])", calldata::verify_batch_bytes(&items)?)
        }
    };
    let data = zksensor::model::hex::encode(&bytes);
    match &args.out {
        Some(path) => {
            let call = pretty(&json!({ "to": null, "data": data }));
            files::write(path, Kind::Calldata, args.force.overwrite(), &call)?;
            output.line(format_args!("wrote {}: {function}, {} bytes", path.display(), bytes.len()));
        }
        None => output.answer(&data),
    }
    if first.is_insecure() {
        output.warn(B::warning());
    }
    output.result(&json!({
        "function": function, "backend": B::NAME, "data": data, "statement": first.statement().id().to_string(),
        "key_id": first.key_id(), "insecure": first.is_insecure(), "proofs": proofs.len(),
        "verified": args.key.is_some(), "file": args.out.as_deref().map(shown),
    }));
    Ok(())
}
