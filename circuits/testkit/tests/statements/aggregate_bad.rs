//! `aggregate`: a bad vector of every rule.

use zksensor_circuits::statement::aggregate::{Aggregate, AggregateInputs};
use zksensor_circuits::statement::{
    Binding, ClaimFamily, PolicyMismatch, Rule, Statement, Violation, reading,
};
use zksensor_model::field::Fr;
use zksensor_model::policy::{Outputs, PolicyId};
use zksensor_model::reading::{Location, Network, PayloadHash, Reading};
use zksensor_model::registry::{ChunkCap, Position, RegistryRoot};
use zksensor_testkit::{Fleet, FleetOptions, IN_HOLE, OUTSIDE};

use super::bad::Bad;
use super::kit::{APART, FIRST, World, aggregate, epoch, forged, millis, run, stranger, unverified};
use super::signatures::without_accuracy;

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

fn bad(name: &'static str, world: &World, rule: Rule) {
    run(aggregate(), name, world.aggregate_claim(), rule);
}

#[test]
fn bad_c1() {
    let (mut inputs, witness) = world().aggregate_claim();
    inputs.policy_id = PolicyId::from_field(inputs.policy_id.to_field() + Fr::from(1u64));
    run(aggregate(), "another id", (inputs, witness), Rule::POLICY);

    let mut other = world();
    other.policy(|parts| (parts.family, parts.k) = (reading::SingleReading::FAMILY, 1));
    bad("a policy for another statement", &other, Rule::POLICY);

    let mut other = world();
    other.policy(|parts| parts.statement_version = 1);
    bad("a policy for another version", &other, Rule::POLICY);

    let mut other = world();
    let mut triangles = other.fleet.fence.triangles().to_vec();
    triangles.reverse();
    other.fleet.fence = triangles.try_into().unwrap();
    bad("a fence that is not the policy's", &other, Rule::POLICY);

    let (mut inputs, witness) = world().aggregate_claim();
    inputs.epoch = u32::MAX;
    run(aggregate(), "an epoch beyond 2^48 ms", (inputs, witness), Rule::POLICY);
}

#[test]
fn bad_c1_a_fence_larger_than_the_circuit() {
    let mut world = world();
    let triangles = world.fleet.fence.triangles().to_vec();
    let many: Vec<_> = triangles.iter().cycle().take(24).copied().collect();
    world.fleet.fence = many.try_into().unwrap();
    let root = world.fleet.fence.root();
    world.policy(|parts| parts.fence = root);
    let (inputs, witness) = world.aggregate_claim();
    let said = aggregate().statement().check(&inputs, &witness);
    assert_eq!(said, Err(Violation::Policy { reason: PolicyMismatch::Triangles }));
    run(aggregate(), "more triangles than the shape", (inputs, witness), Rule::POLICY);
}

#[test]
fn bad_c2() {
    bad("no reading at all", &World::aggregate(0), Rule::ACTIVITY);
}

/// More readings than slots: the circuit never sees the ninth, so what it refuses is the count that includes it.
#[test]
fn bad_c2_too_many_readings() {
    let (inputs, witness) = World::aggregate(9).aggregate_claim();
    let said = aggregate().statement().check(&inputs, &witness);
    assert_eq!(said, Err(Violation::Activity { capacity: 8, got: 9 }));
    forged(aggregate(), (&inputs, &witness), |_, _| {}).assert_refused_by(Rule::COUNT, "nine readings");
}

/// Activity is no part of the witness type, so a hook switches slots off.
#[test]
fn bad_c2_gaps() {
    for (name, off) in [("a gap", 3), ("slot 0 is off", 0)] {
        let world = World::aggregate(6);
        let (_, witness) = world.aggregate_claim();
        let mut rest = world.clone();
        rest.members.remove(off);
        let mut inputs = rest.aggregate_claim().0;
        inputs.registry_root = world.aggregate_claim().0.registry_root;
        let verdict = forged(aggregate(), (&inputs, &witness), |site, values| {
            if site.name == "active" && site.instance == off {
                values[0] = Fr::from(0u64);
            }
        });
        verdict.assert_refused_by(Rule::ACTIVITY, name);
        assert!(
            verdict.native.iter().all(|failure| failure.rule() == Some(Rule::ACTIVITY)),
            "{:?}",
            verdict.native
        );
    }
}

#[test]
fn bad_c2_activity_is_boolean() {
    let (mut inputs, witness) = world().aggregate_claim();
    inputs.count += 1;
    let verdict = forged(aggregate(), (&inputs, &witness), |site, values| {
        if site.name == "active" && site.instance == 4 {
            values[0] = Fr::from(2u64);
        }
    });
    assert!(!verdict.accepted("a reading that counts twice"));
    assert!(verdict.native.iter().any(|failure| failure.rule() == Some(Rule::ACTIVITY)));
}

