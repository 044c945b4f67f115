//! With each of these keys the library accepts a proof that nobody had a witness for. Ours are refused.

use ark_bn254::{Bn254, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_groth16::{Groth16, Proof as ArkProof, VerifyingKey as ArkKey, prepare_verifying_key};
use zksensor_model::claim::Claim;
use zksensor_verifier::{KeyElement, KeyError, PointError, VerifyingKey};

use crate::probe::{Probe, ark_key, points_of, words};

/// A false claim: the square of no small number, and whatever else.
fn false_words() -> Vec<Fr> {
    vec![Fr::from(1234u64), Fr::from(777u64), Fr::from(5u64)]
}

fn public_point(key: &ArkKey<Bn254>, words: &[Fr]) -> G1Affine {
    let terms = key.gamma_abc_g1[1..].iter().zip(words).map(|(point, word)| *point * *word);
    terms.fold(key.gamma_abc_g1[0].into_group(), |sum, term| sum + term).into_affine()
}

fn library_accepts(key: &ArkKey<Bn254>, proof: &ArkProof<Bn254>, words: &[Fr]) -> bool {
    Groth16::<Bn254>::verify_proof(&prepare_verifying_key(key), proof, words).expect("no error")
}

fn refused(key: ArkKey<Bn254>) -> KeyError {
    VerifyingKey::new(&Probe.id(), points_of(key), true).expect_err("a key with which anyone forges")
}

/// The elements of a forged proof, from the key and IC(x).
type Forge = fn(&ArkKey<Bn254>, G1Affine) -> ArkProof<Bn254>;

fn sum(key: &ArkKey<Bn254>) -> G2Affine {
    (key.gamma_g2 + key.delta_g2).into_affine()
}

#[test]
fn keys_with_which_anyone_forges_are_refused() {
    let good = ark_key();
    let related = |first, second| KeyError::Related { first, second };
    let identity = |element| KeyError::Point { element, reason: PointError::Identity };
    let (alpha, beta, gamma, delta) =
        (KeyElement::Alpha, KeyElement::Beta, KeyElement::Gamma, KeyElement::Delta);
    let cases: [(ArkKey<Bn254>, Forge, KeyError); 9] = [
        (
            ArkKey { delta_g2: good.gamma_g2, ..good.clone() },
            |key, ic| ArkProof { a: key.alpha_g1, b: key.beta_g2, c: -ic },
            related(gamma, delta),
        ),
        (
            ArkKey { delta_g2: -good.gamma_g2, ..good.clone() },
            |key, ic| ArkProof { a: key.alpha_g1, b: key.beta_g2, c: ic },
            related(gamma, delta),
        ),
        (
            // As it leaves a phase 2 without a contribution.
            ArkKey { gamma_g2: G2Affine::generator(), delta_g2: G2Affine::generator(), ..good.clone() },
            |key, ic| ArkProof { a: key.alpha_g1, b: key.beta_g2, c: -ic },
            related(gamma, delta),
        ),
        (
            ArkKey { beta_g2: good.gamma_g2, ..good.clone() },
            |key, ic| {
                let point = (key.alpha_g1 + ic).into_affine();
                ArkProof { a: point, b: sum(key), c: point }
            },
            related(beta, gamma),
        ),
        (
            ArkKey { beta_g2: -good.gamma_g2, ..good.clone() },
            |key, ic| {
                let point = (ic - key.alpha_g1).into_affine();
                ArkProof { a: point, b: sum(key), c: point }
            },
            related(beta, gamma),
        ),
        (
            ArkKey { beta_g2: good.delta_g2, ..good.clone() },
            |key, ic| ArkProof { a: ic, b: sum(key), c: (ic - key.alpha_g1).into_affine() },
            related(beta, delta),
        ),
        (
            ArkKey { beta_g2: -good.delta_g2, ..good.clone() },
            |key, ic| ArkProof { a: ic, b: sum(key), c: (ic + key.alpha_g1).into_affine() },
            related(beta, delta),
        ),
        (
            ArkKey { alpha_g1: G1Affine::identity(), ..good.clone() },
            |key, ic| ArkProof { a: ic, b: sum(key), c: ic },
            identity(alpha),
        ),
        (
            ArkKey { beta_g2: G2Affine::identity(), ..good.clone() },
            |key, ic| ArkProof { a: ic, b: sum(key), c: ic },
            identity(beta),
        ),
    ];
    for (key, forge, reason) in cases {
        let words = false_words();
        let proof = forge(&key, public_point(&key, &words));
        assert!(library_accepts(&key, &proof, &words), "the forgery behind `{reason}` does not work");
        assert!(!library_accepts(&good, &proof, &words));
        assert_eq!(refused(key), reason);
    }
}

#[test]
fn keys_that_do_not_bind_an_input_are_refused() {
    let good = ark_key();
    let [square, packed, tail] = words(5, 9)[..] else { panic!("three words") };
    let point =
        |words: &[Fr], ic: Vec<G1Affine>| public_point(&ArkKey { gamma_abc_g1: ic, ..good.clone() }, words);

    let mut free = good.gamma_abc_g1.clone();
    free[3] = G1Affine::identity();
    assert_eq!(
        point(&[square, packed, tail], free.clone()),
        point(&[square, packed, Fr::from(1u64)], free.clone())
    );
    let reason = KeyError::Point { element: KeyElement::Ic(3), reason: PointError::Identity };
    assert_eq!(refused(ArkKey { gamma_abc_g1: free, ..good.clone() }), reason);

    let mut equal = good.gamma_abc_g1.clone();
    equal[3] = equal[1];
    assert_eq!(point(&[square, packed, tail], equal.clone()), point(&[tail, packed, square], equal.clone()));
    let reason = KeyError::IcRepeated { first: 1, second: 3 };
    assert_eq!(refused(ArkKey { gamma_abc_g1: equal, ..good.clone() }), reason);

    let mut opposite = good.gamma_abc_g1.clone();
    opposite[3] = -opposite[1];
    let (moved, tail_moved) = (square + packed, tail + packed);
    assert_eq!(
        point(&[square, packed, tail], opposite.clone()),
        point(&[moved, packed, tail_moved], opposite.clone())
    );
    assert_eq!(
        refused(ArkKey { gamma_abc_g1: opposite, ..good.clone() }),
        KeyError::IcRepeated { first: 1, second: 3 }
    );
}
