//! The provers beside which zksensor's is measured, and the work that they are measured by.
//!
//! * [`Trial`]: one claim that holds, its key, and three provers of it: ours, ark-groth16 and taceo-groth16. All begin with the same
//!   [`Assignment`](zksensor_circuits::statement::Assignment), on as many threads, with the same rows and the same key; every proof is verified.
//! * [`Dense`]: a circuit of any size whose values are all of full size.
//! * [`kernels`]: products, sums of points, multi-exponentiations and transforms beside ark-ff, ark-ec and ark-poly.
//! * [`Turns`]: whoever is measured takes turns, and of each the median counts. A machine that is slow for a while is so for all.
//!
//! The peers are built by the same compiler, with the same options and for the same processor as everything else. They have no code for
//! AVX-512 that is chosen as they run; a build with `-C target-cpu=native`, and the feature `asm`, gives them what they can make use of.

mod dense;
mod error;
pub mod kernels;
mod keys;
mod peer;
mod trial;
mod turns;

pub use dense::{Dense, DenseInputs, DenseVars, DenseWitness};
pub use error::PeerError;
pub use keys::{ArkKey, keys, read_ark_key, write_ark_key};
pub use peer::Peer;
pub use trial::{Race, Stage, Trial, prove_with_ark};
pub use turns::{Turns, median};
