//! A made-up fleet: keys, registry, a concave fence with a hole, a policy, signed readings.

use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;

use zksensor_circuits::statement::aggregate::{Aggregate, AggregateWitness};
use zksensor_circuits::statement::histogram::Histogram;
use zksensor_circuits::statement::private_sum::PrivateSum;
use zksensor_circuits::statement::reading::{ReadingWitness, Salt, SingleReading};
use zksensor_circuits::statement::survey::{Survey, SurveyDevice, SurveyWitness};
use zksensor_circuits::statement::track::{EnrolledFrame, Track, TrackWitness};
use zksensor_circuits::statement::{ClaimFamily, EnrolledReading};
use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor_model::fence::{Fence, Triangle};
use zksensor_model::frame::{
    Frame, FrameHeader, FrameLink, GREATEST_CHANNEL, LEAST_CHANNEL, Sample, SignedFrame,
};
use zksensor_model::histogram::HistogramRules;
use zksensor_model::known::KnownFamily;
use zksensor_model::noise::{Beacon, NoiseRules};
use zksensor_model::policy::{
    Devices, Outputs, Parameters, Policy, PolicyParts, SMALLEST_K, StatementFamily,
};
use zksensor_model::reading::{Location, Network, PayloadHash, Reading, SignedReading, UnixMillis};
use zksensor_model::registry::{Chunk, Position, Registry};
use zksensor_model::schema::ABSENT;
use zksensor_model::survey::{Quality, SurveyParts, SurveyRules};
use zksensor_model::track::{Choice, Scales, Step, StepError, TrackParts, TrackRules};

/// An L with a square hole, of our own.
pub const FENCE_GEOJSON: &str = r#"{"type":"Polygon","coordinates":[
  [[11.50,48.10],[11.60,48.10],[11.60,48.13],[11.55,48.13],[11.55,48.17],[11.50,48.17],[11.50,48.10]],
  [[11.51,48.11],[11.51,48.12],[11.53,48.12],[11.53,48.11],[11.51,48.11]]]}"#;

/// [`FENCE_GEOJSON`] as triangles: (latitude, longitude) in units of 1e-7 degree. `zksensor-io`, which makes them of it, is
/// another floor; its tests compare the two.
pub const FENCE_TRIANGLES: [[[i32; 2]; 3]; 10] = [
    [[481_000_000, 115_000_000], [481_000_000, 116_000_000], [481_300_000, 116_000_000]],
    [[481_000_000, 115_000_000], [481_100_000, 115_100_000], [481_200_000, 115_100_000]],
    [[481_000_000, 115_000_000], [481_100_000, 115_300_000], [481_100_000, 115_100_000]],
    [[481_000_000, 115_000_000], [481_200_000, 115_100_000], [481_700_000, 115_000_000]],
    [[481_000_000, 115_000_000], [481_300_000, 116_000_000], [481_100_000, 115_300_000]],
    [[481_100_000, 115_300_000], [481_300_000, 116_000_000], [481_200_000, 115_300_000]],
    [[481_200_000, 115_100_000], [481_200_000, 115_300_000], [481_300_000, 116_000_000]],
    [[481_200_000, 115_100_000], [481_300_000, 115_500_000], [481_700_000, 115_000_000]],
    [[481_200_000, 115_100_000], [481_300_000, 116_000_000], [481_300_000, 115_500_000]],
    [[481_300_000, 115_500_000], [481_700_000, 115_500_000], [481_700_000, 115_000_000]],
];

/// (latitude, longitude) in units of 1e-7 degree: in the fence.
pub const IN_FENCE: (i32, i32) = (481_050_000, 115_700_000);
/// In the hole.
pub const IN_HOLE: (i32, i32) = (481_150_000, 115_200_000);
/// In the bounding box, beyond the concave corner.
pub const OUTSIDE: (i32, i32) = (481_600_000, 115_800_000);

const ORIGIN: u64 = 1_790_000_000_000;
const LENGTH: u64 = 3_600_000;

/// What of a fleet varies.
#[derive(Debug, Clone)]
pub struct FleetOptions {
    /// Devices, enrolled in order.
    pub devices: usize,
    /// Which statement the policy is for.
    pub family: StatementFamily,
    /// Least number of readings.
    pub k: u32,
    /// What is published.
    pub outputs: Outputs,
    /// Class of the policy.
    pub device_class: Option<u16>,
    /// Channel of the policy.
    pub channel: u8,
    /// Seed of every key.
    pub seed: u64,
}

impl Default for FleetOptions {
    fn default() -> Self {
        FleetOptions {
            devices: 16,
            family: Aggregate::FAMILY,
            k: SMALLEST_K,
            outputs: Outputs::default(),
            device_class: Some(7),
            channel: 0,
            seed: 1,
        }
    }
}

