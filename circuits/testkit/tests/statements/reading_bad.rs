//! `reading`: a bad vector of every rule.

use zksensor_circuits::statement::aggregate::Aggregate;
use zksensor_circuits::statement::one::InFence;
use zksensor_circuits::statement::reading::{Commitment, Nullifier, ReadingWitness, SingleReading};
use zksensor_circuits::statement::{ClaimFamily, Rule};
use zksensor_model::device::Identity;
use zksensor_model::field::Fr;
use zksensor_model::policy::PolicyId;
use zksensor_model::reading::{Location, Network};
use zksensor_model::registry::{Position, RegistryRoot};
use zksensor_testkit::{Fleet, IN_HOLE, OUTSIDE};

use super::bad::Bad;
use super::kit::{World, epoch, forged, millis, reading, rule_of, run, salt, stranger, unverified};
use super::signatures::without_accuracy;

/// The tests here whose vectors need no hook.
impl Bad for SingleReading {
    #[rustfmt::skip]
    const BAD: &'static [fn()] = &[
        bad_c1, bad_c3, bad_c4, bad_c5, bad_c6, bad_c7, bad_c8, bad_c9, bad_c10, bad_c11, bad_c12, bad_c20,
        bad_c21, bad_c22,
    ];
}

fn bad(name: &'static str, world: &World, rule: Rule) {
    run(reading(), name, world.reading_claim(), rule);
}

fn edited(change: impl FnOnce(&mut zksensor_model::reading::Reading)) -> World {
    let mut world = World::reading();
    world.edit(0, change);
    world
}

#[test]
fn bad_c1() {
    let (mut inputs, witness) = World::reading().reading_claim();
    inputs.policy_id = PolicyId::from_field(inputs.policy_id.to_field() + Fr::from(1u64));
    run(reading(), "another id", (inputs, witness), Rule::POLICY);

    let mut other = World::reading();
    other.policy(|parts| (parts.family, parts.insecure_small_k) = (Aggregate::FAMILY, true));
    bad("a policy for another statement", &other, Rule::POLICY);

    let mut other = World::reading();
    other.policy(|parts| parts.statement_version = 1);
    bad("a policy for another version", &other, Rule::POLICY);

    let (mut inputs, witness) = World::reading().reading_claim();
    inputs.epoch = u32::MAX;
    run(reading(), "an epoch beyond 2^48 ms", (inputs, witness), Rule::POLICY);
}

#[test]
fn bad_c3() {
    let mut altered = World::reading();
    let signed = altered.fleet.sign(0, &altered.members[0].reading);
    altered.edit(0, |reading| reading.sequence += 1);
    altered.members[0].signed = Some(unverified(&altered.members[0].reading, *signed.key(), &signed));
    bad("an altered message", &altered, Rule::SIGNATURE);

    let mut other = World::reading();
    let by_another = stranger().0.sign(&other.members[0].reading).unwrap();
    other.members[0].signed =
        Some(unverified(&other.members[0].reading, other.members[0].leaf.key, &by_another));
    bad("a signature of another device", &other, Rule::SIGNATURE);
}

#[test]
fn bad_c4() {
    let (mut inputs, witness) = World::reading().reading_claim();
    inputs.registry_root = RegistryRoot::from_field(inputs.registry_root.to_field() + Fr::from(1u64));
    run(reading(), "another root", (inputs, witness), Rule::MEMBERSHIP);

    for level in 0..7 {
        let (inputs, mut witness) = World::reading().reading_claim();
        witness.reading.path.siblings[level][6] += Fr::from(1u64);
        run(reading(), "another sibling", (inputs, witness), Rule::MEMBERSHIP);
    }

    let (inputs, mut witness) = World::reading().reading_claim();
    witness.reading.position = Position::new(1001).unwrap();
    run(reading(), "another position", (inputs, witness), Rule::MEMBERSHIP);

    let (inputs, mut witness) = World::reading().reading_claim();
    witness.reading.attributes.owner += 1;
    run(reading(), "attributes that are not the registry's", (inputs, witness), Rule::MEMBERSHIP);
}

/// A path has one child at each level; that the child is the node below is what C4 and C5 rest on.
#[test]
fn bad_c4_and_c5_a_path_that_does_not_hold_the_node() {
    let (inputs, witness) = World::reading().reading_claim();
    for rule in [Rule::MEMBERSHIP, Rule::FENCE] {
        for index in [0, 3, 7, 8, 20, 31] {
            let verdict = forged(reading(), (&inputs, &witness), |site, values| {
                if rule_of(site) == Some(rule) && site.name == "child" && site.index % 32 == index {
                    values[0] += Fr::from(1u64);
                }
            });
            verdict.assert_refused_by(rule, "a forged child");
        }
    }
}

