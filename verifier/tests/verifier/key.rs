use std::ops::Range;

use ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use sha3::{Digest, Keccak256};
use zksensor_model::claim::{Claim, StatementId};
use zksensor_verifier::{
    Ceremony, KeyElement, KeyError, KeyPoints, PointError, UntypedVerifier, Verifier, VerifyError,
    VerifyingKey,
};

use crate::probe::{Probe, key, outside_subgroup, points, raw_g1, raw_g2};

/// `zksensor-vk`, version, flag, length of the id.
const ID_AT: usize = 14;
const ID: &str = "probe/v1/2x3";
const COUNT_AT: usize = ID_AT + ID.len();
const POINTS_AT: usize = COUNT_AT + 4;

fn made(points: KeyPoints) -> Result<VerifyingKey, KeyError> {
    VerifyingKey::new(&Probe.id(), points, true)
}

/// The probe's key with altered bytes and the digest to go with them.
fn resealed(patch: impl FnOnce(&mut Vec<u8>)) -> Result<VerifyingKey, KeyError> {
    let mut bytes = key().to_bytes();
    bytes.truncate(bytes.len() - 32);
    patch(&mut bytes);
    let digest = Keccak256::digest(&bytes);
    bytes.extend_from_slice(&digest);
    VerifyingKey::from_bytes(&bytes)
}

fn elements() -> Vec<(KeyElement, Range<usize>)> {
    let mut at = POINTS_AT;
    let mut next = |size| {
        at += size;
        at - size..at
    };
    let mut elements = vec![
        (KeyElement::Alpha, next(64)),
        (KeyElement::Beta, next(128)),
        (KeyElement::Gamma, next(128)),
        (KeyElement::Delta, next(128)),
    ];
    elements.extend((0..4).map(|index| (KeyElement::Ic(index), next(64))));
    elements
}

#[test]
fn bytes_round_trip_and_name_the_key() {
    let key = key();
    let bytes = key.to_bytes();
    assert_eq!(bytes.len(), POINTS_AT + 64 + 3 * 128 + 4 * 64 + 32);
    assert_eq!(VerifyingKey::from_bytes(&bytes), Ok(key.clone()));
    assert_eq!((key.statement(), key.public_inputs(), key.is_insecure()), (&Probe.id(), 3, true));
    let digest: [u8; 32] = Keccak256::digest(&bytes[..bytes.len() - 32]).into();
    assert_eq!(key.digest(), digest);
    assert!(key.key_id().to_string().starts_with("INSECURE-0x"));

    let secure = VerifyingKey::new(&Probe.id(), points(), false).expect("an honest key");
    assert!(secure.key_id().to_string().starts_with("0x"));
    assert_ne!(secure.digest(), key.digest());
    assert_ne!(secure.key_id(), key.key_id());
}

#[test]
fn a_verifier_takes_only_the_key_of_its_statement() {
    for (name, version, shape) in [("probe", 2, vec![2, 3]), ("probe", 1, vec![2]), ("prober", 1, vec![2, 3])]
    {
        let id = StatementId { name: name.into(), version, shape };
        let other = VerifyingKey::new(&id, points(), true).expect("an honest key");
        let refused = Verifier::new(&Probe, other).err();
        let expected = VerifyError::KeyMismatch { key: id.into(), statement: Probe.id().into() };
        assert_eq!(refused, Some(expected));
    }
    let mut long = points();
    long.gamma_abc_g1.push((G1Affine::generator() * Fr::from(77u64)).into_affine());
    let refused = Verifier::new(&Probe, made(long).expect("good points")).err();
    assert_eq!(refused, Some(VerifyError::KeyInputs { statement: Probe.id(), key: 4, layout: 3 }));
}

#[test]
fn every_other_length_is_refused() {
    let mut bytes = key().to_bytes();
    for length in 0..bytes.len() {
        let refused = VerifyingKey::from_bytes(&bytes[..length]);
        let expected = length < 11 && refused == Err(KeyError::Magic)
            || length >= 11 && matches!(refused, Err(KeyError::Length { got, .. }) if got == length as u64);
        assert!(expected, "{length} bytes: {refused:?}");
    }
    let expected = bytes.len() as u64;
    for extra in 1..=64 {
        bytes.push(0);
        let refused = VerifyingKey::from_bytes(&bytes);
        assert_eq!(refused, Err(KeyError::Length { wanted: expected, got: expected + extra }));
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let bytes = key().to_bytes();
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(VerifyingKey::from_bytes(&flipped).is_err(), "bit {bit}");
    }
}

