//! `track` as the kit knows it.

use ark_ff::{AdditiveGroup, Field as _, UniformRand};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::{ClaimOf, SmallFence, Specimen};
use crate::extract::{self, EnrolledInputs, Extract, FreeInputs};
use crate::generic::{fill, linked, middle, with_fence};
use crate::{Fleet, FleetOptions};
use zksensor_circuits::statement::one::InFence;
use zksensor_circuits::statement::track::{EnrolledFrame, PLACES, Places, Track, TrackInputs, TrackWitness};
use zksensor_circuits::statement::{Binding, Claim, Rule};
use zksensor_model::claim::track as rules;
use zksensor_model::device::DeviceSecret;
use zksensor_model::fence::{DEPTH, FencePath, FenceRoot};
use zksensor_model::field::{self, Fr};
use zksensor_model::frame::{Sample, SignedFrame};
use zksensor_model::primitives::merkle::{ARITY, MerklePath, node_hash};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::reading::{PayloadHash, Reading, UnixMillis};
use zksensor_model::registry::Position;
use zksensor_model::track::Choice;

/// Places under one node of the second level of the fence tree.
const A_BRANCH: usize = 4;

fn shape(samples: usize) -> Track {
    Track::new(samples).expect("a multiple of seven")
}

impl Specimen for Track {
    const EACH: Option<&'static str> = Some("sample");

    fn each(&self) -> usize {
        self.samples()
    }

    fn headlines() -> Vec<(&'static str, Self)> {
        vec![("track_126", shape(126))]
    }

    fn cost_shapes() -> Vec<Self> {
        vec![shape(126)]
    }

    fn row_shapes() -> Vec<Self> {
        vec![shape(7), shape(14), shape(126)]
    }

    fn unfilled() -> (Self, usize) {
        (shape(7), 4)
    }

    fn least() -> Self {
        shape(7)
    }

    fn filled(&self) -> Result<TrackWitness, SmallFence> {
        let fleet = Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::of::<Track>() });
        Ok(fleet.track(self.samples()))
    }

    fn inputs_of(witness: &TrackWitness, binding: Binding) -> TrackInputs {
        witness.inputs(Fleet::EPOCH, binding)
    }

    /// A frame of `count` samples, each in another triangle of a fence whose tree is random elsewhere, the second left out.
    fn generic(&self, count: usize, seed: u64) -> ClaimOf<Self> {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let mut fleet = Fleet::new(&FleetOptions { devices: 1, seed, ..FleetOptions::of::<Track>() });
        let triangles = fleet.fence.triangles().to_vec();
        let of_channel = usize::from(fleet.policy.parts().channel);
        let reading = |index: usize, rng: &mut ChaCha20Rng| {
            let mut reading = fleet.reading(index);
            let value = reading.channels[of_channel];
            reading.channels = [0; 4].map(|_: i64| i64::from(rng.next_u32()) << 7);
            reading.channels[of_channel] = value;
            let time = reading.time.get() + 45_000 * index as u64 + u64::from(rng.next_u32() % 900);
            reading.time = UnixMillis::new(time).expect("in the epoch");
            reading.sequence = rng.next_u64();
            reading.payload_hash = PayloadHash::of(&rng.next_u64().to_be_bytes());
            reading.location = middle(&triangles[index % PLACES]);
            reading
        };
        let readings: Vec<Reading> = (0..count).map(|index| reading(index, rng)).collect();
        let signed = linked(&fleet.keys[0], &fleet.frame(0, &readings), rng);
        let membership = fleet.registry.membership(fleet.positions[0]).expect("the device is enrolled");
        let mut frame = EnrolledFrame::new(signed, &membership);
        frame.position = Position::new(rng.next_u32() >> 11).expect("below 2^21");
        fill(&mut frame.path, rng);
        let (root, paths) = random_tree(&fleet, rng);
        fleet.policy = with_fence(&fleet.policy, root);
        let mut witness = fleet.track_of(frame, 0);
        if let [_, second, third, ..] = &mut witness.choices[..] {
            (*second, *third) = (Choice::LeftOut, Choice::Starts);
        }
        let place =
            |place: usize| InFence { triangle: triangles[place], index: index_of(place), path: paths[place] };
        witness.places = Places { triangles: std::array::from_fn(place) };
        let binding = Binding::new(137, [1; 20], [2; 20], &self.id());
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }
}

/// Where the place is in the random tree: each in a group of its own, four groups in a branch, both branches in one node.
fn index_of(place: usize) -> u32 {
    let (branch, group) = (place / A_BRANCH, place % A_BRANCH);
    u32::try_from(64 * branch + 8 * group + group).expect("below 4,096")
}

