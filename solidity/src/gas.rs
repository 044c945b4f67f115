//! What verifying costs, measured: the contracts run in this process, and whole transactions are counted.

use zksensor_model::field::Fr;
use zksensor_verifier::{Proof, VerifyingKey};

use crate::calldata;
use crate::deploy::Deployment;
use crate::error::{CalldataError, RenderError};
use crate::evm::{Address, Chain, Evm, EvmError};
use crate::key::ContractKey;

/// Gas of whole transactions on one chain: base, calldata and execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gas {
    /// Deployment of the statement's verifier.
    pub deploy: u64,
    /// One proof, by the statement's verifier.
    pub verify: u64,
    /// Deployment of the key's contract and of the verifier of every statement.
    pub deploy_keyed: u64,
    /// One proof, by the verifier of every statement.
    pub verify_keyed: u64,
    /// Batches by the statement's verifier: (proofs, gas of the batch).
    pub batch: Vec<(usize, u64)>,
}

/// Why gas was not measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GasError {
    /// No contract for the key.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// No calldata: there is no proof.
    #[error(transparent)]
    Calldata(#[from] CalldataError),
    /// A transaction failed: a proof does not hold for the key, or an insecure key was to be deployed elsewhere than on a test chain.
    #[error("{what}: {reason}")]
    Transaction {
        /// Which transaction.
        what: &'static str,
        /// Why it failed.
        #[source]
        reason: Box<EvmError>,
    },
}

/// Deploys both verifiers and verifies the proofs: the first alone, and batches of the sizes asked for. A batch of more
/// proofs than there are begins again with the first.
///
/// # Errors
/// [`GasError`]; every proof has to hold.
pub fn measure(
    chain: Chain,
    key: &VerifyingKey,
    proofs: &[(Proof, Vec<Fr>)],
    batches: &[usize],
) -> Result<Gas, GasError> {
    let key = ContractKey::new(key)?;
    let (proof, inputs) = proofs.first().ok_or(CalldataError::Empty)?;
    let single = calldata::verify(proof, inputs);

    let mut evm = Evm::new(chain);
    let verifier = deploy(&mut evm, "deploying the verifier", &Deployment::verifier(&key)?.bytecode)?;
    let verify = call(&mut evm, "verify", &verifier.0, &single)?;

    let data = deploy(&mut evm, "deploying the key", &key.code_init())?;
    let deployment = Deployment::keyed(&key, data.0.0);
    let keyed = deploy(&mut evm, "deploying the keyed verifier", &deployment.bytecode)?;
    let verify_keyed = call(&mut evm, "verify, keyed", &keyed.0, &single)?;

    let batch = batches
        .iter()
        .map(|&size| {
            let items: Vec<_> =
                proofs.iter().cycle().take(size).map(|(proof, inputs)| (proof, &inputs[..])).collect();
            let data = calldata::verify_batch(&items)?;
            Ok((size, call(&mut evm, "verifyBatch", &verifier.0, &data)?))
        })
        .collect::<Result<_, GasError>>()?;
    Ok(Gas { deploy: verifier.1, verify, deploy_keyed: data.1 + keyed.1, verify_keyed, batch })
}

/// Gas of whole transactions for proofs of halo2 on one chain.
#[cfg(feature = "halo2")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Halo2Gas {
    /// Deployment of the key's contract and of the verifier.
    pub deploy: u64,
    /// One proof.
    pub verify: u64,
}

/// Deploys the verifier of halo2 and verifies a proof.
///
/// # Errors
/// As [`measure`].
#[cfg(feature = "halo2")]
pub fn measure_halo2(
    chain: Chain,
    key: &zksensor_verifier_halo2::VerifyingKey,
    proof: &zksensor_verifier_halo2::Proof,
    inputs: &[Fr],
) -> Result<Halo2Gas, GasError> {
    let key = crate::Halo2ContractKey::new(key)?;
    let mut evm = Evm::new(chain);
    let data = deploy(&mut evm, "deploying the key of halo2", &key.code_init())?;
    let deployment = Deployment::halo2(&key, data.0.0);
    let verifier = deploy(&mut evm, "deploying the verifier of halo2", &deployment.bytecode)?;
    let data_of_proof = calldata::verify_bytes(proof.as_bytes(), inputs);
    let verify = call(&mut evm, "verify, halo2", &verifier.0, &data_of_proof)?;
    Ok(Halo2Gas { deploy: data.1 + verifier.1, verify })
}

fn deploy(evm: &mut Evm, what: &'static str, init_code: &[u8]) -> Result<(Address, u64), GasError> {
    let deployed =
        evm.deploy(init_code).map_err(|reason| GasError::Transaction { what, reason: Box::new(reason) })?;
    Ok((deployed.address, deployed.gas))
}

fn call(evm: &mut Evm, what: &'static str, to: &Address, data: &[u8]) -> Result<u64, GasError> {
    let receipt =
        evm.call(to, data).map_err(|reason| GasError::Transaction { what, reason: Box::new(reason) })?;
    Ok(receipt.gas)
}
