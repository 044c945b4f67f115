//! What crosses the border of a block by name is what crosses it by position: the same rows, the same kinds, no bound of nothing.

use ark_ff::Field;
use zksensor_circuits::gadgets::{Bit, Bounded, Gadgets, Port, PortReader, SynthesisError, WithLists};
use zksensor_circuits::native;
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_r1cs::{Circuit, Sequential, compile, compile_every_block};
use zksensor_testkit::rigidity;

zksensor_model::public_inputs! {
    /// A limit, and what all instances add.
    pub struct CodecInputs, CodecVars {
        /// What all instances add.
        sum: Element = element as "uint256",
        /// No value is above.
        limit: u32 = 16 as "uint16",
    }
}

zksensor_circuits::ports! {
    /// What every instance imports.
    struct Imports<V> {
        scale: V,
        limit: Bounded<V>,
        on: [Bit<V>; 2],
    }
}

zksensor_circuits::ports! {
    /// What every instance exports.
    struct Exports<V> {
        scaled: V,
        even: Bit<V>,
        value: Bounded<V>,
    }
}

const COUNT: usize = 4;
const SET: [u64; 3] = [2, 4, 7];
const SCALE: u64 = 3;

/// How the block is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    ByName,
    ByPosition,
}

/// One value of the set for each instance, none above the limit; 3 times their sum, and each of the even ones again.
struct Codec(Written);

impl Claim for Codec {
    type Inputs = CodecInputs;

    fn id(&self) -> StatementId {
        StatementId { name: "codec".into(), version: 1, shape: vec![] }
    }

    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }
}

impl Statement for Codec {
    type Witness = [u64; COUNT];

    fn check(&self, _: &CodecInputs, _: &[u64; COUNT]) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        witness: Option<&[u64; COUNT]>,
    ) -> Result<(), SynthesisError> {
        let set: Vec<G::Var> = SET.iter().map(|value| g.constant(Fr::from(*value))).collect();
        let (scale, one) = (g.constant(Fr::from(SCALE)), g.constant(Fr::ONE));
        let on = [Bit::insecure_assume(one.clone()), Bit::insecure_assume(one)]; // constants
        let imports = Imports { scale, limit: inputs.limit.bounded()?, on };
        let instances: Vec<Exports<G::Var>> = match self.0 {
            Written::ByName => {
                let imports = WithLists { fixed: imports, lists: [set] };
                g.repeat_as("block", COUNT, &imports, |g, index, imports| {
                    let WithLists::<Imports<G::Var>, _, 1> { fixed, lists: [set] } = imports;
                    instance(g, &fixed, &set, witness.map(|values| values[index]))
                })?
            }
            Written::ByPosition => {
                let Imports { scale, limit, on } = imports;
                let mut ports = vec![Port::element(&scale), g.port(&limit)];
                ports.extend(on.iter().map(Port::bit));
                ports.extend(set.iter().map(Port::element));
                let exports = g.repeat("block", COUNT, &ports, |g, index, ports| {
                    let mut ports = PortReader::new(ports);
                    let (scale, limit) = (ports.element()?, ports.bounded()?);
                    let imports = Imports { scale, limit, on: [ports.bit()?, ports.bit()?] };
                    let set = ports.elements(SET.len())?;
                    ports.finish()?;
                    let exports = instance(g, &imports, &set, witness.map(|values| values[index]))?;
                    let value = g.port(&exports.value);
                    Ok(vec![Port::element(&exports.scaled), Port::bit(&exports.even), value])
                })?;
                let read = |ports: &Vec<Port<G::Var>>| {
                    let mut ports = PortReader::new(ports);
                    let (scaled, even) = (ports.element()?, ports.bit()?);
                    Ok(Exports { scaled, even, value: ports.bounded()? })
                };
                exports.iter().map(read).collect::<Result<_, SynthesisError>>()?
            }
        };
        let mut sum = g.constant(Fr::from(0u64));
        for Exports { scaled, even, value } in &instances {
            g.assert_le(value, &inputs.limit.bounded()?, None)?;
            let again = g.mul(even.var(), value.var())?;
            sum = g.linear(Fr::from(0u64), &[(Fr::ONE, &sum), (Fr::ONE, scaled), (Fr::ONE, &again)]);
        }
        g.assert_equal(&sum, inputs.sum.var())
    }
}

fn instance<G: Gadgets>(
    g: &mut G,
    imports: &Imports<G::Var>,
    set: &[G::Var],
    value: Option<u64>,
) -> Result<Exports<G::Var>, SynthesisError> {
    let value = g.witness_range("value", value.map(Fr::from), 16)?;
    g.assert_member(value.var(), set)?;
    g.assert_le(&value, &imports.limit, Some(&imports.on[0]))?;
    let even = g.hint("even", 2, &[value.var()], |v| {
        let odd = zksensor_model::field::bit_field(&v[0], 0, 1);
        vec![Fr::ONE - odd, zksensor_model::field::bit_field(&v[0], 1, 15)]
    })?;
    let half = g.assert_bits(&even[1], 15)?;
    let even = g.assert_bool(&even[0])?;
    // value = 2 half + 1 - even
    let whole = g.linear(Fr::ONE, &[(Fr::from(2u64), half.var()), (-Fr::ONE, even.var())]);
    g.assert_equal_if(&imports.on[1], &whole, value.var())?;
    Ok(Exports { scaled: g.mul(&imports.scale, value.var())?, even, value })
}

fn accepted(codec: &Codec, circuit: &Circuit, sum: u64, limit: u64, values: &[u64; COUNT]) -> bool {
    let words = [Fr::from(sum), Fr::from(limit)];
    let native = native::run(codec, &words, values, None).unwrap();
    let assigned = circuit.assign(codec, &words, values, &Sequential, None).unwrap();
    let found = circuit.first_unsatisfied(&assigned);
    assert_eq!(native.is_empty(), found.is_none(), "{values:?}: {native:?}, {found:?}");
    if found.is_none() {
        let loose = rigidity(circuit, &assigned);
        assert_eq!((loose.nullity, loose.unbound), (0, vec![]));
    }
    found.is_none()
}

#[test]
fn names_and_positions_have_the_same_rows() {
    let [named, positions] = [Written::ByName, Written::ByPosition].map(|written| {
        let circuit = compile_every_block(&Codec(written)).unwrap();
        assert_eq!(compile(&Codec(written)).unwrap().rows_digest(), circuit.rows_digest());
        circuit
    });
    assert_eq!(named.rows_digest(), positions.rows_digest());
    assert_eq!(named.constraints(), positions.constraints());
}

#[test]
fn what_crosses_by_name_is_held_to_what_was_proven_of_it() {
    let codec = Codec(Written::ByName);
    let circuit = compile(&codec).unwrap();
    // 3 (2 + 7 + 4 + 2) and the even ones again.
    assert!(accepted(&codec, &circuit, 45 + 8, 7, &[2, 7, 4, 2]));
    assert!(!accepted(&codec, &circuit, 45 + 9, 7, &[2, 7, 4, 2]), "another sum");
    assert!(!accepted(&codec, &circuit, 45 + 8, 6, &[2, 7, 4, 2]), "a value above the limit");
    assert!(!accepted(&codec, &circuit, 3 * 16 + 8, 7, &[2, 7, 4, 3]), "a value that is not in the set");
}