#[test]
fn with_a_fitting_digest_every_flipped_bit_is_refused_or_another_key() {
    for bit in 0..POINTS_AT * 8 {
        match resealed(|bytes| bytes[bit / 8] ^= 1 << (bit % 8)) {
            Ok(other) => {
                assert!(
                    other.is_insecure() != key().is_insecure() || *other.statement() != Probe.id(),
                    "bit {bit}"
                )
            }
            Err(_) => continue,
        }
    }
    for bit in POINTS_AT * 8..elements().last().expect("IC").1.end * 8 {
        let refused = resealed(|bytes| bytes[bit / 8] ^= 1 << (bit % 8));
        assert!(matches!(refused, Err(KeyError::Point { .. })), "bit {bit}: {refused:?}");
    }
}

#[test]
fn each_part_of_the_header_has_its_reason() {
    assert_eq!(resealed(|bytes| bytes[0] = b'Z'), Err(KeyError::Magic));
    assert_eq!(resealed(|bytes| bytes[11] = 2), Err(KeyError::Version { wanted: 1, got: 2 }));
    assert_eq!(resealed(|bytes| bytes[12] = 3), Err(KeyError::Flag { got: 3 }));
    for id in [
        "Probe/v1/2x3",
        "probe/v01/23",
        "probe/v1/2x/",
        "probe/v1/x23",
        "probe//v1/23",
        "probe v1/2x3",
        "../../v1/2x3",
    ] {
        let refused = resealed(|bytes| bytes[ID_AT..COUNT_AT].copy_from_slice(id.as_bytes()));
        assert_eq!(refused, Err(KeyError::StatementId { got: id.to_owned() }));
    }
    let refused = resealed(|bytes| bytes[ID_AT] = 0xff);
    assert_eq!(refused, Err(KeyError::StatementId { got: "\\xffrobe/v1/2x3".to_owned() }));
    for count in [0, 1, 2, 4, u32::MAX] {
        let refused = resealed(|bytes| bytes[COUNT_AT..POINTS_AT].copy_from_slice(&count.to_be_bytes()));
        let expected = POINTS_AT as u64 + 448 + 64 * (u64::from(count) + 1) + 32;
        assert_eq!(refused, Err(KeyError::Length { wanted: expected, got: key().to_bytes().len() as u64 }));
    }
    let mut bytes = key().to_bytes();
    *bytes.last_mut().expect("not empty") ^= 1;
    assert_eq!(VerifyingKey::from_bytes(&bytes), Err(KeyError::Digest));
    let nameless = StatementId { name: "".into(), version: 1, shape: vec![] };
    let refused = VerifyingKey::new(&nameless, points(), true);
    assert_eq!(refused, Err(KeyError::StatementId { got: "/v1".to_owned() }));
}

#[test]
fn bad_points_in_the_bytes_are_refused_by_element_and_reason() {
    for (element, range) in elements() {
        let zero = resealed(|bytes| bytes[range.clone()].fill(0));
        assert_eq!(zero, Err(KeyError::Point { element, reason: PointError::Identity }));
        let off_curve = resealed(|bytes| bytes[range.end - 1] ^= 1);
        assert_eq!(off_curve, Err(KeyError::Point { element, reason: PointError::NotOnCurve }));
        let large = resealed(|bytes| bytes[range.start] = 0xff);
        assert_eq!(large, Err(KeyError::Point { element, reason: PointError::NotCanonical }));
    }
}

#[test]
fn bad_points_from_elsewhere_are_refused_by_element_and_reason() {
    type Patch = fn(&mut KeyPoints) -> (&mut G1Affine, KeyElement);
    let in_g1: [Patch; 3] = [
        |key| (&mut key.alpha_g1, KeyElement::Alpha),
        |key| (&mut key.gamma_abc_g1[0], KeyElement::Ic(0)),
        |key| (&mut key.gamma_abc_g1[3], KeyElement::Ic(3)),
    ];
    for patch in in_g1 {
        let mut key = points();
        let element = patch(&mut key).1;
        *patch(&mut key).0 = G1Affine::identity();
        assert_eq!(made(key.clone()), Err(KeyError::Point { element, reason: PointError::Identity }));
        *patch(&mut key).0 = raw_g1(Fq::from(1u64), Fq::from(3u64));
        assert_eq!(made(key), Err(KeyError::Point { element, reason: PointError::NotOnCurve }));
    }
    type Patch2 = fn(&mut KeyPoints) -> (&mut G2Affine, KeyElement);
    let in_g2: [Patch2; 3] = [
        |key| (&mut key.beta_g2, KeyElement::Beta),
        |key| (&mut key.gamma_g2, KeyElement::Gamma),
        |key| (&mut key.delta_g2, KeyElement::Delta),
    ];
    let stray = outside_subgroup();
    let bad = [
        (G2Affine::identity(), PointError::Identity),
        (raw_g2(stray.x, stray.x), PointError::NotOnCurve),
        (stray, PointError::NotInSubgroup),
    ];
    for patch in in_g2 {
        for (point, reason) in bad {
            let mut key = points();
            let element = patch(&mut key).1;
            *patch(&mut key).0 = point;
            assert_eq!(made(key), Err(KeyError::Point { element, reason }));
        }
    }
}

