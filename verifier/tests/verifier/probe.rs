//! A statement of three public words, small enough to prove in a test: `root`^2 = `square`, with two more inputs bound.

use std::sync::OnceLock;

use ark_bn254::{Bn254, Fq, Fq2, G1Affine, G2Affine};
use ark_groth16::{Groth16, ProvingKey};
use ark_r1cs_std::fields::fp::FpVar;
use ark_r1cs_std::prelude::*;
use ark_relations::gr1cs::{ConstraintSynthesizer, ConstraintSystemRef, SynthesisError};
use ark_snark::SNARK;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use zksensor_model::claim::{Claim, StatementId};
use zksensor_model::field::Fr;
use zksensor_model::layout::{Element, PublicInputs};
use zksensor_model::public_inputs;
use zksensor_model::rule::Rule;
use zksensor_verifier::{KeyPoints, Proof, Verifier, VerifyingKey};

public_inputs! {
    /// Public inputs of the probe. A word of its own comes before and after the packed one.
    pub struct ProbeInputs, ProbeVars {
        /// The square of the secret.
        square: Element = element as "uint256",
        /// High part of the packed word.
        count: u32 = 32 as "uint32",
        /// Low part of the packed word, signed.
        level: i64 = 62 offset 61 as "int64",
        /// Any value; 0 is the trailing zero that the library lets one leave out.
        tail: Element = element as "uint256",
    }
}

/// What is claimed; these tests prove `Circuit` below with the library alone.
pub struct Probe;

impl Claim for Probe {
    type Inputs = ProbeInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "probe".into(), version: 1, shape: vec![2, 3] }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

/// The circuit behind the probe's key.
#[derive(Clone)]
struct Circuit {
    words: Vec<Fr>,
    root: Fr,
}

impl ConstraintSynthesizer<Fr> for Circuit {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> Result<(), SynthesisError> {
        let root = FpVar::new_witness(cs.clone(), || Ok(self.root))?;
        let words = self
            .words
            .iter()
            .map(|word| FpVar::new_input(cs.clone(), || Ok(*word)))
            .collect::<Result<Vec<_>, _>>()?;
        (&root * &root).enforce_equal(&words[0])?;
        for word in &words[1..] {
            let product = FpVar::new_witness(cs.clone(), || Ok(self.root * word.value()?))?;
            (&root * word).enforce_equal(&product)?;
        }
        Ok(())
    }
}

/// A generator with a fixed seed.
pub fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// Typed inputs of the probe for a secret root.
pub fn inputs(root: u64, tail: u64) -> ProbeInputs {
    let root = Fr::from(root);
    ProbeInputs { square: Element(root * root), count: 7, level: -40, tail: Element(Fr::from(tail)) }
}

/// The packed words of [`inputs`].
pub fn words(root: u64, tail: u64) -> Vec<Fr> {
    inputs(root, tail).to_words().expect("the fields fit")
}

fn proving_key() -> &'static ProvingKey<Bn254> {
    static KEY: OnceLock<ProvingKey<Bn254>> = OnceLock::new();
    KEY.get_or_init(|| {
        let circuit = Circuit { words: words(5, 1), root: Fr::from(5u64) };
        Groth16::<Bn254>::circuit_specific_setup(circuit, &mut rng(1)).expect("the circuit is well-formed").0
    })
}

/// A proof of [`inputs`].
pub fn prove(root: u64, tail: u64) -> Proof {
    let circuit = Circuit { words: words(root, tail), root: Fr::from(root) };
    let proof =
        Groth16::<Bn254>::prove(proving_key(), circuit, &mut rng(root + tail)).expect("the claim holds");
    Proof::new(proof.a, proof.b, proof.c).expect("an honest proof")
}

/// A proof as the library has it.
pub fn ark_proof(proof: &Proof) -> ark_groth16::Proof<Bn254> {
    ark_groth16::Proof { a: proof.a(), b: proof.b(), c: proof.c() }
}

/// The probe's key as the library has it.
pub fn ark_key() -> ark_groth16::VerifyingKey<Bn254> {
    proving_key().vk.clone()
}

/// The points of a key of the library.
pub fn points_of(key: ark_groth16::VerifyingKey<Bn254>) -> KeyPoints {
    let ark_groth16::VerifyingKey { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 } = key;
    KeyPoints { alpha_g1, beta_g2, gamma_g2, delta_g2, gamma_abc_g1 }
}

/// The points of the probe's key.
pub fn points() -> KeyPoints {
    points_of(ark_key())
}

/// The probe's key, marked insecure.
pub fn key() -> VerifyingKey {
    VerifyingKey::new(&Probe.id(), points(), true).expect("an honest key")
}

/// The probe's verifier.
pub fn verifier() -> Verifier<Probe> {
    Verifier::new(&Probe, key()).expect("the probe's key")
}

/// A point of G1 as it stands.
#[expect(clippy::disallowed_methods, reason = "hostile vectors")]
pub fn raw_g1(x: Fq, y: Fq) -> G1Affine {
    G1Affine::new_unchecked(x, y)
}

/// A point of the twist as it stands.
#[expect(clippy::disallowed_methods, reason = "hostile vectors")]
pub fn raw_g2(x: Fq2, y: Fq2) -> G2Affine {
    G2Affine::new_unchecked(x, y)
}

/// A point of the twist that is not of order r.
pub fn outside_subgroup() -> G2Affine {
    let mut x = Fq2::new(1u64.into(), 0u64.into());
    loop {
        x.c0 += Fq::from(1u64);
        #[expect(clippy::disallowed_methods, reason = "a hostile vector")]
        let point = G2Affine::get_point_from_x_unchecked(x, true);
        if let Some(point) = point.filter(|point| !point.is_in_correct_subgroup_assuming_on_curve()) {
            return point;
        }
    }
}
