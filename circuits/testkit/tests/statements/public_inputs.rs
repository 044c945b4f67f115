//! Public inputs: each one bound, in range, in its place.

use ark_ff::Field;
use zksensor_circuits::gadgets::SynthesisError;
use zksensor_circuits::native;
use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor_circuits::statement::reading::ReadingInputs;
use zksensor_circuits::statement::{Assignment, Binding, Claim, Statement, Violation};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::{InputError, PublicInputs, Width};
use zksensor_model::rule::Scope;
use zksensor_r1cs::Sequential;
use zksensor_testkit::Conformance;

use super::kit::{CAPACITY, Tested, TestedVisitor, World, aggregate, each_tested, reading, verdict};

/// The backends say the same as `check` does of the words, and refuse words that are none.
fn agree<S: Statement>(kit: &Conformance<S>, words: &[Fr], witness: &S::Witness, name: &str) -> bool {
    let holds = match S::Inputs::from_words(words) {
        Ok(inputs) => kit.statement().check(&inputs, witness).is_ok(),
        Err(_) => false,
    };
    assert_eq!(verdict(kit, words, witness, None).accepted(name), holds, "{name}");
    holds
}

/// Every field moved by one in both directions, every word exchanged with every other. Only the binding may move: the proof
/// ties it, no rule does; and a claim of *at least* may go down.
fn altered<S: Tested>(kit: &Conformance<S>, words: &[Fr], witness: &S::Witness) {
    let layout = S::Inputs::layout();
    assert!(agree(kit, words, witness, "unaltered"));
    for (field, at) in layout.fields().iter().zip(layout.placements()) {
        for (sign, step) in [(1, Fr::ONE), (-1, -Fr::ONE)] {
            let mut altered = words.to_vec();
            altered[at.word] += step * field::power_of_two(at.shift);
            let holds = agree(kit, &altered, witness, field.name);
            let may = field.name == "binding" || S::LOOSE.contains(&(field.name, sign));
            assert!(holds == may || field.name == "binding", "{} and a step of {sign}: {holds}", field.name);
        }
    }
    for first in 0..words.len() {
        for second in 0..first {
            let mut swapped = words.to_vec();
            swapped.swap(first, second);
            assert!(!agree(kit, &swapped, witness, "swapped"), "{first} {second}");
        }
        let mut zero = words.to_vec();
        zero[first] = Fr::from(0u64);
        let alone = layout.fields().iter().zip(layout.placements()).filter(|(_, at)| at.word == first);
        let is_binding = alone.map(|(field, _)| field.name).eq(["binding"]);
        if words[first] != zero[first] && !is_binding {
            assert!(!agree(kit, &zero, witness, "zero"), "word {first}");
        }
    }
}

#[test]
fn every_word_is_bound() {
    struct Look;
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            let (inputs, witness) = S::telling();
            altered(S::kit(), &inputs.to_words().unwrap(), &witness);
        }
    }
    each_tested(&mut Look);
}

#[test]
fn the_number_of_words_is_exact() {
    fn refused<S: Statement>(kit: &Conformance<S>, words: &[Fr], witness: &S::Witness) {
        let expected = S::Inputs::layout().words();
        let error = SynthesisError::Inputs(InputError::Count { wanted: expected, got: words.len() });
        let assigned = kit.circuit().assign(kit.statement(), words, witness, &Sequential, None);
        assert_eq!(assigned.unwrap_err(), error);
        assert_eq!(native::run(kit.statement(), words, witness, None).unwrap_err(), error);
        assert!(matches!(S::Inputs::from_words(words), Err(InputError::Count { .. })));
    }
    fn each<S: Statement>(kit: &Conformance<S>, words: &[Fr], witness: &S::Witness) {
        for dropped in 0..words.len() {
            let mut fewer = words.to_vec();
            fewer.remove(dropped);
            refused(kit, &fewer, witness);
        }
        for extra in [Fr::from(0u64), Fr::ONE] {
            refused(kit, &[words, &[extra]].concat(), witness);
        }
        refused(kit, &[], witness);
    }
    struct Look;
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            let (inputs, witness) = S::telling();
            each(S::kit(), &inputs.to_words().unwrap(), &witness);
        }
    }
    each_tested(&mut Look);
}

