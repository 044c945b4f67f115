//! Where advice is assigned, and nowhere else. What pins a cell is said beside each.
//!
//! The gate of halo2-base is c0 + c1 c2 = c3 of four cells in a row of one column; a chain of them shares c3 with the next c0. An
//! operand that is a cell already comes in by a copy constraint, a constant by one with a fixed cell, so only what a function
//! here calls a value needs a gate or a table of its own.

use halo2_base::gates::{GateInstructions as _, RangeChip, RangeInstructions as _};
use halo2_base::halo2_proofs::halo2curves::ff::Field as _;
use halo2_base::{Context, QuantumCell};

use crate::field::{Scalar, limbs};
use crate::table::{PHASE, Table};
use crate::var::{Cell, Kind, Var};

/// The widest range that the library takes with a table of [`crate::table::TABLE_BITS`]: whole limbs that no element exceeds.
const CHIP_BITS: u32 = 248;

/// The table as it grows.
pub(crate) struct Cells {
    table: Table,
    range: RangeChip<Scalar>,
    /// The part that grows: 0 outside of blocks.
    segment: usize,
}

impl Cells {
    /// None yet.
    pub(crate) fn new(has_values: bool) -> Self {
        let mut table = Table::new(has_values);
        let range = table.0.range_chip();
        table.0.pool(PHASE).new_thread();
        Cells { table, range, segment: 0 }
    }

    /// The table with all of them.
    pub(crate) fn into_table(self) -> Table {
        self.table
    }

    /// What comes next is one more block's.
    pub(crate) fn enter_block(&mut self) {
        self.segment = self.table.0.pool(PHASE).thread_count();
        self.table.0.pool(PHASE).new_thread();
    }

    /// What comes next is outside of blocks.
    pub(crate) fn leave_block(&mut self) {
        self.segment = 0;
    }

    fn parts(&mut self) -> (&mut Context<Scalar>, &RangeChip<Scalar>) {
        (&mut self.table.0.pool(PHASE).threads[self.segment], &self.range)
    }

    /// A free input or the value of a hint: pinned by what the caller asserts of it.
    pub(crate) fn free(&mut self, value: Scalar) -> Cell {
        self.parts().0.load_witness(value)
    }

    /// A public input: pinned by a copy of the instance column.
    pub(crate) fn public(&mut self, value: Scalar) -> Cell {
        let cell = self.parts().0.load_witness(value);
        self.table.0.assigned_instances[0].push(cell);
        cell
    }

    /// The variable as a cell: a constant is pinned by a copy of a fixed cell.
    fn cell(&mut self, var: &Var) -> Cell {
        match var.kind() {
            Kind::Cell(cell) => *cell,
            Kind::Constant(value) => self.parts().0.load_constant(*value),
        }
    }

    /// constant + sum of coefficient * variable, where constants stay one.
    pub(crate) fn linear(&mut self, constant: Scalar, terms: &[(Scalar, Var)]) -> Var {
        let mut constant = constant;
        let mut live: Vec<(Scalar, Var)> = Vec::with_capacity(terms.len());
        for (coefficient, var) in terms {
            match var.kind() {
                Kind::Constant(value) => constant += *coefficient * value,
                Kind::Cell(_) if *coefficient != Scalar::ZERO => live.push((*coefficient, *var)),
                Kind::Cell(_) => {}
            }
        }
        match live.as_slice() {
            [] => Var::constant(constant),
            [(coefficient, var)] if *coefficient == Scalar::ONE && constant == Scalar::ZERO => *var,
            _ => self.inner_product(constant, &live).into(),
        }
    }

