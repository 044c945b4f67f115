//! As `aliases`, of a sample in a frame: what one part of the lane has too much or too little of is another part's. Were the width of one
//! left out, others would be what the device did not sign.

use std::sync::atomic::{AtomicUsize, Ordering};

use ark_ff::{Field as _, PrimeField as _};
use zksensor_circuits::statement::Binding;
use zksensor_circuits::statement::survey::Survey;
use zksensor_circuits::statement::track::Track;
use zksensor_circuits::trace::Site;
use zksensor_model::field::{self, Fr};
use zksensor_model::preimages::Sample;
use zksensor_model::reading::Location;
use zksensor_testkit::FleetOptions;

use super::aliases::{SIDE, in_triangle};
use super::kit::{Tested, World, forged};

/// A part of the lane: its place, the name of its hint, and what it is of a sample.
#[derive(Clone, Copy)]
struct Part {
    place: usize,
    name: &'static str,
    of: fn(&Sample<Fr>) -> Fr,
}

const LATITUDE: Part = Part { place: 1, name: "latitude", of: |sample| sample.latitude_e7 };
const LONGITUDE: Part = Part { place: 2, name: "longitude", of: |sample| sample.longitude_e7 };
const ACCURACY: Part = Part { place: 3, name: "accuracy", of: |sample| sample.accuracy_mm };
const CHANNELS: [Part; 3] = [
    Part { place: 4, name: "channel 0", of: |sample| sample.channel_0 },
    Part { place: 5, name: "channel 1", of: |sample| sample.channel_1 },
    Part { place: 6, name: "channel 2", of: |sample| sample.channel_2 },
];

impl Part {
    /// What 1 of it is in the lane.
    fn unit(self) -> Fr {
        field::power_of_two(Sample::LANE.widths()[self.place + 1..].iter().sum())
    }
}

/// `borrower` gets `amount` more than was signed, and `lender` as much less in the lane, which stays what was signed.
struct Loan {
    lender: Part,
    borrower: Part,
    amount: i64,
}

impl Loan {
    /// That a statement refuses the claim of a world of one sample that only the loan makes a good one.
    fn assert_refused_in<S: Tested>(&self, world: &World) {
        let Loan { lender, borrower, amount } = *self;
        let frame = world.fleet.frame(world.members[0].device, &[world.members[0].reading]);
        let signed = frame.frame().samples()[0].insecure_parts();
        let amount = field::from_i64(amount);
        let lent = amount * borrower.unit() * lender.unit().inverse().unwrap();
        let times = AtomicUsize::new(0);
        let loan = |site: &Site<'_>, values: &mut [Fr]| {
            for (part, change) in [(lender, -lent), (borrower, amount)] {
                if site.name == part.name && site.instance == 0 && values == [(part.of)(&signed)] {
                    values[0] += change;
                    times.fetch_add(1, Ordering::Relaxed);
                }
            }
        };
        let (inputs, witness) = S::claim(world, Binding::NONE);
        let verdict = forged(S::kit(), (&inputs, &witness), loan);
        assert_eq!(times.into_inner(), 4, "two hints of each backend");
        verdict.assert_refused(&format!("{} of a sample lends to its {}", lender.name, borrower.name));
    }

    /// In both statements about frames, of a policy of this channel.
    fn assert_refused(&self, channel: u8, edit: impl Fn(&mut World)) {
        let world = |options: FleetOptions| {
            let mut world = in_triangle(World::new(1, FleetOptions { k: 1, channel, ..options }));
            edit(&mut world);
            world
        };
        self.assert_refused_in::<Survey>(&world(FleetOptions::of::<Survey>()));
        self.assert_refused_in::<Track>(&world(FleetOptions::of::<Track>()));
    }
}

fn less_accurate(world: &mut World, by: u32) {
    let least = world.fleet.policy.parts().max_accuracy_mm;
    world.edit(0, |reading| reading.accuracy_mm = least + by);
}

/// A thousandth of a unit of latitude is worth four sides of longitude: from outside into the triangle.
#[test]
fn no_latitude_lends_a_fraction() {
    let loan = Loan { lender: LATITUDE, borrower: LONGITUDE, amount: i64::from(4 * SIDE) };
    loan.assert_refused(0, |world| {
        world.edit(0, |reading| {
            let (latitude, longitude) = (reading.location.latitude(), reading.location.longitude());
            reading.location = Location::from_e7(latitude, longitude - 4 * SIDE).unwrap();
        });
    });
}

/// A millionth of a unit of longitude is worth 4.096 metres of accuracy.
#[test]
fn no_longitude_lends_a_fraction() {
    let loan = Loan { lender: LONGITUDE, borrower: ACCURACY, amount: -4096 };
    loan.assert_refused(0, |world| less_accurate(world, 4096));
}

/// A centimetre further east, an accuracy is negative, which is near r. Its low bits, of which the comparison takes its first digits, are
/// those of the best one that there is.
#[test]
fn no_accuracy_is_negative() {
    let loan = Loan { lender: ACCURACY, borrower: LONGITUDE, amount: 1 };
    loan.assert_refused(0, |world| {
        let modulus = u32::try_from(Fr::MODULUS.as_ref()[0] & u64::from(u32::MAX)).unwrap();
        let accuracy = 1u32.wrapping_sub(modulus);
        assert!(accuracy > world.fleet.policy.parts().max_accuracy_mm);
        world.edit(0, |reading| reading.accuracy_mm = accuracy);
    });
}

/// A channel that the policy is not about is compared with nothing, and could make any accuracy good.
#[test]
fn no_other_channel_lends_accuracy() {
    for (channel, policy) in CHANNELS.into_iter().zip([1, 2, 0]) {
        let loan = Loan { lender: channel, borrower: ACCURACY, amount: -4096 };
        loan.assert_refused(policy, |world| less_accurate(world, 4096));
    }
}
