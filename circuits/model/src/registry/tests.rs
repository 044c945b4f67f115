//! The registry against an independent computation, its rules, its file and its JSON.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Instant;

use ark_ec::CurveGroup;
use proptest::prelude::*;
use sha3::{Digest, Keccak256};

use super::*;
use crate::device::{Attributes, Identity};
use crate::primitives::babyjubjub::{BASE8, EdwardsAffine, EdwardsProjective, Point};
use crate::primitives::eddsa::PublicKeyError;
use crate::primitives::poseidon;
use crate::reading::UnixMillis;

/// Different keys: Base8, 2 Base8, 3 Base8, ...
pub(super) fn keys(count: usize) -> Vec<PublicKey> {
    let base = EdwardsAffine { x: BASE8.x, y: BASE8.y };
    let sums = core::iter::successors(Some(EdwardsProjective::from(base)), |sum| Some(*sum + base));
    let sums: Vec<EdwardsProjective> = sums.take(count).collect();
    let points = EdwardsProjective::normalize_batch(&sums).into_iter();
    points.map(|point| PublicKey::insecure_unchecked(Point { x: point.x, y: point.y })).collect()
}

fn leaf(key: PublicKey, number: usize) -> Leaf {
    let attributes = Attributes {
        class: 7,
        expiry: UnixMillis::new(1_900_000_000_000).unwrap(),
        owner: u128::MAX - number as u128,
    };
    Leaf { key, identity: Identity::from_field(-Fr::from(number as u64)), attributes }
}

fn leaves(count: usize) -> Vec<Leaf> {
    keys(count).into_iter().enumerate().map(|(number, key)| leaf(key, number)).collect()
}

/// Seven devices, one of them revoked, one with a new key, one with new attributes.
fn sample() -> Registry {
    let leaves = leaves(8);
    let mut registry = Registry::new();
    let positions = registry.enrol_all(leaves[..7].iter().copied()).unwrap();
    registry.revoke(positions[2]).unwrap();
    registry.replace(positions[4], leaves[7]).unwrap();
    registry.replace(positions[5], leaf(leaves[5].key, 99)).unwrap();
    registry
}

/// Level by level over a map of the nodes that differ from the empty ones.
fn independent_root(leaves: impl IntoIterator<Item = (Position, Fr)>) -> Fr {
    let mut nodes: BTreeMap<u32, Fr> = leaves.into_iter().map(|(at, leaf)| (at.get(), leaf)).collect();
    let mut empty = Fr::from(0u64);
    for _ in 0..7 {
        let mut families: BTreeMap<u32, [Fr; 8]> = BTreeMap::new();
        for (index, node) in nodes {
            families.entry(index / 8).or_insert([empty; 8])[index as usize % 8] = node;
        }
        let hash = |children: [Fr; 8]| poseidon::hash(Domain::Node, &children);
        nodes = families.into_iter().map(|(index, children)| (index, hash(children))).collect();
        empty = hash([empty; 8]);
    }
    nodes.get(&0).copied().unwrap_or(empty)
}

#[test]
fn roots_agree_with_an_independent_computation() {
    let empty = Registry::new();
    assert_eq!(empty.root().to_field(), independent_root([]));
    assert_eq!((empty.len(), empty.is_empty(), empty.enrolled()), (0, true, 0));
    let registry = sample();
    assert_eq!((registry.len(), registry.is_empty(), registry.enrolled()), (6, false, 7));
    let hashes = registry.iter().map(|(position, leaf)| (position, leaf.hash()));
    assert_eq!(registry.root().to_field(), independent_root(hashes));
    for levels in Chunk::LEAST_LEVELS..=Chunk::MOST_LEVELS {
        let chunks = registry.iter().map(|(position, _)| Chunk::around(position, levels).unwrap());
        for chunk in chunks.chain([Chunk::new(levels, 0).unwrap()]) {
            assert_eq!(registry.cap(chunk).root(), registry.root(), "{chunk}");
        }
    }
}

