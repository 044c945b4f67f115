//! The command `ceremony new`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{Kind, Staged};

use super::CeremonyCommandError;
use super::parts::{KeptParts, what_of};
use super::record::digits;
use super::source::SourceArgs;
use crate::args::ForceArgs;
use crate::output::{Output, shown};

/// Options of `ceremony new`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "It may be ended and run again as it was: what is made already is in FILE.part, which goes when FILE is there. Every part is \
                  held against the powers of tau and the statement before it is taken. FILE.part takes about as much room as FILE."
)]
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
    let of = what_of(&source.statement, &source.circuit, &source.powers);
    let mut parts = match staged.is_file() {
        true => KeptParts::open(&args.out, of, args.force.overwrite(), output)?,
        false => KeptParts::none(output),
    };
    let initial = source.initial_with(output, &mut parts);
    let initial = parts.done(initial)?;
    super::write(staged, &args.out, |writer| initial.write(writer))?;
    let (resumed, count) = parts.counts();
    parts.remove()?;
    let (statement, hash) = (source.statement.id().to_string(), digits(&initial.circuit_digest()));
    output.line(format_args!("statement      {statement}"));
    source.powers.say(output);
    if resumed > 0 {
        output.note(format_args!("{resumed} of {count} parts are of a run that was ended; each holds"));
    }
    output.line(format_args!("key            {}", args.out.display()));
    output.answer(format_args!("circuit hash   {hash}"));
    output.result(&json!({
        "statement": statement, "rows": source.circuit.rows_digest().to_string(), "circuit_hash": hash,
        "powers": source.powers.to_json(), "file": shown(&args.out),
        "parts": count, "parts_resumed": resumed,
    }));
    Ok(())
}
