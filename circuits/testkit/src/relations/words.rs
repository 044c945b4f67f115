//! Bits, words and selections.

use ark_ff::{AdditiveGroup, Field};
use rand::RngCore;

use super::seeded;
use super::{Looked, Relation, RelationFailure, hold};
use crate::forgery::Target;
use crate::hostile::hostile_values;
use zksensor_circuits::gadgets::{Bit, Gadgets, SynthesisError, membership, unpack};
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::poseidon::Domain;

pub(super) fn check() -> Result<Looked, RelationFailure> {
    let mut looked = Looked::default();
    for width in [1, 2, 3, 8, 63, 64, 128, 252, 253] {
        looked = looked.plus(hold(Width { bits: width, read: true })?);
        looked = looked.plus(hold(Width { bits: width, read: false })?);
    }
    for widths in [&[3, 2][..], &[1, 1, 1], &[64, 64], &[8, 32, 64, 48], &[100, 153], &[253]] {
        looked = looked.plus(hold(Split(widths))?);
    }
    for count in [1, 2, 3, 9] {
        looked = looked.plus(hold(Member(count))?);
    }
    for bits in 1..=3 {
        looked = looked.plus(hold(Selected { bits, asserted: true })?);
        looked = looked.plus(hold(Selected { bits, asserted: false })?);
    }
    looked = looked.plus(hold(EqualIf)?);
    for count in 1..=8 {
        looked = looked.plus(hold(Hash(count))?);
    }
    Ok(looked)
}

/// Elements that meet in no rule: small, large, near r and near powers of two.
pub(super) fn strangers() -> Vec<Fr> {
    let mut all = vec![Fr::ZERO, Fr::ONE, Fr::from(2u64), Fr::from(3u64), -Fr::ONE, -Fr::from(2u64)];
    for exponent in [1, 8, 31, 32, 63, 64, 127, 128, 251, 252, 253] {
        let power = field::power_of_two(exponent);
        all.extend([power - Fr::ONE, power, power + Fr::ONE, -power]);
    }
    let half = Fr::from(2u64).inverse().expect("2 is not 0");
    all.extend([half, half - Fr::ONE]);
    all
}

/// value < 2^bits, with the bits to read or as a bound alone.
struct Width {
    bits: u32,
    read: bool,
}

impl Relation for Width {
    fn name(&self) -> String {
        format!("{} {}", if self.read { "bits" } else { "range" }, self.bits)
    }
    fn inputs(&self) -> usize {
        1
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        if self.read {
            g.assert_bits(&inputs[0], self.bits).map(drop)
        } else {
            g.assert_range(&inputs[0], self.bits).map(drop)
        }
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        field::bit_length(&inputs[0]) <= self.bits
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let top = field::power_of_two(self.bits);
        let near = [top - Fr::ONE, top, top + Fr::ONE, top.double(), -top];
        strangers().into_iter().chain(near).map(|value| vec![value]).collect()
    }
    fn overrides(&self, inputs: &[Fr], _: &Target, honest: &[Fr]) -> Vec<Vec<Fr>> {
        // Each kind of lie about the bits at each width, at a few of the values.
        let value = inputs[0];
        if self.bits > 8 && ![Fr::ZERO, Fr::ONE].contains(&(value - field::power_of_two(self.bits))) {
            return Vec::new();
        }
        hostile_values(honest).into_iter().map(|hostile| hostile.values).collect()
    }
}

