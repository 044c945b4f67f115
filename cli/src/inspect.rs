//! The command `inspect`: what a file is and holds; what the circuits cost.

mod halo2;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use zksensor::circuits::gadgets::SynthesisError;
use zksensor::files::{
    self, DeviceFile, FenceFile, FileError, FileProof, FramesReader, Kind, LayoutFile, OpeningFile,
    ProofFile, ReadingsReader, Reason, RegistryFile, SealFile,
};
use zksensor::mock::{MockProof, files as mock_files};
use zksensor::model::frame::FrameSummary;
use zksensor::model::hex;
use zksensor::model::known::{KnownStatement, UnknownStatement};
use zksensor::model::meaning::MeaningError;
use zksensor::model::noise::Release;
use zksensor::r1cs::RowsDigest;
use zksensor::solidity::{ContractKey, Deployment, RenderError};
use zksensor::verifier::VerifyingKey;

use crate::args::{self, FenceArgs};
use crate::backend::{BackendError, BackendName, System};
use crate::ceremony::{self, CeremonyCommandError};
use crate::error::{Advice, diagnostic};
use crate::meaning::Told;
use crate::output::Output;
use crate::shape::compile;

/// Options of `inspect`.
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("fence", |fence| fence.requires("policy")),
    after_help = "With --policy a proof says what it claims in words and units, as `verify --policy` does of one that holds. Nothing is \
                  verified here."
)]
pub(crate) struct Args {
    /// A proving key, verifying key, registry, proof, device key or opening (of which no secret is shown), signed readings or frames,
    /// layout of public inputs; a .ptau, .zkey or .r1cs.
    #[arg(value_name = "FILE", required_unless_present = "costs", conflicts_with = "costs")]
    file: Option<PathBuf>,
    /// Counts the constraints of gadgets and statements.
    #[arg(long)]
    costs: bool,
    /// The policy of a proof, in TOML: a proof of another one is refused, and what it claims is said in words and units.
    #[arg(long, value_name = "FILE", conflicts_with = "costs")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    fence: FenceArgs,
}

