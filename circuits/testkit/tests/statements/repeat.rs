//! What `repeat` and `hint` promise, on a statement of a few rows.

use std::sync::atomic::{AtomicUsize, Ordering};

use ark_ff::Field;
use zksensor_circuits::gadgets::{Gadgets, Port, PortKind, SynthesisError};
use zksensor_circuits::native;
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_r1cs::{BlockResult, Executor, Sequential, compile};

zksensor_model::public_inputs! {
    /// What the tiny statements make public.
    pub struct TinyInputs, TinyVars {
        /// The result.
        result: Element = element as "uint256",
        /// A ranged field.
        small: u32 = 32 as "uint32",
    }
}

/// A statement around one of the behaviours below.
struct Tiny(Behaviour);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Behaviour {
    /// Imports of every kind, exports of every kind, a second repeat that imports the exports of the first.
    Sums,
    /// A repeat inside a repeat.
    Nested,
    /// A hint that returns one value too many.
    ManyHints,
    /// One more witness in the block of instance 2.
    IndexedWitness,
    /// One more export of instance 2.
    IndexedExport,
    /// One more witness outside if the witness is large.
    ValuedOutside,
}

const COUNT: usize = 4;

impl Claim for Tiny {
    type Inputs = TinyInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "tiny".into(), version: 1, shape: vec![4] }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Tiny {
    type Witness = [u64; COUNT];

    fn check(&self, _: &TinyInputs, _: &[u64; COUNT]) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&[u64; COUNT]>,
    ) -> Result<(), SynthesisError> {
        let value = |index: usize| witness.map(|values| Fr::from(values[index]));
        match self.0 {
            Behaviour::Sums => sums(g, inputs, witness),
            Behaviour::Nested => g
                .repeat("outer", COUNT, &[], |g, _, _| {
                    g.repeat("inner", 2, &[], |_, _, _| Ok(vec![])).map(|_| vec![])
                })
                .map(|_| ()),
            Behaviour::ManyHints => {
                let from = g.witness("from", value(0))?;
                g.hint("two", 2, &[&from], |v| vec![v[0]; 3]).map(|_| ())
            }
            Behaviour::IndexedWitness | Behaviour::IndexedExport => g
                .repeat("block", COUNT, &[], |g, index, _| {
                    let own = g.witness("own", value(index))?;
                    g.assert_range(&own, 8)?;
                    let mut exports = vec![Port::element(&own)];
                    if index == 2 && self.0 == Behaviour::IndexedWitness {
                        g.witness("another", value(index))?;
                    }
                    if index == 2 && self.0 == Behaviour::IndexedExport {
                        exports.push(Port::element(&own));
                    }
                    Ok(exports)
                })
                .map(|_| ()),
            Behaviour::ValuedOutside => {
                let own = g.witness("own", value(0))?;
                if witness.is_some_and(|values| values[0] > 1000) {
                    g.witness("another", value(0))?;
                }
                g.assert_range(&own, 64).map(|_| ())
            }
        }
    }
}

