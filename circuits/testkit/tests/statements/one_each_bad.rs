//! Bad vectors of the rules that statements about one reading of each of many devices share: C1 to C15. Each statement runs them by
//! tests of its own.

use zksensor_circuits::statement::readings::{OfReadings, ReadingsWitness};
use zksensor_circuits::statement::{Binding, ClaimFamily, PolicyMismatch, Rule, Violation, reading};
use zksensor_model::field::Fr;
use zksensor_model::policy::{Parameters, PolicyId};
use zksensor_model::reading::{Location, Network, PayloadHash, Reading};
use zksensor_model::registry::{Chunk, ChunkCap, Position, RegistryRoot};
use zksensor_testkit::{ClaimOf, Fleet, FleetOptions, IN_HOLE, OUTSIDE};

use super::kit::{APART, FIRST, Tested, World, epoch, forged, millis, run, stranger, unverified};
use super::signatures::without_accuracy;

/// The tests of one statement, by the names that they have here.
macro_rules! tests_of {
    ($statement:ident: $($name:ident)*) => {$(
        #[test]
        fn $name() {
            super::one_each_bad::$name::<$statement>();
        }
    )*};
}
pub(super) use tests_of;

/// A statement about one reading of each of many devices.
pub(super) trait OneEach: Tested + OfReadings {
    /// The public inputs that all of them have.
    fn common(inputs: &mut Self::Inputs) -> Common<'_>;

    /// What a witness is of.
    fn readings(witness: &mut Self::Witness) -> &mut ReadingsWitness;

    /// The claim of readings, and the public inputs that follow from it.
    fn of_readings(readings: ReadingsWitness) -> ClaimOf<Self>;

    /// Has public inputs of another epoch say what follows from it, where something does.
    fn say_of_epoch(_inputs: &mut Self::Inputs, _witness: &Self::Witness) {}

    /// Has public inputs say of values what others say.
    fn say_of_values(inputs: &mut Self::Inputs, others: &Self::Inputs);
}

/// Public inputs, to be changed.
pub(super) struct Common<'i> {
    pub(super) registry_root: &'i mut RegistryRoot,
    pub(super) policy_id: &'i mut PolicyId,
    pub(super) epoch: &'i mut u32,
    pub(super) chunk_bits: &'i mut u8,
    pub(super) chunk: &'i mut u32,
    pub(super) count: &'i mut u32,
}

/// `count` good readings.
fn of<S: OneEach>(count: usize) -> World {
    World::new(count, FleetOptions::of::<S>())
}

fn world<S: OneEach>() -> World {
    of::<S>(5)
}

fn claim<S: OneEach>(world: &World) -> ClaimOf<S> {
    S::claim(world, Binding::NONE)
}

/// The claim of members said to be of this chunk.
fn in_chunk<S: OneEach>(world: &World, chunk: Chunk) -> ClaimOf<S> {
    S::of_readings(ReadingsWitness { cap: world.cap(chunk), ..world.aggregate_witness() })
}

fn bad<S: OneEach>(name: &'static str, world: &World, rule: Rule) {
    run(S::kit(), name, claim::<S>(world), rule);
}

pub(super) fn bad_c1<S: OneEach>() {
    let (mut inputs, witness) = claim::<S>(&world::<S>());
    let id = S::common(&mut inputs).policy_id;
    *id = PolicyId::from_field(id.to_field() + Fr::from(1u64));
    run(S::kit(), "another id", (inputs, witness), Rule::POLICY);

    let mut other = world::<S>();
    other.policy(|parts| {
        (parts.family, parts.k, parts.parameters) = (reading::SingleReading::FAMILY, 1, Parameters::NONE)
    });
    bad::<S>("a policy for another statement", &other, Rule::POLICY);

    let mut other = world::<S>();
    other.policy(|parts| parts.statement_version = S::VERSION + 1);
    bad::<S>("a policy for another version", &other, Rule::POLICY);

    let mut other = world::<S>();
    let mut triangles = other.fleet.fence.triangles().to_vec();
    triangles.reverse();
    other.fleet.fence = triangles.try_into().unwrap();
    bad::<S>("a fence that is not the policy's", &other, Rule::POLICY);

    let (mut inputs, witness) = claim::<S>(&world::<S>());
    *S::common(&mut inputs).epoch = u32::MAX;
    run(S::kit(), "an epoch beyond 2^48 ms", (inputs, witness), Rule::POLICY);
}

