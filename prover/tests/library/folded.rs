//! Keys of arkworks, and ours: the same key made in two ways, and the same element of a proof.

use ark_bn254::{Bn254, Fq, G1Affine, G2Affine};
use ark_ec::AffineRepr;
use ark_groth16::{Groth16, prepare_verifying_key};
use zksensor_circuits::statement::reading::SingleReading;
use zksensor_circuits::statement::{Assignment, Binding, Statement};
use zksensor_model::layout::PublicInputs;
use zksensor_prover::{
    ProveError, Prover, ProvingKey, insecure_setup, insecure_setup_with_ark, proof_to_ark,
};
use zksensor_r1cs::Sequential;
use zksensor_testkit::{Fleet, FleetOptions};

use crate::square::{GOOD, Says, Square, inputs};
use crate::{outside_the_subgroup, rng};

type ArkKey = ark_groth16::ProvingKey<Bn254>;

/// What comes of a statement's key, of arkworks and ours.
fn agree<S: Statement + Clone>(statement: &S, inputs: S::Inputs, witness: &S::Witness) {
    let (key, ark) = insecure_setup_with_ark(statement, &mut rng(31), &()).unwrap();
    let alone = insecure_setup(statement, &mut rng(31), &()).unwrap();
    assert!(alone.to_bytes() == key.to_bytes(), "whether arkworks' key is asked for does not matter");
    let converted = ProvingKey::from_ark(statement, &ark, true, &()).unwrap();
    assert!(converted.to_bytes() == key.to_bytes(), "conversion and setup make one key");

    let prover = Prover::builder(statement.clone(), converted).build().unwrap();
    let assignment = Assignment::new(statement, inputs.clone(), witness).unwrap();
    let proof = proof_to_ark(&prover.prove(&assignment, &mut rng(32)).unwrap());
    let circuit = prover.circuit();
    let words = inputs.to_words().unwrap();
    let full = circuit.assign(statement, &words, witness, &Sequential, None).unwrap();
    let theirs =
        Groth16::<Bn254>::create_random_proof_with_reduction(circuit.reemit(Some(&full)), &ark, &mut rng(33))
            .unwrap();
    let prepared = prepare_verifying_key(&ark.vk);
    for proof in [proof, theirs] {
        assert!(Groth16::<Bn254>::verify_proof(&prepared, &proof, &words).unwrap());
    }
}

#[test]
fn a_key_of_arkworks_converts_into_the_one_that_the_setup_makes() {
    for says in [Says::InARule, Says::InARuleOfABlock] {
        agree(&Square(says), inputs(), &GOOD);
    }
    let fleet = Fleet::new(&FleetOptions { devices: 2, ..FleetOptions::of::<SingleReading>() });
    let witness = fleet.single(1);
    agree(&SingleReading, witness.inputs(Fleet::EPOCH, Binding::NONE), &witness);
}

#[test]
fn a_key_of_arkworks_that_is_unfit_is_refused() {
    let statement = Square(Says::InARule);
    let (_, good) = insecure_setup_with_ark(&statement, &mut rng(34), &()).unwrap();
    let refused = |alter: &dyn Fn(&mut ArkKey)| {
        let mut key = good.clone();
        alter(&mut key);
        ProvingKey::from_ark(&statement, &key, false, &()).err()
    };
    assert_eq!(refused(&|_| ()), None);
    let mark = |is_insecure| ProvingKey::from_ark(&statement, &good, is_insecure, &()).unwrap();
    let [marked, unmarked] = [mark(true), mark(false)];
    assert!(marked.is_insecure() && !unmarked.is_insecure());
    assert_ne!(marked.verifying_key().key_id(), unmarked.verifying_key().key_id());
    let size = |refused: Option<ProveError>| match refused {
        Some(ProveError::KeySize { query, .. }) => query,
        other => panic!("{other:?}"),
    };
    assert_eq!(size(refused(&|key| key.a_query.truncate(1))), "A");
    assert_eq!(size(refused(&|key| key.b_g2_query.truncate(1))), "B in G2");
    assert_eq!(size(refused(&|key| key.h_query.push(G1Affine::identity()))), "H");
    assert_eq!(size(refused(&|key| key.l_query.truncate(1))), "L");
    let off = |points: &mut Vec<G1Affine>| {
        points.iter_mut().find(|point| !point.is_zero()).unwrap().y += Fq::from(1u64);
    };
    let point = |query| Some(ProveError::KeyPoint { query });
    assert_eq!(refused(&|key| off(&mut key.a_query)), point("A"));
    assert_eq!(refused(&|key| off(&mut key.h_query)), point("H"));
    assert_eq!(refused(&|key| off(&mut key.l_query)), point("L"));
    let in_b = |point: G2Affine| {
        move |key: &mut ArkKey| *key.b_g2_query.iter_mut().find(|point| !point.is_zero()).unwrap() = point
    };
    assert_eq!(refused(&in_b(outside_the_subgroup())), point("B in G2"));
    let mut off = G2Affine::generator();
    off.x.c0 += Fq::from(1u64);
    assert_eq!(refused(&in_b(off)), point("B in G2"));
    assert!(matches!(refused(&|key| key.vk.delta_g2 = key.vk.gamma_g2), Some(ProveError::Key(_))));
}
