//! `survey` as the kit knows it.

use ark_ff::{AdditiveGroup, UniformRand};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;

use super::{ClaimOf, SmallFence, Specimen};
use crate::extract::{self, EnrolledInputs, Extract, FreeInputs};
use crate::fleet::survey;
use crate::generic::{elsewhere, fill, linked, middle, with_fence};
use crate::{Fleet, FleetOptions};
use zksensor_circuits::gadgets::membership::ARITY;
use zksensor_circuits::statement::survey::{
    EnrolledFrame, PLACES, Survey, SurveyDevice, SurveyInputs, SurveyWitness,
};
use zksensor_circuits::statement::{Binding, Claim, Rule};
use zksensor_model::claim::survey as rules;
use zksensor_model::fence::{Fence, Triangle};
use zksensor_model::field::Fr;
use zksensor_model::frame::{Sample, SignedFrame};
use zksensor_model::policy::{Outputs, Policy, PolicyParts, SMALLEST_K};
use zksensor_model::primitives::poseidon::Domain;
use zksensor_model::reading::{PayloadHash, Reading, UnixMillis};
use zksensor_model::registry::{CAP, ChunkCap, Position, TREE_DEPTH};
use zksensor_model::survey::Quality;

/// Triangles of the fence where constraints are golden.
const COST_TRIANGLES: usize = 32;
/// (devices, samples, triangles, levels) whose rows are golden, with and without quality: about whole groups, chunks and fences.
const ROW_SHAPES: [(usize, usize, usize, usize); 6] =
    [(1, 7, 8, 2), (2, 7, 16, 3), (3, 14, 24, 3), (9, 7, 72, 4), (16, 28, 32, 3), (2, 7, 256, 7)];
/// In which place each sample of a device lies whose claim is generic. The second is left out, so each place holds one that is not.
const GENERIC_PLACES: [usize; 5] = [0, 0, 1, 2, 3];

fn shape(devices: usize, samples: usize, triangles: usize, levels: usize, quality: bool) -> Survey {
    Survey::new(devices, samples, triangles, levels, quality).expect("a shape of the statement")
}

/// The shape that has a budget.
fn headline(quality: bool) -> Survey {
    shape(16, 28, COST_TRIANGLES, 3, quality)
}

/// What devices of the made-up fleet show.
const QUALITY: Quality = Quality { least_spread: 37, largest_step: 37 };

impl Specimen for Survey {
    const EACH: Option<&'static str> = Some("sample");

    fn each(&self) -> usize {
        self.devices() * self.samples()
    }

    fn unrolled(&self) -> Vec<(&'static str, usize)> {
        vec![("sample", self.samples()), ("step", self.samples() - 1)]
    }

    fn headlines() -> Vec<(&'static str, Self)> {
        vec![("survey_16x28", headline(false)), ("survey_16x28_quality", headline(true))]
    }

    fn cost_shapes() -> Vec<Self> {
        vec![headline(false), headline(true)]
    }

    fn row_shapes() -> Vec<Self> {
        let both = |(devices, samples, triangles, levels)| {
            [false, true].map(|quality| shape(devices, samples, triangles, levels, quality))
        };
        ROW_SHAPES.into_iter().flat_map(both).collect()
    }

    fn unfilled() -> (Self, usize) {
        (shape(2, 7, 16, Fleet::LEVELS.into(), true), 1)
    }

    fn least() -> Self {
        shape(1, 7, 16, Fleet::LEVELS.into(), false)
    }

    /// Every device of a fleet with as many samples as there is room for.
    fn filled(&self) -> Result<SurveyWitness, SmallFence> {
        let (count, chunk) = (self.devices(), self.first_chunk());
        // Of a chunk of 64 positions only some of the first 512 devices are: all of these are enrolled then.
        let devices = if chunk.levels() < Fleet::LEVELS { 512 } else { count };
        let k = u32::try_from(count).map_or(SMALLEST_K, |count| count.min(SMALLEST_K));
        let mut fleet = Fleet::new(&FleetOptions { devices, k, ..FleetOptions::of::<Survey>() });
        let (least, got) = (fleet.statement(1).triangles(), self.triangles());
        if got < least {
            return Err(SmallFence { least, got });
        }
        let quality = self.quality().then_some(QUALITY);
        let parts = PolicyParts { parameters: survey(quality), ..*fleet.policy.parts() };
        fleet.policy = Policy::new(parts).expect("other parameters make a policy");
        let inside = (0..devices).filter(|index| chunk.offset(fleet.positions[*index]).is_some());
        let devices = inside.take(count).map(|index| fleet.surveyed(index, self.samples())).collect();
        Ok(fleet.survey_in(chunk, devices))
    }

