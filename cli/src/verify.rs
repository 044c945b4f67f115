//! The command `verify`.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Map, Value, json};
use zksensor::files::{self, FileError, ProofFile, ProofKeyError};
use zksensor::snarkjs::SnarkjsError;
use zksensor::verifier::{VerifyError, VerifyingKey};

use crate::error::{Advice, diagnostic, verify_advice};
use crate::output::Output;
use crate::prove::show_fields;

mod snarkjs;

/// Options of `verify`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A proof says nothing until its registry root, policy id, epoch and binding are those that you expect: \
                        name them with --expect, or compare them with what is printed. Of files of snarkjs nothing is known \
                        but that somebody satisfied the circuit of the key: what the public signals mean, its author says."
)]
pub(crate) struct Args {
    /// The verifying key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The proof.
    #[arg(long, value_name = "FILE")]
    proof: PathBuf,
    /// A public field that has to have this value, such as epoch=2 or policy_id=0x... May come again.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = expectation)]
    expect: Vec<(String, String)>,
    /// The files are those of snarkjs: verification_key.json, proof.json and public.json, of any circuit.
    #[arg(long, requires = "public", conflicts_with = "expect")]
    snarkjs: bool,
    /// The public signals, with --snarkjs.
    #[arg(long, value_name = "FILE", requires = "snarkjs")]
    public: Option<PathBuf>,
}

/// Why a proof was not accepted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VerifyCommandError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The proof was made with another key.
    #[error("expected a proof under the key {wanted}, got one under {got}")]
    Key {
        /// Id of the verifying key.
        wanted: String,
        /// Id in the proof file.
        got: String,
    },
    /// The proof does not hold.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// A file of snarkjs.
    #[error("{}: {reason}", path.display())]
    Snarkjs {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        reason: SnarkjsError,
    },
    /// There is no such field.
    #[error("expected one of the public fields {fields}, got `{got}`")]
    NoField {
        /// The fields that there are.
        fields: String,
        /// The name that came.
        got: String,
    },
    /// A field has another value.
    #[error("the proof holds, but its {field} is {got}, not {wanted}")]
    Unexpected {
        /// The field.
        field: String,
        /// What was expected.
        wanted: String,
        /// What the proof has.
        got: String,
    },
}

impl VerifyCommandError {
    pub(crate) fn advice(&self) -> Advice {
        match self {
            VerifyCommandError::File(error) => Advice::new("zksensor::file", error.help()),
            VerifyCommandError::Verify(error) => verify_advice(error),
            VerifyCommandError::Key { .. } => Advice::new(
                "zksensor::verify",
                "pass the verifying key that belongs to the proving key; keys of different setups never fit",
            ),
            VerifyCommandError::Snarkjs { .. } => Advice::new(
                "zksensor::file",
                "pass the files as snarkjs wrote them: --key verification_key.json --proof proof.json --public public.json",
            ),
            VerifyCommandError::NoField { .. } => Advice::new("zksensor::usage", "correct --expect"),
            VerifyCommandError::Unexpected { .. } => Advice::new(
                "zksensor::verify",
                "do not accept it: it proves something else than you asked for",
            ),
        }
    }
}
diagnostic!(VerifyCommandError);

/// Verifies a proof.
///
/// # Errors
/// [`VerifyCommandError`] unless the proof holds and has every expected field.
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), VerifyCommandError> {
    if let Some(public) = &args.public {
        return snarkjs::run(&args.key, &args.proof, public, output);
    }
    let key = files::load_verifying_key(&args.key)?;
    let file = ProofFile::load(&args.proof)?;
    let (id, insecure) = (key.key_id().to_string(), key.is_insecure());
    let start = Instant::now();
    require(key, &file)?;
    let verify_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    for (field, wanted) in &args.expect {
        expect(&file, field, wanted)?;
    }
    output.line(format_args!("the proof holds: {} under the key {id}", file.statement().id()));
    show_fields(&file, output);
    if insecure {
        output.warn("the key is INSECURE: whoever ran its setup can forge such proofs; for development only");
    }
    let fields: Map<String, Value> =
        file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    output.result(&json!({
        "verified": true, "statement": file.statement().id().to_string(), "key_id": id, "insecure": insecure,
        "fields": fields, "verify_us": verify_us,
    }));
    Ok(())
}

/// Requires that the proof in the file was made with the key, and holds.
///
/// # Errors
/// [`VerifyCommandError::Key`] and [`VerifyCommandError::Verify`].
pub(crate) fn require(key: VerifyingKey, file: &ProofFile) -> Result<(), VerifyCommandError> {
    file.verify(key).map_err(|error| match error {
        ProofKeyError::Key { wanted, got } => VerifyCommandError::Key { wanted, got },
        ProofKeyError::Verify(error) => VerifyCommandError::Verify(error),
        _ => unreachable!("a file is read as that of a known statement"),
    })
}

fn expect(file: &ProofFile, field: &str, wanted: &str) -> Result<(), VerifyCommandError> {
    let fields = file.fields();
    let Some((_, value)) = fields.iter().find(|(name, _)| *name == field) else {
        let fields: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        return Err(VerifyCommandError::NoField { fields: fields.join(", "), got: field.to_owned() });
    };
    let came = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if came.eq_ignore_ascii_case(wanted) {
        return Ok(());
    }
    Err(VerifyCommandError::Unexpected { field: field.to_owned(), wanted: wanted.to_owned(), got: came })
}

/// FIELD=VALUE.
fn expectation(text: &str) -> Result<(String, String), &'static str> {
    let (field, value) = text.split_once('=').ok_or("expected FIELD=VALUE, such as epoch=2")?;
    Ok((field.trim().to_owned(), value.trim().to_owned()))
}
