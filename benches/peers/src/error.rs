//! Why nothing was measured.

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::statement::Violation;
use zksensor_engine::{NoEngine, NoThreads};
use zksensor_prover::ProveError;
use zksensor_verifier::{ProofError, VerifyError};

use crate::Peer;

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PeerError {
    /// A dense circuit of a size that there is not.
    #[error("expected a dense circuit of 2^{least} to 2^{most} rows, got 2^{got}")]
    Bits {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
        /// What was asked for.
        got: u32,
    },
    /// The claim does not hold.
    #[error("the claim that is measured is refused: {0}")]
    Violation(#[from] Violation),
    /// The witness program does not run.
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    /// There is no key, or our prover makes no proof.
    #[error(transparent)]
    Prove(#[from] ProveError),
    /// The environment asks for an arithmetic that there is not.
    #[error(transparent)]
    Engine(#[from] NoEngine),
    /// No threads.
    #[error(transparent)]
    Threads(#[from] NoThreads),
    /// A peer makes no proof.
    #[error("{peer} made no proof: {reason}")]
    Peer {
        /// Which.
        peer: Peer,
        /// What it says.
        reason: String,
    },
    /// What a peer made is no proof.
    #[error("what {peer} made is no proof: {source}")]
    Proof {
        /// Which.
        peer: Peer,
        /// Why.
        source: ProofError,
    },
    /// A proof is refused.
    #[error("the proof of {peer} is refused: {source}")]
    Verify {
        /// Whose.
        peer: Peer,
        /// Why.
        source: VerifyError,
    },
    /// Two ways to compute one thing disagree.
    #[error("{what} is another one than arkworks'")]
    Differs {
        /// What was computed.
        what: &'static str,
    },
}
