//! The tree against a naive one, its paths and their JSON.

use alloc::string::ToString;
use alloc::vec;

use super::*;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

const DEPTH: usize = 3;
const LEAVES: usize = 512;

/// The definition: hash all leaves, level by level.
fn naive_root(domain: Domain, leaves: &[Fr]) -> Fr {
    if let [root] = leaves {
        return *root;
    }
    let parents: Vec<Fr> = leaves.chunks(ARITY).map(|children| poseidon::hash(domain, children)).collect();
    naive_root(domain, &parents)
}

fn random(rng: &mut ChaCha8Rng) -> (u32, Fr) {
    (rng.next_u32() % LEAVES as u32, Fr::from(rng.next_u64()))
}

#[test]
fn agrees_with_the_naive_tree_at_random_updates() {
    let rng = &mut ChaCha8Rng::seed_from_u64(1);
    for (domain, absent) in [(Domain::Node, Fr::from(0u64)), (Domain::Fence, Fr::from(77u64))] {
        let mut leaves = vec![absent; LEAVES];
        let mut tree = SparseTree::<DEPTH>::new(domain, absent);
        assert_eq!(tree.root(), naive_root(domain, &leaves));
        for batch in [1, 2, 30, 100, 0] {
            let updates: Vec<_> = (0..batch).map(|_| random(rng)).collect();
            updates.iter().for_each(|&(position, leaf)| leaves[position as usize] = leaf);
            tree.set_all(updates);
            assert_eq!(tree.root(), naive_root(domain, &leaves));
        }
        assert_eq!(tree.node(0, 5), leaves[5]);
        assert_eq!(tree.node(1, 63), naive_root(domain, &leaves[504..]));
        assert_eq!(tree.node(2, 3), naive_root(domain, &leaves[192..256]));
    }
}

#[test]
fn a_batch_equals_single_updates_and_the_last_write_wins() {
    let rng = &mut ChaCha8Rng::seed_from_u64(2);
    let mut updates: Vec<_> = (0..20).map(|_| random(rng)).collect();
    updates.push((updates[0].0, Fr::from(3u64)));
    let mut single = SparseTree::<DEPTH>::new(Domain::Node, Fr::from(0u64));
    updates.iter().for_each(|&(position, leaf)| single.set(position, leaf));
    let mut batch = SparseTree::<DEPTH>::new(Domain::Node, Fr::from(0u64));
    batch.set_all(updates.iter().copied());
    assert_eq!(single.root(), batch.root());
    assert_eq!(batch.node(0, updates[0].0), Fr::from(3u64));
}

#[test]
fn setting_a_leaf_back_restores_the_root() {
    let mut tree = SparseTree::<DEPTH>::new(Domain::Node, Fr::from(0u64));
    let before = tree.root();
    tree.set(300, Fr::from(1u64));
    assert_ne!(tree.root(), before);
    tree.set(300, Fr::from(0u64));
    assert_eq!(tree.root(), before);
}

#[test]
fn paths_lead_to_the_root_and_nothing_else_does() {
    let rng = &mut ChaCha8Rng::seed_from_u64(3);
    let mut tree = SparseTree::<DEPTH>::new(Domain::Node, Fr::from(0u64));
    tree.set_all((0..LEAVES as u32).map(|position| (position, Fr::from(rng.next_u64()))));
    for _ in 0..20 {
        let (position, _) = random(rng);
        let leaf = tree.node(0, position);
        let path = tree.path(position);
        assert_eq!(path.root(Domain::Node, leaf, position), tree.root());
        assert_eq!(path.ancestor(Domain::Node, leaf, position, 1), tree.node(1, position >> 3));
        assert_ne!(path.root(Domain::Fence, leaf, position), tree.root());
        assert_ne!(path.root(Domain::Node, leaf + Fr::from(1u64), position), tree.root());
        for level in 0..DEPTH {
            let elsewhere = position ^ 1 << (DIGIT_BITS * level);
            assert_ne!(path.root(Domain::Node, leaf, elsewhere), tree.root());
            let mut forged = path;
            forged.siblings[level][rng.next_u32() as usize % 7] += Fr::from(1u64);
            assert_ne!(forged.root(Domain::Node, leaf, position), tree.root());
        }
    }
}

#[test]
fn children_keep_index_order() {
    let number = |index: usize| Fr::from(index as u64);
    let path = MerklePath::<1> { siblings: [core::array::from_fn(|index| number(index + 10))] };
    assert_eq!(path.children(0, number(1), 0), [1, 10, 11, 12, 13, 14, 15, 16].map(number));
    assert_eq!(path.children(0, number(1), 3), [10, 11, 12, 1, 13, 14, 15, 16].map(number));
    assert_eq!(path.children(0, number(1), 7), [10, 11, 12, 13, 14, 15, 16, 1].map(number));
    assert_eq!((0..4).map(|level| digit(0o7345, level)).collect::<Vec<_>>(), [5, 4, 3, 7]);
}

#[test]
#[should_panic(expected = "positions of a tree of 3 levels are below 512, got 512")]
fn a_position_past_the_end_is_refused() {
    SparseTree::<DEPTH>::new(Domain::Node, Fr::from(0u64)).set(512, Fr::from(1u64));
}

#[test]
fn paths_round_trip_through_json() {
    let mut tree = SparseTree::<2>::new(Domain::Node, Fr::from(0u64));
    tree.set(7, Fr::from(9u64));
    let json = serde_json::to_string(&tree.path(6)).unwrap();
    assert_eq!(serde_json::from_str::<MerklePath<2>>(&json).unwrap(), tree.path(6));
    let error = serde_json::from_str::<MerklePath<3>>(&json).unwrap_err().to_string();
    assert!(error.contains("expected a path of 3 levels, got 2"), "{error}");
    assert!(serde_json::from_str::<MerklePath<2>>(&json.replacen("0x", "", 1)).is_err());
    assert!(serde_json::from_str::<MerklePath<2>>(&json.replacen("0x0", "0xf", 1)).is_err());
}
