//! Random claims with random corruptions: `check` == Native == R1CS.

use std::time::{Duration, Instant};

use ark_ff::Field;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use zksensor_circuits::native;
use zksensor_circuits::statement::Statement;
use zksensor_circuits::statement::reading::{Commitment, Nullifier, SingleReading};
use zksensor_model::device::Identity;
use zksensor_model::field::Fr;
use zksensor_model::layout::PublicInputs;
use zksensor_model::policy::Outputs;
use zksensor_model::reading::{Location, Network, UnixMillis};
use zksensor_testkit::{Conformance, Fleet, FleetOptions};

use super::kit::{World, aggregate, epoch, reading, unverified, verdict};

/// Cases at the most, and for how long: what is slow on a slow machine is cut short, not waited for.
const CASES: u32 = 64;
const PATIENCE: Duration = Duration::from_secs(40);

/// One thing done to one member, or nothing.
#[derive(Debug, Clone)]
enum Corruption {
    Nothing,
    Value(i64),
    Location(i32, i32),
    Time(i64),
    Accuracy(u32),
    Class(u16),
    Expiry(u64),
    Network(u64),
    Schema(u32),
    Position(u32),
    Signature,
    Enrolment,
    Identity(u64),
    Policy(u16),
    Word(usize, u32),
}

fn corruption() -> impl Strategy<Value = Corruption> {
    use Corruption as C;
    prop_oneof![
        3 => Just(C::Nothing),
        2 => (Fleet::LOW - 2..Fleet::HIGH + 3).prop_map(C::Value),
        1 => any::<i64>().prop_map(|value| C::Value(value >> 8)),
        2 => (480_900_000..481_800_000, 114_900_000..116_100_000).prop_map(|(a, b)| C::Location(a, b)),
        1 => (-900_000_000..=900_000_000, -1_800_000_000..=1_800_000_000).prop_map(|(a, b)| C::Location(a, b)),
        2 => (-3i64..4).prop_map(C::Time),
        1 => (0..2 * Fleet::MAX_ACCURACY).prop_map(C::Accuracy),
        1 => (6u16..9).prop_map(C::Class),
        1 => (0u64..3).prop_map(C::Expiry),
        1 => (80_001u64..80_004).prop_map(C::Network),
        1 => (2u32..5).prop_map(C::Schema),
        2 => (900u32..1500).prop_map(C::Position),
        1 => Just(C::Signature),
        1 => Just(C::Enrolment),
        1 => any::<u64>().prop_map(C::Identity),
        1 => (1u16..3).prop_map(C::Policy),
        3 => (0usize..5, 0u32..250).prop_map(|(word, bit)| C::Word(word, bit)),
    ]
}

/// Does it, as far as it is about the world.
fn corrupt(world: &mut World, member: usize, corruption: &Corruption) {
    use Corruption as C;
    let (start, end) = epoch(world);
    let millis = |time: u64| UnixMillis::new(time).unwrap();
    match corruption.clone() {
        C::Nothing | C::Word(..) => {}
        C::Value(value) => {
            let channel = usize::from(world.fleet.policy.parts().channel);
            world.edit(member, |reading| reading.channels[channel] = value);
        }
        C::Location(latitude, longitude) => {
            world.edit(member, |reading| reading.location = Location::from_e7(latitude, longitude).unwrap());
        }
        C::Time(offset) => {
            let border = if offset % 2 == 0 { start } else { end };
            world.edit(member, |reading| reading.time = millis(border.checked_add_signed(offset).unwrap()));
        }
        C::Accuracy(accuracy) => {
            world.edit(member, |reading| reading.accuracy_mm = accuracy.max(1));
        }
        C::Class(class) => world.members[member].leaf.attributes.class = class,
        C::Expiry(after) => {
            let time = world.members[member].reading.time.get();
            world.members[member].leaf.attributes.expiry = millis(time + after - 1);
        }
        C::Network(chain) => {
            world.edit(member, |reading| reading.network = Network::new(chain, [0x11; 20]));
        }
        C::Schema(schema) => {
            world.edit(member, |reading| reading.schema = schema);
        }
        C::Position(position) => world.members[member].position = position,
        C::Signature => {
            let reading = world.members[member].reading;
            let signed = world.fleet.sign(world.members[member].device, &reading);
            world.edit(member, |reading| reading.sequence ^= 1);
            let altered = world.members[member].reading;
            world.members[member].signed = Some(unverified(&altered, *signed.key(), &signed));
        }
        C::Enrolment => world.members[member].enrolled = Some(Fr::ONE),
        C::Identity(identity) => {
            world.members[member].leaf.identity = Identity::from_field(Fr::from(identity))
        }
        C::Policy(version) => {
            world.policy(|parts| parts.statement_version = version);
        }
    }
}

