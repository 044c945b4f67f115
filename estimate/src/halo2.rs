//! What a statement costs under halo2: rows, keys, time and memory on this machine, gas of its contract.

use std::sync::Arc;
use std::time::Duration;

use rand::{CryptoRng, RngCore};
use zksensor_circuits::statement::{Assignment, Binding};
use zksensor_model::field::Fr;
use zksensor_prover::{Progress, ProverBuilder};
use zksensor_prover_halo2::{Halo2, ProveError, Size, Srs, setup, size};
use zksensor_solidity::evm::Chain;
use zksensor_solidity::gas::{Halo2Gas, measure_halo2};
use zksensor_testkit::Specimen;
use zksensor_verifier_halo2::{Proof, VerifyingKey};

use crate::EstimateError;
use crate::gas::CONTRACT;
use crate::memory::Peak;
use crate::proving::timed;

/// What proving costs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halo2ProvingEstimate {
    /// The statement with its shape.
    pub statement: String,
    /// Readings of the proof.
    pub readings: usize,
    /// Rows and cells of the table, of 2^k rows.
    pub size: Size,
    /// Bytes of the proving key, the parameters among them.
    pub proving_key_bytes: u64,
    /// Bytes of the verifying key.
    pub verifying_key_bytes: usize,
    /// Bytes of a proof.
    pub proof_bytes: usize,
    /// Threads that proved.
    pub threads: usize,
    /// Making the parameters, once for any statement of as many rows.
    pub parameters: Duration,
    /// Making the key of them.
    pub setup: Duration,
    /// One proof, verified before it is returned.
    pub prove: Duration,
    /// Verifying it once more.
    pub verify: Duration,
    /// The most memory that the process had while proving, the key among it; `None` where the system does not say.
    pub peak_memory_bytes: Option<u64>,
}

/// Makes parameters and a key for the statement, fills a proof with readings of a made-up fleet, and proves.
///
/// # Errors
/// [`EstimateError::Fence`] for a shape that the made-up fence does not fit; the others if the machine cannot.
pub fn proving<S: Specimen, R: RngCore + CryptoRng>(
    statement: &S,
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<Halo2ProvingEstimate, EstimateError> {
    let witness = statement.filled()?;
    let assignment = Assignment::new(statement, S::inputs_of(&witness, Binding::NONE), &witness)?;
    let (srs, parameters) = timed(|| parameters(statement, rng));
    let srs = Arc::new(srs?);
    let (key, setup) = timed(|| setup(statement, srs, progress));
    let key = key?;
    let (proving_key_bytes, verifying) = (key.length(), key.verifying_key().clone());
    let prover = ProverBuilder::<S, Halo2>::new(*statement, key).build()?;
    let peak = Peak::start();
    let (proof, prove) = timed(|| prover.prove(&assignment, rng));
    let peak_memory_bytes = peak.end();
    let proof = proof?;
    let (verified, verify) = timed(|| prover.verify(&proof, assignment.inputs()));
    verified?;
    Ok(Halo2ProvingEstimate {
        statement: statement.id().to_string(),
        readings: statement.each(),
        size: size(statement)?,
        proving_key_bytes,
        verifying_key_bytes: verifying.to_bytes().len(),
        proof_bytes: proof.as_bytes().len(),
        threads: prover.threads(),
        parameters,
        setup,
        prove,
        verify,
        peak_memory_bytes,
    })
}

/// A verifying key of halo2 and a proof under it.
#[derive(Debug)]
pub struct Halo2Sample {
    /// The key; its parameters were made on this machine.
    pub key: VerifyingKey,
    /// The proof.
    pub proof: Proof,
    /// Its packed public inputs.
    pub inputs: Vec<Fr>,
}

/// Gas on both chains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halo2GasEstimate {
    /// With Polygon's schedule (PIP-88).
    pub polygon: Halo2Gas,
    /// With Ethereum's.
    pub ethereum: Halo2Gas,
}

/// Proves a statement once, in its least shape: gas depends on the number of public inputs, and by a few hundred on the rows.
///
/// # Errors
/// [`EstimateError`] if the machine cannot.
pub fn sample<S: Specimen, R: RngCore + CryptoRng>(
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<Halo2Sample, EstimateError> {
    let statement = S::least();
    let witness = statement.filled()?;
    let key = setup(&statement, Arc::new(parameters(&statement, rng)?), progress)?;
    let verifying = key.verifying_key().clone();
    let prover = ProverBuilder::<S, Halo2>::new(statement, key).build()?;
    let binding = Binding::new(Chain::Amoy.id(), CONTRACT, [0x33; 20], &statement.id());
    let assignment = Assignment::new(&statement, S::inputs_of(&witness, binding), &witness)?;
    let proof = prover.prove(&assignment, rng)?;
    Ok(Halo2Sample { key: verifying, proof, inputs: assignment.words().to_vec() })
}

/// Parameters of as many rows as the statement has, made on this machine.
fn parameters<S: Specimen, R: RngCore + CryptoRng>(statement: &S, rng: &mut R) -> Result<Srs, ProveError> {
    // More rows than any table has are refused by name.
    let k = size(statement)?.k.try_into().unwrap_or(u8::MAX);
    Ok(Srs::insecure_setup(k, rng)?)
}

/// Deploys the contract with the sample's key in the EVM of both chains, and verifies its proof.
///
/// # Errors
/// [`EstimateError::Gas`] if the proof does not hold.
pub fn gas(sample: &Halo2Sample) -> Result<Halo2GasEstimate, EstimateError> {
    let on = |chain| measure_halo2(chain, &sample.key, &sample.proof, &sample.inputs);
    Ok(Halo2GasEstimate { polygon: on(Chain::Amoy)?, ethereum: on(Chain::Sepolia)? })
}
