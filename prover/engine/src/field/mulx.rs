//! Words of 64 bits on a processor with MULX: the same code, compiled for it.

#![allow(
    unsafe_code,
    reason = "what is compiled for a processor may run on such a one only, of which `Mulx` is the proof"
)]

use super::machine::{Machine, Work};

/// A processor with BMI2. There is no value of this type anywhere else.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mulx(());

impl Mulx {
    pub(crate) fn detect() -> Option<Self> {
        is_x86_feature_detected!("bmi2").then_some(Mulx(()))
    }
}

/// Runs a computation compiled for the processor.
#[inline(always)]
pub(crate) fn run<M: Machine, W: Work<M>>(_: Mulx, machine: M, work: W) -> W::Output {
    #[target_feature(enable = "bmi2")]
    fn compiled<M: Machine, W: Work<M>>(machine: M, work: W) -> W::Output {
        work.on(machine)
    }
    // SAFETY: the processor has BMI2, as a `Mulx` is made by `Mulx::detect` alone.
    unsafe { compiled(machine, work) }
}
