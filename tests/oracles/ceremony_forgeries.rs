//! Files that were altered byte by byte, so that they still look like what they were: each is refused naming the step, or the section.

use std::io::Cursor;

use ark_bn254::g2::{G2_GENERATOR_X, G2_GENERATOR_Y};
use ark_bn254::{Fq, Fq2};
use ark_ff::{BigInteger, Field, PrimeField};
use zksensor::circuits::gadgets::{Gadgets, SynthesisError};
use zksensor::circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor::model::field::Fr;
use zksensor_ceremony::{CeremonyError, Initial};

use super::ceremony_attacks::{
    ITERATIONS, contributed, first, initial, initial_of, sections, toy, verified, with_beacon,
};
use super::groth16::SquareInputs;

/// Bytes of a point of G1 and of G2, and of what stands before the contributions and of one without its parameters.
const G1: usize = 64;
const G2: usize = 128;
const BEFORE: usize = 64 + 4;
const CONTRIBUTION: usize = 3 * G1 + G2 + 64;

/// The sections of a file as they come.
type Parts = Vec<(u32, Vec<u8>)>;

fn parts(file: &[u8]) -> Parts {
    let mut found: Vec<_> = sections(file).into_iter().collect();
    found.sort_by_key(|(_, range)| range.start);
    found.into_iter().map(|(number, range)| (number, file[range].to_vec())).collect()
}

fn joined(letters: &[u8; 4], parts: &Parts) -> Vec<u8> {
    let mut file =
        [&letters[..], &1u32.to_le_bytes(), &u32::try_from(parts.len()).unwrap().to_le_bytes()].concat();
    for (number, content) in parts {
        file.extend_from_slice(&number.to_le_bytes());
        file.extend_from_slice(&(content.len() as u64).to_le_bytes());
        file.extend_from_slice(content);
    }
    file
}

/// The file with other bytes in a section; what is behind them stays.
fn with(file: &[u8], section: u32, at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut all = parts(file);
    let content = &mut all.iter_mut().find(|(number, _)| *number == section).unwrap().1;
    content[at..at + bytes.len()].copy_from_slice(bytes);
    joined(file[..4].try_into().unwrap(), &all)
}

fn content(file: &[u8], section: u32) -> Vec<u8> {
    parts(file).into_iter().find(|(number, _)| *number == section).unwrap().1
}

fn refused(file: &[u8], initial: &Initial, said: &str) {
    let why = verified(file, initial).expect_err(said).to_string();
    assert!(why.contains(said), "expected `{said}`, got `{why}`");
}

/// The statement of these tests with other rows, as many, or with one more.
#[derive(Clone, Copy)]
enum Other {
    Rows,
    Size,
}

impl Claim for Other {
    type Inputs = SquareInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "other".into(), version: 1, shape: Vec::new() }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Other {
    type Witness = Fr;

    fn check(&self, inputs: &SquareInputs, root: &Fr) -> Result<(), Violation> {
        let power = if matches!(self, Other::Rows) { *root * root } else { *root * root * root };
        if power - Fr::from(inputs.shift) == inputs.result.0 { Ok(()) } else { Err(Violation::Commitment) }
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        root: Option<&Fr>,
    ) -> Result<(), SynthesisError> {
        let root = g.witness("root", root.copied())?;
        let mut power = g.mul(&root, &root)?;
        if matches!(self, Other::Size) {
            power = g.mul(&power, &root)?;
        }
        let difference = g.sub(&power, inputs.shift.var());
        g.assert_equal(&difference, inputs.result.var())
    }
}

/// Whoever wants to pass a key for that of another statement puts in what that has, one part after the other, and still has no contribution.
#[test]
fn a_key_of_another_statement_or_shape() {
    let ptau = toy(5);
    let good = contributed(&first(&initial(&ptau).unwrap()), "Ada");
    let larger = initial_of(&Other::Size, &ptau).unwrap();
    refused(&good, &larger, "its sizes are of another circuit");
    let other = initial_of(&Other::Rows, &ptau).unwrap();
    let theirs = first(&other);
    let (mut file, mut said) = (good, Vec::new());
    let last = loop {
        let step = match verified(&file, &other).unwrap_err() {
            CeremonyError::Initial { step } => step,
            last => break last,
        };
        said.push(step);
        let section = step.strip_prefix("section ").map(|rest| rest[..1].parse::<u32>().unwrap());
        let (section, content) = match section {
            None => (10, [&content(&theirs, 10)[..64], &content(&file, 10)[64..]].concat()),
            Some(section) => (section, content(&theirs, section)),
        };
        let mut all = parts(&file);
        all.iter_mut().find(|(number, _)| *number == section).unwrap().1 = content;
        file = joined(b"zkey", &all);
    };
    assert_eq!(said[0], "the digest of the circuit is another");
    assert!(said.len() > 2 && said[1..].is_sorted_by(|one, next| one != next), "{said:?}");
    let wanted = "its transcript is not that of the contributions before it";
    assert_eq!(last, CeremonyError::Chain { number: 1, step: wanted });
}

