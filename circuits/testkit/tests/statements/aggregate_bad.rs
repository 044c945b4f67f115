//! `aggregate`: a bad vector of every rule.

use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor_circuits::statement::readings::ReadingsWitness;
use zksensor_circuits::statement::{Binding, Rule};
use zksensor_model::policy::Outputs;
use zksensor_testkit::{ClaimOf, Fleet};

use super::bad::Bad;
use super::kit::{World, aggregate, run};
use super::one_each_bad::{Common, OneEach, tests_of};

impl OneEach for Aggregate {
    fn common(inputs: &mut AggregateInputs) -> Common<'_> {
        let AggregateInputs { registry_root, policy_id, epoch, chunk_bits, chunk, count, .. } = inputs;
        Common { registry_root, policy_id, epoch, chunk_bits, chunk, count }
    }

    fn readings(witness: &mut ReadingsWitness) -> &mut ReadingsWitness {
        witness
    }

    fn of_readings(readings: ReadingsWitness) -> ClaimOf<Self> {
        (readings.inputs(Fleet::EPOCH, Binding::NONE), readings)
    }

    fn say_of_values(inputs: &mut AggregateInputs, others: &AggregateInputs) {
        inputs.sum = others.sum;
    }
}

fn world() -> World {
    World::aggregate(5)
}

fn all_outputs() -> World {
    World::with_outputs(Outputs { sum_of_squares: true, minimum: true, maximum: true })
}

/// The tests here whose vectors need no hook.
impl Bad for Aggregate {
    #[rustfmt::skip]
    const BAD: &'static [fn()] = &[
        bad_c1, bad_c1_a_fence_larger_than_the_circuit, bad_c2, bad_c3, bad_c4, bad_c5, bad_c6, bad_c7,
        bad_c8, bad_c9, bad_c10, bad_c11, bad_c12, bad_c13, bad_c14, bad_c15, bad_c16, bad_c17,
        bad_c18, bad_c19,
    ];
}

tests_of! {
    Aggregate: bad_c1 bad_c1_a_fence_larger_than_the_circuit bad_c2 bad_c2_too_many_readings bad_c2_gaps
    bad_c2_activity_is_boolean bad_c3 bad_c4 bad_c5 bad_c6 bad_c7 bad_c8 bad_c9 bad_c10 bad_c11 bad_c12 bad_c13
    bad_c14 bad_c15
}

#[test]
fn bad_c16() {
    for (name, difference) in [("one more", 1), ("one less", -1)] {
        let (mut inputs, witness) = world().aggregate_claim();
        inputs.sum += difference;
        run(aggregate(), name, (inputs, witness), Rule::SUM);
    }
}

#[test]
fn bad_c17() {
    let (inputs, witness) = all_outputs().aggregate_claim();
    for squares in [inputs.sum_of_squares + 1, inputs.sum_of_squares - 1, 0] {
        let inputs = AggregateInputs { sum_of_squares: squares, ..inputs };
        run(aggregate(), "another sum of squares", (inputs, witness.clone()), Rule::SUM_OF_SQUARES);
    }
    let (mut inputs, witness) = world().aggregate_claim();
    inputs.sum_of_squares = 1;
    run(aggregate(), "a sum of squares that is not asked for", (inputs, witness), Rule::SUM_OF_SQUARES);
}

#[test]
fn bad_c18() {
    let (inputs, witness) = all_outputs().values(&[10, 20, 30, 40, 50, 60, 70, 80]).aggregate_claim();
    for minimum in [inputs.minimum + 1, inputs.minimum - 1, inputs.maximum, 0] {
        let inputs = AggregateInputs { minimum, ..inputs };
        run(aggregate(), "another minimum", (inputs, witness.clone()), Rule::MINIMUM);
    }
    let (mut inputs, witness) = world().aggregate_claim();
    inputs.minimum = 1;
    run(aggregate(), "a minimum that is not asked for", (inputs, witness), Rule::MINIMUM);
}

#[test]
fn bad_c19() {
    let (inputs, witness) = all_outputs().values(&[10, 20, 30, 40, 50, 60, 70, 80]).aggregate_claim();
    for maximum in [inputs.maximum + 1, inputs.maximum - 1, inputs.minimum, 0] {
        let inputs = AggregateInputs { maximum, ..inputs };
        run(aggregate(), "another maximum", (inputs, witness.clone()), Rule::MAXIMUM);
    }
    let (mut inputs, witness) = world().aggregate_claim();
    inputs.maximum = 1;
    run(aggregate(), "a maximum that is not asked for", (inputs, witness), Rule::MAXIMUM);
}
