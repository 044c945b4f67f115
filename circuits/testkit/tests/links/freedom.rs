//! The freedom of both statements against its golden file, and at other witnesses.
//!
//! `cargo run -p xtask -- update` writes the golden file anew.

use zksensor_circuits::statement::Statement;
use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::reading::Reading;
use zksensor_model::layout::PublicInputs;
use zksensor_r1cs::Sequential;
use zksensor_testkit::{Conformance, ScopeFreedom, freedom, freedom_csv, generic_aggregate, generic_reading};

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
    let kit = Conformance::new(Reading);
    let first = freedom_of(&kit, &generic_reading(1));
    for seed in 2..5 {
        assert_eq!(freedom_of(&kit, &generic_reading(seed)), first, "seed {seed}");
    }
    let kit = Conformance::new(Aggregate::new(3, 16).unwrap());
    let first = freedom_of(&kit, &generic_aggregate(kit.statement(), 2, 1));
    let second = freedom_of(&kit, &generic_aggregate(kit.statement(), 2, 2));
    assert_eq!(first, second);
    // A slot that is used has less freedom than one that is not.
    let full = freedom_of(&kit, &generic_aggregate(kit.statement(), 3, 1));
    let total = |scopes: &[ScopeFreedom]| scopes.iter().map(|scope| scope.freedom).sum::<usize>();
    assert!(total(&full) < total(&first), "{} and {}", total(&full), total(&first));
}
