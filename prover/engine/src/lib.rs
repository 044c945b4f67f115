//! The arithmetic of a proof and of a setup: transforms, multi-exponentiations, multiples of one point, and the threads that they run
//! on.
//!
//! It is given vectors and points, and knows no statement, no circuit and no format of a key. Results do not depend on the
//! number of threads. Memory that it asks for to hold what it makes of a secret is wiped before it is given back; the stack and the
//! registers are not, nor what a caller is given.
//!
//! Sums, multiples and transforms run on an arithmetic of its own, of which there are two: eight elements at a time with AVX-512 IFMA, and
//! words of 64 bits on every other machine. [`Kernel::detect`] says which it is and why, and the environment variable
//! [`ENGINE_VARIABLE`] chooses. All types of scalars and points are arkworks'. Timing depends on scalars, as arkworks' does: zeros
//! are left out, buckets have the sizes that digits give them.
//!
//! ```
//! use ark_bn254::{Fr, G1Affine, G1Projective};
//! use ark_ec::AffineRepr;
//! use zksensor_engine::{Query, sum_g1};
//!
//! // Three points of a key, of which the second is not there; they belong to columns 1, 2 and 3 of an assignment.
//! let query = Query::new(&[G1Affine::generator(), G1Affine::identity(), G1Affine::generator()], 1);
//! let assignment = [1, 20, 30, 40].map(|value: u64| Fr::from(value));
//! let sum: G1Projective = G1Affine::generator() * Fr::from(20 + 40u64);
//! assert_eq!(sum_g1(&query, &assignment), sum);
//! ```

/// Version 0.6, whose scalars and points everything here takes.
pub use ark_bn254;

mod curve;
mod elements;
mod field;
mod kernel;
mod multiexp;
mod multiples;
mod pool;
mod transform;
mod vectors;
mod wipe;

pub use curve::convert::Curve;
pub use elements::Elements;
pub use field::Modulus;
pub use kernel::{ENGINE_VARIABLE, Kernel, NoEngine, Path};
pub use multiexp::{GoOn, MOST_COLUMNS, Query, sum_g1, sum_g1_while, sum_g2, sum_g2_while};
pub use multiples::FixedBase;
pub use pool::{NoThreads, Pool, beside, join, map};
pub use transform::{Domain, Evaluations, product_on_coset};
