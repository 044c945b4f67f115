//! The library's table, wiped when it is dropped.

use halo2_base::gates::circuit::CircuitBuilderStage;
use halo2_base::gates::circuit::builder::BaseCircuitBuilder;
use halo2_base::halo2_proofs::plonk::Assigned;

use crate::field::Scalar;

/// Bits of the table that ranges are looked up in: most widths in use are multiples of it, and 2^9 rows hold it.
pub(crate) const TABLE_BITS: usize = 8;

/// The one phase that there is: no cell depends on a challenge.
pub(crate) const PHASE: usize = 0;

/// Cells with their gates, copies and lookups.
pub(crate) struct Table(pub(crate) BaseCircuitBuilder<Scalar>);

impl Table {
    /// An empty one, with values or without.
    pub(crate) fn new(has_values: bool) -> Self {
        let stage = if has_values { CircuitBuilderStage::Mock } else { CircuitBuilderStage::Keygen };
        let builder = BaseCircuitBuilder::from_stage(stage);
        Table(builder.use_lookup_bits(TABLE_BITS).use_instance_columns(1))
    }

    /// The same shape with no values.
    pub(crate) fn blank(&self) -> Table {
        let mut blank = Table(self.0.deep_clone().unknown(true));
        blank.wipe();
        blank
    }

    /// Overwrites every value of the prover's.
    fn wipe(&mut self) {
        for context in &mut self.0.pool(PHASE).threads {
            context.advice.fill(Assigned::Zero);
            // The writes happen, although nothing reads them.
            std::hint::black_box(&mut context.advice);
        }
        let lookups = &self.0.lookup_manager()[PHASE].cells_to_lookup;
        // A thread that panicked holds nothing back.
        let mut lookups = lookups.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        for cell in lookups.values_mut().flatten().flatten() {
            cell.value = Assigned::Zero;
        }
        std::hint::black_box(&mut *lookups);
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        self.wipe();
    }
}
