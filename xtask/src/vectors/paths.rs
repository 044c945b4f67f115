//! Merkle paths of both trees.

use serde_json::{Value, json};
use zksensor_model::field::{self, Fr};
use zksensor_model::primitives::merkle::{MerklePath, SparseTree};
use zksensor_model::primitives::poseidon::Domain;

use super::{Cases, label, of_label};

/// The cases.
pub(super) fn cases() -> Cases {
    let mut good = Vec::new();
    let mut bad = Vec::new();
    of_tree::<7>("registry", Domain::Node, &[0, 7, 8, 1_234_567, 2_097_151], &mut good, &mut bad);
    of_tree::<4>("fence", Domain::Fence, &[0, 9, 4095], &mut good, &mut bad);
    Cases {
        about: "Paths in the 8-ary trees: of the registry, with 7 levels, and of a fence, with 4. `siblings`: at each level \
                from the leaf up the seven other children in index order; the digit (position >> 3 level) & 7 says which child \
                the node below is. `bad`: the path does not lead to the root, or is none.",
        good,
        bad,
    }
}

fn of_tree<const DEPTH: usize>(
    name: &str,
    domain: Domain,
    positions: &[u32],
    good: &mut Vec<Value>,
    bad: &mut Vec<Value>,
) {
    let leaf = |position: u32| of_label(&label(name, position));
    let mut tree = SparseTree::<DEPTH>::new(domain, Fr::from(0u64));
    tree.set_all(positions.iter().map(|position| (*position, leaf(*position))));
    let case = |leaf: Fr, position: u32, path: &MerklePath<DEPTH>| {
        json!({
            "tree": name,
            "leaf": field::to_hex(&leaf),
            "position": position,
            "siblings": path,
            "root": field::to_hex(&tree.root()),
        })
    };
    for position in positions {
        good.push(case(leaf(*position), *position, &tree.path(*position)));
    }
    let position = positions[1];
    let (own, path) = (leaf(position), tree.path(position));
    let mut refuse = |why: &str, mut case: Value| {
        let fields = case.as_object_mut().expect("a case is an object");
        fields.shift_insert(0, "why".into(), why.into());
        bad.push(case);
    };
    refuse("another leaf", case(own + Fr::from(1u64), position, &path));
    refuse("the leaf of another position", case(leaf(positions[0]), position, &path));
    refuse("another digit at the leaf", case(own, position ^ 1, &path));
    refuse("another digit at the top", case(own, position ^ (1 << (3 * (DEPTH - 1))), &path));
    refuse("a position beyond the tree, with the digits of the right one", {
        case(own, position + SparseTree::<DEPTH>::CAPACITY, &path)
    });
    let mut other = path;
    other.siblings[DEPTH - 1][6] += Fr::from(1u64);
    refuse("another sibling below the root", case(own, position, &other));
    let mut other = path;
    other.siblings[0].swap(0, 6);
    if other != path {
        refuse("siblings in another order", case(own, position, &other));
    }
    let levels = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut case = case(own, position, &path);
        change(case["siblings"].as_array_mut().expect("a list of levels"));
        case
    };
    refuse("a level too few", levels(&|levels| drop(levels.pop())));
    refuse("a level too many", levels(&|levels| levels.push(levels[0].clone())));
    refuse("six siblings", levels(&|levels| drop(levels[0].as_array_mut().map(Vec::pop))));
    refuse(
        "r as a sibling: an element is below r",
        levels(&|levels| {
            levels[0][0] = super::table::MODULUS.into();
        }),
    );
}
