//! What a registry answers for, as no circuit looks at it: that a key is there once, and that it is of prime order.

use zksensor_circuits::statement::Rule;
use zksensor_circuits::statement::reading::Nullifier;
use zksensor_model::device::{DeviceSecret, Leaf};
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};
use zksensor_model::primitives::eddsa::{PublicKey, PublicKeyError};
use zksensor_model::reading::Network;
use zksensor_model::registry::{Registry, RegistryError};
use zksensor_testkit::Fleet;

use super::kit::{FIRST, Member, World, aggregate, respond, run};
use super::signatures::{minus_one, torsion};

/// Five readings, the last of which is signed by `secret` as the key `shown`, after the first by `secret` as its own.
fn two_of(secret: Scalar, by: Scalar, shown: Point) -> World {
    let mut world = World::aggregate(5);
    for (member, secret, key) in [(0, secret, BASE8.mul(&secret)), (4, by, shown)] {
        world.members[member].sign_under(key, move |message| {
            respond(&secret, &key, &Scalar::from(77u64), &Point::IDENTITY, message)
        });
    }
    world
}

/// What a registry says of the two keys of such a world.
fn enrolled(world: &World) -> Result<(), RegistryError> {
    let mut registry = Registry::new();
    registry.enrol(world.members[0].leaf).unwrap();
    registry.enrol(world.members[4].leaf).map(drop)
}

/// k counts positions: a registry that holds one key twice has it count twice. Ours refuses to.
#[test]
fn one_key_at_two_positions_counts_twice() {
    let mut world = World::aggregate(5);
    let twice = Member { position: FIRST + 100, ..world.members[0].clone() };
    world.members[4] = twice;
    let (inputs, witness) = world.aggregate_claim();
    assert_eq!(inputs.count, 5);
    assert_eq!(witness.readings[0].leaf(), witness.readings[4].leaf());
    run(aggregate(), "one device at two positions", (inputs, witness), None);
    assert!(matches!(enrolled(&world), Err(RegistryError::KeyRegistered { .. })));
    let leaf = world.members[0].leaf;
    assert!(matches!(Registry::new().enrol_all([leaf, leaf]), Err(RegistryError::Batch { index: 1, .. })));
}

/// A + T has A's secret for every T of small order, the point (x, -y) of -A + (0, -1) among them. Ours refuses them, so x
/// alone tells keys apart.
#[test]
fn a_key_and_torsion_counts_beside_the_key() {
    let secret = Scalar::from(987_654_321u64);
    let mut small = torsion();
    for _ in 0..7 {
        let world = two_of(secret, secret, BASE8.mul(&secret).add(&small));
        run(aggregate(), "A and A + T", world.aggregate_claim(), None);
        assert_eq!(enrolled(&world), Err(PublicKeyError::NotPrimeOrder.into()));
        small = small.add(&torsion());
    }
    let key = BASE8.mul(&secret);
    let same_x = Point { x: key.x, y: -key.y };
    assert!(same_x.is_on_curve() && same_x.mul_by_cofactor() == key.negate().mul_by_cofactor());
    assert_eq!(enrolled(&two_of(secret, -secret, same_x)), Err(PublicKeyError::NotPrimeOrder.into()));
}

/// -A is a key of its own, of the secret l - a: whoever has a can enrol both, as anybody can enrol two keys, and nobody
/// else can sign for it.
#[test]
fn a_negated_key_is_another_key() {
    let secret = Scalar::from(987_654_321u64);
    let negated = BASE8.mul(&secret).negate();
    assert_eq!(negated, BASE8.mul(&(secret * minus_one())));
    let world = two_of(secret, -secret, negated);
    run(aggregate(), "A and -A", world.aggregate_claim(), None);
    assert_eq!(enrolled(&world), Ok(()));
    let world = two_of(secret, secret, negated);
    run(aggregate(), "A's secret for -A", world.aggregate_claim(), Rule::SIGNATURE);
}

/// The identity is a hash of the secret alone, so leaves of two registries with one secret show that they are of one
/// device. Nullifiers differ with the policy, and so with the network.
#[test]
fn one_secret_in_two_registries_links_them() {
    let world = World::reading();
    let mut other = world.clone();
    other.policy(|parts| parts.network = Network::new(137, [9; 20]));
    let secret: &DeviceSecret = &world.fleet.secrets[0];
    let leaf = world.members[0].leaf;
    let elsewhere = Leaf { key: PublicKey::new(BASE8).unwrap(), identity: secret.identity(), ..leaf };
    assert_eq!(elsewhere.identity, leaf.identity);
    let nullifier = |world: &World| Nullifier::of(secret, world.fleet.policy.id(), Fleet::EPOCH);
    assert_ne!(nullifier(&world), nullifier(&other));
    let (mut here, mut there) = (Registry::new(), Registry::new());
    here.enrol(leaf).unwrap();
    there.enrol(elsewhere).unwrap();
    let shown = |registry: &Registry| registry.iter().map(|(_, leaf)| leaf.identity).collect::<Vec<_>>();
    assert_eq!(shown(&here), shown(&there));
}
