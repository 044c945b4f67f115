//! The command `demo`: a made-up fleet, one proof, and attacks that are refused.
//!
//! Needs no file and no flag. Every key comes from the system's randomness and is gone when the command ends. An attack
//! that is not refused, or by another rule than the one it breaks, is an error of the command. With `--html` all of it is a
//! page, too: places of the made-up fleet are in it, keys are not.

mod attacks;
mod page;
mod report;
mod scene;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::RngCore;
use rand::rngs::OsRng;
use zksensor::files::{FileError, ProofFile};
use zksensor::page::Page;
use zksensor::prover::{Event, Phase, Progress, ProveError, Prover, insecure_setup};
use zksensor::verifier::{Proof, VerifyError, inputs_to_bytes};
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::{Assignment, Claim, Violation};
use zksensor_model::layout::{InputError, PublicInputs};
use zksensor_testkit::first_unsatisfied_in;

use self::attacks::{Refusal, Stage};
use self::report::{Report, Times};
use self::scene::Scene;
use crate::args::ForceArgs;
use crate::error::{Advice, diagnostic};
use crate::output::{Output, shown};

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Writes a page that shows all of it: what the prover sees, what the public sees, the time, the attacks.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    #[command(flatten)]
    force: ForceArgs,
}

/// Why the demonstration failed. Its input is its own, so every variant but [`DemoError::File`] is a defect of this program or
/// of the machine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DemoError {
    /// An attack came through, or was refused by chance.
    #[error("attack {attack}: expected the {by} to refuse it by {wanted}, it was refused by {got}")]
    NotRefused {
        /// The attack's name.
        attack: &'static str,
        /// Who had to refuse it.
        by: &'static str,
        /// The rule or reason that had to refuse it.
        wanted: String,
        /// What did.
        got: String,
    },
    /// The honest claim is refused.
    #[error("the demo's own fleet breaks a rule: {0}")]
    Violation(#[from] Violation),
    /// The circuit does not run.
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    /// The public inputs do not pack.
    #[error(transparent)]
    Inputs(#[from] InputError),
    /// There is no key or no proof.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The honest proof is refused.
    #[error("the demo's own proof is refused: {0}")]
    Verify(#[from] VerifyError),
    /// The page cannot be written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl DemoError {
    fn advice(&self) -> Advice {
        match self {
            DemoError::File(error) => Advice::of_file(error),
            _ => Advice::new(
                "zksensor::demo",
                "the demo reads nothing, so this is a defect: do not rely on this build, and report this message",
            ),
        }
    }
}
diagnostic!(DemoError);

/// Runs the demonstration.
///
/// # Errors
/// If a step fails or an attack is not refused.
pub(crate) fn run(args: &Args, output: &Output) -> miette::Result<()> {
    let overwrite = args.force.overwrite();
    let stage = |path: &PathBuf| Page::stage(path, overwrite).map_err(DemoError::from);
    let staged = args.html.as_ref().map(stage).transpose()?;
    let (report, page) = demonstrate(output)?;
    output.line(&report);
    let mut result = report.to_json();
    if let Some(staged) = staged {
        let path = staged.path().to_owned();
        page.write_into(staged).map_err(DemoError::from)?;
        output.line(format_args!("\nwrote {}", path.display()));
        result["html"] = shown(&path);
    }
    output.result(&result);
    Ok(())
}

fn demonstrate(output: &Output) -> Result<(Report, Page), DemoError> {
    let clock = Clock { shown: Arc::from(output.phases()), phases: Arc::default() };
    let start = Instant::now();
    // 64 bits are enough for devices that do not exist; the key of a proof draws its own randomness below.
    let scene = Scene::new(OsRng.next_u64());
    let fleet_time = start.elapsed();

    let start = Instant::now();
    let key = insecure_setup(&scene.statement, &mut OsRng, &clock)?;
    let setup = start.elapsed();
    let key_id = key.verifying_key().key_id().to_string();
    let prover = Prover::builder(scene.statement, key).progress(Box::new(clock.clone())).build()?;

    let start = Instant::now();
    let assignment = Assignment::new(&scene.statement, scene.inputs(), &scene.witness)?;
    let check = start.elapsed();
    let start = Instant::now();
    let proof = prover.prove(&assignment, &mut OsRng)?;
    let prove = start.elapsed();

    // As somebody else does who got nothing but bytes.
    let bytes = proof.to_bytes();
    let words = inputs_to_bytes(assignment.words());
    let start = Instant::now();
    let inputs = prover.verifier().verify_bytes(&bytes, &words)?;
    let verify = start.elapsed();

    let spinner = output.spinner("attacks");
    let start = Instant::now();
    let mut refused = attacks::all(&scene)
        .iter()
        .map(|attack| attack.run(&scene.statement, prover.circuit()))
        .collect::<Result<Vec<_>, _>>()?;
    refused.push(altered_public_input(&scene, &prover, &proof)?);
    refused.push(flipped_proof_bit(&prover, &proof, &words)?);
    let attacks = start.elapsed();
    spinner.finish_and_clear();

    let report = Report {
        statement: scene.statement.id(),
        capacity: scene.statement.capacity(),
        readings: scene.witness.readings.len(),
        constraints: prover.circuit().constraints(),
        public_inputs: assignment.words().len(),
        public_bytes: words.len(),
        proof_bytes: bytes.len(),
        policy: scene.fleet.policy,
        triangles: scene.fleet.fence.triangles().len(),
        devices: scene.fleet.keys.len(),
        left_out: scene.left_out.iter().map(|left| (left.what, left.violation.clone())).collect(),
        inputs,
        key_id,
        refused,
        times: Times { fleet: fleet_time, check, setup, prove, verify, attacks, phases: clock.phases() },
    };
    let (key, words) = (prover.verifier().key().key_id(), assignment.words().to_vec());
    let file = ProofFile::new(&scene.statement, key, proof, words)?;
    let page = page::page(&scene, file, &report);
    Ok((report, page))
}

/// The honest proof beside a public sum that is not the proven one.
fn altered_public_input(
    scene: &Scene,
    prover: &Prover<Aggregate>,
    proof: &Proof,
) -> Result<Refusal, DemoError> {
    let name = "altered_public_input";
    let attack = attacks::inflated_sum(scene);
    match prover.verifier().verify(proof, &attack.inputs) {
        Err(VerifyError::Rejected) => {}
        other => return Err(not_refused(name, "verifier", "the pairing equation", &other)),
    }
    let words = attack.inputs.to_words()?;
    let unsatisfied = first_unsatisfied_in(prover.circuit(), &scene.statement, &words, &scene.witness, None)?;
    let rule = unsatisfied.and_then(|unsatisfied| unsatisfied.rule());
    if rule != Some(attack.rule) {
        return Err(not_refused(name, "circuit", &attack.rule.to_string(), &rule));
    }
    Ok(Refusal {
        attack: name,
        rule: rule.map(|rule| rule.to_string()),
        stage: Stage::Verifier,
        circuit_refused: Some(true),
        story: "the honest proof beside a sum that is too high by 1",
    })
}

/// The honest proof with its last bit turned.
fn flipped_proof_bit(prover: &Prover<Aggregate>, proof: &Proof, words: &[u8]) -> Result<Refusal, DemoError> {
    let name = "flipped_proof_bit";
    let mut bytes = proof.to_bytes();
    bytes[Proof::BYTES - 1] ^= 1;
    match prover.verifier().verify_bytes(&bytes, words) {
        Err(VerifyError::Proof(_) | VerifyError::Rejected) => {}
        other => return Err(not_refused(name, "verifier", "the curve equation", &other)),
    }
    let story = "the honest proof with its last bit turned";
    Ok(Refusal { attack: name, rule: None, stage: Stage::Verifier, circuit_refused: None, story })
}

fn not_refused(attack: &'static str, by: &'static str, wanted: &str, came: &dyn fmt::Debug) -> DemoError {
    DemoError::NotRefused { attack, by, wanted: wanted.to_owned(), got: format!("{came:?}") }
}

/// Shows which phase runs and keeps how long each took.
#[derive(Clone)]
struct Clock {
    shown: Arc<dyn Progress + Send + Sync>,
    phases: Arc<Mutex<Vec<(Phase, Duration)>>>,
}

impl Clock {
    /// What was heard of so far; a phase that ran twice is there twice.
    fn phases(&self) -> Vec<(Phase, Duration)> {
        self.phases.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Clock {
    fn event(&self, event: Event) {
        self.shown.event(event);
        if let Event::Finished(phase, time) = event {
            self.phases.lock().unwrap_or_else(PoisonError::into_inner).push((phase, time));
        }
    }
}