    /// constant + sum of coefficient * variable. Each partial sum is pinned by its gate.
    fn inner_product(&mut self, constant: Scalar, terms: &[(Scalar, Var)]) -> Cell {
        // The library saves a gate where the first coefficient is 1.
        let first = terms.iter().position(|(coefficient, _)| *coefficient == Scalar::ONE);
        let lead = match first {
            _ if constant != Scalar::ZERO => Some((QuantumCell::Constant(constant), None)),
            Some(first) => Some((terms[first].1.operand(), Some(first))),
            None => None,
        };
        let taken = lead.as_ref().and_then(|(_, taken)| *taken);
        let rest = terms.iter().enumerate().filter(|(index, _)| Some(*index) != taken);
        let rest = rest.map(|(_, (coefficient, var))| (var.operand(), QuantumCell::Constant(*coefficient)));
        let lead = lead.map(|(operand, _)| (operand, QuantumCell::Constant(Scalar::ONE)));
        let (left, right): (Vec<_>, Vec<_>) = lead.into_iter().chain(rest).unzip();
        let (context, range) = self.parts();
        range.gate().inner_product(context, left, right)
    }

    /// a * b, pinned by the gate 0 + a b = value.
    pub(crate) fn product(&mut self, a: &Var, b: &Var) -> Cell {
        let (context, range) = self.parts();
        range.gate().mul(context, a.operand(), b.operand())
    }

    /// a * b = c, the gate of nothing but copies.
    pub(crate) fn assert_product(&mut self, a: &Var, b: &Var, c: &Var) {
        let zero = QuantumCell::Constant(Scalar::ZERO);
        self.parts().0.assign_region([zero, a.operand(), b.operand(), c.operand()], [0]);
    }

    /// a = b, a copy constraint. Of two constants that differ it is one that no table meets.
    pub(crate) fn assert_equal(&mut self, a: &Var, b: &Var) {
        let (cell, other) = match (a.kind(), b.kind()) {
            (Kind::Cell(cell), _) => (*cell, b),
            (_, Kind::Cell(cell)) => (*cell, a),
            (Kind::Constant(_), Kind::Constant(_)) => (self.cell(a), b),
        };
        let (context, range) = self.parts();
        match other.kind() {
            Kind::Cell(other) => context.constrain_equal(&cell, other),
            Kind::Constant(value) => range.gate().assert_is_const(context, &cell, value),
        }
    }

    /// value is 0 or 1, the gate 0 + x x = x of copies.
    pub(crate) fn assert_bit(&mut self, value: &Var) {
        let cell = self.cell(value);
        let (context, range) = self.parts();
        range.gate().assert_bit(context, cell);
    }

    /// value < 2^width by lookups of its limbs, for 1 to 253 bits.
    pub(crate) fn assert_range(&mut self, value: &Var, width: u32) {
        let cell = self.cell(value);
        let (context, range) = self.parts();
        if width <= CHIP_BITS {
            // Limbs are looked up, and their sum is a copy of the value; the top one is looked up once more, scaled to its width.
            range.range_check(context, cell, width as usize);
            return;
        }
        // value = low + 2^248 high, both ranged: below 2^253 and so below r, whatever the value.
        let mut low = limbs(cell.value());
        let high = low[3] >> 56;
        low[3] &= (1 << 56) - 1;
        // Both are pinned by their ranges and by the sum, which is a copy of the value.
        let low = context.load_witness(Scalar::from(low));
        let high = context.load_witness(Scalar::from(high));
        range.range_check(context, low, CHIP_BITS as usize);
        range.range_check(context, high, (width - CHIP_BITS) as usize);
        let weights = [Scalar::ONE, range.gate().pow_of_two()[CHIP_BITS as usize]];
        let sum = range.gate().inner_product(context, [low, high], weights.map(QuantumCell::Constant));
        context.constrain_equal(&sum, &cell);
    }

