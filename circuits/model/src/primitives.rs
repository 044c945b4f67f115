//! The native cryptography under the statements: Poseidon, BabyJubJub, EdDSA, the 8-ary Merkle tree.

pub mod babyjubjub;
pub mod eddsa;
pub mod merkle;
pub mod poseidon;
