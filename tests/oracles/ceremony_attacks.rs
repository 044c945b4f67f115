//! Ceremonies that do not hold, without snarkjs: each is refused naming the step.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::ops::Range;

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use zksensor::circuits::statement::Statement;
use zksensor::model::claim::Claim;
use zksensor::r1cs;
use zksensor_ceremony::{
    Beacon, CeremonyError, Initial, Ptau, Transcript, Zkey, ptau_digest, rows_of, toy_ptau,
};

use super::groth16::Square;

const POWER: u32 = 6;
pub(super) const ITERATIONS: u8 = 10;
/// Bytes of a point of G1, and of one of G2.
const POINT: [usize; 2] = [64, 128];

pub(super) fn toy(seed: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    toy_ptau(POWER, &mut ChaCha20Rng::seed_from_u64(seed), &mut bytes).unwrap();
    bytes
}

pub(super) fn initial(ptau: &[u8]) -> Result<Initial, CeremonyError> {
    initial_of(&Square, ptau)
}

pub(super) fn initial_of(statement: &impl Statement, ptau: &[u8]) -> Result<Initial, CeremonyError> {
    let circuit = r1cs::compile(statement).unwrap();
    let powers = Ptau::open(Cursor::new(ptau))?.powers(rows_of(&circuit))?;
    Initial::new(&circuit, powers)
}

pub(super) fn first(initial: &Initial) -> Vec<u8> {
    let mut bytes = Vec::new();
    initial.write(&mut bytes).unwrap();
    bytes
}

pub(super) fn contributed(zkey: &[u8], name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    Zkey::open(Cursor::new(zkey)).unwrap().contribute(name, b"typed", &mut bytes).unwrap();
    bytes
}

pub(super) fn with_beacon(zkey: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let beacon = Beacon { hash: vec![7; 32], iterations: ITERATIONS };
    Zkey::open(Cursor::new(zkey)).unwrap().beacon("beacon", beacon, &mut bytes).unwrap();
    bytes
}

pub(super) fn verified(zkey: &[u8], initial: &Initial) -> Result<Transcript, CeremonyError> {
    Zkey::open(Cursor::new(zkey))?.verify(initial)
}

/// Where the content of each section is.
pub(super) fn sections(file: &[u8]) -> BTreeMap<u32, Range<usize>> {
    let (mut found, mut at) = (BTreeMap::new(), 12);
    while at < file.len() {
        let number = u32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        let size = usize::try_from(u64::from_le_bytes(file[at + 4..at + 12].try_into().unwrap())).unwrap();
        found.insert(number, at + 12..at + 12 + size);
        at += 12 + size;
    }
    found
}

/// Two parts of a section change places.
fn swapped(file: &[u8], section: u32, [from, to]: [usize; 2], size: usize) -> Vec<u8> {
    let start = sections(file)[&section].start;
    let (one, other) = (start + from..start + from + size, start + to..start + to + size);
    let mut changed = file.to_vec();
    changed[one.clone()].copy_from_slice(&file[other.clone()]);
    changed[other].copy_from_slice(&file[one]);
    assert_ne!(changed, file, "section {section} has two of one kind");
    changed
}

/// Powers that nobody contributed to make no key that is not INSECURE, whoever vouches for them, and beacons alone make none.
#[test]
fn a_toy_stays_insecure_and_beacons_are_no_contribution() {
    let ptau = toy(5);
    let vouched = Ptau::open(Cursor::new(&ptau)).unwrap().trusted(&ptau_digest(Cursor::new(&ptau)).unwrap());
    assert_eq!(vouched.err(), Some(CeremonyError::NoPowersContribution));
    assert_eq!(
        Ptau::open(Cursor::new(&ptau)).unwrap().published().err(),
        Some(CeremonyError::NoPowersContribution)
    );
    let initial = initial(&ptau).unwrap();
    let beacon = with_beacon(&first(&initial));
    let finished = |bytes: &[u8]| Zkey::open(Cursor::new(bytes)).unwrap().finish(&Square, &initial, &());
    assert_eq!(finished(&beacon).err(), Some(CeremonyError::NoContribution { beacons: 1 }));
    assert_eq!(finished(&first(&initial)).err(), Some(CeremonyError::NoContribution { beacons: 0 }));
    let (key, transcript) = finished(&contributed(&beacon, "Ada")).unwrap();
    assert!(
        !transcript.has_trusted_powers() && key.is_insecure() && key.verifying_key().ceremony().is_none()
    );
    assert_eq!(key.statement(), &Square.id());
}

