//! Why a claim is true: gadgets, and the statements written in them.
//!
//! What is claimed is `zksensor-model`; a statement is a claim with a circuit. No prover, no I/O, no threads, and no
//! arithmetization but plain field elements ([`native`]): rank-1 constraint systems are `zksensor-r1cs`, tables of halo2
//! `zksensor-plonkish`.

pub mod assemble;
pub mod gadgets;
pub mod mutants;
pub mod native;
pub mod statement;
pub mod trace;
