//! The command `ceremony toy`.

use std::path::PathBuf;

use rand::rngs::OsRng;
use serde_json::json;
use zksensor::files::{Kind, Staged};
use zksensor_ceremony::toy_ptau;

use super::CeremonyCommandError;
use crate::args::ForceArgs;
use crate::output::{Output, shown};

/// Options of `ceremony toy`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// For circuits of up to 2 to this power of constraints, 1 to 20.
    #[arg(long, value_name = "N")]
    power: u32,
    /// Makes powers of tau from this machine's randomness. Whoever did can forge under every key of them: to rehearse only.
    #[arg(long)]
    insecure: bool,
    /// Where the powers of tau (.ptau) go.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Makes powers of tau.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), CeremonyCommandError> {
    if !args.insecure {
        return Err(CeremonyCommandError::NotInsecure);
    }
    let staged = Staged::create(&args.out, Kind::Powers, args.force.overwrite())?;
    let spinner = output.spinner("the powers of a number");
    super::write(staged, &args.out, |writer| toy_ptau(args.power, &mut OsRng, writer))?;
    spinner.finish_and_clear();
    output.line(format_args!("wrote {}", args.out.display()));
    output.warn("these powers of tau are a toy: keys of them are INSECURE; use them to rehearse only");
    output.result(&json!({ "power": args.power, "insecure": true, "file": shown(&args.out) }));
    Ok(())
}