#[test]
fn bad_c3() {
    let mut altered = world();
    let reading = altered.members[2].reading;
    let signed = altered.fleet.sign(2, &reading);
    altered.edit(2, |reading| reading.channels[0] += 1);
    let key = *signed.key();
    altered.members[2].signed = Some(unverified(&altered.members[2].reading, key, &signed));
    bad("an altered message", &altered, Rule::SIGNATURE);

    let mut other = world();
    let reading = other.members[2].reading;
    let by_another = other.fleet.sign(3, &reading);
    other.members[2].signed = Some(unverified(&reading, other.members[2].leaf.key, &by_another));
    bad("a signature of another device", &other, Rule::SIGNATURE);

    // What no policy looks at is signed all the same.
    for change in [
        |reading: &mut Reading| reading.sequence += 1,
        |reading: &mut Reading| reading.payload_hash = PayloadHash::NONE,
        |reading: &mut Reading| reading.channels[3] += 1,
    ] {
        let mut altered = world();
        let signed = altered.fleet.sign(0, &altered.members[0].reading);
        altered.edit(0, change);
        altered.members[0].signed = Some(unverified(&altered.members[0].reading, *signed.key(), &signed));
        bad("an altered field without a rule", &altered, Rule::SIGNATURE);
    }
}

#[test]
fn bad_c4() {
    let mut outsider = world();
    outsider.members[1].enrolled = Some(outsider.members[2].leaf.hash());
    bad("a device that is not enrolled", &outsider, Rule::MEMBERSHIP);

    let mut stolen = world();
    let (key, secret) = stranger();
    stolen.members[4].enrolled = Some(stolen.members[4].leaf.hash());
    let leaf = &mut stolen.members[4].leaf;
    (leaf.key, leaf.identity) = (*key.public(), secret.identity());
    stolen.members[4].signed = Some(key.sign(&stolen.members[4].reading).unwrap());
    bad("an outsider at a device's position", &stolen, Rule::MEMBERSHIP);

    let mut class = world();
    class.members[0].enrolled = Some(class.members[0].leaf.hash());
    class.members[0].leaf.attributes.owner += 1;
    bad("attributes that are not the registry's", &class, Rule::MEMBERSHIP);

    let (mut inputs, witness) = world().aggregate_claim();
    inputs.registry_root = RegistryRoot::from_field(inputs.registry_root.to_field() + Fr::from(1u64));
    run(aggregate(), "another root", (inputs, witness), Rule::MEMBERSHIP);

    for (name, node) in [("another cap node", 0), ("another cap node, not on a path", 63)] {
        let (inputs, mut witness) = world().aggregate_claim();
        let mut nodes = *witness.cap.nodes();
        nodes[node] += Fr::from(1u64);
        witness.cap =
            ChunkCap::new(witness.cap.chunk(), Box::new(nodes), witness.cap.siblings().to_vec()).unwrap();
        run(aggregate(), name, (inputs, witness), Rule::MEMBERSHIP);
    }

    // In another subtree of the cap and in the same leaf node.
    const LAST: u32 = FIRST + 4 * APART;
    for (name, position) in [("a position in another cap node", LAST + 8), ("the next position", LAST + 1)] {
        let (inputs, mut witness) = world().aggregate_claim();
        witness.readings[4].position = Position::new(position).unwrap();
        run(aggregate(), name, (inputs, witness), Rule::MEMBERSHIP);
    }

    let (inputs, mut witness) = world().aggregate_claim();
    witness.readings[4].path.siblings[0][3] += Fr::from(1u64);
    run(aggregate(), "another sibling", (inputs, witness), Rule::MEMBERSHIP);
}

#[test]
fn bad_c5() {
    for (name, (latitude, longitude)) in
        [("in the hole", IN_HOLE), ("beyond the corner", OUTSIDE), ("elsewhere", (0, 0))]
    {
        let mut world = world();
        world.edit(3, |reading| reading.location = Location::from_e7(latitude, longitude).unwrap());
        bad(name, &world, Rule::FENCE);
    }
}

#[test]
fn bad_c6() {
    let (start, end) = epoch(&world());
    for (name, time) in
        [("too early", start - 1), ("too late", end), ("at 0", 0), ("in the next epoch", end + 5)]
    {
        let mut world = world();
        world.edit(1, |reading| reading.time = millis(time));
        bad(name, &world, Rule::EPOCH);
    }
    let (mut inputs, witness) = world().aggregate_claim();
    inputs.epoch += 1;
    run(aggregate(), "another epoch", (inputs, witness), Rule::EPOCH);
}

