//! The digest of a circuit's rows: the golden file, and what does and does not change one.
//!
//! `cargo run -p xtask -- update` writes the golden file anew.

use std::collections::HashMap;

use zksensor_circuits::gadgets::{Gadgets, Port, SynthesisError};
use zksensor_circuits::statement::{Claim, InputVars, Rule, Statement, StatementId, Violation};
use zksensor_model::field::Fr;
use zksensor_model::layout::Element;
use zksensor_r1cs::{Circuit, RowsDigest, compile};
use zksensor_testkit::row_digests;

#[test]
fn rows_are_the_golden_ones() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../goldens/rows.csv");
    let lines = row_digests::table().unwrap();
    assert_eq!(
        row_digests::to_csv(&lines),
        std::fs::read_to_string(path).unwrap(),
        "if meant: cargo run -p xtask -- update, and a line in CHANGELOG's Circuit"
    );
    let mut seen = HashMap::new();
    for line in &lines {
        let name = format!("{}/{}", line.statement, line.shape);
        if let Some(other) = seen.insert(line.digest, name.clone()) {
            panic!("{name} and {other} have the same digest");
        }
    }
}

zksensor_model::public_inputs! {
    /// What the small statement makes public.
    pub struct SmallInputs, SmallVars {
        /// One.
        one: Element = element as "uint256",
        /// Another.
        other: Element = element as "uint256",
    }
}

/// A statement of a few rows, each part of which can be another one.
#[derive(Clone, Copy)]
struct Small {
    scope: &'static str,
    wire: &'static str,
    block: &'static str,
    /// Outside and in the block.
    coefficients: [u64; 2],
    constants: [u64; 2],
    instances: usize,
    /// Which of the two public inputs is imported.
    import: usize,
    /// Of which instance the export is used, and which of the two.
    export: (usize, usize),
    /// Whether the factors of the first product are changed over.
    turned: bool,
    /// Witnesses that are in no constraint.
    idle: usize,
    /// The same product twice.
    twice: bool,
}

const SMALL: Small = Small {
    scope: "scope",
    wire: "wire",
    block: "block",
    coefficients: [2, 3],
    constants: [5, 7],
    instances: 3,
    import: 0,
    export: (0, 0),
    turned: false,
    idle: 0,
    twice: false,
};

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
    type Witness = ();

    fn check(&self, _: &SmallInputs, (): &()) -> Result<(), Violation> {
        Ok(())
    }

    fn synthesize<G: Gadgets>(
        &self,
        g: &mut G,
        inputs: &InputVars<G, Self>,
        _: Option<&()>,
    ) -> Result<(), SynthesisError> {
        let public = [&inputs.one, &inputs.other];
        let outside = g.scope(self.scope, |g| {
            for _ in 0..self.idle {
                g.witness("idle", None)?;
            }
            let wire = g.witness(self.wire, None)?;
            let sum =
                g.linear(Fr::from(self.constants[0]), &[(Fr::from(self.coefficients[0]), public[0].var())]);
            let product = if self.turned { g.mul(&sum, &wire) } else { g.mul(&wire, &sum) }?;
            if self.twice {
                g.mul(&wire, &sum)?;
            }
            Ok(product)
        })?;
        let imports = [public[self.import].clone(), Port::element(&outside)];
        let exports = g.repeat(self.block, self.instances, &imports, |g, _, imports| {
            let own = g.witness(self.wire, None)?;
            let sum = g.linear(
                Fr::from(self.constants[1]),
                &[(Fr::from(self.coefficients[1]), imports[0].var()), (Fr::from(1u64), imports[1].var())],
            );
            let product = g.mul(&own, &sum)?;
            Ok(vec![Port::element(&own), Port::element(&product)])
        })?;
        let (instance, export) = self.export;
        g.assert_equal(exports[instance][export].var(), public[1].var())
    }
}

fn digest(small: Small) -> RowsDigest {
    compile(&small).unwrap().rows_digest()
}

/// Every row on global columns, sorted within a side: what the digest stands for.
fn expanded(circuit: &Circuit) -> Vec<[Vec<(usize, Fr)>; 3]> {
    let mut rows = Vec::new();
    for view in circuit.segments() {
        for row in 0..view.segment.constraints() {
            rows.push([&view.segment.a, &view.segment.b, &view.segment.c].map(|side| {
                let mut entries: Vec<_> =
                    side.row(row).iter().map(|(value, column)| (view.global(*column), *value)).collect();
                entries.sort_by_key(|(column, _)| *column);
                entries
            }));
        }
    }
    rows
}

#[test]
fn names_do_not_change_a_digest() {
    let named = Small { scope: "another scope", wire: "another wire", block: "another block", ..SMALL };
    assert_eq!(digest(named), digest(SMALL));
    assert_eq!(digest(SMALL), digest(SMALL));
}

#[test]
fn whatever_changes_the_rows_changes_the_digest() {
    let changes: [(&str, Small); 11] = [
        ("as it is", SMALL),
        ("a coefficient outside", Small { coefficients: [4, 3], ..SMALL }),
        ("a coefficient of a block", Small { coefficients: [2, 4], ..SMALL }),
        ("a constant outside", Small { constants: [6, 7], ..SMALL }),
        ("a constant of a block", Small { constants: [5, 8], ..SMALL }),
        ("another import", Small { import: 1, ..SMALL }),
        ("the export of another instance", Small { export: (1, 0), ..SMALL }),
        ("another export", Small { export: (0, 1), ..SMALL }),
        ("factors changed over", Small { turned: true, ..SMALL }),
        ("a row more", Small { twice: true, ..SMALL }),
        ("one instance more", Small { instances: 4, ..SMALL }),
    ];
    for (index, (name, small)) in changes.iter().enumerate() {
        let circuit = compile(small).unwrap();
        for (other_name, other) in &changes[..index] {
            let other = compile(other).unwrap();
            assert_ne!(expanded(&circuit), expanded(&other), "{name} and {other_name} are one circuit");
            assert_ne!(circuit.rows_digest(), other.rows_digest(), "{name} and {other_name}");
        }
    }
    // A column that no row has still takes a place in every query of a key.
    assert_ne!(digest(Small { idle: 1, ..SMALL }), digest(SMALL));
}

#[test]
fn sides_and_coefficients_of_a_compiled_circuit_count_each() {
    let circuit = compile(&SMALL).unwrap();
    let digest = circuit.rows_digest();
    type Alter = fn(&mut Circuit);
    let altered: [(&str, Alter); 5] = [
        ("A and B of the outside", |circuit| std::mem::swap(&mut circuit.outer.a, &mut circuit.outer.b)),
        ("B and C of the outside", |circuit| std::mem::swap(&mut circuit.outer.b, &mut circuit.outer.c)),
        ("A and C of a block", |circuit| {
            let block = &mut circuit.repeats[0].block;
            std::mem::swap(&mut block.a, &mut block.c);
        }),
        ("the number of instances", |circuit| circuit.repeats[0].count += 1),
        ("a repeat", |circuit| drop(circuit.repeats.pop())),
    ];
    for (name, alter) in altered {
        let mut altered = circuit.clone();
        alter(&mut altered);
        assert_ne!(altered.rows_digest(), digest, "{name}");
    }
    assert_eq!(RowsDigest::from_bytes(digest.to_bytes()), digest);
    assert_eq!(digest.to_string().len(), 2 + 64);
}
