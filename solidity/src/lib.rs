//! Solidity verifiers of zksensor statements.
//!
//! ```text
//! Layout of a statement -> library with typed inputs, verifier contract        (render)
//! verifying key         -> key words -> constructor arguments, key contract     (key, deploy)
//! proof, public inputs  -> calldata of verify and verifyBatch                   (calldata)
//! revert data           -> which error, in words                               (revert)
//! ```
//!
//! One bytecode of each contract is checked in and deploys with any key of its statement, so nothing here needs a compiler.
//! [`feed`] has the contracts that hold state: registry, router, feed and what reads it. With the feature `evm`, the contracts run in
//! this process, with Polygon's gas schedule.

mod abi;
mod address;
mod artifact;
pub mod calldata;
pub mod create2;
mod deploy;
mod error;
#[cfg(feature = "evm")]
pub mod evm;
pub mod feed;
#[cfg(feature = "evm")]
pub mod gas;
#[cfg(feature = "halo2")]
mod halo2;
mod hex_bytes;
mod key;
mod key_contract;
pub mod measured;
mod model;
mod openzeppelin;
mod package;
mod policy;
mod revert;
mod source;
mod test_chains;

pub use address::Address;
pub use artifact::{Artifact, COMPILER};
pub use deploy::{Deployment, KeyDeployment};
pub use error::{CalldataError, OutputError, RenderError};
#[cfg(feature = "halo2")]
pub use halo2::Halo2ContractKey;
pub use key::ContractKey;
pub use key_contract::{KeyContract, Word};
pub use model::{KEY_WORDS, StatementContract};
pub use openzeppelin::openzeppelin;
pub use package::{ABIS, PACKAGE, Package};
pub use policy::{POLICY, POLICY_POSEIDON, policy_sources};
pub use revert::Revert;
pub use source::{
    EVM_VERSION, GENERATED, HALO2_VERIFIER, KEYED_VERIFIER, OPENZEPPELIN, OPTIMIZER_RUNS,
    STATE_OPTIMIZER_RUNS, Sources, VENDORED, standard_json,
};
pub use test_chains::TestChains;
