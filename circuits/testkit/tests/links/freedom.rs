//! The freedom of every statement against its golden file, and at other witnesses.
//!
//! `cargo run -p xtask -- update` writes the golden file anew.

use zksensor_circuits::statement::Statement;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_model::layout::PublicInputs;
use zksensor_r1cs::Sequential;
use zksensor_testkit::{
    Conformance, ScopeFreedom, Specimen, SpecimenVisitor, each_specimen, freedom, freedom_csv,
};

/// The freedom at one claim.
pub(super) fn freedom_of<S: Statement>(
    kit: &Conformance<S>,
    (inputs, witness): &(S::Inputs, S::Witness),
) -> Vec<ScopeFreedom> {
    let words = inputs.to_words().unwrap();
    let assignment = kit.circuit().assign(kit.statement(), &words, witness, &Sequential, None).unwrap();
    freedom(kit.circuit(), &assignment)
}

#[test]
fn freedom_is_the_golden_one() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../goldens/freedom.csv");
    assert_eq!(
        freedom_csv(),
        std::fs::read_to_string(path).unwrap(),
        "a number that rises is a link that is missing; if meant: cargo run -p xtask -- update, and a line in CHANGELOG's Circuit"
    );
}

#[test]
fn freedom_does_not_depend_on_the_witness() {
    struct Seeds;
    impl SpecimenVisitor for Seeds {
        fn visit<S: Specimen>(&mut self) {
            let (shape, count) = S::unfilled();
            let kit = Conformance::new(shape);
            let first = freedom_of(&kit, &shape.generic(count, 1));
            for seed in 2..5 {
                assert_eq!(freedom_of(&kit, &shape.generic(count, seed)), first, "seed {seed}");
            }
        }
    }
    each_specimen(&mut Seeds);
    let (shape, count) = Aggregate::unfilled();
    let kit = Conformance::new(shape);
    let first = freedom_of(&kit, &shape.generic(count, 1));
    // A slot that is used has less freedom than one that is not.
    let full = freedom_of(&kit, &shape.generic(count + 1, 1));
    let total = |scopes: &[ScopeFreedom]| scopes.iter().map(|scope| scope.freedom).sum::<usize>();
    assert!(total(&full) < total(&first), "{} and {}", total(&full), total(&first));
}
