//! What one row says, of values: the gates once more, for whoever looks at a table without laying it out.

use halo2_proofs::halo2curves::ff::Field as _;

use crate::{FACTOR_TERMS, POWER_INPUTS, Scalar, WIDTH};

/// The fixed cells of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// w_j.
    pub weights: [Scalar; WIDTH],
    /// c.
    pub constant: Scalar,
    /// p.
    pub product: Scalar,
    /// l_1, l_2 and l.
    pub left: [Scalar; FACTOR_TERMS],
    /// r_1, r_2 and r.
    pub right: [Scalar; FACTOR_TERMS],
    /// Whether the row is a power.
    pub power: bool,
    /// Whether the row is one of bits.
    pub bits: bool,
}

impl Gate {
    /// A row that says nothing.
    pub const NOTHING: Gate = Gate {
        weights: [Scalar::ZERO; WIDTH],
        constant: Scalar::ZERO,
        product: Scalar::ZERO,
        left: [Scalar::ZERO; FACTOR_TERMS],
        right: [Scalar::ZERO; FACTOR_TERMS],
        power: false,
        bits: false,
    };

    /// The rows that every table begins with: without a cell, met by zeros, and between them a number in every fixed column. So no
    /// column of a key is all 0, and none of its commitments the point at infinity, which verifiers refuse.
    pub const LEADING: [Gate; 3] = [
        Gate {
            weights: [Scalar::ONE; WIDTH],
            constant: Scalar::ONE.neg(),
            product: Scalar::ONE,
            left: [Scalar::ONE; FACTOR_TERMS],
            right: [Scalar::ONE; FACTOR_TERMS],
            ..Gate::NOTHING
        },
        Gate { power: true, ..Gate::NOTHING },
        Gate { bits: true, ..Gate::NOTHING },
    ];

    /// Whether the cells of the row meet it. Cells that are not assigned are 0.
    pub fn holds(&self, cells: &[Scalar; WIDTH]) -> bool {
        let sum = |terms: usize| {
            let terms = self.weights.iter().zip(cells).take(terms);
            terms.fold(self.constant, |sum, (weight, cell)| sum + *weight * cell)
        };
        let factor = |first: usize, [one, two, constant]: [Scalar; FACTOR_TERMS]| {
            cells[first] + one * cells[first + 1] + two * cells[first + 2] + constant
        };
        let all = if self.power { Scalar::ZERO } else { sum(WIDTH) };
        let is_sum =
            || all + self.product * factor(0, self.left) * factor(FACTOR_TERMS, self.right) == Scalar::ZERO;
        let is_power = || {
            let (input, square) = (sum(POWER_INPUTS), cells[POWER_INPUTS]);
            square == input.square() && cells[POWER_INPUTS + 1] == square.square() * input
        };
        let are_bits = || cells.iter().all(|cell| *cell == cell.square());
        is_sum() && (!self.power || is_power()) && (!self.bits || are_bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_meet_the_rows_that_lead() {
        for gate in Gate::LEADING {
            assert!(gate.holds(&[Scalar::ZERO; WIDTH]), "{gate:?}");
        }
    }

    /// Each kind takes what it says, and nothing that differs from it by one in one cell.
    #[test]
    fn rows_say_what_is_written() {
        let number = Scalar::from;
        let mut cells = [Scalar::ZERO; WIDTH];
        for (index, cell) in (2..).zip(&mut cells) {
            *cell = number(index);
        }
        let mut weights = [Scalar::ZERO; WIDTH];
        weights[WIDTH - 1] = -Scalar::ONE;
        // (2 + 3 * 3 + 5 * 4 + 7) (5 + 2 * 6 + 3 * 7 + 4) 11, of which the last cell is the negative
        let product = Gate {
            weights,
            constant: number(1),
            product: number(11),
            left: [3, 5, 7].map(number),
            right: [2, 3, 4].map(number),
            ..Gate::NOTHING
        };
        let mut of_product = cells;
        of_product[WIDTH - 1] = number(38 * 42 * 11 + 1);
        let linear = Gate { weights: [Scalar::ONE; WIDTH], constant: -number(6), ..Gate::NOTHING };
        let mut of_linear = cells;
        of_linear[0] = number(8) - of_linear.iter().sum::<Scalar>();
        let power = Gate { weights: [Scalar::ONE; WIDTH], constant: number(1), power: true, ..Gate::NOTHING };
        let mut of_power = cells;
        let input = cells[..POWER_INPUTS].iter().sum::<Scalar>() + number(1);
        of_power[POWER_INPUTS] = input.square();
        of_power[POWER_INPUTS + 1] = input.square().square() * input;
        for (gate, cells) in [(product, of_product), (linear, of_linear), (power, of_power)] {
            assert!(gate.holds(&cells), "{gate:?}");
            let read = |cell: usize| (2 * FACTOR_TERMS..WIDTH - 1).contains(&cell);
            for cell in 0..WIDTH {
                let mut other = cells;
                other[cell] += Scalar::ONE;
                let free = gate.product != Scalar::ZERO && read(cell);
                assert_eq!(gate.holds(&other), free, "cell {cell} of {gate:?}");
            }
        }
        let bits = Gate { bits: true, ..Gate::NOTHING };
        for cell in 0..WIDTH {
            let mut cells = [Scalar::ONE; WIDTH];
            assert!(bits.holds(&cells));
            cells[cell] = number(2);
            assert!(!bits.holds(&cells));
        }
    }
}
