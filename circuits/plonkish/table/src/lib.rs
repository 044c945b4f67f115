//! The table: its columns, gates and lookup, for whoever fills one and for whoever verifies what was shown of one.
//!
//! A row has [`WIDTH`] cells a_0, a_1, ... and says one of four things, by the fixed cells beside them:
//!
//! ```text
//! linear   sum of w_j a_j + c = 0
//! product  (a_0 + l_1 a_1 + l_2 a_2 + l) (a_3 + r_1 a_4 + r_2 a_5 + r) p + sum of w_j a_j + c = 0
//! power    u = x^2 and y = u^2 x, where x = sum of w_j a_j + c of all but the last two cells, which are u and y
//! bits     a_j is 0 or 1, for every j
//! ```
//!
//! A product with p = 0 is linear, and a row whose fixed cells are all 0 says nothing. One more column is looked up in the numbers below
//! 2^[`RANGE_BITS`]; one holds the public inputs. No gate reads another row: what two rows have in common is a copy. So all tables have
//! one constraint system, and differ in rows alone.

mod gate;

pub use gate::Gate;
/// halo2 as it is linked: `halo2-axiom` 0.5, KZG on BN254.
pub use halo2_proofs;

use halo2_proofs::halo2curves::bn256::Fr;
use halo2_proofs::plonk::{Advice, Column, ConstraintSystem, Expression, Fixed, Instance, TableColumn};
use halo2_proofs::poly::Rotation;

/// An element of the scalar field of BN254, as halo2 has it.
pub type Scalar = Fr;

/// Cells of a row that gates read.
pub const WIDTH: usize = 9;

/// Cells of a factor of a product: the first ones are those of the left one, then come those of the right one.
pub const FACTOR_TERMS: usize = 3;

/// Inputs of a power: the cells before u and y.
pub const POWER_INPUTS: usize = WIDTH - 2;

/// Bits of the numbers that cells are looked up in: most widths in use are multiples of it.
pub const RANGE_BITS: u32 = 8;

/// Rows at the end of a table that blind, and those that halo2 keeps beside them.
pub const BLINDING_ROWS: usize = 8;

/// The least binary logarithm of rows: the numbers that are looked up fit in, and the rows that blind.
pub const LEAST_K: u32 = RANGE_BITS + 1;

/// The largest: domains of quotients are four times as large, and the field has roots of unity of order 2^28.
pub const MOST_K: u32 = 25;

/// Rows of a table of 2^k that may be filled.
pub fn usable_rows(k: u32) -> usize {
    (1usize << k).saturating_sub(BLINDING_ROWS)
}

/// The columns of a table.
#[derive(Debug, Clone)]
pub struct Columns {
    /// What gates read: a_0, a_1, ...
    pub cells: [Column<Advice>; WIDTH],
    /// What is looked up.
    pub looked_up: Column<Advice>,
    /// The public inputs.
    pub publics: Column<Instance>,
    /// The weight w_j of each cell.
    pub weights: [Column<Fixed>; WIDTH],
    /// c.
    pub constant: Column<Fixed>,
    /// p.
    pub product: Column<Fixed>,
    /// l_1, l_2 and l.
    pub left: [Column<Fixed>; FACTOR_TERMS],
    /// r_1, r_2 and r.
    pub right: [Column<Fixed>; FACTOR_TERMS],
    /// 1 in a row that is a power, else 0.
    pub power: Column<Fixed>,
    /// 1 in a row of bits, else 0.
    pub bits: Column<Fixed>,
    /// The numbers below 2^[`RANGE_BITS`].
    pub numbers: TableColumn,
}

impl Columns {
    /// Makes the columns, with their gates, copies and lookup: the one place where a constraint of halo2 is written.
    pub fn configure(system: &mut ConstraintSystem<Scalar>) -> Self {
        let columns = Columns {
            cells: std::array::from_fn(|_| system.advice_column()),
            looked_up: system.advice_column(),
            publics: system.instance_column(),
            weights: std::array::from_fn(|_| system.fixed_column()),
            constant: system.fixed_column(),
            product: system.fixed_column(),
            left: std::array::from_fn(|_| system.fixed_column()),
            right: std::array::from_fn(|_| system.fixed_column()),
            power: system.fixed_column(),
            bits: system.fixed_column(),
            numbers: system.lookup_table_column(),
        };
        for column in columns.cells.iter().chain([&columns.looked_up]) {
            system.enable_equality(*column);
        }
        system.enable_equality(columns.publics);
        columns.gates(system);
        system.lookup("range", |cells| {
            vec![(cells.query_advice(columns.looked_up, Rotation::cur()), columns.numbers)]
        });
        columns
    }

    fn gates(&self, system: &mut ConstraintSystem<Scalar>) {
        system.create_gate("row", |query| {
            let cells = self.cells.map(|column| query.query_advice(column, Rotation::cur()));
            let mut fixed = |column| query.query_fixed(column, Rotation::cur());
            let weights = self.weights.map(&mut fixed);
            let [constant, product] = [self.constant, self.product].map(&mut fixed);
            let [power, bits] = [self.power, self.bits].map(&mut fixed);
            let [left, right] = [self.left, self.right].map(|columns| columns.map(&mut fixed));

            let weighed: Vec<Expression<Scalar>> =
                weights.into_iter().zip(&cells).map(|(weight, cell)| weight * cell.clone()).collect();
            let sum = |terms: &[Expression<Scalar>]| {
                terms.iter().fold(constant.clone(), |sum, term| sum + term.clone())
            };
            let (all, input) = (sum(&weighed), sum(&weighed[..POWER_INPUTS]));
            let factor = |first: usize, [one, two, constant]: [Expression<Scalar>; FACTOR_TERMS]| {
                let [a, b, c] = [0, 1, 2].map(|index| cells[first + index].clone());
                a + one * b + two * c + constant
            };
            let factors = factor(0, left) * factor(FACTOR_TERMS, right);
            let (square, fifth) = (cells[POWER_INPUTS].clone(), cells[POWER_INPUTS + 1].clone());
            let one = Expression::Constant(Scalar::one());
            let mut constraints = vec![
                ("sum", (one.clone() - power.clone()) * all + product * factors),
                ("square", power.clone() * (square.clone() - input.clone() * input.clone())),
                ("fifth power", power * (fifth - square.clone() * square * input)),
            ];
            let bit = |cell: &Expression<Scalar>| bits.clone() * cell.clone() * (one.clone() - cell.clone());
            constraints.extend(cells.iter().map(|cell| ("bit", bit(cell))));
            constraints
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_of_this_size() {
        let mut system = ConstraintSystem::default();
        Columns::configure(&mut system);
        assert_eq!(system.degree(), 5, "quotients are on a domain four times as large");
        assert_eq!(system.minimum_rows(), BLINDING_ROWS);
        assert_eq!((system.num_advice_columns(), system.num_instance_columns()), (WIDTH + 1, 1));
        assert_eq!((system.num_fixed_columns(), system.num_selectors()), (2 * FACTOR_TERMS + WIDTH + 5, 0));
    }
}
