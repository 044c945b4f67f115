//! A ceremony that was broken: whoever knows what its key was made with proves what cannot be, and so anybody can end the key.

use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::UniformRand;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor::model::claim::aggregate::AggregateInputs;
use zksensor::model::field::Fr;
use zksensor::model::layout::PublicInputs;
use zksensor::solidity::feed::router;
use zksensor::verifier::{Proof, VerifyingKey};
use zksensor_chain::{Claimed, Proven};

use crate::run;
use crate::scene::Scene;
use crate::world::{SEED, operator, shown};

/// The ratio of gamma to delta, which whoever knows the randomness of the setup knows.
fn leaked(key: &VerifyingKey) -> Fr {
    let mut rng = ChaCha20Rng::from_seed(SEED);
    let [_alpha, _beta, gamma, delta] = std::array::from_fn(|_| Fr::rand(&mut rng));
    let points = key.points();
    let of = |logarithm| (ark_bn254::G2Affine::generator() * logarithm).into_affine();
    assert_eq!(
        (of(gamma), of(delta)),
        (points.gamma_g2, points.delta_g2),
        "the setup draws in another order"
    );
    gamma / delta
}

/// A proof of any words: with A = alpha and B = beta the pairings of C and of the public inputs have to cancel each other.
fn forged(key: &VerifyingKey, words: &[Fr]) -> Proof {
    let points = key.points();
    let terms = points.gamma_abc_g1[1..].iter().zip(words).map(|(point, word)| *point * word);
    let public = terms.fold(points.gamma_abc_g1[0].into_group(), |sum, term| sum + term);
    Proof::new(points.alpha_g1, points.beta_g2, (-public * leaked(key)).into_affine()).unwrap()
}

#[test]
fn who_proves_what_cannot_be_ends_the_key() {
    let Some(scene) = Scene::begin("broken ceremony") else { return };
    let world = scene.world;
    let (key, router) = (world.town.prover.verifier().key(), world.address("router"));
    let true_inputs = shown(&world.five);
    let of = |inputs: &AggregateInputs| {
        let words = inputs.to_words().unwrap();
        (forged(key, &words), words)
    };
    // What could be, if only of other stations: that the key is broken, no contract can see.
    let (lie, possible) = of(&AggregateInputs { sum: true_inputs.sum + 1, ..true_inputs });
    // A mean of nobody.
    let (absurd, impossible) = of(&AggregateInputs { count: 0, ..true_inputs });
    run(async {
        let freeze = |proof: &Proof, words: &[Fr]| router::freeze_by_proof(&world.key_id, proof, words);
        for (what, wanted, data) in [
            ("a true proof", "ProofPossible", freeze(&world.five.proof, &true_inputs.to_words().unwrap())),
            ("a forged one of what may be", "ProofPossible", freeze(&lie, &possible)),
            ("a proof of something else", "ProofRejected", freeze(&world.five.proof, &impossible)),
            ("another key", "RouteUnknown", router::freeze_by_proof(&[7; 32], &absurd, &impossible)),
        ] {
            assert_eq!(scene.refusal(router, data).await, wanted, "{what}");
        }
        // The feed would take the lie: this is what freezing is for.
        let inputs = AggregateInputs { sum: true_inputs.sum + 1, ..true_inputs };
        let taken = Proven { proof: lie.clone(), inputs: Claimed::Aggregate(inputs), ..world.five.clone() };
        assert_eq!(scene.submit(&taken, &operator(), 0).await, "accepted");
        // A stranger: nobody has to be asked.
        scene.anvil.send(crate::node::ACCOUNTS[1], &router.to_string(), &freeze(&absurd, &impossible));
        assert_eq!(scene.submit(&taken, &operator(), 0).await, "RouteFrozen");
        assert_eq!(scene.submit(&world.five, &operator(), 0).await, "RouteFrozen", "what was true, too");
        assert_eq!(scene.refusal(router, freeze(&absurd, &impossible)).await, "RouteFrozen");
    });
}
