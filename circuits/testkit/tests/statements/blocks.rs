//! One block is compiled for all instances: what depends on the index is an error or comes in through an instance's own
//! imports.

use ark_ff::{AdditiveGroup, Field};
use zksensor_circuits::gadgets::{Bit, Gadgets, Port, PortKind, PortReader, SynthesisError};
use zksensor_circuits::native;
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_r1cs::{Sequential, compile, compile_every_block};
use zksensor_testkit::rigidity;

zksensor_model::public_inputs! {
    /// What the small statements make public.
    pub struct SmallInputs, SmallVars {
        /// A factor.
        factor: Element = element as "uint256",
        /// A bound.
        bound: u32 = 32 as "uint32",
    }
}

const COUNT: usize = 5;

/// How the block depends on its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Depends {
    /// x i = 7 i, with the index as a coefficient.
    Coefficient,
    /// Other rows at one index only.
    RowAt(usize),
    /// A witness more at one index.
    WitnessAt(usize),
    /// An export more at one index.
    ExportAt(usize),
    /// Another of its columns is exported at one index.
    ColumnAt(usize),
    /// Another scope at one index.
    ScopeAt(usize),
    /// x_i c_i = y_i, with c_i among the imports of the instance.
    OwnImports,
    /// A list of own imports too few.
    TooFew,
    /// Own imports of another number.
    Ragged,
    /// Own imports of another kind.
    OtherKind,
    /// No instance.
    None,
}

struct Small(Depends);

/// (x, y) of each instance.
type Pairs = [(u64, u64); COUNT];

impl Claim for Small {
    type Inputs = SmallInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "small".into(), version: 1, shape: vec![] }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Small {
    type Witness = Pairs;

    fn check(&self, _: &SmallInputs, _: &Pairs) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&Pairs>,
    ) -> Result<(), SynthesisError> {
        match self.0 {
            Depends::OwnImports | Depends::TooFew | Depends::Ragged | Depends::OtherKind => {
                self.own_imports(g, inputs, witness)
            }
            depends => {
                let count = if depends == Depends::None { 0 } else { COUNT };
                g.repeat("block", count, &[], |g, index, _| indexed(g, depends, index, witness)).map(|_| ())
            }
        }
    }
}

fn indexed<G: Gadgets>(
    g: &mut G,
    depends: Depends,
    index: usize,
    witness: Option<&Pairs>,
) -> Result<Vec<Port<G::Var>>, SynthesisError> {
    let x = g.witness("x", witness.map(|pairs| Fr::from(pairs[index].0)))?;
    let other = g.witness("other", witness.map(|pairs| Fr::from(pairs[index].0)))?;
    let mut exports = vec![Port::element(&x)];
    let here = |at| index == at;
    match depends {
        Depends::Coefficient => {
            let weight = Fr::from(index as u64);
            let sum = g.linear(-weight * Fr::from(7u64), &[(weight, &x)]);
            let zero = g.constant(Fr::ZERO);
            g.assert_equal(&sum, &zero)?;
        }
        Depends::RowAt(at) => {
            let wanted = g.constant(Fr::from(if here(at) { 8u64 } else { 7u64 }));
            g.assert_equal(&x, &wanted)?;
        }
        Depends::WitnessAt(at) if here(at) => {
            g.witness("another", Some(Fr::ONE))?;
        }
        Depends::ExportAt(at) if here(at) => exports.push(Port::element(&x)),
        Depends::ColumnAt(at) if here(at) => exports = vec![Port::element(&other)],
        Depends::ScopeAt(at) => {
            g.scope(if here(at) { "here" } else { "there" }, |g| g.assert_equal(&x, &x))?;
        }
        _ => {}
    }
    Ok(exports)
}

impl Small {
    /// Two repeats: the first shows x; each instance of the second gets c_i = 3 + i as a constant, the x of the instance
    /// before it in the other direction, a public input, a boolean and a bound, and shows x_i c_i = y_i.
    fn own_imports<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&Pairs>,
    ) -> Result<(), SynthesisError> {
        let shown = g.repeat("first", COUNT, &[], |g, index, _| {
            let x = g.witness("x", witness.map(|pairs| Fr::from(pairs[index].0)))?;
            let x = g.assert_range(&x, 32)?;
            Ok(vec![g.port(&x)])
        })?;
        let one = g.constant(Fr::ONE);
        let one = Bit::insecure_assume(one); // a constant one
        let mut each: Vec<Vec<Port<G::Var>>> = (0..COUNT)
            .map(|index| {
                let constant = g.constant(Fr::from(3 + index as u64));
                let public = if index % 2 == 0 { inputs.factor.var() } else { inputs.bound.var() };
                vec![
                    Port::element(&constant),
                    shown[COUNT - 1 - index][0].clone(),
                    Port::element(public),
                    Port::bit(&one),
                ]
            })
            .collect();
        match self.0 {
            Depends::TooFew => drop(each.pop()),
            Depends::Ragged => drop(each[3].pop()),
            Depends::OtherKind => each[2][0] = Port::bit(&one),
            _ => {}
        }
        let shared = [Port::element(inputs.factor.var())];
        let sums = g.repeat_each("second", COUNT, &shared, &each, |g, index, shared, own| {
            let y = g.witness("y", witness.map(|pairs| Fr::from(pairs[index].1)))?;
            let mut own = PortReader::new(own);
            let (constant, x, public, one) = (own.element()?, own.bounded()?, own.element()?, own.bit()?);
            own.finish()?;
            g.assert_product(x.var(), &constant, &y)?;
            let bound = g.assert_range(&y, 32)?;
            g.assert_le(&x, &bound, Some(&one))?;
            let sum = g.linear(Fr::ZERO, &[(Fr::ONE, &public), (Fr::ONE, shared[0].var())]);
            Ok(vec![Port::element(&sum)])
        })?;
        for (index, ports) in sums.iter().enumerate() {
            let public = if index % 2 == 0 { inputs.factor.var() } else { inputs.bound.var() };
            let wanted = g.add(public, inputs.factor.var());
            g.assert_equal(ports[0].var(), &wanted)?;
        }
        Ok(())
    }
}