/// A point of each section in the place of another: of the key what follows from the circuit, and what delta divides.
#[test]
fn points_that_changed_places() {
    let initial = initial(&toy(5)).unwrap();
    let good = contributed(&first(&initial), "Ada");
    assert_eq!(verified(&good, &initial).unwrap().secrets(), 1);
    for (section, [g1, g2], said) in [
        (3, [1, 0], "section 3"),
        (5, [1, 0], "section 5"),
        (6, [1, 0], "section 6"),
        (7, [0, 1], "section 7"),
        (8, [1, 0], "section 8"),
        (9, [1, 0], "section 9"),
    ] {
        let size = g1 * POINT[0] + g2 * POINT[1];
        let range = sections(&good)[&section].clone();
        // The first neighbours that differ: some columns are in no row.
        let changed = (0..range.len() / size - 1)
            .map(|at| [at * size, (at + 1) * size])
            .find(|[one, other]| good[range.start + one..][..size] != good[range.start + other..][..size])
            .map(|places| swapped(&good, section, places, size))
            .unwrap();
        let refused = verified(&changed, &initial).unwrap_err();
        assert!(refused.to_string().contains(said), "{section}: {refused}");
    }
}

/// Contributions cut off, in another order, of another file; a key before them with them; a beacon of other iterations.
#[test]
fn contributions_that_do_not_follow() {
    let initial = initial(&toy(5)).unwrap();
    let zero = first(&initial);
    let one = contributed(&zero, "Ada");
    let two = contributed(&one, "Eve");
    let with_contributions_of = |file: &[u8], of: &[u8]| {
        let (to, from) = (sections(file)[&10].clone(), sections(of)[&10].clone());
        assert_eq!(to.end, file.len(), "section 10 is the last");
        [&file[..to.start - 8], &(from.len() as u64).to_le_bytes(), &of[from]].concat()
    };
    let applied = |bytes: &[u8]| matches!(verified(bytes, &initial), Err(CeremonyError::Applied { .. }));
    assert!(applied(&with_contributions_of(&two, &one)), "the last one cut off");
    assert!(applied(&with_contributions_of(&zero, &one)), "a key that delta was not applied to");
    assert!(applied(&with_contributions_of(&one, &two)), "one more than were applied");
    let range = sections(&two)[&10].clone();
    let size = (range.len() - 68) / 2;
    let chain = |bytes: &[u8]| match verified(bytes, &initial) {
        Err(CeremonyError::Chain { number, .. }) => number,
        other => panic!("{other:?}"),
    };
    assert_eq!(chain(&swapped(&two, 10, [68, 68 + size], size)), 1, "in another order");
    let other = contributed(&contributed(&zero, "Ada"), "Eve");
    let second = sections(&other)[&10].start + 68 + size;
    let mut mixed = two.clone();
    mixed[range.start + 68 + size..range.end].copy_from_slice(&other[second..second + size]);
    assert_eq!(chain(&mixed), 2, "the second of another chain");

    let beacon = with_beacon(&one);
    assert_eq!(verified(&beacon, &initial).unwrap().contributions().len(), 2);
    let at = beacon.len() - 32 - 2 - 1;
    assert_eq!(beacon[at - 1..=at], [2, ITERATIONS], "where the iterations are");
    for (iterations, said) in [
        (ITERATIONS + 1, "contribution 2: it is not what its beacon gives after so many iterations"),
        (0, "section 10"),
        (31, "2^10 to 2^30 iterations"),
        (63, "2^10 to 2^30 iterations"),
    ] {
        let mut changed = beacon.clone();
        changed[at] = iterations;
        let refused = verified(&changed, &initial).unwrap_err().to_string();
        assert!(refused.contains(said), "2^{iterations} iterations: {refused}");
    }
}

