//! The shape of a circuit never depends on a value.

use zksensor_circuits::statement::{Binding, Statement};
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_r1cs::{Circuit, Rows, Sequential, compile};
use zksensor_testkit::Conformance;

use super::kit::{Tested, TestedVisitor, World, aggregate, each_tested};

fn assert_same_rows(one: &Circuit, two: &Circuit) {
    assert_eq!((one.id(), one.publics(), one.columns()), (two.id(), two.publics(), two.columns()));
    assert_eq!(one.constraints(), two.constraints());
    let same = |a: &Rows, b: &Rows| a.len() == b.len() && (0..a.len()).all(|row| a.row(row) == b.row(row));
    for (one, two) in one.segments().zip(two.segments()) {
        let (a, b) = (one.segment, two.segment);
        assert!(same(&a.a, &b.a) && same(&a.b, &b.b) && same(&a.c, &b.c));
        assert_eq!(a.wires, b.wires);
        assert!((0..a.constraints()).all(|row| a.path(row) == b.path(row)));
        let columns = u32::try_from(a.columns).unwrap();
        assert!((0..columns).all(|column| one.global(column) == two.global(column)));
    }
}

#[test]
fn compiling_twice_gives_the_same_rows() {
    struct Look;
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            assert_same_rows(S::kit().circuit(), &compile(S::kit().statement()).unwrap());
        }
    }
    each_tested(&mut Look);
}

/// A blank synthesis and one with values have the same columns, whatever the values: good, bad or extreme.
#[test]
fn blank_and_full_shapes_are_one() {
    fn assigned<S: Statement>(kit: &Conformance<S>, (inputs, witness): (S::Inputs, S::Witness)) {
        let words = inputs.to_words().unwrap();
        let values = kit.circuit().assign(kit.statement(), &words, &witness, &Sequential, None).unwrap();
        assert_eq!(values.len(), kit.circuit().columns());
        assert_eq!(values[0], Fr::from(1u64));
        assert_eq!(values[1..=words.len()], words);
    }
    struct Look;
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            for value in [i64::from(i32::MIN), 0, 1 << 40] {
                assigned(S::kit(), S::claim(S::good().values(&[value; 5]), Binding::NONE));
            }
        }
    }
    each_tested(&mut Look);
    for count in [0, 1, 5, 8, 9] {
        assigned(aggregate(), World::aggregate(count).aggregate_claim());
    }
}

/// Every witness column is in a constraint, and every public input: a free column would be malleable.
#[test]
fn every_column_is_constrained() {
    struct Look;
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            assert_constrained(S::kit().circuit());
        }
    }
    each_tested(&mut Look);
}

fn assert_constrained(circuit: &Circuit) {
    let mut used = vec![false; circuit.columns()];
    for view in circuit.segments() {
        for rows in [&view.segment.a, &view.segment.b, &view.segment.c] {
            for row in 0..rows.len() {
                for (_, column) in rows.row(row) {
                    used[view.global(*column)] = true;
                }
            }
        }
    }
    let unused: Vec<usize> = (1..used.len()).filter(|column| !used[*column]).collect();
    assert_eq!(unused, [0usize; 0], "columns in no constraint of {}", circuit.id());
}

/// What a prover knows never shows in a debug print.
#[test]
fn witnesses_print_nothing_of_a_reading() {
    let (_, aggregate) = World::aggregate(5).aggregate_claim();
    assert_eq!(format!("{aggregate:?}"), "ReadingsWitness { readings: 5, .. }");
    assert_eq!(format!("{:?}", aggregate.readings[0]), "EnrolledReading(..)");
    let (_, reading) = World::reading().reading_claim();
    assert_eq!(format!("{reading:?}"), "ReadingWitness(..)");
    assert_eq!(format!("{:?} {:?}", reading.secret, reading.salt), "DeviceSecret(..) Salt(..)");
}
