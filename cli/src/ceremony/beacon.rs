//! The command `ceremony beacon`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{Kind, Staged};
use zksensor_ceremony::Beacon;

use super::record::digits;
use super::{CeremonyCommandError, open_key};
use crate::args::ForceArgs;
use crate::output::{Output, shown};

/// Options of `ceremony beacon`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Take what nobody could foresee when the last one contributed, of a source that was named before: the hash of a \
                  block of a height, or a round of drand. Anybody computes this step again."
)]
pub(crate) struct Args {
    /// The key after the last contribution (.zkey).
    #[arg(long, value_name = "FILE")]
    zkey: PathBuf,
    /// The public randomness, in hexadecimal digits, with 0x or without.
    #[arg(long, value_name = "HEX", value_parser = bytes)]
    hash: Hash,
    /// It is hashed 2 to this power of times, 10 to 30.
    #[arg(long, value_name = "N")]
    iterations: u8,
    /// What the transcript calls it.
    #[arg(long, value_name = "NAME", default_value = "beacon")]
    name: String,
    /// Where the key after it goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Bytes of any number.
#[derive(Debug, Clone)]
struct Hash(Vec<u8>);

/// Hexadecimal digits, two for each byte.
fn bytes(text: &str) -> Result<Hash, &'static str> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let (pairs, odd) = digits.as_chunks::<2>();
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let byte = |[high, low]: &[u8; 2]| Some(nibble(*high)? << 4 | nibble(*low)?);
    let read: Option<Vec<u8>> = pairs.iter().map(byte).collect();
    read.filter(|_| odd.is_empty()).map(Hash).ok_or("expected hexadecimal digits, two for each byte")
}

/// Adds a beacon.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), CeremonyCommandError> {
    let beacon = Beacon { hash: args.hash.0.clone(), iterations: args.iterations };
    beacon.check()?;
    let mut zkey = open_key(&args.zkey)?;
    let staged = Staged::create(&args.out, Kind::CeremonyKey, args.force.overwrite())?;
    let number = zkey.contributions().len() + 1;
    let spinner = output.spinner("hashing the beacon");
    let hash = super::write(staged, &args.zkey, |writer| zkey.beacon(&args.name, beacon, writer))?;
    spinner.finish_and_clear();
    let hash = digits(&hash);
    output.line(format_args!("beacon         contribution {number}, of 2^{} iterations", args.iterations));
    output.line(format_args!("key            {}", args.out.display()));
    output.answer(format_args!("hash           {hash}"));
    output.result(&json!({
        "number": number, "name": args.name, "hash": hash, "iterations": args.iterations, "file": shown(&args.out),
    }));
    Ok(())
}
