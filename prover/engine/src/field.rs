//! Elements of BN254's two prime fields, many at a time, in the form that the machine is best at.
//!
//! A [`Machine`] is a way to compute: [`portable`] works everywhere, [`ifma`] on processors with AVX-512 IFMA. What is built
//! on it is written once, for any machine and for either [`Modulus`], and entered through [`Machine::run`], which
//! compiles it for the instructions that the machine has.

#[cfg(target_arch = "x86_64")]
pub(crate) mod ifma;
pub(crate) mod machine;
pub(crate) mod modulus;
#[cfg(target_arch = "x86_64")]
pub(crate) mod mulx;
pub(crate) mod portable;

pub(crate) use machine::{Machine, Work};
pub use modulus::Modulus;

#[cfg(test)]
pub(crate) mod tests;