    fn inputs_of(witness: &SurveyWitness, binding: Binding) -> SurveyInputs {
        witness.inputs(Fleet::EPOCH, binding)
    }

    /// `count` devices with samples in different triangles of a fence that fills the shape, the second of each left out; the extremes
    /// are published.
    fn generic(&self, count: usize, seed: u64) -> ClaimOf<Self> {
        let rng = &mut ChaCha20Rng::seed_from_u64(seed);
        let outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };
        let options = FleetOptions { devices: count, k: 1, outputs, seed, ..FleetOptions::of::<Survey>() };
        let mut fleet = Fleet::new(&options);
        let mut triangles = fleet.fence.triangles().to_vec();
        while triangles.len() < self.triangles() {
            triangles.push(elsewhere(triangles.len()));
        }
        fleet.fence = Fence::new(triangles).expect("as many triangles as a shape has");
        let quality = self.quality().then_some(Quality { least_spread: 3, largest_step: 70_001 });
        let parts = PolicyParts { parameters: survey(quality), ..*fleet.policy.parts() };
        fleet.policy = with_fence(&Policy::new(parts).expect("other parameters"), fleet.fence.root());
        let first = self.first_chunk();
        let chunk = self.chunk(rng.next_u32() & ((1 << first.index_bits()) - 1)).expect("one that there is");
        // In different subtrees of the cap: this far apart, and a bit more.
        let subtree = 1 << (3 * chunk.levels_below_cap());
        let apart = 5 * subtree;
        let mut offset = rng.next_u32() % apart;
        let devices: Vec<SurveyDevice> = (0..count)
            .map(|index| {
                offset += apart + rng.next_u32() % subtree.min(1_000);
                device(&fleet, index, chunk.index() * chunk.positions() + offset, rng)
            })
            .collect();
        let mut nodes = Box::new([Fr::ZERO; CAP]);
        nodes.fill_with(|| Fr::rand(rng));
        for SurveyDevice { frame, .. } in &devices {
            let (leaf, position) = (frame.leaf().hash(), frame.position);
            let offset = chunk.offset(position).expect("in the chunk");
            let node = frame.path.ancestor(Domain::Node, leaf, position.get(), chunk.levels_below_cap());
            nodes[chunk.cap_index(offset)] = node;
        }
        let siblings = (0..chunk.levels_above()).map(|_| std::array::from_fn(|_| Fr::rand(rng))).collect();
        let cap = ChunkCap::new(chunk, nodes, siblings).expect("as many levels as there are above");
        let witness = SurveyWitness { policy: fleet.policy, fence: fleet.fence, cap, devices };
        let binding = Binding::new(137, [1; 20], [2; 20], &self.id());
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }
}

/// A frame of a device at a random path, random in what no policy reads.
fn device(fleet: &Fleet, index: usize, position: u32, rng: &mut ChaCha20Rng) -> SurveyDevice {
    let triangles = fleet.fence.triangles();
    let channel = usize::from(fleet.policy.parts().channel);
    let reading = |sample: usize, rng: &mut ChaCha20Rng| {
        let mut reading = fleet.reading(13 * index + sample + 1);
        let value = reading.channels[channel];
        reading.channels = [0; 4].map(|_: i64| i64::from(rng.next_u32()) << 7);
        reading.channels[channel] = value;
        let time = reading.time.get() + 45_000 * sample as u64 + u64::from(rng.next_u32() % 900);
        reading.time = UnixMillis::new(time).expect("in the epoch");
        reading.sequence = rng.next_u64();
        reading.payload_hash = PayloadHash::of(&rng.next_u64().to_be_bytes());
        reading.location = middle(&triangles[(index + GENERIC_PLACES[sample]) % PLACES]);
        reading
    };
    let readings: Vec<Reading> = (0..GENERIC_PLACES.len()).map(|sample| reading(sample, rng)).collect();
    let signed = linked(&fleet.keys[index], &fleet.frame(index, &readings), rng);
    let membership = fleet.registry.membership(fleet.positions[index]).expect("the device is enrolled");
    let mut frame = EnrolledFrame::new(signed, &membership);
    frame.position = Position::new(position).expect("below 2^21");
    fill(&mut frame.path, rng);
    let counted = (0..GENERIC_PLACES.len()).map(|sample| sample != 1).collect();
    let mut device = SurveyDevice::new(&fleet.fence, frame, counted);
    device.places = std::array::from_fn(|place| place);
    device
}

