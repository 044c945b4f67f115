//! The field of prime order l.

#![allow(
    clippy::disallowed_methods,
    unexpected_cfgs,
    reason = "`MontConfig` writes constants in Montgomery form, and asks whether this crate has a feature `asm`"
)]

use ark_ff::{Fp256, MontBackend, MontConfig};

/// Integers modulo l, the order of [`BASE8`](super::BASE8).
pub type Scalar = Fp256<MontBackend<ScalarConfig, 4>>;

/// The prime l and a generator of its multiplicative group.
#[derive(MontConfig)]
#[modulus = "2736030358979909402780800718157159386076813972158567259200215660948447373041"]
#[generator = "31"]
pub struct ScalarConfig;
