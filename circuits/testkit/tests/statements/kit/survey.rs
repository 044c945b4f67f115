//! `survey` under test: a member and those that are further samples of its frame are one device.

#[path = "survey_own_bad.rs"]
mod bad;
#[path = "survey_lies.rs"]
mod lies;

use std::sync::OnceLock;

use zksensor_circuits::statement::survey::{Survey, SurveyDevice, SurveyInputs, SurveyWitness};
use zksensor_circuits::statement::{Binding, Claim, Rule};
use zksensor_model::claim::survey as rules;
use zksensor_model::field::Fr;
use zksensor_model::policy::Outputs;
use zksensor_model::primitives::eddsa::Signature;
use zksensor_model::reading::Location;
use zksensor_model::registry::Chunk;
use zksensor_model::survey::{Quality, SurveyParts, SurveyRules};
use zksensor_testkit::{ClaimOf, Conformance, Fleet, FleetOptions, middle};

use super::tested::{Lies, Tested};
use super::{CAPACITY, Member, TRIANGLES, World, millis};

/// The extremes, which any number of devices may publish.
const EXTREMES: Outputs = Outputs { sum_of_squares: false, minimum: true, maximum: true };
const ALL: Outputs = Outputs { sum_of_squares: true, ..EXTREMES };

fn shape(devices: usize, samples: usize, levels: u8, quality: bool) -> Survey {
    Survey::new(devices, samples, TRIANGLES, levels.into(), quality).unwrap()
}

impl Tested for Survey {
    fn kit() -> &'static Conformance<Self> {
        static KIT: OnceLock<Conformance<Survey>> = OnceLock::new();
        KIT.get_or_init(|| Conformance::new(shape(CAPACITY, 7, Fleet::LEVELS, true)))
    }

    fn small() -> Self {
        shape(2, 7, Fleet::LEVELS, true)
    }

    /// A device a member, as a world has them unless it says otherwise.
    fn room() -> usize {
        Self::small().devices()
    }

    /// Without the rules of quality; a cap that is the leaves, and a chunk that is the registry; two steps of the chain.
    fn branches() -> Vec<Self> {
        vec![
            Self::small(),
            shape(2, 7, Chunk::LEAST_LEVELS, false),
            shape(2, 7, Chunk::MOST_LEVELS, true),
            shape(2, 14, Fleet::LEVELS, false),
        ]
    }

    fn claim(world: &World, binding: Binding) -> ClaimOf<Self> {
        let witness = world.survey_witness();
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }

    fn good() -> World {
        surveyed(5, 3, FleetOptions::of::<Self>())
    }

    /// Eight devices, every output asked for, a sample of the last left out.
    fn telling() -> ClaimOf<Self> {
        let world = surveyed(CAPACITY, 3, FleetOptions { k: 8, outputs: ALL, ..FleetOptions::of::<Self>() });
        let binding = Binding::new(137, [1; 20], [2; 20], &Self::kit().statement().id());
        let (_, mut witness) = Self::claim(&world, binding);
        witness.devices[CAPACITY - 1].counted[1] = false;
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }

    const ELSEWHERE: &'static [&'static str] = &["eddsa"];

    const COMPARES: &'static [Rule] = &[rules::SPREAD, rules::STEP];

    const CHANNELS: u8 = 3;

    fn sparse() -> World {
        World::new(1, FleetOptions { outputs: EXTREMES, ..Self::options() })
    }

    fn unused() -> World {
        let options = FleetOptions { outputs: EXTREMES, ..FleetOptions::of::<Self>() };
        let mut world = surveyed(6, 2, options);
        // A device of one sample.
        world.members.truncate(11);
        world
    }

    /// The first device's frame.
    fn signed(world: &World) -> (Fr, Signature) {
        let signed = &world.survey_witness().devices[0].frame.signed;
        (signed.frame().message(), *signed.signature())
    }

    /// Extremes published or not, full frames and single samples, equal values, each channel, steps as large as may be both ways, and
    /// samples left out first, last and between.
    fn own_worlds() -> Vec<World> {
        let mut worlds = Vec::new();
        for flags in 0..4u8 {
            let outputs = Outputs { sum_of_squares: false, minimum: flags & 2 != 0, maximum: flags & 1 != 0 };
            for values in [&[Fleet::LOW, Fleet::HIGH][..], &[7, 7], &[Fleet::HIGH]] {
                let mut world = World::new(values.len(), FleetOptions { outputs, ..Self::options() });
                world.values(values);
                worlds.push(world);
            }
        }
        for channel in 0..Self::CHANNELS {
            worlds.push(World::new(2, FleetOptions { channel, ..Self::options() }));
        }
        worlds.extend([surveyed(2, 7, Self::options()), surveyed(1, 6, Self::options())]);
        for values in [[0, 5, 0, 5, 0, 5, 0], [5, 0, 5, 5, 10, 10, 5], [0, 0, 0, 0, 0, 0, 5]] {
            let mut steps = surveyed(1, 7, Self::options());
            steps.values(&values).quality(5, 5);
            worlds.push(steps);
        }
        worlds.extend(places());
        worlds
    }

    /// No policy asks for the sum of squares of fewer than eight devices.
    fn own_large_worlds() -> Vec<World> {
        let options = FleetOptions { k: 8, outputs: ALL, ..FleetOptions::of::<Self>() };
        let mut world = surveyed(CAPACITY, 7, options.clone());
        let mut worlds = vec![world.clone(), World::new(CAPACITY, options)];
        for value in [Fleet::LOW, 0, Fleet::HIGH] {
            worlds.push(world.values(&[value; CAPACITY * 7]).clone());
        }
        worlds
    }

    fn own_bad() -> Vec<ClaimOf<Self>> {
        let mut bad = Vec::new();
        // Of its statistics and numbers.
        let mut world = surveyed(2, 3, FleetOptions { outputs: EXTREMES, ..Self::options() });
        world.values(&[1_000, 1_500, 1_250, 2_000, 2_500, 2_250]);
        let (_, mut witness) = Self::claim(&world, Binding::NONE);
        witness.devices[1].counted[2] = false;
        let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
        let claims = [
            SurveyInputs { sum: inputs.sum + 1, ..inputs },
            SurveyInputs { sum_of_squares: 1, ..inputs },
            SurveyInputs { minimum: inputs.minimum + 1, ..inputs },
            SurveyInputs { maximum: inputs.maximum + 1, ..inputs },
            SurveyInputs { devices: 1, ..inputs },
            SurveyInputs { devices: 3, ..inputs },
            SurveyInputs { counted: inputs.counted + 1, ..inputs },
            SurveyInputs { left_out: 0, ..inputs },
        ];
        bad.extend(claims.map(|inputs| (inputs, witness.clone())));
        bad.extend(bad::all());
        bad
    }

    fn own_lies() -> Vec<Lies<Self>> {
        lies::all()
    }
}