impl FleetOptions {
    /// Those of a fleet for this family: one device is enough for a proof of one.
    pub fn of<C: ClaimFamily>() -> Self {
        let k = match C::FAMILY.devices() {
            Devices::One => 1,
            Devices::AtLeastK => SMALLEST_K,
        };
        FleetOptions { family: C::FAMILY, k, ..FleetOptions::default() }
    }
}

/// The fleet.
#[derive(Debug, Clone)]
pub struct Fleet {
    /// Where its devices are enrolled.
    pub registry: Registry,
    /// Signing keys, in the order of enrolment.
    pub keys: Vec<DeviceKey>,
    /// Identity secrets, in the order of enrolment.
    pub secrets: Vec<DeviceSecret>,
    /// Leaf positions, in the order of enrolment.
    pub positions: Vec<Position>,
    /// The fence of [`FENCE_GEOJSON`].
    pub fence: Fence,
    /// The policy.
    pub policy: Policy,
}

impl Fleet {
    /// The epoch of the readings.
    pub const EPOCH: u32 = 2;
    /// Least value of the policy.
    pub const LOW: i64 = -40_000;
    /// Greatest value of the policy.
    pub const HIGH: i64 = 60_000;
    /// Bits of the scale of noise, of a policy for a private sum.
    pub const NOISE_SCALE_BITS: u8 = 17;
    /// Width of a bin, of a policy for a histogram: the last one takes 10,001 values.
    pub const BIN_WIDTH: u64 = 6_000;
    /// Greatest accuracy of the policy, in millimetres.
    pub const MAX_ACCURACY: u32 = 10_000;
    /// Schema of the readings.
    pub const SCHEMA: u32 = 3;
    /// Levels of the chunk of its aggregates: the first 512 devices are in one.
    pub const LEVELS: u8 = 3;

