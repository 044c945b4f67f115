//! Rows, powers of tau and keys of the smallest ceremony that there is.

use std::io::Cursor;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::circuits::gadgets::{Gadgets, SynthesisError};
use zksensor::circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor::model::field::Fr;
use zksensor::model::layout::Element;
use zksensor::model::public_inputs;
use zksensor_ceremony::{Beacon, Initial, Ptau, Zkey, rows_of, toy_ptau, write_r1cs};

use super::Seed;

public_inputs! {
    /// Public inputs of [`Root`].
    pub struct RootInputs, RootVars {
        /// It.
        square: Element = element as "uint256",
    }
}

/// Somebody knows a root.
#[derive(Clone, Copy)]
pub(super) struct Root;

impl Claim for Root {
    type Inputs = RootInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "root".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Root {
    type Witness = Fr;

    fn check(&self, inputs: &RootInputs, root: &Fr) -> Result<(), Violation> {
        if *root * root == inputs.square.0 { Ok(()) } else { Err(Violation::Commitment) }
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        root: Option<&Fr>,
    ) -> Result<(), SynthesisError> {
        let root = g.witness("root", root.copied())?;
        let square = g.mul(&root, &root)?;
        g.assert_equal(&square, inputs.square.var())
    }
}

/// Prepared powers and raw ones; a key before anybody contributed, and after two beacons, which are no secrets.
pub(super) fn all() -> Vec<Seed> {
    let circuit = zksensor::r1cs::compile(&Root).unwrap();
    let power = rows_of(&circuit).next_power_of_two().trailing_zeros();
    let toy = |power: u32| {
        let mut powers = Vec::new();
        toy_ptau(power, &mut ChaCha20Rng::seed_from_u64(1), &mut powers).unwrap();
        powers
    };
    let powers = Ptau::open(Cursor::new(toy(power))).unwrap().powers(rows_of(&circuit)).unwrap();
    let prepared = toy(1);
    let mut first = Vec::new();
    Initial::new(&circuit, powers).unwrap().write(&mut first).unwrap();
    let beacon = |key: &[u8], name: &str, byte: u8| {
        let mut next = Vec::new();
        let beacon = Beacon { hash: vec![byte; 4], iterations: 10 };
        Zkey::open(Cursor::new(key)).unwrap().beacon(name, beacon, &mut next).unwrap();
        next
    };
    let last = beacon(&beacon(&first, "first", 1), "", 2);
    let raw = contributed(&prepared);
    let mut rows = Vec::new();
    write_r1cs(&circuit, &mut rows).unwrap();
    vec![
        ("r1cs", "root", rows),
        ("ptau", "prepared", prepared),
        ("ptau", "contributed", raw),
        ("zkey", "first", first),
        ("zkey", "beacons", last),
    ]
}

/// Without the Lagrange polynomials, and with two contributions that leave the powers that there are; nobody asks what they show.
fn contributed(prepared: &[u8]) -> Vec<u8> {
    const SHOWN_AND_HASHES: usize = 6 * 64 + 3 * 128 + 216 + 64;
    let (mut file, mut at) = ([&prepared[..8], &7u32.to_le_bytes()].concat(), 12);
    let (mut firsts, mut contributions) = (Vec::new(), 2u32.to_le_bytes().to_vec());
    while at < prepared.len() {
        let number = u32::from_le_bytes(prepared[at..at + 4].try_into().unwrap());
        let size = u64::from_le_bytes(prepared[at + 4..at + 12].try_into().unwrap());
        let end = at + 12 + usize::try_from(size).unwrap();
        let content = &prepared[at + 12..end];
        // tau in G1 and G2, alpha and beta in G1, beta in G2.
        match number {
            2 => firsts.extend_from_slice(&content[64..128]),
            3 => firsts.extend_from_slice(&content[128..256]),
            4 | 5 => firsts.extend_from_slice(&content[..64]),
            6 => firsts.extend_from_slice(content),
            _ => {}
        }
        if number < 7 {
            file.extend_from_slice(&prepared[at..end]);
        }
        at = end;
    }
    for (kind, parameters) in [(0u32, &b"\x01\x03Ada"[..]), (1, b"\x02\x0a\x03\x02\x01\x02")] {
        contributions.extend_from_slice(&firsts);
        contributions.resize(contributions.len() + SHOWN_AND_HASHES, 7);
        contributions.extend_from_slice(&kind.to_le_bytes());
        contributions.extend_from_slice(&u32::try_from(parameters.len()).unwrap().to_le_bytes());
        contributions.extend_from_slice(parameters);
    }
    file.extend_from_slice(&7u32.to_le_bytes());
    file.extend_from_slice(&(contributions.len() as u64).to_le_bytes());
    file.extend_from_slice(&contributions);
    file
}