/// result = sum over i of (x_i * 3 + small + result-independent shift), twice through repeats.
fn sums<G: Gadgets>(
    g: &mut G,
    inputs: &InputVars<G, Tiny>,
    witness: Option<&[u64; COUNT]>,
) -> Result<(), SynthesisError> {
    let value = |index: usize| witness.map(|values| Fr::from(values[index]));
    let constant = g.constant(Fr::from(3u64));
    let outer = g.witness("outer", value(0))?;
    let bounded = g.assert_range(&outer, 32)?;
    let combination = g.linear(Fr::from(7u64), &[(Fr::from(2u64), &outer), (Fr::ONE, inputs.small.var())]);
    let imports = [
        Port::element(&constant),
        Port::element(inputs.result.var()),
        Port::element(&combination),
        g.port(&bounded),
        inputs.small.clone(),
    ];
    let first = g.repeat("first", COUNT, &imports, |g, index, imports| {
        let own = g.witness("own", value(index))?;
        let own = g.assert_range(&own, 32)?;
        // Bounded ports keep their bounds: `outer` <= own + anything needs prefixes, which the port brings.
        assert_eq!(imports[3].kind(), PortKind::Bounded(32));
        assert_eq!(imports[4].bounded()?.width(), 32);
        g.assert_le(&imports[3].bounded()?, &own, None)?;
        g.assert_le(&imports[4].bounded()?, &own, None)?;
        let product = g.mul(own.var(), imports[0].var())?;
        let sum = g.add(&product, imports[2].var());
        Ok(vec![
            Port::element(&sum),             // a linear combination
            Port::element(own.var()),        // a column of the block
            Port::element(own.var()),        // the same one again
            Port::element(imports[1].var()), // an import, passed through
            g.port(&own),                    // bounded
        ])
    })?;
    for ports in &first {
        g.assert_equal(ports[1].var(), ports[2].var())?;
        g.assert_equal(ports[3].var(), inputs.result.var())?;
        g.assert_le(&bounded, &ports[4].bounded()?, None)?;
    }
    let imports: Vec<Port<G::Var>> = first.iter().map(|ports| ports[0].clone()).collect();
    let second = g.repeat("second", 2, &imports, |g, _, imports| {
        let terms: Vec<(Fr, &G::Var)> = imports.iter().map(|port| (Fr::ONE, port.var())).collect();
        let sum = g.linear(Fr::from(0u64), &terms);
        let one = g.constant(Fr::ONE);
        Ok(vec![Port::element(&sum), Port::element(&one)])
    })?;
    let total = g.add(second[0][0].var(), second[1][0].var());
    let ones = g.linear(-Fr::from(2u64), &[(Fr::ONE, second[0][1].var()), (Fr::ONE, second[1][1].var())]);
    let total = g.add(&total, &ones);
    g.assert_equal(&total, inputs.result.var())
}

const WITNESS: [u64; COUNT] = [5, 6, 700, u32::MAX as u64];

fn words(result: u64, small: u64) -> Vec<Fr> {
    vec![Fr::from(result), Fr::from(small)]
}

/// Twice the sum over i of (3 x_i + 7 + 2 x_0 + small).
fn sums_of(small: u64) -> u64 {
    2 * WITNESS.iter().map(|x| 3 * x + 7 + 2 * WITNESS[0] + small).sum::<u64>()
}

/// From the last to the first.
struct Backwards(AtomicUsize);

impl Executor for Backwards {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        self.0.fetch_add(count, Ordering::SeqCst);
        let mut results: Vec<BlockResult> = (0..count).rev().map(job).collect();
        results.reverse();
        results
    }
}

/// Each on a thread of its own.
struct Threads;

impl Executor for Threads {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        std::thread::scope(|scope| {
            let handles: Vec<_> = (0..count).map(|index| scope.spawn(move || job(index))).collect();
            handles.into_iter().map(|handle| handle.join().unwrap()).collect()
        })
    }
}

/// Forgets the last block.
struct Forgetful;

impl Executor for Forgetful {
    fn run(&self, count: usize, job: &(dyn Fn(usize) -> BlockResult + Sync)) -> Vec<BlockResult> {
        (1..count).map(job).collect()
    }
}

#[test]
fn imports_and_exports_of_every_kind() {
    let tiny = Tiny(Behaviour::Sums);
    let circuit = compile(&tiny).unwrap();
    let table = zksensor_plonkish::compile(&tiny).unwrap();
    assert_eq!(circuit.repeats.len(), 2);
    let satisfied = |words: &[Fr], witness: &[u64; COUNT]| {
        let native = native::run(&tiny, words, witness, None).unwrap();
        let values = circuit.assign(&tiny, words, witness, &Sequential, None).unwrap();
        let found = circuit.first_unsatisfied(&values);
        assert_eq!(native.is_empty(), found.is_none(), "{native:?} {found:?}");
        let table = zksensor_plonkish::assign(&tiny, table.size(), words, witness, None).unwrap();
        assert_eq!(native, table.failures());
        assert_eq!(native.is_empty(), table.unmet().is_empty());
        found.is_none()
    };
    assert!(satisfied(&words(sums_of(4), 4), &WITNESS));
    assert!(!satisfied(&words(sums_of(4) + 1, 4), &WITNESS));
    assert!(!satisfied(&words(sums_of(4), 5), &WITNESS));
    assert!(!satisfied(&words(sums_of(6), 6), &WITNESS), "6 <= 5 in block 0");
    let mut descending = WITNESS;
    descending.swap(0, 2);
    assert!(!satisfied(&words(sums_of(4), 4), &descending), "700 <= 6 in block 1");
}

