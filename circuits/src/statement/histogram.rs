//! `histogram`: how many of N different devices, at least k of them, have a value in each of sixteen bins.
//!
//! Rules C1 to C15 of [`crate::statement`], as an aggregate has them ([`super::readings`]), and one of its own.
//!
//! | rule | name |
//! |---|---|
//! | H1 | the number of each bin is that of the readings whose value is in it |
//!
//! With w the policy's bin width, 1 <= w < 2^40, and v = value - low, of which C7 says 0 <= v < 2^40: the bin is b where
//!
//!   v = b w + remainder, 0 <= remainder < 2^40, and remainder < w if b < 15.
//!
//! No side of it reaches 2^45, so that it is one of integers and nothing wraps around r; and there is one such b, as w is not 0. The bin is
//! shown by sixteen booleans, of which as many are 1 as the slot is active: one, or none. So each reading is in one bin, an unused slot in
//! none, and the bins sum up to the count whatever the values are.

mod bins;

use ark_ff::Field as _;
use zksensor_model::claim::histogram::OF_BINS;
pub use zksensor_model::claim::histogram::{Histogram, HistogramFields, HistogramInputs};
use zksensor_model::field::Fr;
use zksensor_model::histogram::BINS;
use zksensor_model::layout::Field;
use zksensor_model::preimages::HistogramLimits;

use super::readings::{self, Common, CommonVars, FromReadings, Opened, ReadingsWitness};
use super::{Binding, InputVars, Rule, Statement, Violation, ensure, many};
use crate::gadgets::{Bounded, Gadgets, SynthesisError};

/// What the aggregator knows.
pub type HistogramWitness = ReadingsWitness;

impl HistogramWitness {
    /// The public inputs of a histogram that hold for a witness, in this epoch and for this binding. Whether its readings obey the rules
    /// is for [`Statement::check`].
    pub fn histogram(&self, epoch: u32, binding: Binding) -> HistogramInputs {
        let Common { registry_root, policy_id, epoch, chunk_bits, chunk, count } = self.common(epoch);
        let none = HistogramInputs {
            registry_root,
            policy_id,
            epoch,
            chunk_bits,
            chunk,
            count,
            binding,
            bin_0: 0,
            bin_1: 0,
            bin_2: 0,
            bin_3: 0,
            bin_4: 0,
            bin_5: 0,
            bin_6: 0,
            bin_7: 0,
            bin_8: 0,
            bin_9: 0,
            bin_10: 0,
            bin_11: 0,
            bin_12: 0,
            bin_13: 0,
            bin_14: 0,
            bin_15: 0,
        };
        none.with_bins(self.in_bins())
    }

    /// Readings in each bin; a value out of the policy's range is in none.
    fn in_bins(&self) -> [u16; BINS] {
        let mut counts = [0u16; BINS];
        let bins = self.policy.histogram_bins();
        let of = |value| bins.and_then(|bins| bins.of(value));
        for bin in self.values().into_iter().filter_map(of) {
            counts[bin] = counts[bin].saturating_add(1);
        }
        counts
    }
}

impl FromReadings for Histogram {
    fn inputs_of(witness: &HistogramWitness, epoch: u32, binding: Binding) -> HistogramInputs {
        witness.histogram(epoch, binding)
    }
}

impl Statement for Histogram {
    type Witness = HistogramWitness;

    fn check(&self, inputs: &HistogramInputs, witness: &HistogramWitness) -> Result<(), Violation> {
        let &HistogramInputs { registry_root, policy_id, epoch, chunk_bits, chunk, count, .. } = inputs;
        let claimed = Common { registry_root, policy_id, epoch, chunk_bits, chunk, count };
        witness.check(self, &claimed)?; // C1 to C15
        let pairs = inputs.bins().into_iter().zip(witness.in_bins()).enumerate();
        for (bin, (claimed, wanted)) in pairs {
            ensure(claimed == wanted, || Violation::Own {
                rule: OF_BINS,
                reason: format!("expected {wanted} readings in bin {bin}, got {claimed}").into(),
            })?; // H1
        }
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Histogram>,
        witness: Option<&HistogramWitness>,
    ) -> Result<(), SynthesisError> {
        let HistogramFields { registry_root, policy_id, epoch, chunk_bits, chunk, .. } = inputs;
        let common = CommonVars { registry_root, policy_id, epoch, chunk_bits, chunk };
        let Opened { policy, active, values } = readings::open(self, g, &common, witness)?; // C1 to C6, C8 to C14
        let width = g.rule(Rule::POLICY, |g| open_width(g, &policy.parameters))?; // C1
        let above = readings::in_range(g, &policy, &active, values)?; // C7
        many::count(g, inputs.count.var(), &policy, &active)?; // C15
        g.rule(OF_BINS, |g| bins::assert_bins(g, inputs, &width, &active, &above)) // H1
    }
}

/// The parameters are a width, and not 0.
fn open_width<G: Gadgets>(g: &mut G, packed: &G::Var) -> Result<Bounded<G::Var>, SynthesisError> {
    const PARTS: HistogramLimits<Field> = HistogramLimits::PARTS;
    let width = g.assert_range(packed, PARTS.bin_width.bits())?;
    let less_one = g.linear(-Fr::ONE, &[(Fr::ONE, width.var())]);
    g.assert_range(&less_one, PARTS.bin_width.bits())?;
    Ok(width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_model::policy::encoding;

    /// What no side of the decomposition reaches is far from r, and a remainder and a width can be compared.
    #[test]
    fn nothing_wraps() {
        const PARTS: HistogramLimits<Field> = HistogramLimits::PARTS;
        assert_eq!(PARTS.bin_width.bits(), encoding::VALUE_SPAN_BITS);
        assert!((BINS as u128) << PARTS.bin_width.bits() < 1 << 45);
    }
}