#[test]
fn bad_c5() {
    for (name, (latitude, longitude)) in
        [("in the hole", IN_HOLE), ("beyond the corner", OUTSIDE), ("elsewhere", (0, 0))]
    {
        let location = Location::from_e7(latitude, longitude).unwrap();
        bad(name, &edited(|reading| reading.location = location), Rule::FENCE);
    }

    // A triangle of the fence, but not the one that holds the location.
    let world = World::reading();
    let (inputs, witness) = world.reading_claim();
    let other = (witness.in_fence.index as usize + 1) % world.fleet.fence.triangles().len();
    let witness = ReadingWitness {
        in_fence: InFence {
            triangle: world.fleet.fence.triangles()[other],
            index: u32::try_from(other).unwrap(),
            path: world.fleet.fence.path(other).unwrap(),
        },
        ..witness
    };
    run(reading(), "another triangle of the fence", (inputs, witness), Rule::FENCE);

    // A triangle that holds the location, but is not of the fence.
    let (inputs, mut witness) = world.reading_claim();
    witness.in_fence.triangle =
        [[480_000_000, 110_000_000], [480_000_000, 120_000_000], [490_000_000, 115_000_000]]
            .try_into()
            .unwrap();
    run(reading(), "a triangle of nobody's", (inputs, witness), Rule::FENCE);

    let (inputs, mut witness) = world.reading_claim();
    witness.in_fence.path.siblings[3][0] += Fr::from(1u64);
    run(reading(), "another sibling", (inputs, witness), Rule::FENCE);
}

#[test]
fn bad_c6() {
    let (start, end) = epoch(&World::reading());
    for (name, time) in [("too early", start - 1), ("too late", end)] {
        bad(name, &edited(|reading| reading.time = millis(time)), Rule::EPOCH);
    }
}

#[test]
fn bad_c7() {
    let far = 1i64 << 40;
    for value in [Fleet::LOW - 1, Fleet::HIGH + 1, Fleet::LOW + far, Fleet::HIGH - far, i64::MIN, i64::MAX] {
        bad("a value out of range", &edited(|reading| reading.channels[0] = value), Rule::VALUE);
    }
}

#[test]
fn bad_c8() {
    for accuracy in [Fleet::MAX_ACCURACY + 1, u32::MAX] {
        bad("too inaccurate", &edited(|reading| reading.accuracy_mm = accuracy), Rule::ACCURACY);
    }
    bad("no accuracy", &without_accuracy(World::reading()), Rule::ACCURACY);
}

#[test]
fn bad_c9() {
    let mut world = World::reading();
    world.members[0].leaf.attributes.class = 8;
    bad("class 8", &world, Rule::CLASS);
}

#[test]
fn bad_c10() {
    let mut world = World::reading();
    world.members[0].leaf.attributes.expiry = world.members[0].reading.time;
    bad("expires at the time", &world, Rule::EXPIRY);
}

#[test]
fn bad_c11() {
    bad("another network", &edited(|reading| reading.network = Network::new(137, [0x11; 20])), Rule::NETWORK);
}

#[test]
fn bad_c12() {
    bad("another schema", &edited(|reading| reading.schema ^= 1 << 31), Rule::SCHEMA);
}

#[test]
fn bad_c20() {
    // Inputs that follow from the other secret: only the identity tells.
    let world = World::reading();
    let (_, mut witness) = world.reading_claim();
    witness.secret = stranger().1;
    let inputs = witness.inputs(Fleet::EPOCH, zksensor_circuits::statement::Binding::NONE);
    run(reading(), "another secret", (inputs, witness), Rule::IDENTITY);

    let mut world = World::reading();
    world.members[0].leaf.identity = Identity::from_field(Fr::from(0u64));
    bad("an identity of nothing", &world, Rule::IDENTITY);
}

#[test]
fn bad_c21() {
    let world = World::reading();
    let (inputs, witness) = world.reading_claim();
    let policy = world.fleet.policy.id();
    for nullifier in [
        Nullifier::from_field(inputs.nullifier.to_field() + Fr::from(1u64)),
        Nullifier::of(&stranger().1, policy, Fleet::EPOCH),
        Nullifier::of(&witness.secret, policy, Fleet::EPOCH + 1),
        Nullifier::of(&witness.secret, PolicyId::from_field(Fr::from(1u64)), Fleet::EPOCH),
    ] {
        let inputs = zksensor_circuits::statement::reading::ReadingInputs { nullifier, ..inputs };
        run(reading(), "another nullifier", (inputs, witness.clone()), Rule::NULLIFIER);
    }
}

#[test]
fn bad_c22() {
    let (mut inputs, mut witness) = World::reading().reading_claim();
    let good = inputs.commitment;
    inputs.commitment = Commitment::from_field(good.to_field() + Fr::from(1u64));
    run(reading(), "another commitment", (inputs, witness.clone()), Rule::COMMITMENT);
    inputs.commitment = good;
    witness.salt = salt(2);
    run(reading(), "another salt", (inputs, witness), Rule::COMMITMENT);
}
