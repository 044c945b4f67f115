//! What a hint is overridden with.

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField};

use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::babyjubjub::Scalar;

/// What kind of lie a forgery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// 0, 1 or -1.
    Constant,
    /// v + 1 or v - 1.
    Neighbour,
    /// -v: the other root of v^2.
    OtherRoot,
    /// 2 v or 1 / v.
    Multiple,
    /// v + l or v - l, with l the order of Base8.
    Order,
    /// v + 2^64 or v + 2^128: a limb that is too wide.
    WideLimb,
    /// Elements that have nothing to do with v, as many as make ten.
    Stranger,
    /// Values exchanged.
    Swapped,
    /// One value up by 1, its neighbour down by 2^width, or the other way.
    Borrow,
    /// One bit flipped.
    Flip,
    /// One bit 2 or -1.
    NoBit,
    /// One bit 2 or -1, and those above it up to the next that differs carry: the sum is the same.
    Carry,
    /// One bit off by 2^-i: the lowest bit flips and the sum is the same.
    Fraction,
    /// The bits of v + r, where they have room.
    Alias,
    /// The bits of v + l, -v, v + 1 and v - 1, reversed, all set, none set.
    OtherBits,
}

/// One override.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hostile {
    /// What kind of lie it is.
    pub family: Family,
    /// The values instead.
    pub values: Vec<Fr>,
}

/// Widths by which one limb may borrow from the next.
const LIMBS: [u32; 12] = [1, 8, 16, 21, 22, 32, 40, 48, 62, 64, 101, 128];
/// As many overrides as each hint gets at least.
const LEAST: usize = 10;

/// At least ten overrides of a hint with these honest values, none equal to them. Values that are all 0 or 1 are taken for
/// the bits 1 and up of an integer.
pub fn hostile_values(honest: &[Fr]) -> Vec<Hostile> {
    let mut all = Vec::new();
    let mut add = |family, values: Vec<Fr>| {
        if values != honest && !all.iter().any(|other: &Hostile| other.values == values) {
            all.push(Hostile { family, values });
        }
    };
    let with = |index: usize, value: Fr| {
        let mut values = honest.to_vec();
        values[index] = value;
        values
    };
    let boolean = honest.iter().all(|value| *value == Fr::ZERO || *value == Fr::ONE);
    if boolean && honest.len() > 1 {
        bits(honest, &mut add);
        return all;
    }
    for (index, value) in honest.iter().enumerate() {
        for (family, value) in numbers(*value) {
            add(family, with(index, value));
        }
    }
    for index in 1..honest.len() {
        let mut swapped = honest.to_vec();
        swapped.swap(index - 1, index);
        add(Family::Swapped, swapped);
        for step in
            LIMBS.into_iter().flat_map(|width| [field::power_of_two(width), -field::power_of_two(width)])
        {
            let sign = if step.into_bigint() > Fr::MODULUS_MINUS_ONE_DIV_TWO { -Fr::ONE } else { Fr::ONE };
            let mut borrowed = honest.to_vec();
            borrowed[index - 1] += sign;
            borrowed[index] -= step;
            add(Family::Borrow, borrowed);
        }
    }
    add(Family::Swapped, honest.iter().rev().copied().collect());
    let mut stranger = Fr::from(3u64);
    while all.len() < LEAST && !honest.is_empty() {
        stranger = stranger.square() + Fr::ONE;
        let values = with(0, stranger);
        if values != honest {
            all.push(Hostile { family: Family::Stranger, values });
        }
    }
    all
}

fn numbers(v: Fr) -> Vec<(Family, Fr)> {
    let l = order();
    vec![
        (Family::Constant, Fr::ZERO),
        (Family::Constant, Fr::ONE),
        (Family::Constant, -Fr::ONE),
        (Family::Neighbour, v + Fr::ONE),
        (Family::Neighbour, v - Fr::ONE),
        (Family::OtherRoot, -v),
        (Family::Multiple, v.double()),
        (Family::Multiple, v.inverse().unwrap_or(Fr::ONE)),
        (Family::Order, v + l),
        (Family::Order, v - l),
        (Family::WideLimb, v + field::power_of_two(64)),
        (Family::WideLimb, v + field::power_of_two(128)),
    ]
}

/// `honest` are the bits 1 and up; bit 0 is what they leave.
fn bits(honest: &[Fr], add: &mut impl FnMut(Family, Vec<Fr>)) {
    let two = Fr::from(2u64);
    let half = two.inverse().expect("2 is not zero");
    let mut fraction = Fr::ONE;
    for (index, bit) in honest.iter().enumerate() {
        let with = |value: Fr| {
            let mut values = honest.to_vec();
            values[index] = value;
            values
        };
        add(Family::Flip, with(Fr::ONE - bit));
        add(Family::NoBit, with(two));
        add(Family::NoBit, with(-Fr::ONE));
        fraction *= half;
        add(Family::Fraction, with(*bit + fraction));
        add(Family::Fraction, with(*bit - fraction));
        if let Some(run) = honest[index + 1..].iter().position(|other| other != bit) {
            let mut carried = with(if *bit == Fr::ZERO { two } else { -Fr::ONE });
            for above in &mut carried[index + 1..=index + 1 + run] {
                *above = Fr::ONE - *above;
            }
            add(Family::Carry, carried);
        }
    }
    let width = honest.len() + 1;
    for lowest in [false, true] {
        let mut integer = <Fr as PrimeField>::BigInt::from(u64::from(lowest));
        for (index, _) in honest.iter().enumerate().filter(|(_, bit)| **bit == Fr::ONE) {
            let mut power = <Fr as PrimeField>::BigInt::from(1u64);
            power <<= narrow(index + 1);
            integer.add_with_carry(&power);
        }
        let upper = |integer: &<Fr as PrimeField>::BigInt| -> Vec<Fr> {
            (1..width).map(|index| Fr::from(integer.get_bit(index))).collect()
        };
        let mut up = integer;
        if !up.add_with_carry(&Fr::MODULUS) && up.num_bits() as usize <= width {
            add(Family::Alias, upper(&up));
        }
        let mut down = integer;
        if !down.sub_with_borrow(&Fr::MODULUS) {
            add(Family::Alias, upper(&down));
        }
        if let Some(value) = Fr::from_bigint(integer) {
            for other in [value + order(), value - order(), -value, value + Fr::ONE, value - Fr::ONE] {
                add(Family::OtherBits, upper(&other.into_bigint()));
            }
        }
    }
    add(Family::OtherBits, honest.iter().rev().copied().collect());
    add(Family::OtherBits, vec![Fr::ONE; honest.len()]);
    add(Family::OtherBits, vec![Fr::ZERO; honest.len()]);
}

fn order() -> Fr {
    Fr::from_bigint(Scalar::MODULUS).expect("l is below r")
}

fn narrow(index: usize) -> u32 {
    u32::try_from(index).expect("at most 254 bits")
}
