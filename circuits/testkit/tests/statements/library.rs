//! What rules written with ark-r1cs-std may do, on statements of a few rows.

use ark_ff::Field;
use ark_r1cs_std::alloc::AllocVar;
use ark_r1cs_std::eq::EqGadget;
use ark_r1cs_std::fields::FieldVar;
use ark_r1cs_std::fields::fp::FpVar;
use zksensor_circuits::gadgets::{Port, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, StatementId};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_model::rule::Scope;
use zksensor_r1cs::{LibraryRules, LibraryStatement, Sequential, compile, run_native};

zksensor_model::public_inputs! {
    /// What they make public.
    pub struct CubeInputs, CubeFields {
        /// The sum of the x^3 + 5.
        result: Element = element as "uint256",
    }
}

const COUNT: usize = 4;

/// Cubes in blocks and an equality outside, all of the library.
struct Cubes;

impl Claim for Cubes {
    type Inputs = CubeInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "cubes".into(), version: 1, shape: vec![4] }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl LibraryStatement for Cubes {
    type Witness = [u64; COUNT];

    fn synthesize_with_library<G: LibraryRules>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&[u64; COUNT]>,
    ) -> Result<(), SynthesisError> {
        let cube = |_, inputs: &[FpVar<Fr>]| {
            let x = &inputs[0];
            // A value that is none of ours: allocated by the library, tied by its own equality.
            let square = x.square()?;
            Ok(vec![square * x + Fr::from(5u64)])
        };
        let cubes = g.repeat("block", COUNT, &[], |g, index, _| {
            let own = g.witness("own", witness.map(|values| Fr::from(values[index])))?;
            let cubes = g.foreign("cube", &[&own], cube)?;
            Ok(vec![Port::element(&cubes[0])])
        })?;
        let terms: Vec<(Fr, &G::Var)> = cubes.iter().map(|ports| (Fr::ONE, ports[0].var())).collect();
        let sum = g.linear(Fr::from(0u64), &terms);
        g.foreign("equality", &[&sum, inputs.result.var()], |_, both| {
            both[0].enforce_equal(&both[1]).map(|()| vec![])
        })
        .map(|_| ())
    }
}

/// A rule that allocates a public input.
struct Public;

impl Claim for Public {
    type Inputs = CubeInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "public".into(), version: 1, shape: vec![] }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl LibraryStatement for Public {
    type Witness = ();

    fn synthesize_with_library<G: LibraryRules>(
        &self,
        g: &mut G,
        _: &InputVars<G, Self>,
        _: Option<&()>,
    ) -> Result<(), SynthesisError> {
        g.foreign("public", &[], |cs, _| Ok(vec![FpVar::new_input(cs, || Ok(Fr::ONE))?])).map(|_| ())
    }
}

#[test]
fn a_rule_of_ark_r1cs_std_works_in_a_block() {
    let circuit = compile(&Cubes).unwrap();
    let witness = [1, 2, 3, 4];
    let sum: u64 = witness.iter().map(|x| x * x * x + 5).sum();
    for (result, holds) in [(sum, true), (sum + 1, false)] {
        let words = [Fr::from(result)];
        let native = run_native(&Cubes, &words, &witness).unwrap();
        assert_eq!(native.is_empty(), holds, "{native:?}");
        let values = circuit.assign(&Cubes, &words, &witness, &Sequential, None).unwrap();
        let found = circuit.first_unsatisfied(&values);
        assert_eq!(found.is_none(), holds);
        assert!(found.is_none_or(|found| found.path.contains(&Scope::Part("equality"))));
    }
    let block = &circuit.repeats[0].block;
    assert!(
        (0..block.constraints()).any(|row| block.path(row).contains(&Scope::Part("cube"))),
        "its rows count by scope"
    );
}

#[test]
fn a_rule_of_ark_r1cs_std_has_no_public_inputs() {
    assert!(matches!(
        compile(&Public).map(|_| ()),
        Err(SynthesisError::Library { library: "ark-r1cs-std", .. })
    ));
    assert!(matches!(
        run_native(&Public, &[Fr::ONE], &()),
        Err(SynthesisError::Library { library: "ark-r1cs-std", .. })
    ));
}
