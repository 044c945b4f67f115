use k256::sha2::{Digest, Sha256};

use super::super::base64;
use super::*;

#[test]
fn the_policy_of_the_page_admits_its_own_parts_alone() {
    let hash = |text: &str| format!("sha256-{}", base64::encode(&Sha256::digest(text.as_bytes())));
    assert_eq!(view::MORE_STYLE_HASH, hash(view::MORE_STYLE));
    assert_eq!(view::SCRIPT_HASH, hash(view::SCRIPT));
}
