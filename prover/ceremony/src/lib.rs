//! Production keys: powers of tau in, a phase-2 ceremony, and the files of circom's tools at every step.
//!
//! [`Ptau`] reads powers of tau, [`Initial`] is the first key of a statement, and [`Zkey`] a key in circom's form:
//! [`Zkey::contribute`] and [`Zkey::beacon`] write the next one, [`Zkey::verify`] holds all of it against statement and powers, and
//! [`Zkey::finish`] makes keys of ours. Every file is one that snarkjs reads, and the other way round.
//!
//! Whoever knows the factors of **all** contributions can forge; one who forgot theirs is enough that nobody does. The same is true of the
//! powers of tau.
//!
//! ```
//! use std::io::Cursor;
//! use zksensor_ceremony::{Initial, Ptau, Zkey, rows_of, toy_ptau};
//! # use zksensor_circuits::gadgets::{Gadgets, SynthesisError};
//! # use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
//! # use zksensor_model::{field::Fr, layout::Element, public_inputs};
//! # public_inputs! { pub struct In, InVars { #[doc = "It."] square: Element = element as "uint256", } }
//! # #[derive(Clone, Copy)] struct Square;
//! # impl Claim for Square {
//! #     type Inputs = In;
//! #     fn id(&self) -> StatementId { StatementId { name: "square".into(), version: 1, shape: Vec::new() } }
//! #     fn rules(&self) -> Vec<Rule> { Vec::new() }
//! # }
//! # impl Statement for Square {
//! #     type Witness = Fr;
//! #     fn check(&self, inputs: &In, root: &Fr) -> Result<(), Violation> {
//! #         if *root * root == inputs.square.0 { Ok(()) } else { Err(Violation::Commitment) }
//! #     }
//! #     fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &InputVars<G, Self>, root: Option<&Fr>) -> Result<(), SynthesisError> {
//! #         let root = g.witness("root", root.copied())?;
//! #         let square = g.mul(&root, &root)?;
//! #         g.assert_equal(&square, inputs.square.var())
//! #     }
//! # }
//! # let statement = Square;
//! let circuit = zksensor_r1cs::compile(&statement)?;
//! let mut powers = Vec::new();
//! toy_ptau(4, &mut rand::rngs::OsRng, &mut powers)?;
//! let powers = Ptau::open(Cursor::new(powers))?.powers(rows_of(&circuit))?;
//! let initial = Initial::new(&circuit, powers)?;
//! let [mut first, mut second] = [Vec::new(), Vec::new()];
//! initial.write(&mut first)?;
//! Zkey::open(Cursor::new(first))?.contribute("Ada", b"what Ada typed", &mut second)?;
//! let (key, transcript) = Zkey::open(Cursor::new(second))?.finish(&statement, &initial, &())?;
//! assert_eq!(transcript.secrets(), 1);
//! assert!(key.is_insecure(), "nobody vouches for the powers");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chain;
mod combine;
mod contribute;
mod digest;
mod draw;
mod error;
mod finish;
mod initial;
mod parameters;
mod parts;
mod point;
mod ptau;
mod r1cs;
mod rows;
mod sections;
mod verify;
mod wtns;
mod zkey;

pub use digest::FileDigest;
pub use error::CeremonyError;
pub use initial::{Initial, rows_of};
pub use parameters::Beacon;
pub use parts::Parts;
pub use ptau::{KzgPowers, PUBLISHED, Powers, Ptau, PtauContribution, Published, ptau_digest, toy_ptau};
pub use r1cs::{R1csHeader, read_r1cs_header, write_r1cs};
pub use sections::Format;
pub use verify::Transcript;
pub use wtns::write_wtns_with_secrets;
pub use zkey::{Contribution, Kind, Zkey};