#[test]
fn unfinished_setups_are_refused() {
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    for (key, element) in [
        (KeyPoints { alpha_g1: one, ..points() }, KeyElement::Alpha),
        (KeyPoints { alpha_g1: -one, ..points() }, KeyElement::Alpha),
        (KeyPoints { beta_g2: two, ..points() }, KeyElement::Beta),
        (KeyPoints { beta_g2: -two, ..points() }, KeyElement::Beta),
        (KeyPoints { delta_g2: two, ..points() }, KeyElement::Delta),
        (KeyPoints { delta_g2: -two, ..points() }, KeyElement::Delta),
    ] {
        assert_eq!(made(key), Err(KeyError::Generator { element }));
    }
    // Ceremonies fix gamma so.
    assert!(made(KeyPoints { gamma_g2: two, ..points() }).is_ok());
    assert_eq!(made(KeyPoints { gamma_abc_g1: vec![], ..points() }), Err(KeyError::IcCount { got: 0 }));
}

#[test]
fn keys_of_other_circuits_may_repeat_ic_points_and_say_what_they_bind() {
    let ic = || points().gamma_abc_g1;
    let with = |second: usize, point| {
        let mut ic = ic();
        ic[second] = point;
        KeyPoints { gamma_abc_g1: ic, ..points() }
    };
    assert_eq!(UntypedVerifier::new_foreign(points()).unwrap().unbound(), None);
    for (first, second) in [(1, 2), (1, 3), (2, 3)] {
        for opposite in [false, true] {
            let point = if opposite { -ic()[first] } else { ic()[first] };
            let key = with(second, point);
            let repeated = UntypedVerifier::new(key.clone()).err();
            assert_eq!(repeated, Some(KeyError::IcRepeated { first, second }));
            let unbound = UntypedVerifier::new_foreign(key).unwrap().unbound().unwrap();
            assert_eq!((unbound.first, unbound.second, unbound.opposite), (first - 1, second - 1, opposite));
            let text = unbound.to_string();
            assert!(text.contains(if opposite { "difference" } else { "sum" }), "{text}");
        }
    }
    // The constant one is nobody's input: what it stands beside is bound all the same.
    assert_eq!(UntypedVerifier::new_foreign(with(1, ic()[0])).unwrap().unbound(), None);
    let (first, second) = (KeyElement::Gamma, KeyElement::Delta);
    let forgeable = KeyPoints { delta_g2: points().gamma_g2, ..points() };
    assert_eq!(UntypedVerifier::new_foreign(forgeable).err(), Some(KeyError::Related { first, second }));
    let none = KeyPoints { gamma_abc_g1: vec![], ..points() };
    assert_eq!(UntypedVerifier::new_foreign(none).err(), Some(KeyError::IcCount { got: 0 }));
}

#[test]
fn equal_ic_points_are_refused() {
    for first in 0..4 {
        for second in first + 1..4 {
            let mut key = points();
            key.gamma_abc_g1[second] = key.gamma_abc_g1[first];
            assert_eq!(made(key.clone()), Err(KeyError::IcRepeated { first, second }));
            key.gamma_abc_g1[second] = -key.gamma_abc_g1[first];
            assert_eq!(made(key), Err(KeyError::IcRepeated { first, second }));
        }
    }
}

#[test]
fn the_id_of_a_key_of_a_ceremony_commits_to_it() {
    let ceremony = |transcript, contributions| Ceremony::new([transcript; 32], contributions);
    assert_eq!(ceremony(1, 0), None);
    let of = |ceremony| VerifyingKey::of_ceremony(&Probe.id(), points(), ceremony).expect("an honest key");
    let key = of(ceremony(1, 3).unwrap());
    assert_eq!((key.ceremony(), key.is_insecure()), (ceremony(1, 3), false));
    assert_eq!(VerifyingKey::from_bytes(&key.to_bytes()), Ok(key.clone()));
    let plain = VerifyingKey::new(&Probe.id(), points(), false).expect("an honest key");
    for other in [of(ceremony(2, 3).unwrap()), of(ceremony(1, 4).unwrap()), plain] {
        assert_ne!(other.key_id(), key.key_id());
    }
    // Nobody contributed; one byte cut; one more.
    let bytes = key.to_bytes();
    let end = bytes.len() - 32;
    let sealed = |body: &[u8]| [body, &Keccak256::digest(body)[..]].concat();
    let none = sealed(&[&bytes[..end - 4], &[0; 4]].concat());
    assert_eq!(VerifyingKey::from_bytes(&none), Err(KeyError::NoContribution));
    for body in [&bytes[..end - 1], &[&bytes[..end], &[0]].concat()] {
        assert!(matches!(VerifyingKey::from_bytes(&sealed(body)), Err(KeyError::Length { .. })));
    }
}
