//! A key and a proof of halo2's, KZG on BN254: the key is the same with and without values, and another claim is refused.

use std::sync::Mutex;

use halo2_proofs::SerdeFormat;
use halo2_proofs::halo2curves::bn256::{Bn256, G1Affine};
use halo2_proofs::plonk::{ProvingKey, VerifyingKey, create_proof, keygen_pk, keygen_vk, verify_proof};
use halo2_proofs::poly::commitment::ParamsProver;
use halo2_proofs::poly::kzg::commitment::{KZGCommitmentScheme, ParamsKZG};
use halo2_proofs::poly::kzg::multiopen::{ProverSHPLONK, VerifierSHPLONK};
use halo2_proofs::poly::kzg::strategy::SingleStrategy;
use halo2_proofs::transcript::{
    Blake2bRead, Blake2bWrite, Challenge255, TranscriptReadBuffer, TranscriptWriterBuffer,
};
use zksensor_circuits::gadgets::{Gadgets, Port, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_circuits::trace::{Hook, Site, WireKind};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_model::primitives::poseidon::{self, Domain};
use zksensor_plonkish::{Circuit, Scalar, assign, compile};

use super::kit::seeded;

zksensor_model::public_inputs! {
    /// What is shown of some values.
    pub struct ShownInputs, ShownVars {
        /// Of the values.
        commitment: Element = element as "uint256",
        /// At least every one of them.
        bound: u32 = 32 as "uint32",
    }
}

/// Values, committed to, each in a set and below a bound.
struct Shown;

const VALUES: usize = 4;
const SET: [u64; 6] = [3, 5, 7, 11, 13, 90_000];

impl Claim for Shown {
    type Inputs = ShownInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "shown".into(), version: 1, shape: vec![4] }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Shown {
    type Witness = [u64; VALUES];

    fn check(&self, _: &ShownInputs, _: &[u64; VALUES]) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&[u64; VALUES]>,
    ) -> Result<(), SynthesisError> {
        let seven = g.constant(Fr::from(7u64));
        let imports = [inputs.bound.clone(), Port::element(&seven)];
        let blocks = g.repeat("value", VALUES, &imports, |g, index, imports| {
            let value = g.witness("value", witness.map(|values| Fr::from(values[index])))?;
            let ranged = g.assert_range(&value, 32)?;
            g.assert_lt(&ranged, &imports[0].bounded()?, None)?;
            let set: Vec<G::Var> = SET.iter().map(|element| g.constant(Fr::from(*element))).collect();
            g.assert_member(&value, &set)?;
            Ok(vec![Port::element(&g.mul(&value, imports[1].var())?)])
        })?;
        let values: Vec<&G::Var> = blocks.iter().map(|exports| exports[0].var()).collect();
        let commitment = g.poseidon(Domain::Commitment, &values)?;
        g.assert_equal(&commitment, inputs.commitment.var())
    }
}

/// Public inputs of these values, and the values.
fn claim(values: [u64; VALUES], bound: u64) -> ([Fr; 2], [u64; VALUES]) {
    let commitment = poseidon::hash(Domain::Commitment, &values.map(|value| Fr::from(7 * value)));
    ([commitment, Fr::from(bound)], values)
}

