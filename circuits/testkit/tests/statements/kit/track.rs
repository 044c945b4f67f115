//! `track` under test: the members of a world are one device's samples.

#[path = "track_lies.rs"]
mod lies;

use std::sync::OnceLock;

use zksensor_circuits::statement::track::{Track, TrackInputs, TrackWitness};
use zksensor_circuits::statement::{Binding, Claim};
use zksensor_model::device::Identity;
use zksensor_model::field::Fr;
use zksensor_model::primitives::eddsa::Signature;
use zksensor_model::reading::{Location, Reading};
use zksensor_model::track::{Choice, TrackParts, TrackRules};
use zksensor_testkit::{ClaimOf, Conformance, Fleet, FleetOptions};

use super::tested::{Lies, Tested};
use super::{World, millis};

impl Tested for Track {
    fn kit() -> &'static Conformance<Self> {
        static KIT: OnceLock<Conformance<Track>> = OnceLock::new();
        KIT.get_or_init(|| Conformance::new(Track::new(14).unwrap()))
    }

    fn small() -> Self {
        Track::new(7).unwrap()
    }

    /// Of the members' readings in the order of their time, those after the expiry left out unless all of them are.
    fn claim(world: &World, binding: Binding) -> ClaimOf<Self> {
        let mut sorted = world.clone();
        let mut readings: Vec<Reading> = world.members.iter().map(|member| member.reading).collect();
        readings.sort_by_key(|reading| reading.time);
        sorted.members.iter_mut().zip(readings).for_each(|(member, reading)| member.reading = reading);
        let mut witness = sorted.track_witness();
        let expiry = witness.frame.attributes.expiry;
        let expired: Vec<bool> = sorted.members.iter().map(|member| member.reading.time >= expiry).collect();
        if !expired.iter().all(|expired| *expired) {
            let choices = witness.choices.iter_mut().zip(expired);
            choices.filter(|(_, expired)| *expired).for_each(|(choice, _)| *choice = Choice::LeftOut);
        }
        (witness.inputs(Fleet::EPOCH, binding), witness)
    }

    fn good() -> World {
        moving(9)
    }

    /// With samples left out, as many as the policy allows, and as many counted as it wants.
    fn telling() -> ClaimOf<Self> {
        let mut world = moving(9);
        world.limits(|parts| (parts.least_samples, parts.most_left_out) = (7, 2));
        let mut witness = world.track_witness();
        for (sample, choice) in [(2, Choice::LeftOut), (3, Choice::Starts), (6, Choice::LeftOut)] {
            witness.choices[sample] = choice;
        }
        (
            witness.inputs(Fleet::EPOCH, Binding::new(137, [1; 20], [2; 20], &Track::new(14).unwrap().id())),
            witness,
        )
    }

    const ELSEWHERE: &'static [&'static str] = &["eddsa"];

    const CHANNELS: u8 = 3;

    fn signed(world: &World) -> (Fr, Signature) {
        let signed = world.track_witness().frame.signed;
        (signed.frame().message(), *signed.signature())
    }

    const LOOSE: &'static [(&'static str, i8)] =
        &[("legs", 1), ("distance_cm", -1), ("observed_ms", -1), ("slots", -1)];

    fn sparse() -> World {
        World::new(1, FleetOptions::of::<Track>())
    }

    /// Every channel at the ends of the policy's range; and devices that move, rest, pause and jump.
    fn own_worlds() -> Vec<World> {
        let mut worlds = Vec::new();
        for channel in 0..Self::CHANNELS {
            for value in [Fleet::LOW, 0, Fleet::HIGH] {
                let mut world = World::new(2, FleetOptions { channel, ..Self::options() });
                world.values(&[value, value]);
                worlds.push(world);
            }
        }
        worlds.extend([moving(7), moving(3)]);
        let mut paused = moving(5);
        later(&mut paused, 2..5, 100_000);
        let mut jumped = moving(5);
        jumped.edit(3, |reading| reading.location = Location::from_e7(481_020_000, 115_990_000).unwrap());
        let mut slots = moving(6);
        later(&mut slots, 3..6, 40_000);
        slots.limits(|parts| parts.slot_ms = 7_000);
        worlds.extend([paused, jumped, slots]);
        worlds
    }

    fn own_large_worlds() -> Vec<World> {
        vec![moving(14), moving(8)]
    }

    fn own_lies() -> Vec<Lies<Self>> {
        lies::all()
    }

    fn own_bad() -> Vec<ClaimOf<Self>> {
        let mut bad = Vec::new();
        let mut world = moving(3);
        world.members[0].leaf.identity = Identity::from_field(Fr::from(0u64));
        bad.push(Self::claim(&world, Binding::NONE));
        // Too late, too fast, out of order, of no leg; each claims nothing.
        let mut late = moving(3);
        later(&mut late, 2..3, 60_000);
        bad.push(chosen(&late, &[Choice::Starts, Choice::Continues, Choice::Continues]));
        let mut fast = moving(3);
        fast.edit(2, |reading| reading.location = Location::from_e7(481_020_000, 115_990_000).unwrap());
        bad.push(chosen(&fast, &[Choice::Starts, Choice::Continues, Choice::Continues]));
        let mut same = moving(3);
        let time = same.members[1].reading.time;
        same.edit(2, |reading| reading.time = time);
        bad.push(chosen(&same, &[Choice::Starts, Choice::Continues, Choice::Starts]));
        bad.push(chosen(&moving(3), &[Choice::LeftOut, Choice::Continues, Choice::Continues]));
        // One more or less than there is, of each claim.
        let (good, witness) = Self::claim(&moving(5), Binding::NONE);
        let claims = [
            TrackInputs { samples: good.samples + 1, ..good },
            TrackInputs { legs: good.legs - 1, ..good },
            TrackInputs { distance_cm: good.distance_cm + 1, ..good },
            TrackInputs { observed_ms: good.observed_ms + 1, ..good },
            TrackInputs { slots: good.slots + 1, ..good },
        ];
        bad.extend(claims.map(|inputs| (inputs, witness.clone())));
        let left_out = chosen(&moving(3), &[Choice::Starts, Choice::LeftOut, Choice::Starts]);
        bad.push((TrackInputs { left_out: 0, ..left_out.0 }, left_out.1));
        bad
    }
}

