//! The published vectors, replayed in JavaScript from the files alone.

use std::path::Path;

use serde_json::json;

use super::node::Node;

/// How many cases agree; a case that does not ends the script with both opinions.
pub(super) fn compare(oracle: &mut Node) -> usize {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let counts = oracle.ask(&json!({ "op": "vectors", "folder": folder }));
    let counts = counts.as_object().unwrap();
    let count = |name: &str| usize::try_from(counts[name].as_u64().unwrap()).unwrap();
    let all = ["hashes", "keys", "signatures", "paths", "readings", "frames"].map(count);
    assert!(all.len() == counts.len() && all.iter().all(|count| *count > 0), "{counts:?}");
    all.iter().sum()
}
