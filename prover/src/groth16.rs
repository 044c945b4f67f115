//! Groth16 over BN254 (eprint 2016/260, section 3.2).

mod ark;
mod blinding;
pub(crate) mod blocks;
mod key;
pub(crate) mod qap;
#[cfg(feature = "insecure-setup")]
mod setup;
mod subgroup;

pub use ark::{key_from_ark, key_to_ark, proof_from_ark, proof_to_ark};
pub use blinding::Blinding;
pub use key::ProvingKey;
#[cfg(feature = "insecure-setup")]
pub use setup::insecure_setup;
