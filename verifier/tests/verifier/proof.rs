use ark_bn254::{Bn254, Fq, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, PrimeField};
use ark_groth16::Groth16;
use zksensor_verifier::{PointError, Proof, ProofElement, ProofError, VerifyError, inputs_to_bytes};

use crate::probe::{ark_key, ark_proof, inputs, outside_subgroup, prove, raw_g1, rng, verifier, words};

fn point_error(element: ProofElement, reason: PointError) -> Result<Proof, ProofError> {
    Err(ProofError::Point { element, reason })
}

#[test]
fn a_good_proof_verifies_in_every_form() {
    let (verifier, proof) = (verifier(), prove(5, 9));
    assert_eq!(verifier.verify(&proof, &inputs(5, 9)), Ok(()));
    assert_eq!(verifier.verify_words(&proof, &words(5, 9)), Ok(inputs(5, 9)));
    assert_eq!(verifier.verify_bytes(&proof.to_bytes(), &inputs_to_bytes(&words(5, 9))), Ok(inputs(5, 9)));
    assert_eq!(Proof::from_bytes(&proof.to_bytes()), Ok(proof.clone()));
    assert_eq!(Proof::from_hex(&proof.to_hex()), Ok(proof.clone()));
    assert_eq!(Proof::new(proof.a(), proof.b(), proof.c()), Ok(proof));
}

#[test]
fn points_are_written_as_eip_197_has_them() {
    let (one, two) = (G1Affine::generator(), G2Affine::generator());
    let one_two = format!("{:064x}{:064x}", 1, 2);
    let p2 = "198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2\
              1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed\
              090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b\
              12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";
    let proof = Proof::new(one, two, one).expect("generators");
    assert_eq!(proof.to_hex(), format!("0x{one_two}{p2}{one_two}"));
}

#[test]
fn every_other_length_is_refused() {
    let mut bytes = prove(5, 9).to_bytes().to_vec();
    for length in 0..bytes.len() {
        assert_eq!(Proof::from_bytes(&bytes[..length]), Err(ProofError::Length { wanted: 256, got: length }));
    }
    for extra in 1..=64 {
        bytes.push(0);
        assert_eq!(Proof::from_bytes(&bytes), Err(ProofError::Length { wanted: 256, got: 256 + extra }));
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let (verifier, bytes, public) = (verifier(), prove(5, 9).to_bytes(), inputs_to_bytes(&words(5, 9)));
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes;
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(verifier.verify_bytes(&flipped, &public).is_err(), "bit {bit}");
    }
}

#[test]
fn bad_points_are_refused_by_element_and_reason() {
    let good = prove(5, 9);
    let layout = [(ProofElement::A, 0..64), (ProofElement::B, 64..192), (ProofElement::C, 192..256)];
    for (element, range) in layout {
        let decode = |patch: &dyn Fn(&mut [u8])| {
            let mut bytes = good.to_bytes();
            patch(&mut bytes[range.clone()]);
            Proof::from_bytes(&bytes)
        };
        let identity = decode(&|point| point.fill(0));
        assert_eq!(identity, point_error(element, PointError::Identity));
        let off_curve = decode(&|point| *point.last_mut().expect("not empty") ^= 1);
        assert_eq!(off_curve, point_error(element, PointError::NotOnCurve));
        for coordinate in 0..range.len() / 32 {
            let alias = decode(&|point| add_q(&mut point[32 * coordinate..32 * coordinate + 32]));
            assert_eq!(alias, point_error(element, PointError::NotCanonical), "coordinate {coordinate}");
        }
    }
}

#[test]
fn b_outside_the_subgroup_is_refused() {
    let good = prove(5, 9);
    let stray = outside_subgroup();
    // A point whose order divides the cofactor, and a good point moved by it.
    let small = stray.mul_bigint(Fr::MODULUS).into_affine();
    assert!(!small.is_zero() && stray.is_on_curve());
    for b in [stray, small, (good.b() + small).into_affine()] {
        let refused = Proof::new(good.a(), b, good.c());
        assert_eq!(refused, point_error(ProofElement::B, PointError::NotInSubgroup));
        let mut bytes = good.to_bytes();
        for (index, coordinate) in [b.x.c1, b.x.c0, b.y.c1, b.y.c0].iter().enumerate() {
            bytes[64 + 32 * index..96 + 32 * index].copy_from_slice(&coordinate.into_bigint().to_bytes_be());
        }
        assert_eq!(Proof::from_bytes(&bytes), point_error(ProofElement::B, PointError::NotInSubgroup));
    }
}

#[test]
fn points_from_elsewhere_are_checked_too() {
    let good = prove(5, 9);
    let a = Proof::new(G1Affine::identity(), good.b(), good.c());
    assert_eq!(a, point_error(ProofElement::A, PointError::Identity));
    let b = Proof::new(good.a(), G2Affine::identity(), good.c());
    assert_eq!(b, point_error(ProofElement::B, PointError::Identity));
    let off_curve = raw_g1(good.c().x, good.c().y + Fq::from(1u64));
    let c = Proof::new(good.a(), good.b(), off_curve);
    assert_eq!(c, point_error(ProofElement::C, PointError::NotOnCurve));
}

#[test]
fn a_proof_of_something_else_is_refused() {
    let (verifier, good) = (verifier(), prove(5, 9));
    let exchanged = Proof::new(good.c(), good.b(), good.a());
    let negated = Proof::new(-good.a(), good.b(), good.c());
    for wrong in [exchanged, negated] {
        let wrong = wrong.expect("good points");
        assert_eq!(verifier.verify(&wrong, &inputs(5, 9)), Err(VerifyError::Rejected));
    }
    assert_eq!(verifier.verify(&prove(6, 9), &inputs(5, 9)), Err(VerifyError::Rejected));
}

#[test]
fn a_rerandomised_proof_verifies_so_a_proof_is_no_replay_key() {
    let (verifier, good) = (verifier(), prove(5, 9));
    let other = Groth16::<Bn254>::rerandomize_proof(&ark_key(), &ark_proof(&good), &mut rng(3));
    let other = Proof::new(other.a, other.b, other.c).expect("good points");
    assert_ne!(other, good);
    assert_eq!(verifier.verify(&other, &inputs(5, 9)), Ok(()));
}

#[test]
fn only_the_exact_text_is_a_proof() {
    let text = prove(5, 9).to_hex();
    assert!(Proof::from_hex(&text.to_uppercase().replace("0X", "0x")).is_ok());
    let wrong = [text[2..].to_owned(), format!("{text}0"), format!("{text} "), text.replace("0x", "0X"), {
        let mut text = text.clone();
        text.replace_range(10..11, "g");
        text
    }];
    for wrong in wrong {
        assert_eq!(Proof::from_hex(&wrong), Err(ProofError::Hex { wanted: 512, got: wrong.len() }));
    }
}

/// Adds the base field's modulus to a coordinate: the same residue, another encoding.
fn add_q(coordinate: &mut [u8]) {
    let mut value = Fq::from(0u64).into_bigint();
    for (limb, chunk) in value.0.iter_mut().rev().zip(coordinate.chunks_exact(8)) {
        *limb = u64::from_be_bytes(chunk.try_into().expect("eight bytes"));
    }
    assert!(!value.add_with_carry(&Fq::MODULUS));
    coordinate.copy_from_slice(&value.to_bytes_be());
}