/// A value that does not fit its field is refused when it is packed; `check` alone would not see it.
#[test]
fn every_field_overflow_is_refused_when_packed() {
    let (good, witness) = Aggregate::telling();
    let far = 1i64 << 61;
    for (name, inputs) in [
        ("chunk_bits", AggregateInputs { chunk_bits: 32, ..good }),
        ("chunk_bits", AggregateInputs { chunk_bits: u8::MAX, ..good }),
        ("chunk", AggregateInputs { chunk: 1 << 22, ..good }),
        ("count", AggregateInputs { count: 1 << 21, ..good }),
        ("sum", AggregateInputs { sum: far, ..good }),
        ("sum", AggregateInputs { sum: -far - 1, ..good }),
        ("sum", AggregateInputs { sum: i64::MIN, ..good }),
        ("sum_of_squares", AggregateInputs { sum_of_squares: 1 << 101, ..good }),
        ("minimum", AggregateInputs { minimum: 1 << 40, ..good }),
        ("maximum", AggregateInputs { maximum: u64::MAX, ..good }),
    ] {
        let said = inputs.to_words();
        assert!(
            matches!(&said, Err(InputError::Overflow { field, .. }) if *field == name),
            "{name}: {said:?}"
        );
        let assigned = Assignment::new(aggregate().statement(), inputs, &witness);
        assert!(matches!(assigned, Err(Violation::Inputs(InputError::Overflow { .. }))), "{name}");
    }
    for inputs in [
        AggregateInputs { sum: far - 1, ..good },
        AggregateInputs { sum: -far, ..good },
        AggregateInputs { chunk_bits: 31, chunk: (1 << 22) - 1, count: (1 << 21) - 1, ..good },
    ] {
        let words = inputs.to_words().unwrap();
        assert_eq!(AggregateInputs::from_words(&words).unwrap(), inputs);
    }
}

/// Packed by hand: 2^width added to a field spills into the one above, or beyond the word.
#[test]
fn every_field_overflow_is_refused_by_the_circuit() {
    fn each<S: Tested>(kit: &Conformance<S>, words: &[Fr], witness: &S::Witness) {
        let layout = S::Inputs::layout();
        let mut above = "";
        for (field, at) in layout.fields().iter().zip(layout.placements()) {
            let Width::Bits(width) = field.width else { continue };
            // What spills into a claim of *at most*, or into the binding, makes another claim that holds.
            let spills_into = std::mem::replace(&mut above, field.name);
            let is_loose = spills_into == "binding" || S::LOOSE.contains(&(spills_into, 1));
            if at.shift + width < 253 && is_loose {
                continue;
            }
            // Of a word of 253 bits the second would be none of an element.
            for bit in [width, width + 1].into_iter().filter(|bit| at.shift + bit < 254) {
                let mut spilt = words.to_vec();
                spilt[at.word] += field::power_of_two(at.shift + bit);
                assert!(!agree(kit, &spilt, witness, field.name), "{} at bit {bit}", field.name);
            }
        }
        for (word, width) in layout.widths().into_iter().enumerate() {
            let Some(width) = width else { continue };
            let mut excesses = vec![field::power_of_two(width), field::power_of_two(253)];
            // r - 2^253 has 253 bits.
            excesses.extend((width < 253).then(|| -field::power_of_two(width)));
            for excess in excesses {
                let mut above = words.to_vec();
                above[word] += excess;
                assert!(matches!(S::Inputs::from_words(&above), Err(InputError::Word { .. })));
                let refused = verdict(kit, &above, witness, None);
                assert!(!refused.accepted("bits above the fields"));
                assert!(refused.unsatisfied.unwrap().path.contains(&Scope::Part("public inputs")));
            }
        }
    }
    struct Look;
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            let (inputs, witness) = S::telling();
            each(S::kit(), &inputs.to_words().unwrap(), &witness);
        }
    }
    each_tested(&mut Look);
}

#[test]
fn inputs_survive_packing() {
    struct Look;
    impl TestedVisitor for Look {
        fn visit<S: Tested>(&mut self) {
            let (inputs, _) = S::telling();
            assert_eq!(S::Inputs::from_words(&inputs.to_words().unwrap()).unwrap(), inputs);
        }
    }
    each_tested(&mut Look);
    let (mut inputs, _) = Aggregate::telling();
    inputs.binding = Binding::new(u64::MAX, [0xff; 20], [0xff; 20], &aggregate().statement().id());
    assert_eq!(inputs.count as usize, CAPACITY);
    assert_eq!(AggregateInputs::from_words(&inputs.to_words().unwrap()).unwrap(), inputs);
    let (mut inputs, _) = World::reading().reading_claim();
    (inputs.epoch, inputs.binding) =
        (u32::MAX, Binding::new(u64::MAX, [0xff; 20], [0xff; 20], &reading().statement().id()));
    assert_eq!(ReadingInputs::from_words(&inputs.to_words().unwrap()).unwrap(), inputs);
}

/// The chain, the contract, the recipient and the statement with its shape.
#[test]
fn a_binding_binds_every_part() {
    let id = aggregate().statement().id();
    let binding =
        |chain, contract, recipient, id: &_| Binding::new(chain, [contract; 20], [recipient; 20], id);
    let all = [
        binding(137, 1, 2, &id),
        binding(80002, 1, 2, &id),
        binding(137, 3, 2, &id),
        binding(137, 1, 3, &id),
        binding(137, 2, 1, &id),
        binding(137, 1, 2, &reading().statement().id()),
        Binding::NONE,
    ];
    for (index, one) in all.iter().enumerate() {
        assert!(all[..index].iter().all(|other| other != one));
        assert!(field::bit_length(&one.to_field()) <= Binding::BITS);
    }
}