pub(super) fn bad_c1_a_fence_larger_than_the_circuit<S: OneEach>() {
    let mut world = world::<S>();
    let triangles = world.fleet.fence.triangles().to_vec();
    let many: Vec<_> = triangles.iter().cycle().take(24).copied().collect();
    world.fleet.fence = many.try_into().unwrap();
    let root = world.fleet.fence.root();
    world.policy(|parts| parts.fence = root);
    let (inputs, witness) = claim::<S>(&world);
    let said = S::kit().statement().check(&inputs, &witness);
    assert_eq!(said, Err(Violation::Policy { reason: PolicyMismatch::Triangles }));
    run(S::kit(), "more triangles than the shape", (inputs, witness), Rule::POLICY);
}

pub(super) fn bad_c2<S: OneEach>() {
    bad::<S>("no reading at all", &of::<S>(0), Rule::ACTIVITY);
}

/// More readings than slots: the circuit never sees the ninth, so what it refuses is the count that includes it.
pub(super) fn bad_c2_too_many_readings<S: OneEach>() {
    let (inputs, witness) = claim::<S>(&of::<S>(9));
    let said = S::kit().statement().check(&inputs, &witness);
    assert_eq!(said, Err(Violation::Activity { capacity: 8, got: 9 }));
    forged(S::kit(), (&inputs, &witness), |_, _| {}).assert_refused_by(Rule::COUNT, "nine readings");
}