#[test]
fn any_order_gives_the_same_assignment() {
    let tiny = Tiny(Behaviour::Sums);
    let circuit = compile(&tiny).unwrap();
    let assign =
        |executor: &dyn Executor| circuit.assign(&tiny, &words(sums_of(4), 4), &WITNESS, executor, None);
    let expected = assign(&Sequential).unwrap();
    let backwards = Backwards(AtomicUsize::new(0));
    assert_eq!(assign(&backwards).unwrap(), expected);
    assert_eq!(backwards.0.load(Ordering::SeqCst), COUNT + 2, "every block went through the executor");
    assert_eq!(assign(&Threads).unwrap(), expected);
    assert!(matches!(
        assign(&Forgetful),
        Err(SynthesisError::Shape { unit: "blocks", wanted: 4, got: 3, .. })
    ));
}

#[test]
fn any_order_gives_the_same_aggregate() {
    let (inputs, witness) = super::kit::World::aggregate(5).aggregate_claim();
    let words = zksensor_model::layout::PublicInputs::to_words(&inputs).unwrap();
    let kit = super::kit::aggregate();
    let assign = |executor: &dyn Executor| {
        kit.circuit().assign(kit.statement(), &words, &witness, executor, None).unwrap()
    };
    let expected = assign(&Sequential);
    assert_eq!(assign(&Backwards(AtomicUsize::new(0))), expected);
    assert_eq!(assign(&Threads), expected);
}

#[test]
fn repeats_do_not_nest() {
    let tiny = Tiny(Behaviour::Nested);
    let error = SynthesisError::NestedRepeat { name: "inner" };
    assert_eq!(compile(&tiny).map(|_| ()), Err(error.clone()));
    assert_eq!(zksensor_plonkish::compile(&tiny).map(|_| ()).err(), Some(error.clone()));
    assert_eq!(native::run(&tiny, &words(0, 0), &WITNESS, None), Err(error));
}

#[test]
fn a_hint_returns_what_it_declares() {
    let tiny = Tiny(Behaviour::ManyHints);
    let error = SynthesisError::HintCount { name: "two", wanted: 2, got: 3 };
    assert_eq!(native::run(&tiny, &words(0, 0), &WITNESS, None), Err(error.clone()));
    let circuit = compile(&tiny).unwrap();
    assert_eq!(circuit.assign(&tiny, &words(0, 0), &WITNESS, &Sequential, None), Err(error.clone()));
    assert_eq!(as_table(&tiny, &WITNESS), Some(error));
}

/// What a table says of a witness, whatever its public inputs.
fn as_table(tiny: &Tiny, witness: &[u64; COUNT]) -> Option<SynthesisError> {
    let size = *zksensor_plonkish::compile(tiny).unwrap().size();
    zksensor_plonkish::assign(tiny, &size, &words(0, 0), witness, None).err()
}

#[test]
fn a_shape_that_depends_on_the_index_or_a_value_is_an_error() {
    for behaviour in [Behaviour::IndexedWitness, Behaviour::IndexedExport] {
        let tiny = Tiny(behaviour);
        let circuit = compile(&tiny).unwrap();
        let said = circuit.assign(&tiny, &words(0, 0), &[1; COUNT], &Sequential, None);
        assert!(matches!(said, Err(SynthesisError::Shape { .. })), "{behaviour:?}: {said:?}");
    }
    let tiny = Tiny(Behaviour::ValuedOutside);
    let circuit = compile(&tiny).unwrap();
    assert!(circuit.assign(&tiny, &words(0, 0), &[1; COUNT], &Sequential, None).is_ok());
    let said = circuit.assign(&tiny, &words(0, 0), &[1001; COUNT], &Sequential, None);
    assert!(matches!(said, Err(SynthesisError::Shape { .. })), "{said:?}");
    assert_eq!(as_table(&tiny, &[1; COUNT]), None);
    let said = as_table(&tiny, &[1001; COUNT]);
    assert!(matches!(said, Some(SynthesisError::Shape { .. })), "{said:?}");
}