/// alpha, beta, gamma and delta of the header, each another point.
#[test]
fn a_header_that_lies() {
    let initial = initial(&toy(5)).unwrap();
    let good = contributed(&first(&initial), "Ada");
    let header = content(&good, 2);
    let points = 2 * 36 + 12;
    let [alpha, beta, beta2] = [points, points + G1, points + 2 * G1];
    let [gamma, delta, delta2] = [beta2 + G2, beta2 + 2 * G2, beta2 + 2 * G2 + G1];
    assert_eq!(header.len(), delta2 + G2);
    let with_of = |at: usize, of: usize, size: usize| with(&good, 2, at, &header[of..of + size]);
    for (at, of, size, said) in [
        (alpha, beta, G1, "alpha, beta or gamma are others"),
        (beta, alpha, G1, "alpha, beta or gamma are others"),
        (beta2, delta2, G2, "alpha, beta or gamma are others"),
        (gamma, delta2, G2, "alpha, beta or gamma are others"),
        (delta, alpha, G1, "delta in G1 is not that after the last contribution"),
        (delta2, beta2, G2, "delta in G2 is not delta in G1"),
    ] {
        refused(&with_of(at, of, size), &initial, said);
    }
    for (at, bytes, said) in [
        (4, &[0u8; 1][..], "section 2, byte 40: expected the moduli of BN254"),
        (72, &[1, 0, 0, 0], "expected more columns than public inputs"),
        (80, &[3, 0, 0, 0], "expected a domain of 2^1 to 2^27 points"),
        (80, &[128, 0, 0, 0], "section 9"),
        (delta, &[0; G1], "expected a point that is not the identity"),
    ] {
        refused(&with(&good, 2, at, bytes), &initial, said);
    }
    refused(&with(&good, 1, 0, &[2, 0, 0, 0]), &initial, "expected a key of Groth16");
}

/// A number and the modulus of the base field on top.
fn plus_modulus(bytes: &[u8]) -> Vec<u8> {
    let mut number = <Fq as PrimeField>::BigInt::default();
    for (limb, bytes) in number.0.iter_mut().zip(bytes.chunks(8)) {
        *limb = u64::from_le_bytes(bytes.try_into().unwrap());
    }
    assert!(!number.add_with_carry(&Fq::MODULUS));
    number.to_bytes_le()
}

/// A point of the curve of G2, as files have them, that is of no order that they may have.
fn of_another_order() -> Vec<u8> {
    let b = G2_GENERATOR_Y.square() - G2_GENERATOR_X.square() * G2_GENERATOR_X;
    let point = |x: u64| {
        let x = Fq2::new(x.into(), 0u64.into());
        (x.square() * x + b).sqrt().map(|y| [x, y])
    };
    let montgomery = |value: Fq| (value * Fq::from(2u64).pow([256])).into_bigint().to_bytes_le();
    let point = (1..).find_map(point).unwrap();
    point.iter().flat_map(|value| [montgomery(value.c0), montgomery(value.c1)]).flatten().collect()
}