    /// Makes the fleet.
    pub fn new(options: &FleetOptions) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(options.seed);
        let triangles = FENCE_TRIANGLES.map(|corners| Triangle::try_from(corners).expect("ours have area"));
        let fence = Fence::new(triangles.to_vec()).expect("our own fence is a good one");
        let keys: Vec<DeviceKey> = (0..options.devices).map(|_| DeviceKey::generate(&mut rng)).collect();
        let secrets: Vec<DeviceSecret> =
            (0..options.devices).map(|_| DeviceSecret::generate(&mut rng)).collect();
        let mut registry = Registry::new();
        let leaves: Vec<Leaf> = keys.iter().zip(&secrets).map(|(key, secret)| leaf(key, secret)).collect();
        let positions = registry.enrol_all(leaves).expect("new keys of prime order");
        let policy = Policy::new(PolicyParts {
            network: network(),
            fence: fence.root(),
            low: Self::LOW,
            high: Self::HIGH,
            max_accuracy_mm: Self::MAX_ACCURACY,
            epoch_origin: millis(ORIGIN),
            epoch_length_ms: LENGTH,
            k: options.k,
            family: options.family,
            statement_version: KnownFamily::named(options.family.name()).map_or(1, KnownFamily::version),
            schema: Self::SCHEMA,
            channel: options.channel,
            device_class: options.device_class,
            outputs: options.outputs,
            parameters: parameters(options.family, &fence),
            insecure_small_k: options.k < SMALLEST_K,
        })
        .expect("the options make a good policy");
        Fleet { registry, keys, secrets, positions, fence, policy }
    }

    /// A good reading of device `index`: in the fence, in the epoch, its value spread over the policy's range.
    pub fn reading(&self, index: usize) -> Reading {
        let spread = i64::try_from(index * 7919 % 1000).expect("below 1000");
        let value = Self::LOW + (Self::HIGH - Self::LOW) * spread / 999;
        let step = i32::try_from(index % 97).expect("below 97");
        let mut channels = [11, -12, 13, -14];
        channels[usize::from(self.policy.parts().channel)] = value;
        Reading {
            network: network(),
            schema: Self::SCHEMA,
            sequence: index as u64,
            time: millis(ORIGIN + LENGTH * u64::from(Self::EPOCH) + 1000 * index as u64 % LENGTH),
            location: location((IN_FENCE.0 + 10 * step, IN_FENCE.1 + 17 * step)),
            accuracy_mm: 1500,
            channels,
            payload_hash: PayloadHash::of(&(index as u64).to_be_bytes()),
        }
    }

    /// Signs a reading with the key of device `index`.
    pub fn sign(&self, index: usize, reading: &Reading) -> SignedReading {
        self.keys[index].sign(reading).expect("the accuracy is not zero")
    }

    /// A signed reading of device `index` with its registration.
    pub fn enrolled(&self, index: usize, reading: &Reading) -> EnrolledReading {
        let membership = self.registry.membership(self.positions[index]).expect("the device is enrolled");
        EnrolledReading::new(self.sign(index, reading), &membership)
    }

    /// The first chunk of so many levels.
    pub fn chunk(levels: u8) -> Chunk {
        Chunk::new(levels, 0).expect("a chunk of the registry")
    }

    /// The witness of an aggregate of these readings, in the order of the positions.
    pub fn aggregate_of(&self, readings: Vec<EnrolledReading>) -> AggregateWitness {
        self.aggregate_in(Fleet::chunk(Self::LEVELS), readings)
    }

    /// The witness of an aggregate of these readings of this chunk, in the order of the positions.
    pub fn aggregate_in(&self, chunk: Chunk, mut readings: Vec<EnrolledReading>) -> AggregateWitness {
        readings.sort_by_key(|reading| reading.position);
        let cap = self.registry.cap(chunk);
        AggregateWitness { policy: self.policy, fence: self.fence.clone(), cap, readings }
    }

    /// The witness of an aggregate of the good readings of the first `count` devices.
    pub fn aggregate(&self, count: usize) -> AggregateWitness {
        self.aggregate_of((0..count).map(|index| self.enrolled(index, &self.reading(index))).collect())
    }

    /// The beacon of private sums.
    pub fn beacon() -> Beacon {
        Beacon::of_randomness(&[0xbe; 32])
    }

    /// The statement that holds `capacity` readings and this fence.
    pub fn statement(&self, capacity: usize) -> Aggregate {
        let triangles = self.fence.triangles().len().next_multiple_of(8);
        Aggregate::new(capacity, triangles, Self::LEVELS.into()).expect("a shape of this fence")
    }

    /// The witness of a good reading of device `index`.
    pub fn single(&self, index: usize) -> ReadingWitness {
        self.single_of(index, &self.reading(index))
    }

    /// The witness of this reading of device `index`.
    pub fn single_of(&self, index: usize, reading: &Reading) -> ReadingWitness {
        let mut rng = ChaCha20Rng::seed_from_u64(1000 + index as u64);
        let enrolled = self.enrolled(index, reading);
        ReadingWitness::new(
            self.policy,
            &self.fence,
            enrolled,
            self.secrets[index].clone(),
            Salt::generate(&mut rng),
        )
    }

    /// The frame of device `index` whose samples are these readings, in this order; what a frame has once is of the first.
    ///
    /// # Panics
    /// If there are none, too many, or one is over 49 days after the first of them.
    pub fn frame(&self, index: usize, readings: &[Reading]) -> SignedFrame {
        let first = readings.first().expect("a frame has samples");
        let start = readings.iter().map(|reading| reading.time.get()).min().expect("there is one");
        let header = FrameHeader {
            network: first.network,
            schema: first.schema,
            sequence: first.sequence,
            start: millis(start),
            link: FrameLink::NONE,
            payload_hash: first.payload_hash,
        };
        let sample = |reading: &Reading| Sample {
            offset_ms: u32::try_from(reading.time.get() - start).expect("a frame is of 49 days"),
            location: reading.location,
            accuracy_mm: reading.accuracy_mm,
            channels: std::array::from_fn(|channel| match reading.channels[channel] {
                ABSENT => ABSENT,
                value => value.clamp(LEAST_CHANNEL, GREATEST_CHANNEL),
            }),
        };
        // As the readings are, which need not be good: hostile vectors are made of them.
        let frame = Frame::insecure_unchecked(header, readings.iter().map(sample).collect());
        self.keys[index].sign_frame(frame.expect("1 to 1,001 readings"))
    }

    /// The witness of a track of the first device whose frame has `count` samples of a device that goes up and down a street of
    /// 500 metres, five a second.
    pub fn track(&self, count: usize) -> TrackWitness {
        let along = |index: usize| {
            let step = i32::try_from((index % 200).min(200 - index % 200)).expect("up to 100");
            location((IN_FENCE.0 + 400 * step, IN_FENCE.1 + 300 * step))
        };
        let reading = |index: usize| Reading { location: along(index), ..self.reading(index) };
        let readings: Vec<Reading> = (0..count).map(reading).collect();
        let membership = self.registry.membership(self.positions[0]).expect("the device is enrolled");
        self.track_of(EnrolledFrame::new(self.frame(0, &readings), &membership), 0)
    }

    /// The witness of a track of this frame of device `index`, of which every sample is counted that can be, in as few legs as
    /// there can be.
    pub fn track_of(&self, frame: EnrolledFrame, index: usize) -> TrackWitness {
        let samples = frame.signed.frame().samples();
        let choices = match self.policy.track_rules() {
            Some(rules) => every_step(&rules, samples),
            None => vec![Choice::Starts; samples.len()], // a policy for something else
        };
        TrackWitness::new(self.policy, &self.fence, frame, choices, self.secrets[index].clone())
    }

    /// The witness of a survey of these devices of this chunk, in the order of the positions.
    pub fn survey_in(&self, chunk: Chunk, mut devices: Vec<SurveyDevice>) -> SurveyWitness {
        devices.sort_by_key(|device| device.frame.position);
        let cap = self.registry.cap(chunk);
        SurveyWitness { policy: self.policy, fence: self.fence.clone(), cap, devices }
    }

    /// Device `index` with a frame of `count` samples, a second apart, all of them counted: at one place, its value going up and down
    /// about that of its reading.
    pub fn surveyed(&self, index: usize, count: usize) -> SurveyDevice {
        let channel = usize::from(self.policy.parts().channel);
        let first = self.reading(index);
        let reading = |sample: usize| {
            let mut reading = first;
            let up = i64::try_from(sample % 12).expect("below 12");
            reading.channels[channel] = (reading.channels[channel] + 37 * up.min(12 - up)).min(Self::HIGH);
            reading.time = millis(first.time.get() + 1000 * sample as u64);
            reading
        };
        let readings: Vec<Reading> = (0..count).map(reading).collect();
        let membership = self.registry.membership(self.positions[index]).expect("the device is enrolled");
        let frame = EnrolledFrame::new(self.frame(index, &readings), &membership);
        SurveyDevice::new(&self.fence, frame, vec![true; count])
    }

    /// The statement of one reading.
    pub fn reading_statement(&self) -> SingleReading {
        SingleReading
    }
}