/// Why there is nothing to show.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InspectError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// No file that says what it is.
    #[error("{}: expected a key, a registry, a proof, a device key, signed readings or signed frames, got something else", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
    },
    /// A policy of something that is no proof.
    #[error("{}: expected a proof with --policy, got {got}", path.display())]
    NoProof {
        /// The file.
        path: PathBuf,
        /// What it is.
        got: Kind,
    },
    /// It is not of the policy.
    #[error("{}: {reason}", path.display())]
    Meaning {
        /// The proof.
        path: PathBuf,
        /// Why.
        #[source]
        reason: MeaningError,
    },
    /// The key names no statement of this release.
    #[error(transparent)]
    Statement(#[from] UnknownStatement),
    /// The key is not that of the statement that it names.
    #[error(transparent)]
    Contract(#[from] RenderError),
    /// A circuit does not compile.
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    /// A table of halo2 cannot be laid out.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A file of circom's tools.
    #[error(transparent)]
    Ceremony(#[from] CeremonyCommandError),
}

impl InspectError {
    fn advice(&self) -> Advice {
        match self {
            InspectError::File(error) => Advice::of_file(error),
            InspectError::Unknown { .. } => {
                Advice::new("zksensor::file", "check the path; policies and fences are text")
            }
            InspectError::NoProof { .. } => {
                Advice::new("zksensor::usage", "leave --policy out: other files say nothing in its units")
            }
            InspectError::Meaning { .. } => Advice::new(
                "zksensor::expect",
                "pass the policy that the proof is of; its policy_id is what `zksensor policy id` prints",
            ),
            InspectError::Statement(_) | InspectError::Contract(_) => {
                Advice::new("zksensor::key", "use the release that made the key")
            }
            InspectError::Synthesis(_) | InspectError::Backend(_) => {
                Advice::new("zksensor::circuit", "this should not happen; please report it")
            }
            InspectError::Ceremony(error) => error.advice(),
        }
    }
}
diagnostic!(InspectError);

/// Shows a file, or the costs.
///
/// # Errors
/// [`InspectError`].
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), InspectError> {
    let facts = match (&args.file, &args.policy) {
        (Some(path), Some(policy)) => claimed(path, policy, &args.fence, output)?,
        (Some(path), None) => inspect(path)?,
        (None, _) => costs()?,
    };
    show(&facts, 0, output);
    output.result(&facts);
    Ok(())
}

/// What a proof claims under its policy, beside what its file says.
fn claimed(path: &Path, policy: &Path, fence: &FenceArgs, output: &Output) -> Result<Value, InspectError> {
    match kind(path)? {
        Some(Kind::Proof) => claimed_of(path, &ProofFile::load(path)?, policy, fence, output),
        Some(Kind::Halo2Proof) => claimed_of(path, &halo2::proof(path)?, policy, fence, output),
        Some(Kind::MockProof) => claimed_of(path, &mock(path)?, policy, fence, output),
        Some(got) => Err(InspectError::NoProof { path: path.to_owned(), got }),
        None => Err(InspectError::Unknown { path: path.to_owned() }),
    }
}

fn claimed_of<P: FileProof>(
    path: &Path,
    file: &ProofFile<P>,
    policy: &Path,
    fence: &FenceArgs,
    output: &Output,
) -> Result<Value, InspectError> {
    let (policy, _) = args::policy_of(policy, fence.load(output)?)?;
    let told = Told::of(file, &policy.policy, fence.path())
        .map_err(|reason| InspectError::Meaning { path: path.to_owned(), reason })?;
    let mut facts = proof_facts(file);
    facts["meaning"] = told.to_json();
    Ok(facts)
}

fn inspect(path: &Path) -> Result<Value, InspectError> {
    match kind(path)? {
        Some(Kind::ProvingKey) => {
            let key = files::load_proving_key(path)?;
            key_facts("proving key", key.verifying_key(), Some(key.rows()))
        }
        Some(Kind::VerifyingKey) => key_facts("verifying key", &files::load_verifying_key(path)?, None),
        Some(Kind::Registry) => {
            let registry = RegistryFile::load(path)?;
            let journal = registry.journal();
            let (devices, revoked) = (journal.devices(), journal.enrolled() - journal.devices());
            Ok(json!({
                "kind": "registry", "root": journal.root().to_string(), "devices": devices, "revoked": revoked,
                "changes": journal.history().filter(|_| !registry.is_first_format()).count(),
            }))
        }
        Some(Kind::Proof) => Ok(proof_facts(&ProofFile::load(path)?)),
        Some(kind @ (Kind::Halo2ProvingKey | Kind::Halo2VerifyingKey | Kind::Halo2Proof | Kind::Srs)) => {
            halo2::inspect(path, kind)
        }
        Some(Kind::MockKey) => {
            let key = mock_files::load_key(path)?;
            let (statement, id) = (key.statement(), key.key_id().to_string());
            Ok(json!({
                "kind": "key of mocks", "backend": System::name_of::<MockProof>(), "statement": statement, "key_id": id,
                "insecure": true, "proves": "nothing",
            }))
        }
        Some(Kind::MockProof) => {
            let mut facts = proof_facts(&mock(path)?);
            facts["kind"] = "mock".into();
            facts["verified"] = "never: a mock proves nothing".into();
            Ok(facts)
        }
        Some(Kind::FenceTriangles) => {
            let file = FenceFile::load(path)?;
            let (root, triangles) = (file.root().to_string(), file.fence().triangles().len());
            Ok(json!({ "kind": "triangles of a fence", "root": root, "triangles": triangles }))
        }
        Some(Kind::DeviceKey) => {
            let device = DeviceFile::load(path)?;
            Ok(json!({ "kind": "device key", "leaf": device.leaf() }))
        }
        Some(Kind::Opening) => {
            let opening = OpeningFile::load(path)?;
            Ok(
                json!({ "kind": "opening", "commitment": opening.commitment(), "shown": "nothing: run zksensor open" }),
            )
        }
        Some(Kind::Seal) => {
            let seal = SealFile::load(path)?;
            let Release { policy, epoch, chunk } = *seal.release();
            Ok(json!({
                "kind": "seal", "seal": seal.id(), "policy_id": policy, "epoch": epoch, "chunk": chunk.index(), "chunk_bits": chunk.bits(),
                "shown": "nothing of what is sealed",
            }))
        }
        Some(Kind::Readings) => readings(path),
        Some(Kind::Frames) => frames(path),
        Some(Kind::Layout) => Ok(layout(&LayoutFile::load(path)?)),
        Some(Kind::Powers) => Ok(ceremony::inspect::powers(path)?),
        Some(Kind::CeremonyKey) => Ok(ceremony::inspect::key(path)?),
        Some(Kind::Circuit) => Ok(ceremony::inspect::circuit(path)?),
        _ => Err(InspectError::Unknown { path: path.to_owned() }),
    }
}

/// A mock, which is shown whether mocks are asked for or not: it is called one.
fn mock(path: &Path) -> Result<ProofFile<MockProof>, InspectError> {
    Ok(ProofFile::decode(path, &files::read(path, Kind::MockProof)?)?)
}

/// As much as a JSON document has at most, whose format may come last.
const HEAD: u64 = 1 << 20;

/// The kind that a file begins like.
fn kind(path: &Path) -> Result<Option<Kind>, InspectError> {
    let mut head = Vec::new();
    // Whatever is wrong here is said by the reader of the kind.
    let read = File::open(path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    if read.is_err() {
        files::read(path, Kind::Proof)?;
    }
    Ok(Kind::of(&head))
}

/// What a proof file says, of any proof system.
fn proof_facts<P: FileProof>(file: &ProofFile<P>) -> Value {
    let fields: Map<String, Value> =
        file.fields().into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    json!({
        "kind": "proof", "backend": System::name_of::<P>(),
        "statement": file.statement().id().to_string(), "key_id": file.key_id(), "insecure": file.is_insecure(),
        "fields": fields, "verified": "no: run zksensor verify",
    })
}

/// Where each public field lies.
fn layout(file: &LayoutFile) -> Value {
    let fields: Map<String, Value> =
        file.fields().iter().map(|field| (field.name.clone(), json!(field.place()))).collect();
    json!({
        "kind": "layout of public inputs", "statement": file.statement().id().to_string(), "public_inputs": file.public_inputs(),
        "fields": fields,
    })
}

/// `rows` are those that the key was made for, if it says so.
fn key_facts(kind: &str, key: &VerifyingKey, rows: Option<RowsDigest>) -> Result<Value, InspectError> {
    let statement = KnownStatement::of(key.statement())?;
    let circuit = compile(&statement)?;
    let of_key = ContractKey::new(key)?;
    let mut facts = json!({
        "kind": kind, "backend": BackendName::Groth16.to_string(), "statement": key.statement(), "key_id": key.key_id().to_string(), "insecure": key.is_insecure(),
        "public_inputs": key.public_inputs(), "constraints": circuit.constraints(),
        // What the functions of a verifier with this key return, and keccak256 of its code.
        "contract": {
            "STATEMENT_ID": hex::encode(&statement.id().digest()),
            "KEY_ID": hex::encode(&of_key.id()), "TRANSCRIPT": hex::encode(&of_key.transcript()), "INSECURE": key.is_insecure(),
            "code_hash": Deployment::verifier(&of_key)?.code_hash,
        },
    });
    if let Some(ceremony) = key.ceremony() {
        // What the key's id commits to.
        facts["ceremony"] = json!({
            "transcript": hex::encode(&ceremony.transcript()), "contributions": ceremony.contributions(),
        });
    }
    if let Some(rows) = rows {
        facts["rows"] = json!(rows.to_string());
        facts["rows_of_this_release"] = json!(rows == circuit.rows_digest());
    }
    Ok(facts)
}

fn readings(path: &Path) -> Result<Value, InspectError> {
    let (mut good, mut altered, mut malformed) = (0u64, 0u64, 0u64);
    let (mut first, mut readings) = (None::<usize>, ReadingsReader::open(path)?);
    while let Some(reading) = readings.next() {
        match reading {
            Ok(_) => good += 1,
            Err(FileError { reason: Reason::Reading { .. } | Reason::Rounded { .. }, .. }) => altered += 1,
            Err(error) if error.is_of_a_row() => malformed += 1,
            Err(error) => return Err(error.into()),
        }
        if altered + malformed > 0 {
            first.get_or_insert(readings.line());
        }
    }
    Ok(json!({
        "kind": "signed readings", "signatures_hold": good, "signatures_do_not_hold": altered, "malformed": malformed,
        "first_bad_line": first,
    }))
}

/// Devices of a file of frames whose last frame is remembered.
const DEVICES: usize = 1 << 16;

fn frames(path: &Path) -> Result<Value, InspectError> {
    let (mut good, mut altered, mut malformed) = (0u64, 0u64, 0u64);
    let (mut samples, mut breaks, mut before) = (0u64, 0u64, BTreeMap::<String, FrameSummary>::new());
    let (mut first, mut frames) = (None::<usize>, FramesReader::open(path)?);
    while let Some(frame) = frames.next() {
        match frame {
            Ok(signed) => {
                good += 1;
                let summary = signed.frame().summary();
                samples += u64::from(summary.count());
                let key = signed.key().to_string();
                breaks += u64::from(before.get(&key).is_some_and(|before| !summary.follows(before)));
                if before.len() < DEVICES || before.contains_key(&key) {
                    before.insert(key, *summary);
                }
            }
            Err(FileError { reason: Reason::Frame { .. }, .. }) => altered += 1,
            Err(error) if error.is_of_a_row() => malformed += 1,
            Err(error) => return Err(error.into()),
        }
        if altered + malformed > 0 {
            first.get_or_insert(frames.line());
        }
    }
    Ok(json!({
        "kind": "signed frames", "signatures_hold": good, "signatures_do_not_hold": altered, "malformed": malformed,
        "first_bad_line": first, "samples": samples,
        // Frames that are not linked to the one of the same device before them.
        "breaks": breaks,
    }))
}

/// Constraints of the gadgets and statements that have a budget.
fn costs() -> Result<Value, InspectError> {
    let summary = zksensor_testkit::costs::summary()?;
    Ok(json!(summary))
}

/// The facts, for people.
fn show(facts: &Value, depth: usize, output: &Output) {
    let Some(facts) = facts.as_object() else {
        return;
    };
    for (name, value) in facts {
        let indent = "  ".repeat(depth);
        match value {
            Value::Object(_) => {
                output.line(format_args!("{indent}{name}"));
                show(value, depth + 1, output);
            }
            Value::Array(items) if items.iter().any(Value::is_object) => {
                for item in items {
                    output.line(format_args!("{indent}{name}"));
                    show(item, depth + 1, output);
                }
            }
            Value::String(text) => output.line(format_args!("{indent}{name:<18} {}", printable(text))),
            Value::Null => output.line(format_args!("{indent}{name:<18} not asked for")),
            _ => output.line(format_args!("{indent}{name:<18} {value}")),
        }
    }
}

/// A text that a file holds: what could steer a terminal or turn a line is escaped.
fn printable(text: &str) -> String {
    text.escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\"")
}