/// In every section: coordinates above the modulus, points of no curve and of another order, and none where there was one.
#[test]
fn points_that_are_none() {
    let ptau = toy(5);
    let initial = initial(&ptau).unwrap();
    let good = contributed(&first(&initial), "Ada");
    let stranger = of_another_order();
    for (section, size, at_most) in
        [(3, G1, 3), (5, G1, 9), (6, G1, 9), (7, G2, 9), (8, G1, 9), (9, G1, 9), (10, G1, 0), (10, G2, 0)]
    {
        let points = content(&good, section);
        let start = if section == 10 { BEFORE + if size == G2 { 3 * G1 } else { 0 } } else { 0 };
        let at =
            (0..=at_most).map(|at| start + at * size).find(|at| points[*at..][..size] != [0; G2][..size]);
        let at = at.expect("some point is there");
        let point = &points[at..at + size];
        let noncanonical = with(&good, section, at, &plus_modulus(&point[..32]));
        refused(&noncanonical, &initial, "expected a coordinate below the modulus of the base field");
        refused(&noncanonical, &initial, &format!("section {section}, byte "));
        let turned = [&point[size / 2..], &point[..size / 2]].concat();
        refused(&with(&good, section, at, &turned), &initial, "expected a point on the curve");
        if size == G2 {
            let said = "expected a point of the group of order r, got one of another order";
            refused(&with(&good, section, at, &stranger), &initial, said);
        }
        let said = if section == 10 { "not the identity".to_owned() } else { format!("section {section}") };
        refused(&with(&good, section, at, &[0; G2][..size]), &initial, &said);
    }
    let powers = |file: &[u8]| super::ceremony_attacks::initial(file).err().unwrap().to_string();
    assert!(powers(&with(&ptau, 3, 2 * G2, &stranger)).contains("(.ptau), section 3, byte "));
    assert!(powers(&with(&ptau, 5, G1, &[0xff; 32])).contains("section 5, byte "));
}

/// What a contribution says of itself, and how many there are said to be.
#[test]
fn parameters_that_lie() {
    let initial = initial(&toy(5)).unwrap();
    let zero = first(&initial);
    let good = contributed(&zero, "Ada");
    let with_content = |content: Vec<u8>| {
        let mut all = parts(&good);
        all.iter_mut().find(|(number, _)| *number == 10).unwrap().1 = content;
        joined(b"zkey", &all)
    };
    let chain = content(&good, 10);
    let key = &chain[..BEFORE + CONTRIBUTION];
    assert_eq!(chain[key.len()..], *b"\0\0\0\0\x05\0\0\0\x01\x03Ada");
    let said_of_itself = |kind: u32, length: usize, bytes: &[u8]| {
        let length = u32::try_from(length).unwrap();
        with_content([key, &kind.to_le_bytes(), &length.to_le_bytes(), bytes].concat())
    };
    for (kind, bytes, said) in [
        (0, &b"\x01\x04Ada"[..], "and its end before that of all"),
        (0, b"\x01", "and its end before that of all"),
        (0, b"\x01\x03Ada\x01\x03Eve", "in order, each once"),
        (0, b"\x00\x00", "in order, each once"),
        (0, b"\x04\x00", "expected a name, iterations or a beacon"),
        (0, b"\x01\x02\xff\xfe", "expected a name in UTF-8"),
        (0, b"\x02\x0a\x03\x01\x07", "of a beacon, and of nothing else"),
        (1, b"\x01\x03Ada", "of a beacon, and of nothing else"),
        (1, b"\x02\x0a", "of a beacon, and of nothing else"),
        (2, b"", "expected a contribution of kind 0, or a beacon, kind 1"),
        (1, b"\x02\x09\x03\x01\x07", "2^10 to 2^30 iterations"),
        (1, b"\x02\x3f\x03\x01\x07", "2^10 to 2^30 iterations"),
        (1, b"\x02\x0a\x03\x00", "a beacon of 1 to 255 bytes"),
        (
            1,
            b"\x02\x0a\x03\x01\x07",
            "contribution 1: it is not what its beacon gives after so many iterations",
        ),
    ] {
        refused(&said_of_itself(kind, bytes.len(), bytes), &initial, said);
    }
    refused(&said_of_itself(0, 1 << 31, b""), &initial, "expected a name and a beacon at most");
    refused(&said_of_itself(0, 100, b""), &initial, "the section ends before what it should hold");
    refused(&said_of_itself(0, 0, b"x"), &initial, "section 10");
    for (count, said) in [
        (0u32, "expected another length of this section"),
        (2, "ends before what it should hold"),
        (u32::MAX, "ends before what it should hold"),
    ] {
        refused(&with(&good, 10, 64, &count.to_le_bytes()), &initial, said);
    }
    // Twice the same.
    let twice = [&chain[..64], &[2, 0, 0, 0], &chain[BEFORE..], &chain[BEFORE..]].concat();
    let said = "contribution 2: its transcript is not that of the contributions before it";
    refused(&with_content(twice), &initial, said);
    // No hash is of a name, but our transcript's.
    let renamed = verified(&said_of_itself(0, 5, b"\x01\x03Eve"), &initial).unwrap();
    let transcript = verified(&good, &initial).unwrap();
    assert_eq!(renamed.contributions()[0].hash(), transcript.contributions()[0].hash());
    assert_ne!(renamed.digest(), transcript.digest());

    let beacon = with_beacon(&zero);
    let end = content(&beacon, 10).len();
    let other_hash = with(&beacon, 10, end - 1, &[8]);
    refused(&other_hash, &initial, "contribution 1: it is not what its beacon gives");
    assert_eq!(content(&beacon, 10)[end - 35], ITERATIONS);
}