/// The name of the block.
const BASE: &str = "device";

impl Extract for Survey {
    fn extract(&self, free: &FreeInputs<'_>) -> Option<SurveyWitness> {
        let packed = free.named(None, Rule::POLICY.scope(), "triangle");
        let mut triangles: Vec<Triangle> = packed.iter().map(extract::triangle).collect::<Option<_>>()?;
        // The fence is filled up with its first triangle.
        while triangles.len() > 1 && triangles.last() == triangles.first() {
            triangles.pop();
        }
        let nodes: [Fr; CAP] = free.named(None, Rule::MEMBERSHIP.scope(), "cap node").try_into().ok()?;
        let above = free.named(None, Rule::MEMBERSHIP.scope(), "child");
        let chunk = self.chunk(free.public::<SurveyInputs>()?.chunk).ok()?;
        let path = extract::path_at::<TREE_DEPTH>(&above, chunk.index());
        let siblings = path.siblings[..above.len() / ARITY].to_vec();
        let active = |instance: &usize| {
            free.one(Some(*instance), Rule::ACTIVITY.scope(), "active") == Some(Fr::from(1u64))
        };
        let device = |instance: usize| {
            let of = EnrolledInputs { free, instance: Some(instance), base: BASE };
            let (leaf, signature) = (of.leaf()?, of.signature()?);
            let (samples, counted) = samples(self, free, instance)?;
            let frame = extract::frame(free, (Some(instance), BASE), samples)?;
            let offset: u32 = of.integer(Rule::CHUNK.scope(), "offset")?;
            let position = chunk.index() * chunk.positions() + offset;
            let children = free.named(Some(instance), Rule::MEMBERSHIP.scope(), "child");
            let places = free.named(Some(instance), Rule::FENCE.scope(), "place");
            let place = |place: &Fr| packed.iter().position(|triangle| triangle == place);
            let places: Vec<usize> = places.iter().map(place).collect::<Option<_>>()?;
            Some(SurveyDevice {
                frame: EnrolledFrame {
                    signed: SignedFrame::insecure_unverified(frame, leaf.key, signature),
                    identity: leaf.identity,
                    attributes: leaf.attributes,
                    position: Position::new(position).ok()?,
                    path: extract::path_at(&children, position),
                },
                counted,
                places: places.try_into().ok()?,
            })
        };
        Some(SurveyWitness {
            policy: extract::policy::<Self>(free)?,
            fence: Fence::new(triangles).ok()?,
            cap: ChunkCap::new(chunk, Box::new(nodes), siblings).ok()?,
            devices: (0..self.devices()).filter(active).map(device).collect::<Option<_>>()?,
        })
    }
}

/// The samples of a device that are there, and which of them are counted.
fn samples(statement: &Survey, free: &FreeInputs<'_>, device: usize) -> Option<(Vec<Sample>, Vec<bool>)> {
    let named = |scope: Rule, name| free.named(Some(device), scope.scope(), name);
    let present = named(rules::SAMPLES, "present");
    let parts = ["offset", "latitude", "longitude", "accuracy", "channel 0", "channel 1", "channel 2"]
        .map(|name| named(rules::SAMPLES, name));
    let counted = named(rules::COUNTED, "counted");
    let (mut samples, mut chosen) = (Vec::new(), Vec::new());
    for index in 0..statement.samples() {
        if *present.get(index)? == Fr::ZERO {
            break;
        }
        let of = parts.each_ref().map(|part| part.get(index).copied());
        samples.push(extract::sample(of.into_iter().collect::<Option<Vec<Fr>>>()?.try_into().ok()?)?);
        chosen.push(*counted.get(index)? == Fr::from(1u64));
    }
    Some((samples, chosen))
}
