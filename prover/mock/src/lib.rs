//! A proof system that proves nothing: for tests of programs that prove and verify.
//!
//! A setup, a key and seconds for each proof are no part of a test of what a program does with a proof. With [`Mock`] in the place of
//! [`Groth16`](zksensor_prover::Groth16), the same [`Prover`](zksensor_prover::Prover) checks the claim in plain Rust, rule by rule, and
//! returns a [`MockProof`] at once. It is refused for other words, for another statement and for another binding, as a proof is.
//!
//! # Security
//! Anybody makes a mock for any words: it shows nothing. So that none is ever taken for a proof, its types are of their own; the id of
//! its key is that of no key and says INSECURE; its files begin with a format of their own; and its 256 bytes are no points of a curve,
//! which every verifier of Groth16 refuses. `MockVerifier.sol` accepts them, and deploys to test chains alone.
//!
//! | | a proof | a mock |
//! |---|---|---|
//! | every rule of the statement | proven | checked where the mock was made, and not known to anybody else |
//! | public inputs | bound by the proof | bound by a digest that anybody computes |
//! | [`VerifyingKey`](zksensor_verifier::VerifyingKey) | takes it | cannot be asked: another type |

mod error;
mod key;
mod proof;
mod system;
mod verifier;

pub use error::{KeyError, MockError, ProofError, VerifyError};
pub use key::MockKey;
pub use proof::{MOCK_BYTES, MockProof};
pub use system::Mock;
pub use verifier::Verifier;
