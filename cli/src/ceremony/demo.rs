//! The command `ceremony demo`: a ceremony of one machine, from powers of tau to a proof.

use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Instant;

use rand::RngCore;
use rand::rngs::OsRng;
use serde_json::{Value, json};
use zksensor::prover::{Prover, ProvingKey};
use zksensor::r1cs;
use zksensor::snarkjs as json_of;
use zksensor::verifier::inputs_to_bytes;
use zksensor_ceremony::{Beacon, Initial, Ptau, Transcript, Zkey, rows_of, toy_ptau, write_r1cs};
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Assignment, Binding, Claim};
use zksensor_testkit::{Fleet, FleetOptions};

use super::snarkjs::{self, Question};
use super::{CeremonyCommandError, record};
use crate::folder::Folder;
use crate::output::Output;

/// Options of `ceremony demo`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The powers of tau are a toy that this machine makes, and so the key stays INSECURE: what is shown is how it goes. \
                  snarkjs is asked in a clone of the repository, under `cargo run`, after `npm ci` in tests/oracles/node."
)]
pub(crate) struct Args {}

/// Who contributes.
const NAMES: [&str; 3] = ["the first contributor", "the second contributor", "the third contributor"];
/// Of the beacon, 2 to this power.
const ITERATIONS: u8 = 10;

/// What is left of a ceremony.
struct Held {
    ptau: Vec<u8>,
    rows: Vec<u8>,
    last: Vec<u8>,
    key: ProvingKey,
    transcript: Transcript,
}

/// Runs the demonstration.
///
/// # Errors
/// [`CeremonyCommandError::Demo`] if a step fails.
pub(super) fn run(_: &Args, output: &Output) -> Result<(), CeremonyCommandError> {
    let held = hold(output)?;
    output.line(format_args!("CEREMONY of {}, verified", SingleReading.id()));
    record::say(held.transcript.contributions(), output);
    let id = held.key.verifying_key().key_id();
    output.line(format_args!("key            {id}"));
    output.line("               INSECURE: its powers of tau are a toy that this machine made. Those of a real ceremony");
    output.line("               are held against a digest that was published, and then a key like this is for production.");
    let proof = prove(&held, output)?;
    output.line("PROOF of a reading under this key, verified");
    let agrees = ask(&held, proof, output)?;
    let said = match agrees {
        Some(true) => "agrees with all of it",
        Some(false) => "REFUSES it",
        None => "was not asked",
    };
    output.line(format_args!("snarkjs        {said}"));
    if agrees == Some(false) {
        return Err(CeremonyCommandError::demo("ceremony", "snarkjs refuses it"));
    }
    output.result(
        &json!({ "verified": true, "contributions": held.transcript.secrets(), "snarkjs_agrees": agrees }),
    );
    Ok(())
}

/// Powers of tau, three contributions, a beacon, verification.
fn hold(output: &Output) -> Result<Held, CeremonyCommandError> {
    let (start, mut times) = (Instant::now(), String::new());
    let mut lap = |what: &str| {
        let _ = write!(
            times,
            "{}{what} {:.1} s",
            if times.is_empty() { "" } else { ", " },
            start.elapsed().as_secs_f64()
        );
    };
    let spinner = output.spinner("powers of tau, a toy");
    let circuit = r1cs::compile(&SingleReading)?;
    let (mut rows, mut ptau) = (Vec::new(), Vec::new());
    write_r1cs(&circuit, &mut rows)?;
    let power = rows_of(&circuit).next_power_of_two().trailing_zeros();
    toy_ptau(power, &mut OsRng, &mut ptau)?;
    lap("powers after");
    spinner.set_message("the first key");
    let powers = Ptau::open(Cursor::new(&ptau))?.powers(rows_of(&circuit))?;
    let initial = Initial::new(&circuit, powers)?;
    let mut last = Vec::new();
    initial.write(&mut last)?;
    lap("the first key after");
    spinner.set_message("contributions");
    for name in NAMES {
        let mut next = Vec::new();
        Zkey::open(Cursor::new(&last))?.contribute(name, &[], &mut next)?;
        last = next;
    }
    let mut hash = vec![0; 32];
    OsRng.fill_bytes(&mut hash);
    let mut next = Vec::new();
    let beacon = Beacon { hash, iterations: ITERATIONS };
    Zkey::open(Cursor::new(&last))?.beacon("the beacon", beacon, &mut next)?;
    lap("contributions after");
    spinner.set_message("verification");
    let finished = Zkey::open(Cursor::new(&next))?.finish(&SingleReading, &initial, &());
    let (key, transcript) = finished.map_err(|reason| CeremonyCommandError::demo("ceremony", reason))?;
    lap("verified after");
    spinner.finish_and_clear();
    output.note(times);
    Ok(Held { ptau, rows, last: next, key, transcript })
}

/// A made-up reading under the key: the verifying key, the proof and its public signals in snarkjs's JSON.
fn prove(held: &Held, output: &Output) -> Result<[Value; 3], CeremonyCommandError> {
    let failed = |what| move |reason: &dyn std::fmt::Display| CeremonyCommandError::demo(what, reason);
    let fleet = Fleet::new(&FleetOptions {
        devices: 1,
        seed: OsRng.next_u64(),
        ..FleetOptions::of::<SingleReading>()
    });
    let witness = fleet.single(0);
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    let spinner = output.spinner("a proof");
    // A key is no `Clone`; its file is what somebody else gets, too.
    let key = ProvingKey::from_bytes(&held.key.to_bytes()).map_err(|error| failed("key")(&error))?;
    let prover = Prover::builder(SingleReading, key).build().map_err(|error| failed("key")(&error))?;
    let assignment =
        Assignment::new(&SingleReading, inputs, &witness).map_err(|error| failed("reading")(&error))?;
    let proof = prover.prove(&assignment, &mut OsRng).map_err(|error| failed("proof")(&error))?;
    let words = inputs_to_bytes(assignment.words());
    prover.verifier().verify_bytes(&proof.to_bytes(), &words).map_err(|error| failed("proof")(&error))?;
    spinner.finish_and_clear();
    let texts = [
        json_of::key_to_json(held.key.verifying_key().points()),
        json_of::proof_to_json(&proof),
        json_of::public_to_json(assignment.words()),
    ];
    Ok(texts.map(|text| serde_json::from_str(&text).expect("it is JSON")))
}

/// Whether snarkjs agrees; none if it was not asked, and then why is said.
fn ask(held: &Held, proof: [Value; 3], output: &Output) -> Result<Option<bool>, CeremonyCommandError> {
    let folder = Folder::new()?;
    let files = [("rows.r1cs", &held.rows), ("toy.ptau", &held.ptau), ("last.zkey", &held.last)];
    for (name, bytes) in files {
        std::fs::write(folder.file(name), bytes).map_err(zksensor_ceremony::CeremonyError::from)?;
    }
    let [rows, powers, key] = files.map(|(name, _)| folder.file(name));
    let spinner = output.spinner("asking snarkjs");
    let answer = snarkjs::agrees(&Question { rows: &rows, powers: &powers, key: &key, proof });
    spinner.finish_and_clear();
    if let Err(why) = answer {
        output.warn(format_args!("snarkjs was not asked: {why}"));
    }
    Ok(answer.ok())
}