    /// Cells of these bits, least significant first, at most 254: each is 0 or 1, and the sum of 2^i b_i is a copy of the value.
    pub(crate) fn bits(&mut self, value: &Var, bits: Vec<Scalar>) -> Vec<Cell> {
        let value = self.cell(value);
        let (context, range) = self.parts();
        let gate = range.gate();
        let weights: Vec<_> =
            gate.pow_of_two()[..bits.len()].iter().map(|weight| QuantumCell::Constant(*weight)).collect();
        // A bit is pinned by its gate below and by the sum, a partial sum by its gate.
        let bits: Vec<_> = bits.into_iter().map(QuantumCell::Witness).collect();
        let (sum, bits) = gate.inner_product_left(context, bits, weights);
        context.constrain_equal(&sum, &value);
        for bit in &bits {
            gate.assert_bit(context, *bit);
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::constraints;
    use crate::field::to_scalar;
    use zksensor_model::field::{Fr, power_of_two};

    /// Whether a table with one value in it meets its constraints.
    fn holds(value: Scalar, assert: impl FnOnce(&mut Cells, &Var)) -> bool {
        let mut cells = Cells::new(true);
        let value = cells.free(value).into();
        assert(&mut cells, &value);
        let table = cells.into_table();
        let values: Vec<Scalar> = {
            let segments = &table.0.core().phase_manager[PHASE].threads;
            segments.iter().flat_map(|segment| &segment.advice).map(|cell| cell.evaluate()).collect()
        };
        let mut holds = true;
        constraints::each(&table, |constraint| holds &= constraint.holds(&values, &[]));
        holds
    }

    #[test]
    fn ranges_are_exact_at_every_width() {
        for width in 1..=253 {
            let end = to_scalar(&power_of_two(width));
            let in_range = |value| holds(value, |cells, value| cells.assert_range(value, width));
            for value in [Scalar::ZERO, Scalar::ONE, end - Scalar::ONE] {
                assert!(in_range(value), "{value:?} of {width} bits");
            }
            for value in [end, end + Scalar::ONE, -Scalar::ONE, -Scalar::from(1 << 20)] {
                assert!(!in_range(value), "{value:?} of {width} bits");
            }
        }
    }

    #[test]
    fn ranges_have_so_many_cells_and_lookups() {
        for (width, wanted) in [(8, (0, 1)), (32, (10, 4)), (64, (22, 8)), (253, (101, 33))] {
            let mut cells = Cells::new(false);
            let value = cells.free(Scalar::ZERO).into();
            cells.assert_range(&value, width);
            let size = crate::Size::of(&cells.into_table()).unwrap();
            assert_eq!(
                (size.cells - 1, size.lookups),
                wanted,
                "{width} bits; docs/halo2-fit.md has them, too"
            );
        }
    }

    #[test]
    fn bits_are_exact() {
        for width in [1usize, 2, 64, 65, 253] {
            let bits = |value: Scalar| {
                let limbs = limbs(&value);
                let bits = (0..width).map(|bit| Scalar::from(limbs[bit / 64] >> (bit % 64) & 1)).collect();
                holds(value, |cells, value| drop(cells.bits(value, bits)))
            };
            let end = to_scalar(&power_of_two(u32::try_from(width).unwrap()));
            assert!(bits(Scalar::ZERO) && bits(end - Scalar::ONE), "{width} bits");
            assert!(!bits(end) && !bits(-Scalar::ONE), "{width} bits");
        }
        let two = Scalar::from(2);
        assert!(!holds(two, |cells, value| drop(cells.bits(value, vec![two]))), "a bit that is 2");
    }

    #[test]
    fn constants_are_compared_too() {
        let constants = [3u64, 3, 4].map(|value| Var::constant(to_scalar(&Fr::from(value))));
        let [three, again, four] = &constants;
        let three_is = |other: &Var| holds(Scalar::ZERO, |cells, _| cells.assert_equal(three, other));
        assert!(three_is(again) && !three_is(four));
        let equal = |value: u64| {
            holds(Scalar::from(value), |cells, value| {
                cells.assert_equal(value, three);
                cells.assert_equal(again, value);
            })
        };
        assert!(equal(3) && !equal(4));
        let bit = |constant: u64| {
            holds(Scalar::ZERO, |cells, _| cells.assert_bit(&Var::constant(Scalar::from(constant))))
        };
        assert!(bit(0) && bit(1) && !bit(2));
    }
}
