//! The command `ceremony new`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{Kind, Staged};

use super::CeremonyCommandError;
use super::record::digits;
use super::source::SourceArgs;
use crate::args::ForceArgs;
use crate::output::{Output, shown};

/// Options of `ceremony new`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    source: SourceArgs,
    /// Where the first key (.zkey) goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Makes the first key.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), CeremonyCommandError> {
    let mut source = args.source.open(output)?;
    let staged = Staged::create(&args.out, Kind::CeremonyKey, args.force.overwrite())?;
    let initial = source.initial(output)?;
    super::write(staged, &args.out, |writer| initial.write(writer))?;
    let (statement, hash) = (source.statement.id().to_string(), digits(&initial.circuit_digest()));
    output.line(format_args!("statement      {statement}"));
    source.powers.say(output);
    output.line(format_args!("key            {}", args.out.display()));
    output.answer(format_args!("circuit hash   {hash}"));
    output.result(&json!({
        "statement": statement, "rows": source.circuit.rows_digest().to_string(), "circuit_hash": hash,
        "powers": source.powers.to_json(), "file": shown(&args.out),
    }));
    Ok(())
}