#[test]
fn batches_and_single_enrolments_agree() {
    let leaves = leaves(20);
    let (mut batch, mut single) = (Registry::new(), Registry::new());
    let positions = batch.enrol_all(leaves.iter().copied()).unwrap();
    for (leaf, &position) in leaves.iter().zip(&positions) {
        assert_eq!(single.enrol(*leaf), Ok(position));
        assert_eq!((batch.leaf(position), batch.position_of(&leaf.key)), (Some(leaf), Some(position)));
    }
    assert_eq!(single.to_bytes(), batch.to_bytes());
    assert_eq!(single.root(), batch.root());
    assert_eq!(batch.enrol_all([]), Ok(vec![]));
    assert!(batch.iter().map(|(position, leaf)| (position, *leaf)).eq(positions.into_iter().zip(leaves)));
}

#[test]
fn paths_lead_from_every_leaf_to_the_root_through_the_cap() {
    let registry = sample();
    for (position, leaf) in registry.iter() {
        let path = registry.prove(position).unwrap();
        assert_eq!(path.registry_root(leaf, position), registry.root());
        for levels in Chunk::LEAST_LEVELS..=Chunk::MOST_LEVELS {
            let chunk = Chunk::around(position, levels).unwrap();
            let index = chunk.cap_index(chunk.offset(position).unwrap());
            let at_cap = path.ancestor(Domain::Node, leaf.hash(), position.get(), chunk.levels_below_cap());
            assert_eq!(registry.cap(chunk).nodes()[index], at_cap, "{chunk}");
        }
        let elsewhere = Position::new(position.get() ^ 1).unwrap();
        assert_ne!(path.registry_root(leaf, elsewhere), registry.root());
    }
}

#[test]
fn revoking_ends_the_old_path_the_key_and_the_position() {
    let leaves = leaves(3);
    let mut registry = Registry::new();
    let positions = registry.enrol_all(leaves[..2].iter().copied()).unwrap();
    let (path, old_root, gone) = (registry.prove(positions[0]).unwrap(), registry.root(), positions[0]);
    registry.revoke(gone).unwrap();
    assert_ne!(registry.root(), old_root);
    assert_ne!(path.registry_root(&leaves[0], gone), registry.root());
    let revoked = RegistryError::Revoked { position: gone };
    assert_eq!(registry.prove(gone), Err(revoked.clone()));
    assert_eq!(registry.revoke(gone), Err(revoked.clone()));
    assert_eq!(registry.replace(gone, leaves[2]), Err(revoked));
    assert_eq!((registry.leaf(gone), registry.position_of(&leaves[0].key)), (None, None));
    assert_eq!(registry.enrol(leaves[0]), Err(RegistryError::KeyRetired { position: gone }));
    let retired = Err(RegistryError::KeyRetired { position: gone });
    assert_eq!(registry.replace(positions[1], leaves[0]), retired);
    let next = registry.enrol(leaves[2]).unwrap();
    assert!(!positions.contains(&next));
    let never = Position::new(0).unwrap();
    assert_eq!(registry.revoke(never), Err(RegistryError::NotEnrolled { position: never }));
}

#[test]
fn replacing_keeps_the_position_and_retires_the_old_key() {
    let leaves = leaves(3);
    let mut registry = Registry::new();
    let [first, second] = [registry.enrol(leaves[0]).unwrap(), registry.enrol(leaves[1]).unwrap()];
    registry.replace(first, leaf(leaves[0].key, 50)).unwrap();
    assert_eq!(registry.position_of(&leaves[0].key), Some(first));
    let old = registry.prove(first).unwrap();
    registry.replace(first, leaves[2]).unwrap();
    assert_eq!(registry.position_of(&leaves[2].key), Some(first));
    assert_eq!(registry.position_of(&leaves[0].key), None);
    assert_ne!(old.registry_root(&leaf(leaves[0].key, 50), first), registry.root());
    for position in [first, second] {
        let retired = Err(RegistryError::KeyRetired { position: first });
        assert_eq!(registry.replace(position, leaves[0]), retired);
    }
    let registered = Err(RegistryError::KeyRegistered { position: second });
    assert_eq!(registry.replace(first, leaves[1]), registered);
    assert_eq!(registry.len(), 2);
}

