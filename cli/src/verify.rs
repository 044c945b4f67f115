//! The command `verify`.

use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Map, Value, json};
use zksensor::files::{self, FileError, FileProof, Kind, ProofFile, ProofKeyError};
use zksensor::halo2::prover::Halo2;
use zksensor::mock::Mock;
use zksensor::model::meaning::MeaningError;
use zksensor::prover::Groth16;
use zksensor::snarkjs::SnarkjsError;
use zksensor::verifier::KeyError;

use crate::args::{self, FenceArgs};
use crate::backend::{Backend, BackendError, BackendName, System};
use crate::error::{Advice, diagnostic};
use crate::meaning::Told;
use crate::output::Output;
use crate::prove::show_fields;

mod expect;
mod snarkjs;

use expect::Expectation;

/// Options of `verify`.
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("fence", |fence| fence.requires("policy")),
    after_help = "A proof says nothing until its registry root, policy id, epoch and binding are those that you expect: \
                        name them with --expect, or compare them with what is printed. --policy compares the policy, and says the \
                        rest in its units. Of files of snarkjs nothing is known \
                        but that somebody satisfied the circuit of the key: what the public signals mean, its author says."
)]
pub(crate) struct Args {
    /// The verifying key.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The proof.
    #[arg(long, value_name = "FILE")]
    proof: PathBuf,
    /// The proof system that key and proof have to be of. The key says it, and the proof has to be of the same one.
    #[arg(long, value_enum)]
    backend: Option<BackendName>,
    /// What a public field has to be, such as epoch=2, policy_id=0x.. or 'count>=5' (in quotes: a shell takes > and ! for
    /// itself). Relations are =, ==, !=, >=, <=, > and <; values exact integers, decimal or after 0x. May come again.
    #[arg(long, value_name = "FIELD=VALUE")]
    expect: Vec<Expectation>,
    /// The policy, in TOML: a proof of another one is refused, and what is proven is said in words and units.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    fence: FenceArgs,
    /// Refuses a proof under an insecure key: whoever ran its setup can forge.
    #[arg(long)]
    require_secure: bool,
    /// The files are those of snarkjs: verification_key.json (or verification_key.INSECURE.json, as `export snarkjs` names
    /// that of an insecure key), proof.json and public.json, of any circuit.
    #[arg(long, requires = "public", conflicts_with_all = ["expect", "require_secure", "policy", "backend"])]
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
    Backend(#[from] BackendError),
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
    /// It is not of the policy.
    #[error("the proof holds, but not of the policy: {0}")]
    Meaning(#[from] MeaningError),
    /// The key is insecure.
    #[error("the proof holds, but under the insecure key {got}: whoever ran its setup can forge such proofs")]
    Insecure {
        /// Id of the key.
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
            VerifyCommandError::File(error) => Advice::of_file(error),
            VerifyCommandError::Backend(error) => error.advice(),
            VerifyCommandError::Key { .. } => Advice::new(
                "zksensor::verify",
                "pass the verifying key that belongs to the proving key; keys of different setups never fit",
            ),
            VerifyCommandError::Snarkjs {
                reason: SnarkjsError::Key(KeyError::Related { .. } | KeyError::Generator { .. }),
                ..
            } => Advice::new(
                "zksensor::file",
                "make the key with a contribution: `snarkjs zkey contribute`, then `snarkjs zkey export verificationkey`; nobody \
                 should accept proofs under this one",
            ),
            VerifyCommandError::Snarkjs { .. } => Advice::new(
                "zksensor::file",
                "pass the files as snarkjs wrote them: --key verification_key.json (or verification_key.INSECURE.json of \
                 `export snarkjs`) --proof proof.json --public public.json",
            ),
            VerifyCommandError::NoField { .. } => Advice::new("zksensor::usage", "correct --expect"),
            VerifyCommandError::Insecure { .. } => Advice::new(
                "zksensor::expect",
                "do not accept it: ask for a proof under a key of a ceremony, and for that key",
            ),
            VerifyCommandError::Unexpected { .. } | VerifyCommandError::Meaning(_) => Advice::new(
                "zksensor::expect",
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
    let key = files::read(&args.key, Kind::VerifyingKey)?;
    match System::of_bytes(args.backend, &key) {
        System::Groth16 => under::<Groth16>(args, &key, output),
        System::Halo2 => under::<Halo2>(args, &key, output),
        System::Mock => under::<Mock>(args, &key, output),
    }
}

fn under<B: Backend>(args: &Args, key: &[u8], output: &Output) -> Result<(), VerifyCommandError> {
    let key = B::verifying_key_of(&args.key, key)?;
    let bytes = files::read(&args.proof, <B::Proof as FileProof>::KIND)?;
    let file = B::proof_file(&args.proof, &bytes)?;
    args.expect.iter().try_for_each(|expectation| expectation.is_of(&file))?;
    let policy = match &args.policy {
        Some(policy) => Some(args::policy_of(policy, args.fence.load(output)?)?.0.policy),
        None => None,
    };
    let (id, insecure) = (B::key_id(&key).to_string(), B::key_id(&key).is_insecure());
    let start = Instant::now();
    require::<B>(key, &file)?;
    let verify_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    if insecure && args.require_secure {
        return Err(VerifyCommandError::Insecure { got: id });
    }
    args.expect.iter().try_for_each(|expectation| expectation.check(&file))?;
    let told = policy.map(|policy| Told::of(&file, &policy, args.fence.path())).transpose()?;
    output.line(format_args!("the proof holds: {} under the key {id}", file.statement().id()));
    show_fields(&file, output);
    if let Some(told) = &told {
        told.show(output);
    }
    if insecure {
        output.warn(B::warning());
    }
    let fields: Map<String, Value> =
        file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    output.result(&json!({
        "verified": true, "backend": B::NAME, "statement": file.statement().id().to_string(), "key_id": id, "insecure": insecure,
        "fields": fields, "meaning": told.map(|told| told.to_json()), "verify_us": verify_us,
    }));
    Ok(())
}

/// Requires that the proof in the file was made with the key, and holds.
///
/// # Errors
/// [`VerifyCommandError::Key`] and [`VerifyCommandError::Backend`].
pub(crate) fn require<B: Backend>(
    key: B::VerifyingKey,
    file: &ProofFile<B::Proof>,
) -> Result<(), VerifyCommandError> {
    B::verify_file(file, key).map_err(|error| match error {
        ProofKeyError::Key { wanted, got } => VerifyCommandError::Key { wanted, got },
        ProofKeyError::Verify(error) => BackendError::from(error).into(),
        ProofKeyError::Halo2(error) => BackendError::from(error).into(),
        ProofKeyError::Mock(error) => BackendError::from(error).into(),
        _ => unreachable!("a file is read as that of a known statement"),
    })
}