/// A word, and its parts from the most significant on.
struct Split(&'static [u32]);

impl Relation for Split {
    fn name(&self) -> String {
        format!("split {:?}", self.0)
    }
    fn inputs(&self) -> usize {
        1 + self.0.len()
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let parts = unpack::split(g, "part", &inputs[0], self.0)?;
        parts.iter().zip(&inputs[1..]).try_for_each(|(part, claimed)| g.assert_equal(part.var(), claimed))
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let word = field::bits_le(&inputs[0], 254);
        let mut rest = &word[..];
        for (width, claimed) in self.0.iter().zip(&inputs[1..]).rev() {
            let (part, above) = rest.split_at(*width as usize);
            let claimed = field::bits_le(claimed, 254);
            if claimed[..part.len()] != *part || claimed[part.len()..].contains(&true) {
                return false;
            }
            rest = above;
        }
        !rest.contains(&true)
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let mut cases = Vec::new();
        let mut rng = seeded(31);
        for round in 0..3 {
            let parts: Vec<Fr> = self
                .0
                .iter()
                .map(|width| match round {
                    0 => Fr::ZERO,
                    1 => field::power_of_two(*width) - Fr::ONE,
                    _ => low_bits(&mut rng, *width),
                })
                .collect();
            let word = parts
                .iter()
                .zip(self.0)
                .fold(Fr::ZERO, |word, (part, width)| word * field::power_of_two(*width) + part);
            let good = [&[word], &parts[..]].concat();
            cases.push(good.clone());
            // Another word with these parts; parts that borrow from each other; parts exchanged.
            cases.extend(strangers().into_iter().filter(|other| *other != word).map(|other| {
                let mut bad = good.clone();
                bad[0] = other;
                bad
            }));
            for hostile in hostile_values(&parts) {
                cases.push([&[word], &hostile.values[..]].concat());
            }
            // A part that is too wide by one, in a word that goes with it.
            let mut shift = 0;
            for index in (0..parts.len()).rev() {
                let mut wide = good.clone();
                wide[0] += field::power_of_two(shift) * field::power_of_two(self.0[index]);
                wide[index + 1] += field::power_of_two(self.0[index]);
                cases.push(wide);
                shift += self.0[index];
            }
        }
        cases
    }
    fn overrides(&self, _: &[Fr], target: &Target, honest: &[Fr]) -> Vec<Vec<Fr>> {
        // The parts; the bits of long ones are the business of `bits`.
        if target.name != "part" && honest.len() > 8 {
            return Vec::new();
        }
        hostile_values(honest).into_iter().map(|hostile| hostile.values).collect()
    }
}

/// value is one of a set.
struct Member(usize);

impl Relation for Member {
    fn name(&self) -> String {
        format!("member of {}", self.0)
    }
    fn inputs(&self) -> usize {
        1 + self.0
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        g.assert_member(&inputs[0], &inputs[1..])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        inputs[1..].contains(&inputs[0])
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let mut rng = seeded(32);
        let mut cases = Vec::new();
        for index in 0..self.0 {
            let set: Vec<Fr> = (0..self.0).map(|_| low_bits(&mut rng, 250)).collect();
            cases.push([&[set[index]], &set[..]].concat());
            for other in
                [set[index] + Fr::ONE, -set[index], Fr::ZERO, set.iter().sum::<Fr>(), set.iter().product()]
            {
                cases.push([&[other], &set[..]].concat());
            }
        }
        cases.push(vec![Fr::ZERO; self.0 + 1]);
        cases
    }
}

/// The index's bits, the value, the set.
struct Selected {
    bits: usize,
    /// Through `assert_selected`, whose last multiplication is the equality; through `select_index` otherwise.
    asserted: bool,
}

impl Relation for Selected {
    fn name(&self) -> String {
        format!("selected by {} bits, asserted {}", self.bits, self.asserted)
    }
    fn inputs(&self) -> usize {
        self.bits + 1 + (1 << self.bits)
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let (bits, rest) = inputs.split_at(self.bits);
        let bits: Vec<Bit<G::Var>> = bits.iter().map(|bit| g.assert_bool(bit)).collect::<Result<_, _>>()?;
        if self.asserted {
            return membership::assert_selected(g, &bits, &rest[1..], &rest[0]);
        }
        let selected = g.select_index(&bits, &rest[1..])?;
        g.assert_equal(&selected, &rest[0])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        let (bits, rest) = inputs.split_at(self.bits);
        if bits.iter().any(|bit| *bit != Fr::ZERO && *bit != Fr::ONE) {
            return false;
        }
        let index: usize =
            bits.iter().enumerate().map(|(place, bit)| usize::from(*bit == Fr::ONE) << place).sum();
        rest[0] == rest[1 + index]
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let mut rng = seeded(33);
        let set: Vec<Fr> = (0..1 << self.bits).map(|_| low_bits(&mut rng, 250)).collect();
        let mut cases = Vec::new();
        for index in 0..1usize << self.bits {
            let bits: Vec<Fr> = (0..self.bits).map(|place| Fr::from(index >> place & 1 == 1)).collect();
            for value in set.iter().copied().chain([Fr::ZERO, set.iter().sum()]) {
                cases.push([&bits[..], &[value], &set].concat());
            }
            // No bit, and the value that the multilinear extension has there.
            for place in 0..self.bits {
                for wrong in [Fr::from(2u64), -Fr::ONE] {
                    let mut bits = bits.clone();
                    bits[place] = wrong;
                    let value = extension(&bits, &set);
                    cases.push([&bits[..], &[value], &set].concat());
                }
            }
        }
        cases
    }
}

/// The multilinear extension of a set at a point.
fn extension(point: &[Fr], set: &[Fr]) -> Fr {
    let mut layer = set.to_vec();
    for bit in point {
        layer = layer.chunks_exact(2).map(|pair| pair[0] + *bit * (pair[1] - pair[0])).collect();
    }
    layer[0]
}

/// active, a, b: a = b if active.
struct EqualIf;

impl Relation for EqualIf {
    fn name(&self) -> String {
        String::from("equal if active")
    }
    fn inputs(&self) -> usize {
        3
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let active = g.assert_bool(&inputs[0])?;
        g.assert_equal_if(&active, &inputs[1], &inputs[2])
    }
    fn holds(&self, inputs: &[Fr]) -> bool {
        inputs[0] == Fr::ZERO || (inputs[0] == Fr::ONE && inputs[1] == inputs[2])
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let values = [Fr::ZERO, Fr::ONE, -Fr::ONE, Fr::from(2u64)];
        let pairs = values.iter().flat_map(|a| values.iter().map(move |b| [*a, *b]));
        pairs.flat_map(|[a, b]| values.map(|active| vec![active, a, b])).collect()
    }
}

/// The digest, then what is hashed.
struct Hash(usize);

impl Relation for Hash {
    fn name(&self) -> String {
        format!("poseidon of {}", self.0)
    }
    fn inputs(&self) -> usize {
        1 + self.0
    }
    fn synthesize<G: Gadgets>(&self, g: &mut G, inputs: &[G::Var]) -> Result<(), SynthesisError> {
        let digest = g.poseidon(Domain::Leaf, &inputs[1..].iter().collect::<Vec<_>>())?;
        g.assert_equal(&digest, &inputs[0])
    }
    /// By `light_poseidon`, which is not ours.
    fn holds(&self, inputs: &[Fr]) -> bool {
        use light_poseidon::{Poseidon, PoseidonHasher};
        let mut hasher = Poseidon::<Fr>::with_domain_tag_circom(self.0, Domain::Leaf.tag())
            .expect("circom has parameters for one to eight inputs");
        hasher.hash(&inputs[1..]).expect("as many inputs as it was made for") == inputs[0]
    }
    fn overrides(&self, _: &[Fr], _: &Target, _: &[Fr]) -> Vec<Vec<Fr>> {
        Vec::new() // it has no hint
    }
    fn cases(&self) -> Vec<Vec<Fr>> {
        let mut rng = seeded(34);
        let inputs: Vec<Fr> = (0..self.0).map(|_| low_bits(&mut rng, 250)).collect();
        let digest =
            |domain: Domain, inputs: &[Fr]| zksensor_model::primitives::poseidon::hash(domain, inputs);
        let good = [&[digest(Domain::Leaf, &inputs)], &inputs[..]].concat();
        let mut cases = vec![good.clone(), [&[digest(Domain::Node, &inputs)], &inputs[..]].concat()];
        for index in 0..good.len() {
            let mut bad = good.clone();
            bad[index] += Fr::ONE;
            cases.push(bad);
        }
        let mut swapped = good;
        swapped[1..].reverse();
        cases.push(swapped);
        cases
    }
}

/// A random integer of at most so many bits.
pub(super) fn low_bits(rng: &mut impl RngCore, width: u32) -> Fr {
    (0..width).fold(Fr::ZERO, |value, _| value.double() + Fr::from(rng.next_u32() & 1 == 1))
}
