//! The command `export standard-json`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{self, Kind};
use zksensor::solidity::{COMPILER, standard_json};

use super::folder::pretty;
use super::key::{AnyKey, keyed_sources, load_any_key};
use super::{ExportError, sources_of_key, sources_of_title, warn_insecure};
use crate::args::ForceArgs;
use crate::backend::BackendName;
use crate::output::{Output, shown};

/// Options of `export standard-json`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "On the explorer choose \"Solidity (Standard-Json-Input)\" and the compiler that is named here; the \
                  constructor's arguments are `constructorArguments` of deployment.json, without 0x."
)]
#[group(id = "contract", required = true, multiple = false, args = ["key", "statement", "keyed"])]
pub(crate) struct Args {
    /// The verifying key: the verifier of its statement, by the name that `export solidity` gives it.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// The verifier of a statement, by its name and version, such as aggregate/v2.
    #[arg(long, value_name = "TITLE")]
    statement: Option<String>,
    /// The verifier of every statement, whose key is another contract's code.
    #[arg(long)]
    keyed: bool,
    /// Of `--keyed`: the proof system, groth16 without it. A key says what it is of, and one of halo2 has no other contract.
    #[arg(long, value_enum, conflicts_with_all = ["key", "statement"])]
    backend: Option<BackendName>,
    /// Where it goes; standard output without it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    force: ForceArgs,
}

/// Gives the compiler's input.
///
/// # Errors
/// [`ExportError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), ExportError> {
    let key = args.key.as_deref().map(load_any_key).transpose()?;
    let sources = match (&key, &args.statement) {
        (Some(AnyKey::Groth16(key)), _) => sources_of_key(key)?,
        (Some(key), _) => key.keyed_sources(),
        (None, Some(title)) => sources_of_title(title)?,
        (None, None) => keyed_sources(args.backend.unwrap_or(BackendName::Groth16)),
    };
    let input = standard_json(&sources);
    let (path, _) = sources.files().next().expect("the first file holds the contract");
    let name = format!("{path}:{}", sources.contract());
    match &args.out {
        Some(file) => {
            files::write(file, Kind::CompilerInput, args.force.overwrite(), &pretty(&input))?;
            output.line(format_args!("wrote {}", file.display()));
        }
        None => output.answer(format_args!("{input:#}")),
    }
    output.note(format_args!("solc {COMPILER}, contract {name}"));
    if key.is_some_and(|key| key.code().is_insecure()) {
        warn_insecure(output);
    }
    output.result(&json!({
        "contract": name, "compiler": COMPILER, "standard_json": input, "file": args.out.as_deref().map(shown),
    }));
    Ok(())
}
