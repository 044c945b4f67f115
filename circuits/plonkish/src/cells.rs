//! Where variables of a table come from, and nowhere else. What pins one is said beside each.
//!
//! A row takes linear combinations as they are, up to so many terms; what is longer is summed by rows before it. A variable has no cell
//! until a row takes it, and its further cells are copies.

#[cfg(test)]
mod tests;

use halo2_proofs::halo2curves::ff::Field as _;
use zksensor_plonkish_table::{FACTOR_TERMS, Gate, POWER_INPUTS, RANGE_BITS, WIDTH};

use crate::field::{Scalar, limbs};
use crate::linear::{Id, Linear};
use crate::table::{Growing, Table};
use crate::var::Var;

/// The table as it grows.
pub(crate) struct Cells(Growing);

impl Cells {
    /// None yet.
    pub(crate) fn new() -> Self {
        Cells(Growing::new())
    }

    /// The table with all of them.
    pub(crate) fn into_table(self) -> Table {
        self.0.into_table()
    }

    /// A free input or the value of a hint: pinned by what the caller asserts of it.
    pub(crate) fn free(&mut self, value: Scalar) -> Var {
        self.0.fresh(value).into()
    }

    /// A public input: pinned by a copy of the instance column.
    pub(crate) fn public(&mut self, value: Scalar) -> Var {
        let id = self.0.fresh(value);
        self.0.publish(id);
        id.into()
    }

    /// The value of a variable; where there are no values, of zeros.
    pub(crate) fn value(&self, var: &Var) -> Scalar {
        self.evaluate(var.linear())
    }

    fn evaluate(&self, linear: &Linear) -> Scalar {
        let terms = linear.terms.iter();
        terms.fold(linear.constant, |sum, (coefficient, id)| sum + *coefficient * self.0.value(*id))
    }

    /// constant + sum of coefficient * variable, which takes no row before it is used.
    pub(crate) fn linear(&mut self, constant: Scalar, terms: &[(Scalar, &Var)]) -> Var {
        if let [(coefficient, var)] = terms
            && (*coefficient, constant) == (Scalar::ONE, Scalar::ZERO)
        {
            return (*var).clone();
        }
        let sum =
            Linear::sum(constant, terms.iter().map(|(coefficient, var)| (*coefficient, Self::terms(var))));
        if sum.terms.len() <= FACTOR_TERMS {
            return sum.into();
        }
        // Longer than a factor: a part of more than two terms is likely to be in others, too, and becomes a variable for all of them.
        let parts: Vec<(Scalar, Linear)> =
            terms.iter().map(|(coefficient, var)| (*coefficient, self.at_most(var, 2))).collect();
        Linear::sum(constant, parts).into()
    }

    /// The variable by as many terms as a factor has.
    fn factor(&mut self, var: &Var) -> Linear {
        self.at_most(var, FACTOR_TERMS)
    }

    /// The variable by at most so many terms: by one, if it has more.
    fn at_most(&mut self, var: &Var, most: usize) -> Linear {
        let linear = Self::terms(var);
        if linear.terms.len() <= most { linear } else { Linear::variable(self.fix(var)) }
    }

    /// The variable by the terms that it was made of, or as one of the table if it is one by now.
    pub(crate) fn terms(var: &Var) -> Linear {
        var.fixed().get().map_or_else(|| var.linear().clone(), |id| Linear::variable(*id))
    }

    /// The variable as one of the table.
    fn fix(&mut self, var: &Var) -> Id {
        match var.fixed().get() {
            Some(id) => *id,
            None => {
                let id = self.variable(var.linear().clone());
                *var.fixed().get_or_init(|| id)
            }
        }
    }

    /// The combination as one variable of the table.
    pub(crate) fn variable(&mut self, linear: Linear) -> Id {
        if let Some(id) = linear.as_variable() {
            return id;
        }
        let mut linear = self.shortened(linear, WIDTH - 1);
        let value = self.evaluate(&linear);
        // Pinned by the row: linear - value = 0.
        let id = self.0.fresh(value);
        linear.add_variable(-Scalar::ONE, id);
        self.sum_row(&linear);
        id
    }

