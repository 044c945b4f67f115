//! From a fresh key to a verified call and a decoded revert, in an EVM of this process with Polygon's gas schedule.
//!
//! ```text
//! cargo run --release --example contract_developer [-- --json]
//! ```
//!
//! The steps are those of docs/contracts.md, which takes them to a test network: make a key, deploy the verifier that is
//! built in, prove, call, read what a refusal says. The chain is Amoy (80002): chain 137 does not take this key.

use std::io::Write;
use std::process::ExitCode;

use rand::rngs::OsRng;
use serde_json::{Value, json};
use zksensor::circuits::statement::aggregate::AggregateInputs;
use zksensor::circuits::statement::{Assignment, Binding, Claim};
use zksensor::model::field::Fr;
use zksensor::model::layout::PublicInputs;
use zksensor::prover::{Prover, insecure_setup};
use zksensor::solidity::evm::{Address, Chain, Evm, EvmError};
use zksensor::solidity::{ContractKey, Deployment, Revert, calldata};
use zksensor::verifier::Proof;
use zksensor_testkit::{Fleet, FleetOptions};

/// Readings of a proof.
const READINGS: usize = 8;
/// Proofs of the batch.
const PROOFS: usize = 3;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--json"] => true,
        _ => {
            say("usage: cargo run --release --example contract_developer [-- --json]");
            return ExitCode::from(2);
        }
    };
    match run(json) {
        Ok(result) => {
            if json {
                // A reader that is gone cannot be told so.
                let _ = writeln!(std::io::stdout(), "{result}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format!("error: {error}"));
            ExitCode::FAILURE
        }
    }
}

fn run(json: bool) -> Result<Value, Failure> {
    let tell = |line: String| {
        if !json {
            let _ = writeln!(std::io::stdout(), "{line}");
        }
    };

    // A made-up fleet, and a key for its statement.
    let fleet = Fleet::new(&FleetOptions { devices: READINGS, ..FleetOptions::default() });
    let (statement, witness) = (fleet.statement(READINGS), fleet.aggregate(READINGS));
    let prover = Prover::builder(statement, insecure_setup(&statement, &mut OsRng, &())?).build()?;
    let key = ContractKey::new(prover.verifier().key())?;
    tell(format!("key      {} of {}, made on this machine: INSECURE", hex(&key.id()), key.statement()));

    // The verifier: checked-in bytecode with the key as constructor arguments. Only test chains take it.
    let deployment = Deployment::verifier(&key)?;
    let on_polygon = refused(Evm::new(Chain::Polygon).deploy(&deployment.bytecode))?;
    let mut evm = Evm::new(Chain::Amoy);
    let verifier = evm.deploy(&deployment.bytecode)?;
    tell(format!(
        "deploy   {} for {} gas, {} bytes of code",
        deployment.contract, verifier.gas, verifier.code_size
    ));
    tell(format!("         on chain 137: {on_polygon}"));

    // Proofs are bound to the chain, the contract that asks, and who gets the credit. Here nobody but us asks.
    let contract = [0x22; 20];
    let items = (1..=PROOFS as u8)
        .map(|number| {
            let binding = Binding::new(Chain::Amoy.id(), contract, [number; 20], &statement.id());
            let inputs = witness.inputs(Fleet::EPOCH, binding);
            let assignment = Assignment::new(&statement, inputs, &witness)?;
            Ok((prover.prove(&assignment, &mut OsRng)?, assignment.words().to_vec()))
        })
        .collect::<Result<Vec<(Proof, Vec<Fr>)>, Failure>>()?;

    // A call that returns has verified.
    let (proof, words) = &items[0];
    let verify = evm.call(&verifier.address, &calldata::verify(proof, words))?.gas;
    tell(format!(
        "verify   {verify} gas on Polygon, {} for each of {READINGS} readings",
        verify / READINGS as u64
    ));
    let all: Vec<_> = items.iter().map(|(proof, words)| (proof, &words[..])).collect();
    let batch = evm.call(&verifier.address, &calldata::verify_batch(&all)?)?.gas;
    tell(format!("batch    {batch} gas for {PROOFS} proofs, {} each", batch / PROOFS as u64));

    // One that does not reverts, and says why.
    let altered = call(&mut evm, verifier.address, &calldata::verify(proof, &one_more(words)?))?;
    tell(format!("altered  {altered}"));
    let swapped = call(&mut evm, verifier.address, &calldata::verify(proof, &items[1].1))?;
    tell(format!("other    {swapped}"));
    let mut bytes = calldata::verify(proof, words);
    bytes.push(0);
    let longer = call(&mut evm, verifier.address, &bytes)?;
    tell(format!("longer   {longer}"));

    Ok(json!({
        "verified": true, "statement": key.statement(), "key_id": hex(&key.id()), "chain_id": Chain::Amoy.id(),
        "deploy_gas": verifier.gas, "verify_gas": verify, "batch_gas": batch, "batch_proofs": PROOFS,
        "refused": [
            { "what": "deployment on chain 137", "error": on_polygon.name() },
            { "what": "a count of one more", "error": altered.name() },
            { "what": "another recipient's inputs", "error": swapped.name() },
            { "what": "a byte more", "error": longer.name() },
        ],
    }))
}

/// The words that say one reading more.
fn one_more(words: &[Fr]) -> Result<Vec<Fr>, Failure> {
    let mut inputs = AggregateInputs::from_words(words)?;
    inputs.count += 1;
    Ok(inputs.to_words()?)
}

fn call(evm: &mut Evm, to: Address, data: &[u8]) -> Result<Revert, Failure> {
    refused(evm.call(&to, data))
}

/// What a transaction that has to revert says.
fn refused<T>(result: Result<T, EvmError>) -> Result<Revert, Failure> {
    match result {
        Ok(_) => Err("the contract took what it has to refuse".into()),
        Err(error) => error.revert().ok_or_else(|| error.into()),
    }
}

fn hex(bytes: &[u8]) -> String {
    zksensor::model::hex::encode(bytes)
}

/// A line for people, on standard error.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
