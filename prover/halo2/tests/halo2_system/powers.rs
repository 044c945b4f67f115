//! Parameters of powers that others made.

use std::sync::Arc;

use zksensor_circuits::statement::Assignment;
use zksensor_model::ark_bn254::g2::{G2_GENERATOR_X, G2_GENERATOR_Y};
use zksensor_model::ark_bn254::{Fq, Fr, G1Affine, G2Affine};
use zksensor_model::ark_ff::{Field as _, UniformRand as _};
use zksensor_prover::ProverBuilder;
use zksensor_prover_halo2::{Halo2, ProveError, Srs, SrsError, setup};
use zksensor_verifier::PointError;
use zksensor_verifier_halo2::KeyError;

use crate::rng;
use crate::root::{Root, inputs};

const ROWS: usize = 1 << 9;

fn g1(scalar: Fr) -> G1Affine {
    (G1Affine::new(Fq::from(1), Fq::from(2)) * scalar).into()
}

fn g2(scalar: Fr) -> G2Affine {
    (G2Affine::new(G2_GENERATOR_X, G2_GENERATOR_Y) * scalar).into()
}

fn powers(secret: Fr, rows: usize) -> Vec<G1Affine> {
    (0..rows as u64).map(|i| g1(secret.pow([i]))).collect()
}

/// A proof under parameters of a ceremony's powers: nothing of it is insecure.
#[test]
fn powers_make_parameters_keys_and_proofs() {
    let secret = Fr::rand(&mut rng(5));
    let srs = Srs::of_powers(&powers(secret, ROWS), &g2(secret), false).unwrap();
    assert_eq!((srs.k(), srs.is_insecure()), (9, false));
    let mut bytes = Vec::new();
    srs.write(&mut bytes).unwrap();
    let read = Srs::read(&bytes[..], bytes.len() as u64).unwrap();
    assert_eq!(read.digest(), srs.digest());
    // The same powers make the same parameters; what is said of them is in their digest.
    let again = Srs::of_powers(&powers(secret, ROWS), &g2(secret), false).unwrap();
    assert_eq!(again.digest(), srs.digest());
    let insecure = Srs::of_powers(&powers(secret, ROWS), &g2(secret), true).unwrap();
    assert_ne!(insecure.digest(), srs.digest());

    let statement = Root(1);
    let key = setup(&statement, Arc::new(srs), &()).unwrap();
    assert!(!key.is_insecure() && !key.verifying_key().key_id().is_insecure());
    let prover = ProverBuilder::<Root, Halo2>::new(statement, key).build().unwrap();
    let claim = inputs(49, 8);
    let assignment = Assignment::new(&statement, claim, &7).unwrap();
    let proof = prover.prove(&assignment, &mut rng(6)).unwrap();
    prover.verify(&proof, &claim).unwrap();
    prover.verify(&proof, &inputs(49, 9)).unwrap_err();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a point that is on no curve is what is refused")]
fn what_are_not_powers_of_one_secret_is_refused() {
    let secret = Fr::rand(&mut rng(5));
    let good = powers(secret, 64);
    let of = |powers: &[G1Affine], s_g2: &G2Affine| Srs::of_powers(powers, s_g2, false).unwrap_err();
    for rows in [0, 1, 16, 63] {
        assert!(matches!(of(&good[..rows], &g2(secret)), SrsError::Rows { .. }), "{rows}");
    }
    assert!(matches!(of(&good, &g2(secret + Fr::from(1))), SrsError::Structure { .. }));
    assert!(matches!(of(&good[1..33], &g2(secret)), SrsError::Structure { .. }));
    for index in [0, 1, 40, 63] {
        let mut altered = good.clone();
        altered[index] = g1(Fr::from(77));
        assert!(matches!(of(&altered, &g2(secret)), SrsError::Structure { .. }), "{index}");
        altered[index] = G1Affine::identity();
        let point = SrsError::Point { index, reason: PointError::Identity };
        assert_eq!(of(&altered, &g2(secret)), point);
        altered[index] = G1Affine::new_unchecked(Fq::from(1), Fq::from(1));
        let point = SrsError::Point { index, reason: PointError::NotOnCurve };
        assert_eq!(of(&altered, &g2(secret)), point);
    }
    assert!(matches!(of(&good, &G2Affine::identity()), SrsError::Point { index: 128, .. }));
    // Of a secret that anybody knows there are powers, and no key.
    for known in [Fr::from(1), -Fr::from(1)] {
        let srs = Srs::of_powers(&powers(known, ROWS), &g2(known), false).unwrap();
        let error = setup(&Root(1), Arc::new(srs), &()).unwrap_err();
        assert!(matches!(error, ProveError::Key(KeyError::KnownSecret)), "{error}");
    }
}
