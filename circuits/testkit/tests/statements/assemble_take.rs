//! Which of a device's good readings a claim is made of, in whatever order they come.

use zksensor_circuits::assemble::{
    AggregateAssembly, AggregateTarget, Assemble, OwnDevice, ReadingAssembly, ReadingTarget, Take,
};
use zksensor_circuits::statement::Binding;
use zksensor_circuits::statement::reading::{Salt, SingleReading};
use zksensor_model::field::Fr;
use zksensor_model::reading::{SignedReading, UnixMillis};
use zksensor_model::registry::Chunk;
use zksensor_testkit::{Fleet, FleetOptions};

const TAKES: [Take; 3] = [Take::First, Take::Last, Take::Middle];

fn aggregate(fleet: &Fleet, take: Take) -> AggregateAssembly<'_> {
    let chunk = Chunk::new(Fleet::LEVELS, 0).unwrap();
    let target = AggregateTarget { epoch: Fleet::EPOCH, chunk, binding: Binding::NONE };
    AggregateAssembly::new(fleet.statement(2), fleet.policy, fleet.fence.clone(), &fleet.registry, target)
        .taking(take)
}

fn reading(fleet: &Fleet, take: Take) -> ReadingAssembly {
    let own = OwnDevice {
        key: *fleet.sign(0, &fleet.reading(0)).key(),
        secret: fleet.secrets[0].clone(),
        membership: fleet.registry.membership(fleet.positions[0]).ok(),
    };
    let target = ReadingTarget { epoch: Fleet::EPOCH, binding: Binding::NONE };
    let salt = Salt::insecure_from_field(Fr::from(7u64));
    ReadingAssembly::new(fleet.policy, fleet.fence.clone(), own, target, salt).taking(take)
}

/// Readings of the first device at these milliseconds of the epoch.
fn at(fleet: &Fleet, offsets: &[u64]) -> Vec<SignedReading> {
    let start = fleet.policy.epoch_start(Fleet::EPOCH).unwrap().get();
    let signed = |(number, offset): (u64, &u64)| {
        let mut reading = fleet.reading(0);
        reading.time = UnixMillis::new(start + offset).unwrap();
        reading.sequence = number;
        fleet.sign(0, &reading)
    };
    (0..).zip(offsets).map(signed).collect()
}

/// Offers them in this order: all but one are passed over, whether when they come or later.
fn offer<A: Assemble<Signed = SignedReading>>(
    mut assembly: A,
    readings: &[SignedReading],
    order: &[usize],
) -> A {
    for index in order {
        if let Err(refusal) = assembly.offer(*index as u64, readings[*index]) {
            assert!(refusal.reason.is_passed_over(), "{refusal}");
        }
    }
    assert_eq!((assembly.len(), assembly.passed_over()), (1, order.len() as u64 - 1));
    assembly
}

/// The number of the reading that each statement is made of.
fn taken(fleets: &[Fleet; 2], take: Take, offsets: &[u64], order: &[usize]) -> u64 {
    let [many, one] = fleets;
    let of_many = offer(aggregate(many, take), &at(many, offsets), order).finish().unwrap();
    let of_one = offer(reading(one, take), &at(one, offsets), order).finish().unwrap();
    let number = |signed: &SignedReading| signed.reading().sequence;
    let taken = number(&of_many.witness.readings[0].signed);
    assert_eq!(number(&of_one.witness.reading.signed), taken);
    taken
}

fn fleets() -> [Fleet; 2] {
    [
        Fleet::new(&FleetOptions { devices: 1, k: 1, ..FleetOptions::default() }),
        Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::of::<SingleReading>() }),
    ]
}

#[test]
fn the_order_in_which_they_come_says_nothing() {
    let fleets = fleets();
    let policy = &fleets[0].policy;
    let length = policy.epoch_end_ms(Fleet::EPOCH).unwrap() - policy.epoch_start(Fleet::EPOCH).unwrap().get();
    let middle = length / 2;
    // The ends of the epoch, its middle, and as near to it on both sides.
    for (offsets, wanted) in [
        ([0, middle - 5, middle, length - 1], [0, 3, 2]),
        ([0, middle - 5, middle + 5, length - 1], [0, 3, 1]),
        ([1, middle - 6, middle + 5, length - 2], [0, 3, 2]),
        ([0, 1, 2, 3], [0, 3, 3]),
    ] {
        for (take, wanted) in TAKES.into_iter().zip(wanted) {
            for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2]] {
                assert_eq!(taken(&fleets, take, &offsets, &order), wanted, "{take:?} {offsets:?} {order:?}");
            }
        }
    }
}

/// Of readings of one moment nothing says which is which but the order.
#[test]
fn of_two_of_one_moment_the_one_offered_first_is_taken() {
    let fleets = fleets();
    for take in TAKES {
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            assert_eq!(taken(&fleets, take, &[7, 7, 7], &order), order[0] as u64, "{take:?}");
        }
    }
}