/// Sections that are there twice, that are missing, that nobody knows and in another order, which says nothing.
#[test]
fn sections_that_are_others() {
    let initial = initial(&toy(5)).unwrap();
    let good = contributed(&first(&initial), "Ada");
    let all = parts(&good);
    for (index, part) in all.iter().enumerate() {
        let mut twice = all.clone();
        twice.push(part.clone());
        let said = format!("section {}, byte ", part.0);
        refused(&joined(b"zkey", &twice), &initial, &said);
        refused(&joined(b"zkey", &twice), &initial, "expected every section once, got a second one");
        let mut missing = all.clone();
        missing.remove(index);
        refused(&joined(b"zkey", &missing), &initial, &said);
        let mut longer = all.clone();
        longer[index].1.push(0);
        refused(&joined(b"zkey", &longer), &initial, &said);
        let mut empty = all.clone();
        empty[index].1.clear();
        refused(&joined(b"zkey", &empty), &initial, &said);
    }
    let mut more = all.clone();
    more.push((11, Vec::new()));
    refused(&joined(b"zkey", &more), &initial, "expected no section of this number");
    let backwards: Parts = all.iter().rev().cloned().collect();
    assert_eq!(verified(&joined(b"zkey", &backwards), &initial), verified(&good, &initial));
    refused(&joined(b"ptau", &all), &initial, "begins otherwise");
    let mut version = good.clone();
    version[4] = 2;
    refused(&version, &initial, "another version");
    version = good.clone();
    version[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
    refused(&version, &initial, "more sections than the format knows");
}

/// One power in each section is that of another tau.
#[test]
fn powers_of_which_one_is_another() {
    let (good, other) = (toy(5), toy(6));
    let why = |file: &[u8]| match initial(file).err() {
        Some(CeremonyError::Phase1 { step }) => step,
        wrong => panic!("{wrong:?}"),
    };
    // The Lagrange polynomials of a size stand behind those of all smaller ones.
    let (size, last) = (64, 63);
    for (section, point, at, said) in [
        (2, G1, 1, "tau in G1 and tau in G2 are not one number"),
        (2, G1, 2, "section 2 does not rise by tau"),
        (2, G1, 2 * size - 2, "section 2 does not rise by tau"),
        (3, G2, 1, "tau in G1 and tau in G2 are not one number"),
        (3, G2, last, "section 3 does not rise by tau"),
        (4, G1, 0, "section 4 does not rise by tau"),
        (4, G1, last, "section 4 does not rise by tau"),
        (5, G1, 0, "beta in G1 and beta in G2 are not one number"),
        (5, G1, last, "section 5 does not rise by tau"),
        (6, G2, 0, "beta in G1 and beta in G2 are not one number"),
        (12, G1, size - 1, "section 12 is not that of the powers in section 2"),
        (12, G1, 2 * size, "section 12 is not that of the powers in section 2, of twice the size"),
        (13, G2, size - 1, "section 13 is not that of the powers in section 3"),
        (14, G1, 2 * size - 2, "section 14 is not that of the powers in section 4"),
        (15, G1, size + 5, "section 15 is not that of the powers in section 5"),
    ] {
        let bytes = &content(&other, section)[at * point..][..point];
        assert_eq!(why(&with(&good, section, at * point, bytes)), said, "section {section}, {at}");
        let none = with(&good, section, at * point, &[0; G2][..point]);
        assert!(!why(&none).is_empty(), "section {section}, {at}");
    }
    // All of them, but those of G2.
    let mut mixed = parts(&good);
    for (part, theirs) in mixed.iter_mut().zip(parts(&other)).filter(|(part, _)| ![3, 6].contains(&part.0)) {
        part.1 = theirs.1;
    }
    assert_eq!(why(&joined(b"ptau", &mixed)), "tau in G1 and tau in G2 are not one number");
    assert!(zksensor_ceremony::Ptau::open(Cursor::new(joined(b"ptau", &mixed))).is_ok());
}