/// `devices` devices with frames of `samples` samples, a second apart, their values going up by a hundred.
pub(in super::super) fn surveyed(devices: usize, samples: usize, options: FleetOptions) -> World {
    let mut world = World::new(devices, options);
    let channel = usize::from(world.fleet.policy.parts().channel);
    let of_device = |member: &Member| {
        let member = member.clone();
        (0..samples).map(move |sample| {
            let mut of_frame = member.clone();
            of_frame.further = sample > 0;
            of_frame.reading.time = millis(member.reading.time.get() + 1_000 * sample as u64);
            of_frame.reading.channels[channel] += 100 * i64::try_from(sample).unwrap();
            of_frame
        })
    };
    world.members = world.members.iter().flat_map(of_device).collect();
    world
}

/// A device whose samples lie in four triangles, each in turn in its own place.
fn places() -> Vec<World> {
    let mut world = surveyed(1, 7, Survey::options());
    let triangles = world.fleet.fence.triangles().to_vec();
    for sample in 0..7 {
        let location: Location = middle(&triangles[sample % 4 + 1]);
        world.edit(sample, |reading| reading.location = location);
    }
    vec![world]
}

/// The claim of a world of which these samples are counted, device by device.
pub(in super::super) fn counted(world: &World, chosen: &[&[bool]]) -> ClaimOf<Survey> {
    let mut witness = world.survey_witness();
    for (device, counted) in witness.devices.iter_mut().zip(chosen) {
        *device = SurveyDevice::new(&witness.fence, device.frame.clone(), counted.to_vec());
    }
    (witness.inputs(Fleet::EPOCH, Binding::NONE), witness)
}

impl World {
    /// Changes the parameters of a policy for surveys.
    pub(in super::super) fn limits_of_devices(&mut self, change: impl FnOnce(&mut SurveyParts)) -> &mut Self {
        self.policy(|policy| {
            let mut parts = *SurveyRules::of(policy.parameters).expect("a policy for surveys").parts();
            change(&mut parts);
            policy.parameters = SurveyRules::new(parts).expect("good parts").parameters();
        })
    }

    /// Asks for this quality.
    pub(in super::super) fn quality(&mut self, least_spread: u64, largest_step: u64) -> &mut Self {
        self.limits_of_devices(|parts| parts.quality = Some(Quality { least_spread, largest_step }))
    }

    /// The survey of the members, in their order, every sample counted.
    pub(in super::super) fn survey_witness(&self) -> SurveyWitness {
        let tree = self.tree();
        let devices = self.members.chunk_by(|_, member| member.further).map(|members| {
            let frame = self.enrolled_frame(members, &tree);
            SurveyDevice::new(&self.fleet.fence, frame, vec![true; members.len()])
        });
        SurveyWitness {
            policy: self.fleet.policy,
            fence: self.fleet.fence.clone(),
            cap: self.cap(self.chunk()),
            devices: devices.collect(),
        }
    }
}