/// A fence tree with the fleet's first triangles in it, and nothing that happens to be equal.
fn random_tree(fleet: &Fleet, rng: &mut ChaCha20Rng) -> (FenceRoot, [FencePath; PLACES]) {
    let packed: Vec<Fr> = fleet.fence.triangles().iter().map(|triangle| triangle.pack()).collect();
    let mut random = || -> [Fr; ARITY] { std::array::from_fn(|_| Fr::rand(rng)) };
    let hash = |children: &[Fr; ARITY]| node_hash(Domain::Fence, children);
    let mut groups = [[Fr::ZERO; ARITY]; PLACES];
    let mut branches = [[Fr::ZERO; ARITY]; PLACES / A_BRANCH];
    let (mut tops, mut above) = (random(), random());
    for (branch, nodes) in branches.iter_mut().enumerate() {
        *nodes = random();
        for group in 0..A_BRANCH {
            let place = branch * A_BRANCH + group;
            groups[place] = random();
            groups[place][group] = packed[place];
            nodes[group] = hash(&groups[place]);
        }
        tops[branch] = hash(nodes);
    }
    above[0] = hash(&tops);
    let others = |children: &[Fr; ARITY], digit: usize| -> [Fr; ARITY - 1] {
        std::array::from_fn(|other| children[other + usize::from(other >= digit)])
    };
    let path = |place: usize| {
        let (branch, group) = (place / A_BRANCH, place % A_BRANCH);
        MerklePath {
            siblings: [
                others(&groups[place], group),
                others(&branches[branch], group),
                others(&tops, branch),
                others(&above, 0),
            ],
        }
    };
    (FenceRoot::from_field(hash(&above)), std::array::from_fn(path))
}

impl Extract for Track {
    fn extract(&self, free: &FreeInputs<'_>) -> Option<TrackWitness> {
        let device = EnrolledInputs { free, instance: None, base: "" };
        let (leaf, signature) = (device.leaf()?, device.signature()?);
        let children = free.named(None, Rule::MEMBERSHIP.scope(), "child");
        let (path, position) = extract::path(Domain::Node, leaf.hash(), &children)?;
        let secret = free.one(None, Rule::IDENTITY.scope(), "device secret")?;
        let (samples, choices) = samples(self, free)?;
        let frame = extract::frame(free, (None, ""), samples)?;
        Some(TrackWitness {
            policy: extract::policy::<Self>(free)?,
            places: places(free)?,
            frame: EnrolledFrame {
                signed: SignedFrame::insecure_unverified(frame, leaf.key, signature),
                identity: leaf.identity,
                attributes: leaf.attributes,
                position: Position::new(position).ok()?,
                path,
            },
            choices,
            secret: DeviceSecret::from_be_bytes(&field::to_be_bytes(&secret)).ok()?,
        })
    }
}

/// The samples that are there, and what is said of each.
fn samples(statement: &Track, free: &FreeInputs<'_>) -> Option<(Vec<Sample>, Vec<Choice>)> {
    let mut samples = Vec::new();
    let mut choices = Vec::new();
    for index in 0..statement.samples() {
        let one = |scope: Rule, name| free.one(Some(index), scope.scope(), name);
        if one(rules::SAMPLES, "present")? == Fr::ZERO {
            break;
        }
        let parts = ["offset", "latitude", "longitude", "accuracy", "channel 0", "channel 1", "channel 2"];
        let parts = parts.map(|name| one(rules::SAMPLES, name));
        samples.push(extract::sample(parts.into_iter().collect::<Option<Vec<Fr>>>()?.try_into().ok()?)?);
        let counted = one(rules::COUNTED, "counted")? == Fr::ONE;
        let continues = match index.checked_sub(1) {
            None => Fr::ZERO,
            Some(step) => free.one(Some(step), rules::STEP.scope(), "continues")?,
        };
        choices.push(match (counted, continues == Fr::ONE) {
            (false, _) => Choice::LeftOut,
            (true, false) => Choice::Starts,
            (true, true) => Choice::Continues,
        });
    }
    Some((samples, choices))
}

/// The places with their paths.
fn places(free: &FreeInputs<'_>) -> Option<Places> {
    let named = |name| free.named(None, Rule::FENCE.scope(), name);
    let (nodes, children, triangles) = (named("branch node"), named("child"), named("place"));
    // Of each branch the levels above it, then the group of each place.
    let above = (DEPTH - 2) * ARITY;
    let of_branch = above + A_BRANCH * ARITY;
    let place = |place: usize| {
        let (branch, of) = (place / A_BRANCH, place % A_BRANCH);
        let (above, groups) = children.get(branch * of_branch..)?.get(..of_branch)?.split_at(above);
        let levels =
            [&groups[of * ARITY..][..ARITY], nodes.get(branch * ARITY..)?.get(..ARITY)?, above].concat();
        let packed = triangles.get(place)?;
        let (path, index) = extract::path::<DEPTH>(Domain::Fence, *packed, &levels)?;
        Some(InFence { triangle: extract::triangle(packed)?, index, path })
    };
    let triangles = (0..PLACES).map(place).collect::<Option<Vec<_>>>()?;
    Some(Places { triangles: triangles.try_into().ok()? })
}
