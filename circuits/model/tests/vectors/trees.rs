//! Merkle paths.

use serde_json::Value;
use zksensor_model::field;
use zksensor_model::primitives::merkle::{MerklePath, SparseTree};
use zksensor_model::primitives::poseidon::Domain;

use super::{text, vectors};

/// Whether the path leads from the leaf to the root.
fn leads<const DEPTH: usize>(domain: Domain, case: &Value) -> bool {
    let position = u32::try_from(case["position"].as_u64().unwrap()).unwrap();
    let path = serde_json::from_value::<MerklePath<DEPTH>>(case["siblings"].clone());
    let (leaf, root) = (field::parse_hex(text(case, "leaf")), field::parse_hex(text(case, "root")));
    path.is_ok_and(|path| {
        position < SparseTree::<DEPTH>::CAPACITY
            && path.root(domain, leaf.unwrap(), position) == root.unwrap()
    })
}

#[test]
fn paths_lead_where_it_is_published() {
    let vectors = vectors("merkle_paths");
    let verdict = |case: &Value| match text(case, "tree") {
        "registry" => leads::<7>(Domain::Node, case),
        "fence" => leads::<4>(Domain::Fence, case),
        tree => panic!("there is no tree {tree}"),
    };
    for case in &vectors.good {
        assert!(verdict(case), "{case}");
    }
    for case in &vectors.bad {
        assert!(!verdict(case), "{case}");
    }
}
