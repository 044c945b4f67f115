//! The command `ceremony verify`.

use std::path::PathBuf;

use serde_json::{Value, json};
use zksensor::model::hex;

use super::record::{self, digits};
use super::source::SourceArgs;
use super::{CeremonyCommandError, open_key};
use crate::output::Output;

/// Options of `ceremony verify`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Everything is computed again from the statement's own circuit and the powers of tau; nothing of the key's file is \
                  taken on its word. Of the powers themselves it is checked that they are powers of one number. Their own chain of \
                  contributions is listed and not verified: that nobody knows the number is what their ceremony is for, and the digest \
                  of the file names that."
)]
pub(crate) struct Args {
    #[command(flatten)]
    source: SourceArgs,
    /// A key of the ceremony (.zkey), after any of its steps.
    #[arg(long, value_name = "FILE")]
    zkey: Option<PathBuf>,
}

/// Verifies powers of tau, and a key.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), CeremonyCommandError> {
    let mut zkey = args.zkey.as_deref().map(open_key).transpose()?;
    let mut source = args.source.open(output)?;
    let initial = source.initial(output)?;
    let statement = source.statement.id().to_string();
    output.line(format_args!("statement      {statement}"));
    source.powers.say(output);
    output.line(format_args!("circuit hash   {}", digits(&initial.circuit_digest())));
    let mut result = json!({
        "verified": true, "statement": statement, "rows": source.circuit.rows_digest().to_string(),
        "powers": source.powers.to_json(), "circuit_hash": digits(&initial.circuit_digest()), "contributions": Value::Null,
        "secrets": Value::Null, "transcript": Value::Null,
    });
    let holds = match (&mut zkey, &args.zkey) {
        (Some(zkey), Some(path)) => {
            let spinner = output.spinner("verifying the contributions");
            let verified = zkey.verify(&initial);
            spinner.finish_and_clear();
            let transcript = verified.map_err(|reason| CeremonyCommandError::of(path, reason))?;
            let digest = hex::encode(&transcript.digest());
            record::say(transcript.contributions(), output);
            output.line(format_args!("transcript     {digest}"));
            result["contributions"] = record::contributions(transcript.contributions());
            result["secrets"] = transcript.secrets().into();
            result["transcript"] = digest.into();
            if transcript.secrets() == 0 {
                output.warn("nobody has contributed a secret yet: everybody can forge under this key");
            }
            format!("the key follows from {} contributions, beacons not counted", transcript.secrets())
        }
        _ => "the powers of tau hold, as far as this statement needs them".to_owned(),
    };
    output.answer(format_args!("verified       {holds}"));
    output.result(&result);
    Ok(())
}
