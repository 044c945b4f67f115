//! The command `export keyed`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::solidity::KeyDeployment;

use super::folder::Folder;
use super::key::load_any_key;
use super::{ExportError, warn_insecure};
use crate::args::{self, ForceArgs};
use crate::output::{Output, shown_all};

/// Options of `export keyed`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Two steps. First deploy `bytecode` of key-deployment.json: a contract that holds the key and cannot run. \
                  Then run this again with --key-address and --force, and deploy `bytecode` of deployment.json, which pins \
                  that address and the hash of its code."
)]
pub(crate) struct Args {
    /// The verifying key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Where the key's contract was deployed: 0x and 40 hexadecimal digits. With it, deployment.json is written, too.
    #[arg(long, value_name = "HEX", value_parser = args::address)]
    key_address: Option<[u8; 20]>,
    /// Where contracts/, key-deployment.json and deployment.json go.
    #[arg(long, value_name = "DIRECTORY")]
    out_dir: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Writes the sources, what deploys the key and, if that is done, what deploys its verifier.
///
/// # Errors
/// [`ExportError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), ExportError> {
    let key = load_any_key(&args.key)?;
    let sources = key.keyed_sources();
    let of_key = KeyDeployment::new(key.code());
    let mut folder = Folder::of(&sources);
    folder.add("key-deployment.json", &of_key);
    if let Some(address) = args.key_address {
        folder.add("deployment.json", &key.keyed_deployment(address));
    }
    let files = folder.write(&args.out_dir, args.force.overwrite(), output)?;
    output.line(format_args!("contract       {}", sources.contract()));
    output.line(format_args!("statement      {}", of_key.statement));
    output.line(format_args!("KEY_ID         {}", of_key.key_id));
    output.line(format_args!("TRANSCRIPT     {}", of_key.transcript));
    output.line(format_args!("KEY_CODE_HASH  {}", of_key.code_hash));
    if args.key_address.is_none() {
        output.note("deploy the key first; --key-address then says where it is");
    }
    if of_key.insecure {
        warn_insecure(output);
    }
    output.result(&json!({
        "contract": sources.contract(), "backend": key.backend().to_string(), "statement": of_key.statement, "insecure": of_key.insecure,
        "key_id": of_key.key_id, "transcript": of_key.transcript, "code_hash": of_key.code_hash, "files": shown_all(&files),
    }));
    Ok(())
}
