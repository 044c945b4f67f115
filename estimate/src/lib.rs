//! What a statement costs: constraints, memory and time on this machine, gas on Polygon beside gas on Ethereum.
//!
//! Everything is measured, with keys and proofs made for the purpose and thrown away.

mod feed;
mod gas;
#[cfg(feature = "halo2")]
pub mod halo2;
mod memory;
mod proving;

pub use feed::{FeedGas, Figure, feed};
pub use gas::{BATCHES, CAPACITIES, GasEstimate, GasSample, gas, sample};
pub use memory::Peak;
pub use proving::{ProvingEstimate, proving};

use zksensor_circuits::assemble::{AssembleError, Refusal};
use zksensor_circuits::statement::{ShapeError, Violation};
use zksensor_prover::ProveError;
use zksensor_solidity::OutputError;
use zksensor_solidity::feed::TermsError;
use zksensor_solidity::gas::GasError;
use zksensor_testkit::SmallFence;
use zksensor_verifier::VerifyError;

/// Why there is no estimate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EstimateError {
    /// The made-up fleet's fence has to fit the shape.
    #[error(transparent)]
    Fence(#[from] SmallFence),
    /// The made-up readings break a rule.
    #[error("the readings of the estimate are refused: {0}")]
    Violation(#[from] Violation),
    /// Setup or proof failed.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// Setup or proof under halo2 failed.
    #[cfg(feature = "halo2")]
    #[error(transparent)]
    ProveHalo2(#[from] zksensor_prover_halo2::ProveError),
    /// A proof was refused.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// A proof of halo2 was refused.
    #[cfg(feature = "halo2")]
    #[error(transparent)]
    VerifyHalo2(#[from] zksensor_verifier_halo2::VerifyError),
    /// A transaction failed.
    #[error(transparent)]
    Gas(#[from] GasError),
    /// No such shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
    /// A made-up reading was not taken.
    #[error("a reading of the estimate is refused: {0}")]
    Refused(#[from] Refusal),
    /// The made-up readings are no claim.
    #[error("the readings of the estimate are no claim: {0}")]
    Assemble(#[from] AssembleError),
    /// The made-up policy is none of a feed.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// A contract returned something else.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// A contract answered something else than what was proven.
    #[error("{what}: the answer is not that of the proofs")]
    Answer {
        /// What was called.
        what: &'static str,
    },
}