/// All three say the same, and name a rule that fails in the other two as well.
fn agree<S: Statement>(
    kit: &Conformance<S>,
    words: &[Fr],
    witness: &S::Witness,
) -> Result<bool, TestCaseError> {
    let verdict = verdict(kit, words, witness, None);
    let rules: Vec<_> = verdict.native.iter().filter_map(native::Failure::rule).collect();
    let Ok(inputs) = S::Inputs::from_words(words) else {
        prop_assert!(!verdict.native.is_empty() && verdict.unsatisfied.is_some());
        return Ok(false);
    };
    match kit.statement().check(&inputs, witness) {
        Ok(()) => {
            prop_assert_eq!(&verdict.native, &[]);
            prop_assert_eq!(&verdict.unsatisfied, &None);
            Ok(true)
        }
        Err(violation) => {
            let rule = violation.rule().unwrap();
            prop_assert!(
                rules.contains(&rule),
                "check said {}, the native backend {:?}",
                violation,
                verdict.native
            );
            let Some(found) = verdict.unsatisfied else {
                return Err(TestCaseError::fail(format!("check said {violation}, the constraints hold")));
            };
            prop_assert!(
                found.rule().is_some_and(|rule| rules.contains(&rule)),
                "{:?} {:?}",
                found,
                verdict.native
            );
            Ok(false)
        }
    }
}

fn flip(words: &mut [Fr], corruption: &Corruption) {
    if let Corruption::Word(word, bit) = corruption {
        let word = *word % words.len();
        words[word] += Fr::from(2u64).pow([u64::from(*bit)]);
    }
}

/// Runs the cases, at least one of each verdict, within the time.
fn run<T: std::fmt::Debug>(
    strategy: impl Strategy<Value = T>,
    test: impl Fn(T) -> Result<bool, TestCaseError>,
) {
    let (start, seen) = (Instant::now(), std::cell::Cell::new((0, 0)));
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    let outcome = runner.run(&strategy, |case| {
        if start.elapsed() > PATIENCE {
            return Ok(());
        }
        let (held, refused) = seen.get();
        seen.set(if test(case)? { (held + 1, refused) } else { (held, refused + 1) });
        Ok(())
    });
    outcome.unwrap();
    let (held, refused) = seen.get();
    eprintln!("random claims: {held} held, {refused} refused");
    assert!(held > 0 && refused > 0, "{held} held, {refused} refused");
}

#[test]
fn aggregates() {
    let values = prop::collection::vec(Fleet::LOW..=Fleet::HIGH, 1..=8);
    let strategy = (values, 0u8..8, any::<bool>(), 0u8..4, any::<prop::sample::Index>(), corruption());
    run(strategy, |(values, flags, any_class, channel, member, corruption)| {
        let squares = flags & 4 != 0;
        let options = FleetOptions {
            k: if squares { 8 } else { 3 },
            outputs: Outputs { sum_of_squares: squares, minimum: flags & 2 != 0, maximum: flags & 1 != 0 },
            device_class: (!any_class).then_some(7),
            channel,
            ..FleetOptions::default()
        };
        let mut world = World::new(values.len(), options);
        let member = member.index(values.len());
        world.values(&values);
        corrupt(&mut world, member, &corruption);
        let (inputs, witness) = world.aggregate_claim();
        let Ok(mut words) = inputs.to_words() else { return Ok(false) };
        flip(&mut words, &corruption);
        agree(aggregate(), &words, &witness)
    });
}

#[test]
fn readings() {
    let strategy = (Fleet::LOW..=Fleet::HIGH, any::<bool>(), 0u8..4, 0u8..6, corruption());
    run(strategy, |(value, any_class, channel, twist, corruption)| {
        let options = FleetOptions {
            device_class: (!any_class).then_some(7),
            channel,
            ..FleetOptions::of::<SingleReading>()
        };
        let mut world = World::new(1, options);
        world.values(&[value]);
        corrupt(&mut world, 0, &corruption);
        let (mut inputs, witness) = world.reading_claim();
        match twist {
            0 => inputs.nullifier = Nullifier::from_field(inputs.commitment.to_field()),
            1 => inputs.commitment = Commitment::from_field(inputs.nullifier.to_field()),
            _ => {}
        }
        let mut words = inputs.to_words().unwrap();
        flip(&mut words, &corruption);
        agree(reading(), &words, &witness)
    });
}