#[test]
fn a_refused_batch_changes_nothing() {
    let leaves = leaves(6);
    let mut registry = Registry::new();
    let position = registry.enrol(leaves[0]).unwrap();
    let before = registry.to_bytes();
    let off_curve = PublicKey::insecure_unchecked(Point { x: Fr::from(1u64), y: Fr::from(1u64) });
    let cases = [
        (leaves[0], RegistryError::KeyRegistered { position }),
        (leaf(leaves[1].key, 9), RegistryError::KeyRepeated { first: 0 }),
        (leaf(off_curve, 9), PublicKeyError::OffCurve.into()),
    ];
    for (bad, fault) in cases {
        let batch = [leaves[1], leaves[2], bad, leaves[3]];
        let refusal = RegistryError::Batch { index: 2, reason: Box::new(fault) };
        assert_eq!(registry.enrol_all(batch), Err(refusal));
        assert_eq!(registry.to_bytes(), before);
        assert_eq!(registry.position_of(&leaves[1].key), None);
    }
    assert_eq!(registry.enrol(leaves[0]), Err(RegistryError::KeyRegistered { position }));
    assert_eq!(registry.enrol(leaf(off_curve, 9)), Err(PublicKeyError::OffCurve.into()));
    assert_eq!(registry.replace(position, leaf(off_curve, 9)), Err(PublicKeyError::OffCurve.into()));
    assert!(registry.enrol_all(leaves[1..].iter().copied()).is_ok());
}

#[test]
fn a_full_registry_refuses() {
    let leaves = leaves(2);
    let mut registry = Registry::new();
    registry.entries = vec![Entry { leaf: leaves[0], revoked: true }; CAPACITY as usize - 1];
    let refusal = RegistryError::Full { wanted: 2, enrolled: CAPACITY - 1 };
    assert_eq!(registry.enrol_all(leaves.iter().copied()), Err(refusal));
    assert_eq!(registry.enrol(leaves[0]), Ok(Position::of_order(CAPACITY - 1)));
    assert_eq!(registry.enrol(leaves[1]), Err(RegistryError::Full { wanted: 1, enrolled: CAPACITY }));
}

#[test]
fn memberships_and_snapshots_round_trip_through_json_and_are_checked() {
    let registry = sample();
    let positions: Vec<Position> = registry.iter().map(|(position, _)| position).collect();
    let membership = registry.membership(positions[3]).unwrap();
    let json = serde_json::to_value(membership).unwrap();
    assert_eq!(serde_json::from_value::<DeviceMembership>(json.clone()).unwrap(), membership);
    for (field, value) in [("position", 5.into()), ("root", json["path"][0][0].clone())] {
        let mut forged = json.clone();
        forged[field] = value;
        let error = serde_json::from_value::<DeviceMembership>(forged).unwrap_err().to_string();
        assert!(error.contains("expected a path to the root"), "{error}");
    }

    for levels in [Chunk::LEAST_LEVELS, 3, Chunk::MOST_LEVELS] {
        let chunk = Chunk::around(positions[3], levels).unwrap();
        let (inside, outside): (Vec<Position>, Vec<Position>) =
            positions.iter().partition(|position| chunk.offset(**position).is_some());
        let snapshot = registry.snapshot(chunk, inside.iter().rev().copied()).unwrap();
        assert_eq!((snapshot.root(), snapshot.cap().chunk()), (registry.root(), chunk));
        assert_eq!(snapshot.member(positions[3]), Some(&membership));
        let json = serde_json::to_value(&snapshot).unwrap();
        assert_eq!(serde_json::from_value::<Snapshot>(json.clone()).unwrap(), snapshot);
        if let Some(position) = outside.first() {
            let error = registry.snapshot(chunk, [*position]);
            assert_eq!(error, Err(RegistryError::OtherChunk { chunk, position: *position }));
        }
        snapshots_are_checked(&json, levels);
    }
}

