//! Comparisons: every pair of small integers with every digit, hostile pairs of wide ones, constants, and the window of the
//! challenge.

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

use super::words::{low_bits, strangers};
use super::{Looked, Relation, RelationFailure, hold, seeded};
use crate::forgery::Target;
use crate::hostile::hostile_values;
use zksensor_circuits::gadgets::compare::{self, Order};
use zksensor_circuits::gadgets::{Bit, Gadgets, SynthesisError, eddsa};
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::babyjubjub::Scalar;

type Integer = <Fr as PrimeField>::BigInt;

pub(super) fn check() -> Result<Looked, RelationFailure> {
    let mut looked = Looked::default();
    for order in [Order::AtMost, Order::Below] {
        for gated in [false, true] {
            for width in [1, 2, 3, 4, 5, 41, 64, 252] {
                looked = looked.plus(hold(Compared { order, width, gated })?);
            }
        }
    }
    for (width, limit) in [(1, 0), (1, 1), (3, 0), (3, 5), (3, 7), (4, 11), (5, 16)] {
        looked = looked.plus(hold(AtMost { width, limit: Integer::from(limit as u64) })?);
    }
    let mut order = Scalar::MODULUS;
    order.sub_with_borrow(&1u64.into());
    looked = looked.plus(hold(AtMost { width: 251, limit: order })?);
    for low in [eddsa::parts::window_low(), Integer::from(0u64), Integer::from(1u64)] {
        looked = looked.plus(hold(Window { low })?);
    }
    Ok(looked)
}

/// Widths up to this are looked at with every value and every digit.
const SMALL: u32 = 5;

/// Where the proper prefixes of a width end.
fn cuts(width: u32) -> impl Iterator<Item = u32> {
    let digit = compare::digit_bits(width);
    (1..width.div_ceil(digit)).map(move |index| width - digit * index)
}

/// The integer of some low bits, as an element.
fn integer(value: &Fr, width: u32) -> Option<Integer> {
    let value = value.into_bigint();
    (value.num_bits() <= width).then_some(value)
}

/// a, b and, if gated, whether it matters.
struct Compared {
    order: Order,
    width: u32,
    gated: bool,
}

impl Relation for Compared {
    fn name(&self) -> String {
        format!("{:?} of {} bits, gated {}", self.order, self.width, self.gated)
    }
    fn inputs(&self) -> usize {
        2 + usize::from(self.gated)
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let active = inputs.get(2).map(|active| g.assert_bool(active)).transpose()?;
        let (a, b) = (g.assert_range(&inputs[0], self.width)?, g.assert_range(&inputs[1], self.width)?);
        g.assert_order(self.order, &a, &b, active.as_ref())
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let (Some(a), Some(b)) = (integer(&inputs[0], self.width), integer(&inputs[1], self.width)) else {
            return false;
        };
        let ordered = match self.order {
            Order::AtMost => a <= b,
            Order::Below => a < b,
        };
        match inputs.get(2) {
            None => ordered,
            Some(active) => *active == Fr::ZERO || (*active == Fr::ONE && ordered),
        }
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let flags = if self.gated {
            vec![vec![Fr::ZERO], vec![Fr::ONE], vec![Fr::from(2u64)], vec![-Fr::ONE]]
        } else {
            vec![vec![]]
        };
        let with = |pair: [Fr; 2], flags: &[Vec<Fr>]| -> Vec<Vec<Fr>> {
            flags.iter().map(|flag| [&pair[..], flag].concat()).collect()
        };
        if self.width <= SMALL {
            let range = 0..(1u64 << self.width) + 2;
            let pairs = range.clone().flat_map(|a| range.clone().map(move |b| [Fr::from(a), Fr::from(b)]));
            return pairs.flat_map(|pair| with(pair, &flags)).collect();
        }
        let rng = &mut seeded(41);
        let digit = compare::digit_bits(self.width);
        let value = low_bits(rng, self.width - 1);
        let mut pairs = vec![[value, value]];
        // Differences of one in one digit, and of one digit against all digits below.
        for place in (0..self.width).step_by(digit as usize) {
            let step = field::power_of_two(place);
            pairs.extend([
                [value, value + step],
                [value + step, value],
                [value + step, value + step - Fr::ONE],
                [value, value - step],
                [value - step, value],
            ]);
        }
        pairs.extend(strangers().into_iter().step_by(5).flat_map(|other| [[value, other], [other, value]]));
        let honest = flags.len().min(2);
        let mut cases: Vec<Vec<Fr>> = pairs.iter().flat_map(|pair| with(*pair, &flags[..honest])).collect();
        cases.extend(pairs.iter().take(4).flat_map(|pair| with(*pair, &flags[honest..])));
        cases
    }

    fn overrides(&self, inputs: &[Fr], target: &Target, honest: &[Fr]) -> Vec<Vec<Fr>> {
        if target.name != "first difference" {
            // Bits are the business of `bits`; a wide value's are tried where they are few.
            return if self.width <= SMALL { hostile(honest) } else { Vec::new() };
        }
        let digits = if self.width <= SMALL { 1u64 << compare::digit_bits(self.width) } else { 4 };
        let mut all: Vec<Vec<Fr>> = (0..=digits).map(|digit| vec![Fr::from(digit)]).collect();
        // What would make some factor zero: every difference of prefixes, whole, gate and neighbours.
        let mut fits = vec![inputs[1] - inputs[0], inputs[1] - inputs[0] - Fr::ONE, Fr::ZERO, -Fr::ONE];
        fits.extend(inputs.get(2).map(|active| -*active));
        let (a, b) = (inputs[0].into_bigint(), inputs[1].into_bigint());
        for cut in cuts(self.width) {
            let head = |value: Integer| Fr::from_bigint(value >> cut).expect("below r");
            fits.push(head(b) - head(a) - Fr::ONE);
        }
        all.extend(fits.into_iter().map(|fit| vec![fit]));
        all.extend(hostile(honest));
        all
    }
}

