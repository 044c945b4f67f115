//! The command `ceremony contribute`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{Kind, Staged};

use super::record::{digits, shown_name};
use super::{CeremonyCommandError, open_key, typed};
use crate::args::ForceArgs;
use crate::output::{Output, shown};

/// Options of `ceremony contribute`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The secret is made of this machine's randomness and of what you type, hashed together, so that it is as good as \
                  the better of both. On a terminal you are asked for a line, which is not shown; with --json, or where there is \
                  no terminal, this machine's randomness has to do, unless there is --entropy. The secret is in memory only, and \
                  wiped. Publish the hash: it says that what you saw went in."
)]
pub(crate) struct Args {
    /// The key that the one before you made (.zkey).
    #[arg(long, value_name = "FILE")]
    zkey: PathBuf,
    /// Your name, at most 64 bytes. The transcript shows it to everybody.
    #[arg(long, value_name = "NAME")]
    name: String,
    /// A file of up to 64 KiB that nobody else knows, such as a throw of many dice, in place of what you type; `-` is the standard input.
    #[arg(long, value_name = "FILE")]
    entropy: Option<PathBuf>,
    /// Where the next key goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Adds a contribution.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), CeremonyCommandError> {
    let mut zkey = open_key(&args.zkey)?;
    let staged = Staged::create(&args.out, Kind::CeremonyKey, args.force.overwrite())?;
    let typed = typed::read(args.entropy.as_deref(), output)?;
    let number = zkey.contributions().len() + 1;
    let spinner = output.spinner("contributing");
    let hash = super::write(staged, &args.zkey, |writer| zkey.contribute(&args.name, &typed, writer))?;
    spinner.finish_and_clear();
    let hash = digits(&hash);
    output.line(format_args!("contribution   {number}, by {}", shown_name(Some(&args.name))));
    output.line(format_args!("key            {}", args.out.display()));
    output.answer(format_args!("hash           {hash}"));
    output.result(&json!({
        "number": number, "name": args.name, "hash": hash, "typed": !typed.is_empty(), "file": shown(&args.out),
    }));
    Ok(())
}