/// Beacons that would take hours together: refused before one of them is computed, by whoever verifies and whoever would add to them.
#[test]
fn beacons_that_nobody_would_wait_for() {
    let initial = initial(&toy(5)).unwrap();
    let one = contributed(&first(&initial), "Ada");
    let beacons = with_beacon(&with_beacon(&one));
    let slow = |key: &[u8]| {
        let mut slow = key.to_vec();
        let beacon = [&[2, ITERATIONS, 3, 32][..], &[7; 32]].concat();
        let places: Vec<_> = (0..key.len() - 35).filter(|at| key[*at..].starts_with(&beacon)).collect();
        places.iter().for_each(|at| slow[at + 1] = 30);
        (slow, places.len() as u64)
    };
    let (three, count) = slow(&with_beacon(&beacons));
    assert_eq!(count, 3);
    let refused = |got| CeremonyError::AllIterations { number: 4, most: 1 << 31, got };
    assert_eq!(verified(&three, &initial), Err(refused(3 << 30)));
    let mut next = Vec::new();
    let more = Zkey::open(Cursor::new(&three)).unwrap().contribute("Eve", b"typed", &mut next);
    assert_eq!(more, Err(refused(3 << 30)));
    // As many as may be, and one more.
    let beacon = Beacon { hash: vec![7; 32], iterations: ITERATIONS };
    let more = Zkey::open(Cursor::new(slow(&beacons).0)).unwrap().beacon("beacon", beacon, &mut next);
    let [got, most] = [1 << ITERATIONS, 1 << 31];
    assert_eq!(more, Err(CeremonyError::BeaconTooMuch { got, before: most, left: 0, most }));
    assert!(next.is_empty());
}

/// Powers of another number, of other powers, and a file cut at the ends of every section.
#[test]
fn powers_that_are_none() {
    let good = toy(5);
    let zkey = contributed(&first(&initial(&good).unwrap()), "Ada");
    let other = initial(&toy(6)).unwrap();
    assert!(matches!(verified(&zkey, &other), Err(CeremonyError::Initial { .. })));
    for (section, size) in [(2, POINT[0]), (3, POINT[1]), (4, POINT[0]), (5, POINT[0])] {
        for at in [0, 1, 7, 30] {
            let places = [at * size, (at + 1) * size];
            let refused = initial(&swapped(&good, section, places, size)).err();
            assert!(matches!(refused, Some(CeremonyError::Phase1 { .. })), "{section}, {at}: {refused:?}");
        }
    }
    assert_whole(&good, |bytes| Ptau::open(Cursor::new(bytes)).err());
    assert_whole(&zkey, |bytes| Zkey::open(Cursor::new(bytes)).err());
}

/// That a file opens as it is, and neither cut before or within each of its sections, which is named, nor with a byte more.
fn assert_whole(file: &[u8], refused: impl Fn(&[u8]) -> Option<CeremonyError>) {
    assert_eq!(refused(file), None);
    let why = |bytes: &[u8]| refused(bytes).expect("it is not whole").to_string();
    for (section, range) in &sections(file) {
        for end in [range.start - 12, range.start - 4, range.start - 1] {
            assert!(why(&file[..end]).contains("ends before its last section"), "cut at {end}");
        }
        for end in [range.start, range.end - 1] {
            let said = why(&file[..end]);
            assert!(said.contains(&format!("section {section}, ")) && said.contains("cut off"), "{said}");
        }
    }
    assert!(why(&[file, &[0]].concat()).contains("goes on after its last section"));
}

/// Powers for commitments are of whoever vouches for the file, and those that its last contribution left. The file is the one that fuzzing
/// starts with.
#[test]
fn powers_for_commitments_are_those_of_the_last_contribution() {
    let file = include_bytes!("../../fuzz/seeds/ptau/contributed");
    let open = |file: &[u8]| Ptau::open(Cursor::new(file.to_vec())).unwrap();
    let trusted = |file: &[u8]| open(file).trusted(&ptau_digest(Cursor::new(file)).unwrap()).unwrap();
    let powers = trusted(file).kzg_powers(1).unwrap();
    assert_eq!((powers.g1.len(), powers.is_trusted), (2, true));
    assert!(!open(file).kzg_powers(1).unwrap().is_trusted);
    // A digest vouches for a file, and not that its powers are those of its contributions. The last ends with 8 bytes of kind and length
    // and 6 of a beacon.
    let [g1, g2] = POINT;
    let tau = sections(file)[&7].end - 14 - (9 * g1 + 5 * g2 + 216 + 64);
    let tau_g2 = tau + g1;
    let alpha = tau_g2 + g2;
    let beta_g2 = alpha + 2 * g1;
    for (to, from, size) in [(tau, alpha, g1), (tau_g2, beta_g2, g2)] {
        let mut altered = file.to_vec();
        altered.copy_within(from..from + size, to);
        let error = trusted(&altered).kzg_powers(1).unwrap_err();
        let step = "the last contribution left other powers than the file has";
        assert_eq!(error, CeremonyError::Phase1 { step });
    }
}
