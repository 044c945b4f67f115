//! Gas of a statement's verifiers.

use rand::{CryptoRng, RngCore};
use zksensor_circuits::statement::{Assignment, Binding};
use zksensor_model::field::Fr;
use zksensor_prover::{Progress, Prover, insecure_setup};
use zksensor_solidity::evm::Chain;
use zksensor_solidity::gas::{Gas, measure};
use zksensor_testkit::Specimen;
use zksensor_verifier::{Proof, VerifyingKey};

use crate::EstimateError;

/// Sizes of the batches that are measured.
pub const BATCHES: [usize; 3] = [10, 20, 50];
/// Capacities for which gas per reading is said.
pub const CAPACITIES: [u64; 3] = [64, 256, 1024];
/// The contract that the sample's proofs are bound to, on Amoy: a made-up address.
pub(crate) const CONTRACT: [u8; 20] = [0x22; 20];

/// A verifying key and proofs under it.
#[derive(Debug)]
pub struct GasSample {
    /// The key; made on this machine.
    pub key: VerifyingKey,
    /// Proofs with their packed public inputs, each for another recipient.
    pub proofs: Vec<(Proof, Vec<Fr>)>,
}

/// Gas on both chains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GasEstimate {
    /// With Polygon's schedule (PIP-88).
    pub polygon: Gas,
    /// With Ethereum's.
    pub ethereum: Gas,
}

impl GasEstimate {
    /// Gas for each reading on Polygon when one proof holds `capacity` of them: gas does not depend on the capacity, as the
    /// public inputs do not.
    pub fn per_reading(&self, capacity: u64) -> u64 {
        self.polygon.verify.div_ceil(capacity)
    }
}

/// Proves a statement `count` times, in its least shape: the gas is that of any other.
///
/// # Errors
/// [`EstimateError`] if the machine cannot.
pub fn sample<S: Specimen, R: RngCore + CryptoRng + ?Sized>(
    count: usize,
    rng: &mut R,
    progress: &dyn Progress,
) -> Result<GasSample, EstimateError> {
    let statement = S::least();
    let witness = statement.filled()?;
    let prover = Prover::builder(statement, insecure_setup(&statement, rng, progress)?).build()?;
    let assignments = (1..=count as u64)
        .map(|number| {
            let mut recipient = [0x33; 20];
            recipient[12..].copy_from_slice(&number.to_be_bytes());
            let binding = Binding::new(Chain::Amoy.id(), CONTRACT, recipient, &statement.id());
            Assignment::new(&statement, S::inputs_of(&witness, binding), &witness)
        })
        .collect::<Result<Vec<_>, _>>()?;
    let proofs = prover.prove_batch(&assignments, rng)?;
    let words = assignments.iter().map(|assignment| assignment.words().to_vec());
    Ok(GasSample { key: prover.verifier().key().clone(), proofs: proofs.into_iter().zip(words).collect() })
}

/// Deploys the verifiers of the sample's key in the EVM of both chains, and verifies its proofs.
///
/// # Errors
/// [`EstimateError::Gas`] if a proof does not hold.
pub fn gas(sample: &GasSample) -> Result<GasEstimate, EstimateError> {
    let on = |chain| measure(chain, &sample.key, &sample.proofs, &BATCHES);
    // The test chains have the schedules of their main chains, and take a key that was made on one machine.
    Ok(GasEstimate { polygon: on(Chain::Amoy)?, ethereum: on(Chain::Sepolia)? })
}