fn snapshots_are_checked(json: &serde_json::Value, levels: u8) {
    let refused = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut forged = json.clone();
        change(&mut forged);
        serde_json::from_value::<Snapshot>(forged).unwrap_err().to_string()
    };
    assert!(refused(&|json| json["cap"][5] = json["root"].clone()).contains("expected the root"));
    assert!(refused(&|json| json["root"] = json["cap"][0].clone()).contains("expected the root"));
    assert!(
        refused(&|json| drop(json["cap"].as_array_mut().unwrap().pop()))
            .contains("expected the 64 nodes of a cap, got 63")
    );
    assert!(
        refused(&|json| json["chunk_levels"] = 1.into()).contains("expected a chunk of 2 to 7 levels, got 1")
    );
    assert!(refused(&|json| json["chunk"] = (1 << 21).into()).contains("expected a chunk below"));
    assert!(
        refused(&|json| {
            let level = serde_json::Value::from(vec![json["root"].clone(); 7]);
            json["above"].as_array_mut().unwrap().push(level);
        })
        .contains("levels above the chunk")
    );
    if levels < Chunk::MOST_LEVELS {
        let other =
            |json: &mut serde_json::Value| json["chunk"] = (json["chunk"].as_u64().unwrap() ^ 1).into();
        assert!(refused(&other).contains("expected a position in chunk"));
        assert!(refused(&|json| json["above"][0][0] = json["root"].clone()).contains("expected the root"));
    }
    if json["members"].as_array().unwrap().len() > 1 {
        assert!(
            refused(&|json| json["members"].as_array_mut().unwrap().swap(0, 1)).contains("ascending order")
        );
    }
}

#[test]
fn files_round_trip() {
    for registry in [Registry::new(), sample()] {
        let bytes = registry.to_bytes();
        #[cfg(feature = "std")]
        {
            let mut written = Vec::new();
            registry.write_to(&mut written).unwrap();
            assert_eq!(written, bytes);
        }
        let mut read = Registry::read_from(&bytes).unwrap();
        assert_eq!((read.to_bytes(), read.root()), (bytes, registry.root()));
        assert_eq!((read.len(), read.enrolled()), (registry.len(), registry.enrolled()));
        let restored = Registry::restore(registry.records(), registry.replaced().to_vec()).unwrap();
        assert_eq!(restored.to_bytes(), registry.to_bytes());
        for used in leaves(registry.enrolled() as usize) {
            assert_eq!(read.position_of(&used.key), registry.position_of(&used.key));
            assert!(read.enrol(used).is_err(), "every key of the file is used up");
        }
    }
}

/// `bytes` with a true checksum.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let content = bytes.len() - 32;
    let digest = Keccak256::digest(&bytes[..content]);
    bytes[content..].copy_from_slice(&digest);
    bytes
}