/// Every sample that is later than the counted one before, in a leg with it if that may be.
pub(crate) fn every_step(rules: &TrackRules, samples: &[Sample]) -> Vec<Choice> {
    let mut last: Option<&Sample> = None;
    let choose = |sample| {
        let choice = match last.map(|last| Step::between(rules, last, sample)) {
            Some(Err(StepError::Order)) => Choice::LeftOut,
            Some(Ok(_)) => Choice::Continues,
            Some(Err(_)) | None => Choice::Starts,
        };
        last = if choice.is_counted() { Some(sample) } else { last };
        choice
    };
    samples.iter().map(choose).collect()
}

/// A location from (latitude, longitude) in units of 1e-7 degree.
fn location((latitude, longitude): (i32, i32)) -> Location {
    Location::from_e7(latitude, longitude).expect("a location of our own")
}

fn millis(time: u64) -> UnixMillis {
    UnixMillis::new(time).expect("below 2^48")
}

fn network() -> Network {
    Network::new(80002, [0x11; 20])
}

/// Those of the family: for tracks of a fast device, that may be of one sample; for surveys of sensors that may be stuck, with a
/// sample each; for histograms whose last bin is wider than the others; for noise of about the range.
fn parameters(family: StatementFamily, fence: &Fence) -> Parameters {
    if family == Survey::FAMILY {
        return survey(Some(Quality { least_spread: 0, largest_step: 60_000 }));
    }
    if family == Histogram::FAMILY {
        return HistogramRules::new(Fleet::BIN_WIDTH).expect("our own is good").parameters();
    }
    if family == PrivateSum::FAMILY {
        return NoiseRules::new(Fleet::NOISE_SCALE_BITS).expect("our own is good").parameters();
    }
    if family != Track::FAMILY {
        return Parameters::NONE;
    }
    let rules = TrackRules::new(TrackParts {
        top_speed_mm_s: 500_000,
        longest_gap_ms: 60_000,
        jitter_mm: 2_000,
        scales: Scales::over(fence).expect("far from the poles"),
        slot_ms: 600_000,
        least_samples: 1,
        most_left_out: 7,
    });
    rules.expect("our own are good").parameters()
}

/// Parameters for surveys that ask for this quality, or for none.
pub(crate) fn survey(quality: Option<Quality>) -> Parameters {
    let rules = SurveyRules::new(SurveyParts { least_samples: 1, most_left_out: 7, quality });
    rules.expect("our own are good").parameters()
}

fn leaf(key: &DeviceKey, secret: &DeviceSecret) -> Leaf {
    let attributes = Attributes { class: 7, expiry: millis(ORIGIN + 1000 * LENGTH), owner: 0xabcd };
    Leaf { key: *key.public(), identity: secret.identity(), attributes }
}