    /// The combination with at most so many terms, at least two: the first ones are summed by rows.
    fn shortened(&mut self, mut linear: Linear, most: usize) -> Linear {
        while linear.terms.len() > most {
            let rest = linear.terms.split_off((WIDTH - 1).min(linear.terms.len()));
            let first = Linear { constant: Scalar::ZERO, terms: std::mem::replace(&mut linear.terms, rest) };
            let first = self.variable(first);
            linear.add_variable(Scalar::ONE, first);
        }
        linear
    }

    /// The row that says that a combination of at most [`WIDTH`] terms is 0.
    fn sum_row(&mut self, linear: &Linear) {
        let mut gate = Gate { constant: linear.constant, ..Gate::NOTHING };
        let mut cells = [None; WIDTH];
        for (column, (weight, id)) in linear.terms.iter().enumerate() {
            gate.weights[column] = *weight;
            cells[column] = Some(*id);
        }
        self.0.row(gate, cells);
    }

    /// a * b.
    pub(crate) fn product(&mut self, a: &Var, b: &Var) -> Var {
        let (a, b) = (self.factor(a), self.factor(b));
        if let Some((constant, other)) = constant_of(&a, &b) {
            return Linear::sum(Scalar::ZERO, [(constant, other)]).into();
        }
        // Pinned by the row: a b - value = 0.
        let id = self.0.fresh(self.evaluate(&a) * self.evaluate(&b));
        let less = Linear { constant: Scalar::ZERO, terms: vec![(-Scalar::ONE, id)] };
        self.product_row(&a, &b, &less);
        id.into()
    }

    /// a * b = c.
    pub(crate) fn assert_product(&mut self, a: &Var, b: &Var, c: &Var) {
        let (a, b) = (self.factor(a), self.factor(b));
        let mut less = Linear::sum(Scalar::ZERO, [(-Scalar::ONE, &Self::terms(c))]);
        if let Some((constant, other)) = constant_of(&a, &b) {
            less.add(constant, other);
            return self.assert_zero(less);
        }
        let apart =
            less.terms.iter().filter(|(_, id)| a.terms.iter().chain(&b.terms).all(|(_, of)| of != id));
        let free = WIDTH - a.terms.len() - b.terms.len();
        if apart.count() > free {
            less = self.shortened(less, free);
        }
        self.product_row(&a, &b, &less);
    }

    /// The row a b + rest = 0, of factors that are no constants. The rest has the cells that the factors leave, and those of its variables that
    /// are theirs, too. A cell that a factor leaves has no weight in it.
    fn product_row(&mut self, a: &Linear, b: &Linear, rest: &Linear) {
        let mut cells = [None; WIDTH];
        let mut scale = Scalar::ONE;
        // A factor but for its first coefficient, by which the product is scaled.
        let mut factor = |first: usize, of: &Linear| {
            let by = of.terms[0].0;
            let is_own_inverse = by == Scalar::ONE || by == -Scalar::ONE;
            let inverse = if is_own_inverse { by } else { by.invert().expect("coefficients are not 0") };
            scale *= by;
            let mut weights = [Scalar::ZERO; FACTOR_TERMS];
            for (at, (coefficient, id)) in of.terms.iter().enumerate() {
                cells[first + at] = Some(*id);
                weights[at] = *coefficient * inverse;
            }
            [weights[1], weights[2], of.constant * inverse]
        };
        let (left, right) = (factor(0, a), factor(FACTOR_TERMS, b));
        let mut gate = Gate { constant: rest.constant, product: scale, left, right, ..Gate::NOTHING };
        for (weight, id) in &rest.terms {
            let own = cells.iter().position(|cell| *cell == Some(*id));
            let free = || cells.iter().position(Option::is_none).expect("the rest was made to fit");
            let column = own.unwrap_or_else(free);
            cells[column] = Some(*id);
            gate.weights[column] += *weight;
        }
        self.0.row(gate, cells);
    }

    /// x^5.
    pub(crate) fn power(&mut self, x: Linear) -> Linear {
        if let Some(value) = x.as_constant() {
            return Linear::constant(value.square().square() * value);
        }
        let x = self.shortened(x, POWER_INPUTS);
        let mut gate = Gate { constant: x.constant, power: true, ..Gate::NOTHING };
        let mut cells = [None; WIDTH];
        for (column, (weight, id)) in x.terms.iter().enumerate() {
            gate.weights[column] = *weight;
            cells[column] = Some(*id);
        }
        let value = self.evaluate(&x);
        let square = value.square();
        // Pinned by the row: square = x^2, fifth = square^2 x.
        let [square, fifth] = [square, square.square() * value].map(|value| self.0.fresh(value));
        cells[POWER_INPUTS] = Some(square);
        cells[POWER_INPUTS + 1] = Some(fifth);
        self.0.row(gate, cells);
        Linear::variable(fifth)
    }

