//! The command `export solidity`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::solidity::Deployment;

use super::folder::Folder;
use super::key::load_key;
use super::{ExportError, sources_of_key, sources_of_title, warn_insecure};
use crate::args::ForceArgs;
use crate::output::{Output, shown_all};

/// Options of `export solidity`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The sources are the verifier, the library of the statement's public inputs for contracts that use it, and \
                  what they import. To deploy without a compiler, send `bytecode` of deployment.json as a transaction that \
                  creates a contract. An insecure key gives a contract whose name ends in INSECURE."
)]
pub(crate) struct Args {
    /// The verifying key.
    #[arg(long, value_name = "FILE", required_unless_present = "statement", conflicts_with = "statement")]
    key: Option<PathBuf>,
    /// In place of a key: a statement's name and version, such as aggregate/v2. Sources only, as without a key nothing
    /// deploys.
    #[arg(long, value_name = "TITLE")]
    statement: Option<String>,
    /// Where contracts/ and deployment.json go.
    #[arg(long, value_name = "DIRECTORY")]
    out_dir: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Writes the sources and, for a key, what deploys them.
///
/// # Errors
/// [`ExportError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), ExportError> {
    let key = args.key.as_deref().map(load_key).transpose()?;
    let sources = match &key {
        Some(key) => sources_of_key(key)?,
        None => sources_of_title(args.statement.as_deref().unwrap_or_default())?,
    };
    let deployment = key.as_ref().map(Deployment::verifier).transpose()?;
    let mut folder = Folder::of(&sources);
    if let Some(deployment) = &deployment {
        folder.add("deployment.json", deployment);
    }
    let files = folder.write(&args.out_dir, args.force.overwrite(), output)?;
    output.line(format_args!("contract    {}", sources.contract()));
    if let Some(deployment) = &deployment {
        output.line(format_args!("statement   {}", deployment.statement));
        output.line(format_args!("KEY_ID      {}", deployment.key_id));
        output.line(format_args!("TRANSCRIPT  {}", deployment.transcript));
        output.line(format_args!("code hash   {}", deployment.code_hash));
    }
    let insecure = deployment.as_ref().map(|deployment| deployment.insecure);
    if insecure == Some(true) {
        warn_insecure(output);
    }
    output.result(&json!({
        "contract": sources.contract(),
        "statement": deployment.as_ref().map(|deployment| &deployment.statement).or(args.statement.as_ref()),
        "insecure": insecure,
        "key_id": deployment.as_ref().map(|deployment| &deployment.key_id),
        "transcript": deployment.as_ref().map(|deployment| &deployment.transcript),
        "code_hash": deployment.as_ref().map(|deployment| &deployment.code_hash),
        "files": shown_all(&files),
    }));
    Ok(())
}
