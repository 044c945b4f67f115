//! The command `export solidity`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::solidity::{Deployment, Package, StatementContract};

use super::folder::Folder;
use super::key::load_key;
use super::{COMMAND, ExportError, contract_of_title, warn_insecure};
use crate::args::ForceArgs;
use crate::output::{Output, shown_all};

/// Options of `export solidity`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "What is written is a package of npm and a library of Foundry, as @zksensor/contracts is: the verifier of this key, \
                  the libraries of public inputs, registry, router and feed, a mock, examples, what can be called of them (abi/) and \
                  their code (artifacts/). README.md in it says how to install it. To deploy the verifier without a compiler, send \
                  `bytecode` of deployment.json as a transaction that creates a contract. An insecure key gives a contract whose name \
                  ends in INSECURE."
)]
pub(crate) struct Args {
    /// The verifying key.
    #[arg(long, value_name = "FILE", required_unless_present = "statement", conflicts_with = "statement")]
    key: Option<PathBuf>,
    /// In place of a key: a statement's name and version, such as aggregate/v2. No deployment.json, as without a key nothing
    /// deploys.
    #[arg(long, value_name = "TITLE")]
    statement: Option<String>,
    /// Where the package and deployment.json go.
    #[arg(long, value_name = "DIRECTORY")]
    out_dir: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Writes the package and, for a key, what deploys its verifier.
///
/// # Errors
/// [`ExportError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), ExportError> {
    let key = args.key.as_deref().map(load_key).transpose()?;
    let (contract, insecure) = match &key {
        Some(key) => (StatementContract::named(key.statement())?, key.is_insecure()),
        None => (contract_of_title(args.statement.as_deref().unwrap_or_default())?, false),
    };
    let name = contract.verifier(insecure);
    let deployment = key.as_ref().map(Deployment::verifier).transpose()?;
    let mut folder = Folder::of_package(&Package::of_statement(&contract, insecure, COMMAND)?);
    if let Some(deployment) = &deployment {
        folder.add("deployment.json", deployment);
    }
    let files = folder.write(&args.out_dir, args.force.overwrite(), output)?;
    output.line(format_args!("contract    {name}"));
    if let Some(deployment) = &deployment {
        output.line(format_args!("statement   {}", deployment.statement));
        output.line(format_args!("KEY_ID      {}", deployment.key_id));
        output.line(format_args!("TRANSCRIPT  {}", deployment.transcript));
        output.line(format_args!("code hash   {}", deployment.code_hash));
    }
    if insecure {
        warn_insecure(output);
    }
    output.result(&json!({
        "contract": name,
        "statement": deployment.as_ref().map(|deployment| &deployment.statement).or(args.statement.as_ref()),
        "insecure": deployment.as_ref().map(|deployment| deployment.insecure),
        "key_id": deployment.as_ref().map(|deployment| &deployment.key_id),
        "transcript": deployment.as_ref().map(|deployment| &deployment.transcript),
        "code_hash": deployment.as_ref().map(|deployment| &deployment.code_hash),
        "files": shown_all(&files),
    }));
    Ok(())
}