#[test]
fn bad_c7() {
    for (name, value) in [
        ("below low", Fleet::LOW - 1),
        ("above high", Fleet::HIGH + 1),
        ("2^40 above", Fleet::LOW + (1 << 40)),
        ("far below", -(1 << 60)),
        ("far above", 1 << 60),
    ] {
        let mut world = world();
        world.edit(2, |reading| reading.channels[0] = value);
        bad(name, &world, Rule::VALUE);
    }
    // The sum would not fit its field, so the claim is of the others' values.
    for (name, value) in [("least", i64::MIN), ("greatest", i64::MAX)] {
        let mut extreme = world();
        extreme.edit(2, |reading| reading.channels[0] = value);
        let (mut inputs, witness) = extreme.aggregate_claim();
        inputs.sum = world().aggregate_claim().0.sum;
        run(aggregate(), name, (inputs, witness), Rule::VALUE);
    }
}

#[test]
fn bad_c8() {
    for (name, accuracy) in [("one more", Fleet::MAX_ACCURACY + 1), ("unknown", u32::MAX)] {
        let mut world = world();
        world.edit(0, |reading| reading.accuracy_mm = accuracy);
        bad(name, &world, Rule::ACCURACY);
    }
    bad("no accuracy", &without_accuracy(world()), Rule::ACCURACY);
}

#[test]
fn bad_c9() {
    for (name, class) in [("class 8", 8), ("class 0", 0), ("the highest class", u16::MAX)] {
        let mut world = world();
        world.members[4].leaf.attributes.class = class;
        bad(name, &world, Rule::CLASS);
    }
}

#[test]
fn bad_c10() {
    for (name, before) in [("expires at the time", 0), ("expired before", 1)] {
        let mut world = world();
        world.members[1].leaf.attributes.expiry = millis(world.members[1].reading.time.get() - before);
        bad(name, &world, Rule::EXPIRY);
    }
    let mut world = world();
    world.members[1].leaf.attributes.expiry = millis(0);
    bad("expired at 0", &world, Rule::EXPIRY);
}

#[test]
fn bad_c11() {
    let mut world = world();
    world.edit(2, |reading| reading.network = Network::new(137, [0x11; 20]));
    bad("another chain", &world, Rule::NETWORK);
}

#[test]
fn bad_c12() {
    let mut world = world();
    world.edit(2, |reading| reading.schema += 1);
    bad("another schema", &world, Rule::SCHEMA);
}

#[test]
fn bad_c13() {
    let mut twice = world();
    twice.members.push(twice.members[4].clone());
    twice.edit(5, |reading| reading.sequence += 1);
    bad("a device twice", &twice, Rule::ORDER);

    let mut descending = world();
    descending.members.swap(1, 2);
    bad("positions out of order", &descending, Rule::ORDER);

    // Not next to each other, so that only the order can tell.
    let mut apart = world();
    apart.members.push(apart.members[0].clone());
    bad("a device twice, apart", &apart, Rule::ORDER);
}

#[test]
fn bad_c14() {
    let good = world();
    // Positions 512 to 540, which are in chunk 1 of 512.
    for (name, chunk_bits, chunk) in [
        ("a narrower chunk that holds all", 6, 8),
        ("a wider chunk that holds all", 12, 0),
        ("the whole registry", 21, 0),
        ("no chunk bits", 0, 1),
        ("one bit more", 10, 1),
        ("31 chunk bits", 31, 1),
        ("the chunk after the last", 9, 1 << 12),
        ("the last chunk number", 9, (1 << 22) - 1),
    ] {
        let (mut inputs, witness) = good.aggregate_claim();
        (inputs.chunk_bits, inputs.chunk) = (chunk_bits, chunk);
        run(aggregate(), name, (inputs, witness), Rule::CHUNK);
    }
    for (name, member, position) in [
        ("the last reading is above the chunk", 4, 1024),
        ("the first reading is below the chunk", 0, 511),
        ("a place further on in the next chunk", 4, 1028),
    ] {
        let mut other = good.clone();
        other.members[member].position = position;
        let (_, mut witness) = other.aggregate_claim();
        witness.cap = other.cap(good.chunk());
        run(aggregate(), name, (witness.inputs(Fleet::EPOCH, Binding::NONE), witness), Rule::CHUNK);
    }
    // Alone, so that no order is broken as well.
    let good = World::new(1, FleetOptions { k: 1, ..FleetOptions::default() });
    for position in [0, 511, 1024, FIRST + 4096, (1 << 21) - 1] {
        let mut other = good.clone();
        other.members[0].position = position;
        let (_, mut witness) = other.aggregate_claim();
        witness.cap = other.cap(good.chunk());
        let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
        run(aggregate(), "one reading in another chunk", (inputs, witness), Rule::CHUNK);
    }
}

#[test]
fn bad_c15() {
    for (name, difference) in [("one more", 1), ("one less", -1)] {
        let (mut inputs, witness) = World::aggregate(6).aggregate_claim();
        inputs.count = inputs.count.checked_add_signed(difference).unwrap();
        run(aggregate(), name, (inputs, witness), Rule::COUNT);
    }
    bad("fewer than k", &World::aggregate(4), Rule::COUNT);
    let mut large = world();
    large.policy(|parts| parts.k = (1 << 21) - 1);
    bad("the greatest k", &large, Rule::COUNT);
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