/// `count` samples, one a second, some 55 metres apart.
pub(in super::super) fn moving(count: usize) -> World {
    let mut world = World::new(count, FleetOptions::of::<Track>());
    for (index, member) in world.members.iter_mut().enumerate() {
        let step = i32::try_from(index).unwrap();
        let (latitude, longitude) = (481_020_000 + 4_000 * step, 115_700_000 + 4_500 * step);
        member.reading.location = Location::from_e7(latitude, longitude).unwrap();
    }
    world
}

/// Moves samples to a later time.
pub(in super::super) fn later(world: &mut World, samples: std::ops::Range<usize>, millis_later: u64) {
    for sample in samples {
        world.edit(sample, |reading| reading.time = millis(reading.time.get() + millis_later));
    }
}

/// The claim of all that these choices show, or of nothing if they do not add up.
pub(in super::super) fn chosen(world: &World, choices: &[Choice]) -> ClaimOf<Track> {
    let mut witness = world.track_witness();
    witness.choices = choices.to_vec();
    let inputs = witness.inputs(Fleet::EPOCH, Binding::NONE);
    (inputs, witness)
}

impl World {
    /// Changes the parameters of a policy for tracks.
    pub(in super::super) fn limits(&mut self, change: impl FnOnce(&mut TrackParts)) -> &mut Self {
        self.policy(|policy| {
            let mut parts = *TrackRules::of(policy.parameters).expect("a policy for tracks").parts();
            change(&mut parts);
            policy.parameters = TrackRules::new(parts).expect("good parts").parameters();
        })
    }

    /// The frame of the first member's device whose samples are the readings of all members, in their order.
    pub(in super::super) fn track_witness(&self) -> TrackWitness {
        let first = &self.members[0];
        let frame = self.enrolled_frame(&self.members, &World::tree_of(&self.members[..1]));
        self.fleet.track_of(frame, first.device)
    }
}