/// Activity is no part of the witness type, so a hook switches slots off.
pub(super) fn bad_c2_gaps<S: OneEach>() {
    for (name, off) in [("a gap", 3), ("slot 0 is off", 0)] {
        let world = of::<S>(6);
        let (_, mut witness) = claim::<S>(&world);
        let mut rest = world.clone();
        rest.members.remove(off);
        let mut inputs = claim::<S>(&rest).0;
        *S::common(&mut inputs).registry_root = S::readings(&mut witness).cap.root();
        let verdict = forged(S::kit(), (&inputs, &witness), |site, values| {
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

pub(super) fn bad_c2_activity_is_boolean<S: OneEach>() {
    let (mut inputs, witness) = claim::<S>(&world::<S>());
    *S::common(&mut inputs).count += 1;
    let verdict = forged(S::kit(), (&inputs, &witness), |site, values| {
        if site.name == "active" && site.instance == 4 {
            values[0] = Fr::from(2u64);
        }
    });
    assert!(!verdict.accepted("a reading that counts twice"));
    assert!(verdict.native.iter().any(|failure| failure.rule() == Some(Rule::ACTIVITY)));
}

pub(super) fn bad_c3<S: OneEach>() {
    let mut altered = world::<S>();
    let reading = altered.members[2].reading;
    let signed = altered.fleet.sign(2, &reading);
    altered.edit(2, |reading| reading.channels[0] += 1);
    let key = *signed.key();
    altered.members[2].signed = Some(unverified(&altered.members[2].reading, key, &signed));
    bad::<S>("an altered message", &altered, Rule::SIGNATURE);

    let mut other = world::<S>();
    let reading = other.members[2].reading;
    let by_another = other.fleet.sign(3, &reading);
    other.members[2].signed = Some(unverified(&reading, other.members[2].leaf.key, &by_another));
    bad::<S>("a signature of another device", &other, Rule::SIGNATURE);

    // What no policy looks at is signed all the same.
    for change in [
        |reading: &mut Reading| reading.sequence += 1,
        |reading: &mut Reading| reading.payload_hash = PayloadHash::NONE,
        |reading: &mut Reading| reading.channels[3] += 1,
    ] {
        let mut altered = world::<S>();
        let signed = altered.fleet.sign(0, &altered.members[0].reading);
        altered.edit(0, change);
        altered.members[0].signed = Some(unverified(&altered.members[0].reading, *signed.key(), &signed));
        bad::<S>("an altered field without a rule", &altered, Rule::SIGNATURE);
    }
}

pub(super) fn bad_c4<S: OneEach>() {
    let mut outsider = world::<S>();
    outsider.members[1].enrolled = Some(outsider.members[2].leaf.hash());
    bad::<S>("a device that is not enrolled", &outsider, Rule::MEMBERSHIP);

    let mut stolen = world::<S>();
    let (key, secret) = stranger();
    stolen.members[4].enrolled = Some(stolen.members[4].leaf.hash());
    let leaf = &mut stolen.members[4].leaf;
    (leaf.key, leaf.identity) = (*key.public(), secret.identity());
    stolen.members[4].signed = Some(key.sign(&stolen.members[4].reading).unwrap());
    bad::<S>("an outsider at a device's position", &stolen, Rule::MEMBERSHIP);

    let mut class = world::<S>();
    class.members[0].enrolled = Some(class.members[0].leaf.hash());
    class.members[0].leaf.attributes.owner += 1;
    bad::<S>("attributes that are not the registry's", &class, Rule::MEMBERSHIP);

    let (mut inputs, witness) = claim::<S>(&world::<S>());
    let root = S::common(&mut inputs).registry_root;
    *root = RegistryRoot::from_field(root.to_field() + Fr::from(1u64));
    run(S::kit(), "another root", (inputs, witness), Rule::MEMBERSHIP);

    for (name, node) in [("another cap node", 0), ("another cap node, not on a path", 63)] {
        let (inputs, mut witness) = claim::<S>(&world::<S>());
        let cap = &mut S::readings(&mut witness).cap;
        let mut nodes = *cap.nodes();
        nodes[node] += Fr::from(1u64);
        *cap = ChunkCap::new(cap.chunk(), Box::new(nodes), cap.siblings().to_vec()).unwrap();
        run(S::kit(), name, (inputs, witness), Rule::MEMBERSHIP);
    }

    // In another subtree of the cap and in the same leaf node.
    const LAST: u32 = FIRST + 4 * APART;
    for (name, position) in [("a position in another cap node", LAST + 8), ("the next position", LAST + 1)] {
        let (inputs, mut witness) = claim::<S>(&world::<S>());
        S::readings(&mut witness).readings[4].position = Position::new(position).unwrap();
        run(S::kit(), name, (inputs, witness), Rule::MEMBERSHIP);
    }

    let (inputs, mut witness) = claim::<S>(&world::<S>());
    S::readings(&mut witness).readings[4].path.siblings[0][3] += Fr::from(1u64);
    run(S::kit(), "another sibling", (inputs, witness), Rule::MEMBERSHIP);
}

pub(super) fn bad_c5<S: OneEach>() {
    for (name, (latitude, longitude)) in
        [("in the hole", IN_HOLE), ("beyond the corner", OUTSIDE), ("elsewhere", (0, 0))]
    {
        let mut world = world::<S>();
        world.edit(3, |reading| reading.location = Location::from_e7(latitude, longitude).unwrap());
        bad::<S>(name, &world, Rule::FENCE);
    }
}

pub(super) fn bad_c6<S: OneEach>() {
    let (start, end) = epoch(&world::<S>());
    for (name, time) in
        [("too early", start - 1), ("too late", end), ("at 0", 0), ("in the next epoch", end + 5)]
    {
        let mut world = world::<S>();
        world.edit(1, |reading| reading.time = millis(time));
        bad::<S>(name, &world, Rule::EPOCH);
    }
    let (mut inputs, witness) = claim::<S>(&world::<S>());
    *S::common(&mut inputs).epoch += 1;
    S::say_of_epoch(&mut inputs, &witness);
    run(S::kit(), "another epoch", (inputs, witness), Rule::EPOCH);
}

pub(super) fn bad_c7<S: OneEach>() {
    for (name, value) in [
        ("below low", Fleet::LOW - 1),
        ("above high", Fleet::HIGH + 1),
        ("2^40 above", Fleet::LOW + (1 << 40)),
        ("far below", -(1 << 60)),
        ("far above", 1 << 60),
    ] {
        let mut world = world::<S>();
        world.edit(2, |reading| reading.channels[0] = value);
        bad::<S>(name, &world, Rule::VALUE);
    }
    // A sum would not fit its field, so the claim is of other values.
    for (name, value) in [("least", i64::MIN), ("greatest", i64::MAX)] {
        let mut extreme = world::<S>();
        extreme.edit(2, |reading| reading.channels[0] = value);
        let (mut inputs, witness) = claim::<S>(&extreme);
        S::say_of_values(&mut inputs, &claim::<S>(&world::<S>()).0);
        run(S::kit(), name, (inputs, witness), Rule::VALUE);
    }
}

pub(super) fn bad_c8<S: OneEach>() {
    for (name, accuracy) in [("one more", Fleet::MAX_ACCURACY + 1), ("unknown", u32::MAX)] {
        let mut world = world::<S>();
        world.edit(0, |reading| reading.accuracy_mm = accuracy);
        bad::<S>(name, &world, Rule::ACCURACY);
    }
    bad::<S>("no accuracy", &without_accuracy(world::<S>()), Rule::ACCURACY);
}

pub(super) fn bad_c9<S: OneEach>() {
    for (name, class) in [("class 8", 8), ("class 0", 0), ("the highest class", u16::MAX)] {
        let mut world = world::<S>();
        world.members[4].leaf.attributes.class = class;
        bad::<S>(name, &world, Rule::CLASS);
    }
}

pub(super) fn bad_c10<S: OneEach>() {
    for (name, before) in [("expires at the time", 0), ("expired before", 1)] {
        let mut world = world::<S>();
        world.members[1].leaf.attributes.expiry = millis(world.members[1].reading.time.get() - before);
        bad::<S>(name, &world, Rule::EXPIRY);
    }
    let mut world = world::<S>();
    world.members[1].leaf.attributes.expiry = millis(0);
    bad::<S>("expired at 0", &world, Rule::EXPIRY);
}

pub(super) fn bad_c11<S: OneEach>() {
    let mut world = world::<S>();
    world.edit(2, |reading| reading.network = Network::new(137, [0x11; 20]));
    bad::<S>("another chain", &world, Rule::NETWORK);
}

pub(super) fn bad_c12<S: OneEach>() {
    let mut world = world::<S>();
    world.edit(2, |reading| reading.schema += 1);
    bad::<S>("another schema", &world, Rule::SCHEMA);
}

pub(super) fn bad_c13<S: OneEach>() {
    let mut twice = world::<S>();
    twice.members.push(twice.members[4].clone());
    twice.edit(5, |reading| reading.sequence += 1);
    bad::<S>("a device twice", &twice, Rule::ORDER);

    let mut descending = world::<S>();
    descending.members.swap(1, 2);
    bad::<S>("positions out of order", &descending, Rule::ORDER);

    // Not next to each other, so that only the order can tell.
    let mut apart = world::<S>();
    apart.members.push(apart.members[0].clone());
    bad::<S>("a device twice, apart", &apart, Rule::ORDER);
}

pub(super) fn bad_c14<S: OneEach>() {
    let good = world::<S>();
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
        let (mut inputs, witness) = claim::<S>(&good);
        let common = S::common(&mut inputs);
        (*common.chunk_bits, *common.chunk) = (chunk_bits, chunk);
        run(S::kit(), name, (inputs, witness), Rule::CHUNK);
    }
    for (name, member, position) in [
        ("the last reading is above the chunk", 4, 1024),
        ("the first reading is below the chunk", 0, 511),
        ("a place further on in the next chunk", 4, 1028),
    ] {
        let mut other = good.clone();
        other.members[member].position = position;
        run(S::kit(), name, in_chunk::<S>(&other, good.chunk()), Rule::CHUNK);
    }
    // Alone, so that no order is broken as well.
    let good = World::new(1, S::options());
    for position in [0, 511, 1024, FIRST + 4096, (1 << 21) - 1] {
        let mut other = good.clone();
        other.members[0].position = position;
        run(S::kit(), "one reading in another chunk", in_chunk::<S>(&other, good.chunk()), Rule::CHUNK);
    }
}

pub(super) fn bad_c15<S: OneEach>() {
    for (name, difference) in [("one more", 1), ("one less", -1)] {
        let (mut inputs, witness) = claim::<S>(&of::<S>(6));
        let count = S::common(&mut inputs).count;
        *count = count.checked_add_signed(difference).unwrap();
        run(S::kit(), name, (inputs, witness), Rule::COUNT);
    }
    bad::<S>("fewer than k", &of::<S>(4), Rule::COUNT);
    let mut large = world::<S>();
    large.policy(|parts| parts.k = (1 << 21) - 1);
    bad::<S>("the greatest k", &large, Rule::COUNT);
}