#[test]
fn each_fault_of_a_file_is_named() {
    let good = sample().to_bytes();
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        Registry::read_from(&sealed(bytes)).unwrap_err().to_string()
    };
    let cut = good.len() - 1;
    let say = |text: &str| text.to_owned();
    assert_eq!(
        Registry::read_from(&good[..cut]).unwrap_err().to_string(),
        format!("expected a registry file of {} bytes, got {cut}; is it cut short?", good.len())
    );
    let mut flipped = good.clone();
    flipped[100] ^= 1;
    assert!(matches!(Registry::read_from(&flipped), Err(RegistryFileError::Checksum { .. })));
    assert!(matches!(Registry::read_from(&[]), Err(RegistryFileError::Magic)));
    assert!(refused(&|bytes| bytes[0] = b'Z').contains("begins with `zksensor registry`"));
    assert!(
        refused(&|bytes| bytes[18] = 5).contains("version 3, got version 5; use the release that wrote it")
    );
    assert!(
        refused(&|bytes| bytes[18] = 1).contains("got version 1; leaves and positions have changed: enrol")
    );
    assert!(refused(&|bytes| bytes[19] = 1).contains("expected at most 2097152 enrolments, got 16777223"));
    assert!(refused(&|bytes| bytes[23] = 255).contains("expected a registry file of 290916926428 bytes"));
    assert_eq!(
        refused(&|bytes| bytes[27] = 2),
        "enrolment 0: expected state 0 (registered) or 1 (revoked), got 2"
    );
    assert!(refused(&|bytes| bytes[28] = 255).starts_with("record 0: expected a field element"));
    assert!(refused(&|bytes| bytes[27 + 123 + 5] ^= 1).starts_with("record 1: expected a public key on"));
    assert!(refused(&|bytes| bytes[27 + 1 + 96 + 2] = 1).starts_with("enrolment 0: "));
    let first_key = |bytes: &[u8]| bytes[28..28 + 64].to_vec();
    assert_eq!(
        refused(&|bytes| bytes[27 + 124..27 + 124 + 64].copy_from_slice(&first_key(&good))),
        say("record 1: expected a key that is not registered, got the key of the device at position 106")
    );
    let replaced = 27 + 7 * 123;
    assert!(refused(&|bytes| bytes[replaced] = 1).contains("expected a position below 2097152"));
    assert!(
        refused(&|bytes| bytes[replaced + 3] ^= 1).starts_with("record 7: expected the position of a reg")
    );
    assert!(
        refused(&|bytes| bytes[replaced + 4..replaced + 68].copy_from_slice(&first_key(&good)))
            .starts_with("record 7: expected a key that is not registered")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn arbitrary_bytes_are_refused(tail: Vec<u8>, header: bool) {
        let mut bytes = if header { b"zksensor registry\x00\x03".to_vec() } else { Vec::new() };
        bytes.extend(tail);
        prop_assert!(Registry::read_from(&bytes).is_err());
        if bytes.len() >= 32 {
            prop_assert!(Registry::read_from(&sealed(bytes)).is_err());
        }
    }

    #[test]
    fn mutated_bytes_are_refused_or_read_exactly(index: prop::sample::Index, flip in 1u8.., cut in 0usize..40, fix: bool) {
        let good = sample().to_bytes();
        let mut bytes = good[..good.len() - cut].to_vec();
        let index = index.index(bytes.len());
        bytes[index] ^= flip;
        if fix {
            bytes = sealed(bytes);
        }
        if let Ok(registry) = Registry::read_from(&bytes) {
            prop_assert_eq!(registry.to_bytes(), bytes);
        }
    }
}

/// Progress on stderr, past the test harness's capture.
fn report(what: &str, since: Instant) {
    writeln!(std::io::stderr(), "{what}: {:.2?}", since.elapsed()).unwrap();
}

fn enrol_many(count: usize) -> (Vec<Leaf>, Vec<Position>, Registry) {
    let leaves = leaves(count);
    let mut registry = Registry::new();
    let start = Instant::now();
    let positions = registry.enrol_all(leaves.iter().copied()).unwrap();
    report(&format!("{count} devices enrolled"), start);
    (leaves, positions, registry)
}

#[test]
fn a_hundred_thousand_devices() {
    let (leaves, positions, registry) = enrol_many(100_000);
    let hashes = positions.iter().copied().zip(leaves.iter().map(Leaf::hash));
    assert_eq!(registry.root().to_field(), independent_root(hashes));
    assert_eq!(registry.position_of(&leaves[77_777].key), Some(positions[77_777]));
}

#[test]
#[ignore = "minutes, and 1.8 GB: two registries of two million devices and the file between them"]
fn two_million_devices() {
    let (leaves, positions, mut registry) = enrol_many(2_000_000);
    for number in [0, 1_234_567, 1_999_999] {
        let (leaf, position) = (&leaves[number], positions[number]);
        let start = Instant::now();
        let path = registry.prove(position).unwrap();
        report("a path", start);
        assert_eq!(path.registry_root(leaf, position), registry.root());
        let start = Instant::now();
        registry.revoke(position).unwrap();
        report("a device revoked", start);
        assert_ne!(path.registry_root(leaf, position), registry.root());
    }
    let start = Instant::now();
    let bytes = registry.to_bytes();
    report(&format!("{} bytes written", bytes.len()), start);
    let start = Instant::now();
    assert_eq!(Registry::read_from(&bytes).unwrap().root(), registry.root());
    report("read", start);
}