    /// a = b.
    pub(crate) fn assert_equal(&mut self, a: &Var, b: &Var) {
        self.assert_zero(Linear::sum(
            Scalar::ZERO,
            [(Scalar::ONE, &Self::terms(a)), (-Scalar::ONE, &Self::terms(b))],
        ));
    }

    /// The combination is 0. Of a constant that is not it is a row that no table meets.
    fn assert_zero(&mut self, linear: Linear) {
        match linear.terms[..] {
            [] if linear.constant == Scalar::ZERO => {}
            [(one, a), (other, b)] if one == -other && linear.constant == Scalar::ZERO => self.0.equate(a, b),
            _ => {
                let linear = self.shortened(linear, WIDTH);
                self.sum_row(&linear);
            }
        }
    }

    /// value is 0 or 1: by a row of bits, or x x = x of a combination.
    pub(crate) fn assert_bit(&mut self, value: &Var) {
        match value.fixed().get() {
            Some(id) => self.0.make_bit(*id),
            None => self.assert_product(value, value, value),
        }
    }

    /// value < 2^width by lookups of its limbs, for 1 to 253 bits.
    pub(crate) fn assert_range(&mut self, value: &Var, width: u32) {
        let count = width.div_ceil(RANGE_BITS);
        let top_bits = width - (count - 1) * RANGE_BITS;
        let top = if count == 1 {
            let id = self.fix(value);
            self.0.look_up(id);
            id
        } else {
            self.split(value, count)
        };
        if top_bits < RANGE_BITS {
            // The top limb is looked up once more, scaled to its bits: below 2^RANGE_BITS twice over, so that nothing wraps. The scaled one is
            // pinned by the row of its sum.
            let scale = Scalar::from(1 << (RANGE_BITS - top_bits));
            let scaled = self.variable(Linear { constant: Scalar::ZERO, terms: vec![(scale, top)] });
            self.0.look_up(scaled);
        }
    }

    /// The limbs of a value, looked up: their sum, below 2^254 / 2 by the caller's word of the top one, is the value. Returns the top one.
    fn split(&mut self, value: &Var, count: u32) -> Id {
        let number = limbs(&self.value(value));
        let mut sum = Linear::sum(Scalar::ZERO, [(-Scalar::ONE, &Self::terms(value))]);
        let (mut weight, mut top) = (Scalar::ONE, None);
        for limb in 0..count {
            let bit = limb * RANGE_BITS;
            let limb = number[(bit / u64::BITS) as usize] >> (bit % u64::BITS) & ((1 << RANGE_BITS) - 1);
            // Pinned by its lookup and by the sum.
            let id = self.0.fresh(Scalar::from(limb));
            self.0.look_up(id);
            sum.terms.push((weight, id));
            weight *= Scalar::from(1 << RANGE_BITS);
            top = Some(id);
        }
        self.assert_zero(sum);
        top.expect("a value has at least one limb")
    }

    /// Bits, least significant first, at most 254: each is 0 or 1, and the sum of 2^i b_i is the value.
    pub(crate) fn bits(&mut self, value: &Var, bits: Vec<Scalar>) -> Vec<Var> {
        let mut sum = Linear::sum(Scalar::ZERO, [(-Scalar::ONE, &Self::terms(value))]);
        let mut weight = Scalar::ONE;
        let mut vars = Vec::with_capacity(bits.len());
        for bit in bits {
            // Pinned by a row of bits and by the sum.
            let id = self.0.fresh(bit);
            sum.terms.push((weight, id));
            weight = weight.double();
            vars.push(Var::from(id));
        }
        self.assert_zero(sum);
        vars.iter().for_each(|bit| self.assert_bit(bit));
        vars
    }
}

/// The factor that is a constant, and the other one.
fn constant_of<'l>(a: &'l Linear, b: &'l Linear) -> Option<(Scalar, &'l Linear)> {
    a.as_constant().map(|constant| (constant, b)).or_else(|| b.as_constant().map(|constant| (constant, a)))
}