/// A hook sees every witness and hint, and what it overrides goes on.
#[test]
fn overrides_go_on() {
    struct Override(Mutex<Vec<(&'static str, usize)>>);
    impl Hook for Override {
        fn visit(&self, site: &Site<'_>, values: &mut [Fr]) {
            if site.kind == WireKind::Witness {
                self.0.lock().unwrap().push((site.name, site.instance));
            }
            if (site.name, site.instance) == ("value", 2) {
                values[0] = Fr::from(11u64);
            }
        }
    }
    let size = *compile(&Shown).unwrap().size();
    let (words, values) = claim([3, 5, 7, 13], 14);
    let hook = Override(Mutex::default());
    let circuit = assign(&Shown, &size, &words, &values, Some(&hook)).unwrap();
    let failures: Vec<&str> = circuit.failures().iter().map(|failure| failure.operation).collect();
    assert_eq!(failures, ["assert_equal"], "11 is in the set, and not committed to");
    assert_eq!(hook.0.into_inner().unwrap(), [0, 1, 2, 3].map(|instance| ("value", instance)));
}

fn prove(params: &ParamsKZG<Bn256>, key: &ProvingKey<G1Affine>, circuit: Circuit) -> Vec<u8> {
    let publics = circuit.publics().to_vec();
    let mut transcript = Blake2bWrite::<_, _, Challenge255<_>>::init(Vec::new());
    create_proof::<KZGCommitmentScheme<Bn256>, ProverSHPLONK<'_, Bn256>, Challenge255<_>, _, _, _>(
        params,
        key,
        &[circuit],
        &[&[&publics]],
        seeded(5),
        &mut transcript,
    )
    .unwrap();
    transcript.finalize()
}

fn verifies(
    params: &ParamsKZG<Bn256>,
    key: &VerifyingKey<G1Affine>,
    proof: &[u8],
    publics: &[Scalar],
) -> bool {
    let mut transcript = Blake2bRead::<_, G1Affine, Challenge255<_>>::init(proof);
    let strategy = SingleStrategy::new(params);
    verify_proof::<KZGCommitmentScheme<Bn256>, VerifierSHPLONK<'_, Bn256>, Challenge255<_>, _, _>(
        params.verifier_params(),
        key,
        strategy,
        &[&[publics]],
        &mut transcript,
    )
    .is_ok()
}

#[test]
fn a_statement_is_proven_and_another_claim_refused() {
    let blank = compile(&Shown).unwrap();
    let (words, values) = claim([3, 90_000, 7, 7], 90_001);
    let circuit = assign(&Shown, blank.size(), &words, &values, None).unwrap();
    assert_eq!(circuit.failures(), []);

    let params = ParamsKZG::<Bn256>::setup(blank.size().k, seeded(4));
    let verifying = keygen_vk(&params, &blank).unwrap();
    let of_values = keygen_vk(&params, &circuit).unwrap();
    let bytes = |key: &VerifyingKey<G1Affine>| key.to_bytes(SerdeFormat::RawBytes);
    assert_eq!(bytes(&verifying), bytes(&of_values), "a key depends on no value");
    let proving = keygen_pk(&params, verifying.clone(), &blank).unwrap();

    let publics = circuit.publics().to_vec();
    let proof = prove(&params, &proving, circuit);
    assert!(verifies(&params, &verifying, &proof, &publics));
    let one = Scalar::one();
    for other in [
        [publics[1], publics[0]],
        [publics[0] + one, publics[1]],
        [publics[0], publics[1] + one],
        [publics[0], -publics[1]],
    ] {
        assert!(!verifies(&params, &verifying, &proof, &other), "{other:?}");
    }
    let mut cut = proof.clone();
    cut[40] ^= 1;
    assert!(!verifies(&params, &verifying, &cut, &publics));

    // A claim that does not hold is named, and its proof refused.
    for (values, bound, operation) in
        [([3, 90_000, 7, 7], 90_000, "assert_order"), ([3, 4, 7, 7], 90_001, "assert_member")]
    {
        let (words, values) = claim(values, bound);
        let circuit = assign(&Shown, blank.size(), &words, &values, None).unwrap();
        let failures: Vec<&str> = circuit.failures().iter().map(|failure| failure.operation).collect();
        assert_eq!(failures, [operation]);
        assert_eq!(circuit.failures()[0].instance, 1);
        let publics = circuit.publics().to_vec();
        let proof = prove(&params, &proving, circuit);
        assert!(!verifies(&params, &verifying, &proof, &publics), "{operation}");
    }
}