fn words() -> [Fr; 2] {
    [Fr::from(11u64), Fr::from(12u64)]
}

#[test]
fn a_block_that_depends_on_its_index_does_not_compile() {
    let cases = [
        (Depends::Coefficient, 1, "rows"),
        (Depends::RowAt(0), 1, "rows"),
        (Depends::RowAt(1), 1, "rows"),
        (Depends::RowAt(COUNT - 1), COUNT - 1, "rows"),
        (Depends::WitnessAt(1), 1, "wires"),
        (Depends::WitnessAt(COUNT - 1), COUNT - 1, "wires"),
        (Depends::ExportAt(1), 1, "exports"),
        (Depends::ColumnAt(COUNT - 1), COUNT - 1, "exports"),
        (Depends::ScopeAt(1), 1, "scopes"),
    ];
    for (depends, index, what) in cases {
        let error = SynthesisError::IndexedBlock { name: "block", index, what };
        assert_eq!(compile(&Small(depends)).map(|_| ()), Err(error.clone()), "{depends:?}");
        assert_eq!(compile_every_block(&Small(depends)).map(|_| ()), Err(error), "{depends:?}");
    }
}

/// The conformance kit compiles the block of every index: what `compile` does not look at is found there.
#[test]
fn every_index_is_looked_at_by_the_kit() {
    for index in 2..COUNT - 1 {
        for (depends, what) in [(Depends::RowAt(index), "rows"), (Depends::ColumnAt(index), "exports")] {
            assert!(compile(&Small(depends)).is_ok(), "{depends:?}");
            let error = SynthesisError::IndexedBlock { name: "block", index, what };
            assert_eq!(compile_every_block(&Small(depends)).map(|_| ()), Err(error), "{depends:?}");
        }
    }
}

#[test]
fn an_instance_has_imports_of_its_own() {
    let small = Small(Depends::OwnImports);
    let circuit = compile_every_block(&small).unwrap();
    let accepted = |pairs: &Pairs| {
        let native = native::run(&small, &words(), pairs, None).unwrap();
        let values = circuit.assign(&small, &words(), pairs, &Sequential, None).unwrap();
        let found = circuit.first_unsatisfied(&values);
        assert_eq!(native.is_empty(), found.is_none(), "{pairs:?}: {native:?}, {found:?}");
        if found.is_none() {
            let loose = rigidity(&circuit, &values);
            assert_eq!((loose.nullity, loose.unbound), (0, vec![]));
        }
        found.is_none()
    };
    let xs = [7u64, 8, 9, 10, 1000];
    let good: Pairs = std::array::from_fn(|i| (xs[i], xs[COUNT - 1 - i] * (3 + i as u64)));
    assert!(accepted(&good));
    for index in 0..COUNT {
        let mut bad = good;
        bad[index].1 += 1;
        assert!(!accepted(&bad), "y of instance {index}");
        // The factor of another instance.
        for other in (0..COUNT).filter(|other| *other != index) {
            let mut bad = good;
            bad[index].1 = xs[COUNT - 1 - index] * (3 + other as u64);
            assert!(!accepted(&bad), "instance {index} with the constant of {other}");
        }
        let mut bad = good;
        bad[index].0 += 1;
        assert!(!accepted(&bad), "x of instance {index}");
    }
}

#[test]
fn own_imports_are_alike() {
    let refused = |depends, error: SynthesisError| {
        let small = Small(depends);
        assert_eq!(compile(&small).map(|_| ()), Err(error.clone()), "{depends:?}");
        assert_eq!(native::run(&small, &words(), &[(1, 1); COUNT], None), Err(error), "{depends:?}");
    };
    let shape = |unit, expected, got| SynthesisError::Shape { what: "second", unit, wanted: expected, got };
    refused(Depends::TooFew, shape("lists of imports", COUNT, COUNT - 1));
    refused(Depends::Ragged, shape("imports of an instance", 4, 3));
    let kinds = SynthesisError::PortKinds { name: "second", wanted: PortKind::Element, got: PortKind::Bit };
    refused(Depends::OtherKind, kinds);
    refused(
        Depends::None,
        SynthesisError::Size { gadget: "repeat", wanted: "at least one instance", got: 0 },
    );
}
