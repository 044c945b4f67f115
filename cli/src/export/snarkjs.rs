//! The command `export snarkjs`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{self, Kind, ProofFile};
use zksensor::model::known::KnownStatement;
use zksensor::prover::Groth16;
use zksensor::snarkjs;

use super::ExportError;
use super::folder::Folder;
use crate::args::ForceArgs;
use crate::output::{Output, shown_all};
use crate::verify;

/// Options of `export snarkjs`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The files are verification_key.json, or verification_key.INSECURE.json of an insecure key, and of a proof \
                  proof.json and public.json. `snarkjs groth16 verify verification_key.INSECURE.json public.json proof.json` (or \
                  with the other name) then says whether the proof holds. It knows no statement: what the public signals mean, \
                  `zksensor verify` says."
)]
pub(crate) struct Args {
    /// The verifying key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// A proof: it is verified first, then proof.json and public.json are written, too.
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
    /// Where the files go.
    #[arg(long, value_name = "DIRECTORY")]
    out_dir: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Writes the files.
///
/// # Errors
/// [`ExportError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), ExportError> {
    let key = files::load_verifying_key(&args.key)?;
    KnownStatement::of(key.statement())?;
    let (id, insecure) = (key.key_id().to_string(), key.is_insecure());
    let mut folder = Folder::default();
    let name = if insecure { "verification_key.INSECURE.json" } else { "verification_key.json" };
    folder.add_text(name, Kind::Snarkjs, snarkjs::key_to_json(key.points()));
    let statement = key.statement().to_owned();
    if let Some(path) = &args.proof {
        let file = ProofFile::load(path)?;
        verify::require::<Groth16>(key, &file)
            .map_err(|reason| ExportError::Proof { path: path.clone(), reason: reason.into() })?;
        folder.add_text("proof.json", Kind::Snarkjs, snarkjs::proof_to_json(file.proof()));
        folder.add_text("public.json", Kind::Snarkjs, snarkjs::public_to_json(file.words()));
    }
    let files = folder.write(&args.out_dir, args.force.overwrite(), output)?;
    output.line(format_args!("statement  {statement}"));
    output.line(format_args!("key        {id}"));
    if insecure {
        output.warn("the key is INSECURE: whoever ran its setup can forge such proofs; for development only");
    }
    output.result(&json!({
        "statement": statement, "key_id": id, "insecure": insecure, "verified": args.proof.is_some(), "files": shown_all(&files),
    }));
    Ok(())
}