fn hostile(honest: &[Fr]) -> Vec<Vec<Fr>> {
    hostile_values(honest).into_iter().map(|hostile| hostile.values).collect()
}

/// A value and a constant.
struct AtMost {
    width: u32,
    limit: Integer,
}

impl Relation for AtMost {
    fn name(&self) -> String {
        format!("{} bits at most {}", self.width, self.limit)
    }
    fn inputs(&self) -> usize {
        1
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let value = g.assert_bits(&inputs[0], self.width)?;
        compare::assert_at_most(g, &value, &self.limit)
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        integer(&inputs[0], self.width).is_some_and(|value| value <= self.limit)
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        if self.width <= SMALL {
            return (0..(1u64 << self.width) + 2).map(|value| vec![Fr::from(value)]).collect();
        }
        let limit = Fr::from_bigint(self.limit).expect("below r");
        let mut values = strangers();
        for place in (0..self.width).step_by(7) {
            values.extend([limit + field::power_of_two(place), limit - field::power_of_two(place)]);
        }
        values.extend([limit, field::power_of_two(self.width) - Fr::ONE]);
        values.into_iter().map(|value| vec![value]).collect()
    }
    fn overrides(&self, inputs: &[Fr], target: &Target, honest: &[Fr]) -> Vec<Vec<Fr>> {
        if target.name != "first difference" {
            return if self.width <= SMALL { hostile(honest) } else { Vec::new() };
        }
        let value = inputs[0].into_bigint();
        let mut all = hostile(honest);
        for cut in cuts(self.width) {
            let head = |value: Integer| Fr::from_bigint(value >> cut).expect("below r");
            let difference = head(self.limit) - head(value);
            all.extend([vec![difference], vec![difference - Fr::ONE]]);
        }
        let digits = if self.width <= SMALL { 1u64 << compare::digit_bits(self.width) } else { 4 };
        all.extend((0..=digits).map(|digit| vec![Fr::from(digit)]));
        all
    }
}

/// 254 bits of an integer in [low, low + r).
struct Window {
    low: Integer,
}

impl Window {
    /// The integer of the bits; `None` if one is no bit.
    fn integer(inputs: &[Fr]) -> Option<Integer> {
        inputs.iter().enumerate().try_fold(Integer::from(0u64), |mut sum, (place, bit)| {
            if *bit == Fr::ONE {
                let mut power = Integer::from(1u64);
                power <<= u32::try_from(place).expect("254 bits");
                sum.add_with_carry(&power);
            }
            (*bit == Fr::ZERO || *bit == Fr::ONE).then_some(sum)
        })
    }
}

impl Relation for Window {
    fn name(&self) -> String {
        format!("window from {}", self.low)
    }
    fn inputs(&self) -> usize {
        254
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let bits: Vec<Bit<G::Var>> = inputs.iter().map(|bit| g.assert_bool(bit)).collect::<Result<_, _>>()?;
        let mut weight = Fr::ONE;
        let mut terms = Vec::with_capacity(bits.len());
        for bit in &bits {
            terms.push((weight, bit.var()));
            weight.double_in_place();
        }
        let value = g.linear(Fr::ZERO, &terms);
        compare::assert_in_window(g, &bits, &value, &self.low)
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let mut high = self.low;
        high.add_with_carry(&Fr::MODULUS);
        Window::integer(inputs).is_some_and(|value| self.low <= value && value < high)
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let mut integers = Vec::new();
        let mut high = self.low;
        high.add_with_carry(&Fr::MODULUS);
        for place in (0..254u32).step_by(16).chain([1, 2, 15, 253]) {
            let mut step = Integer::from(1u64);
            step <<= place;
            for end in [self.low, high] {
                let (mut up, mut down) = (end, end);
                up.add_with_carry(&step);
                down.sub_with_borrow(&step);
                integers.extend([end, up, down]);
            }
        }
        let mut top = Integer::from(1u64);
        top <<= 254;
        top.sub_with_borrow(&Integer::from(1u64));
        integers.extend([Integer::from(0u64), top]);
        let bits = |value: Integer| (0..254).map(|place| Fr::from(value.get_bit(place))).collect::<Vec<_>>();
        let mut cases: Vec<Vec<Fr>> =
            integers.into_iter().filter(|value| value.num_bits() <= 254).map(bits).collect();
        let mut no_bit = cases[0].clone();
        no_bit[7] = Fr::from(2u64);
        cases.push(no_bit);
        cases
    }
    fn overrides(&self, inputs: &[Fr], target: &Target, honest: &[Fr]) -> Vec<Vec<Fr>> {
        if target.name != "first difference" {
            return Vec::new();
        }
        let Some(value) = Window::integer(inputs) else { return hostile(honest) };
        let mut high = self.low;
        high.add_with_carry(&Fr::MODULUS);
        high.sub_with_borrow(&Integer::from(1u64));
        let mut all = hostile(honest);
        for cut in cuts(254) {
            let head = |value: Integer| Fr::from_bigint(value >> cut).expect("below r");
            all.push(vec![head(value) - head(self.low) - Fr::ONE]);
            all.push(vec![head(high) - head(value) - Fr::ONE]);
        }
        let whole = Fr::from_bigint(value).unwrap_or_else(|| {
            let mut less = value;
            less.sub_with_borrow(&Fr::MODULUS);
            Fr::from_bigint(less).expect("below 2^254 - r")
        });
        let low = Fr::from_bigint(self.low).expect("below r");
        all.extend([vec![whole - low], vec![low - Fr::ONE - whole]]);
        all
    }
}
