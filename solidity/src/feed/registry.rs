//! What is sent to a registry: roots, with the changes that lead to them.

use alloy_primitives::{B256, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use sha3::{Digest, Keccak256};
use zksensor_model::device::Leaf;
use zksensor_model::field::{self, Fr};
use zksensor_model::registry::{Position, RegistryRoot};

use super::abi::SensorRegistry::{findRootCall, postCall, vetoCall};
use crate::calldata::word;
use crate::error::OutputError;
use crate::key_contract::Word;

/// The parent of the first post.
pub const NO_PARENT: Word = [0; 32];

pub(super) const ENROL: u8 = 1;
pub(super) const REVOKE: u8 = 2;
pub(super) const REPLACE: u8 = 3;

/// Changes of a tree, in order. They travel in the post, so that anybody can rebuild the tree.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ops {
    bytes: Vec<u8>,
    /// The devices that are enrolled last, one after the other, and where their number stands.
    run: Option<(usize, u16)>,
}

impl Ops {
    /// No change.
    pub fn new() -> Self {
        Ops::default()
    }

    /// The device is enrolled at the next position.
    pub fn enrol(&mut self, leaf: &Leaf) {
        let last = self.run.and_then(|(place, count)| Some((place, count.checked_add(1)?)));
        let (place, count) = last.unwrap_or_else(|| {
            self.bytes.extend([ENROL, 0, 0]);
            (self.bytes.len() - 2, 1)
        });
        self.bytes[place..place + 2].copy_from_slice(&count.to_be_bytes());
        self.bytes.extend(field::to_be_bytes(&leaf.hash()));
        self.run = Some((place, count));
    }

    /// The device at the position is taken out.
    pub fn revoke(&mut self, position: Position) {
        self.run = None;
        self.bytes.push(REVOKE);
        self.bytes.extend(of(position));
    }

    /// The device at the position has another leaf.
    pub fn replace(&mut self, position: Position, leaf: &Leaf) {
        self.run = None;
        self.bytes.push(REPLACE);
        self.bytes.extend(of(position));
        self.bytes.extend(field::to_be_bytes(&leaf.hash()));
    }

    /// The changes as they are posted; a registry says how many bytes it takes (`OpsTooLong`).
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Positions have 21 bits, in three bytes.
fn of(position: Position) -> [u8; 3] {
    let [_, bytes @ ..] = position.get().to_be_bytes();
    bytes
}

/// Calldata of a post that goes on from `parent`, the digest of the last post or [`NO_PARENT`].
pub fn post(root: RegistryRoot, parent: &Word, ops: &Ops) -> Vec<u8> {
    post_bytes(root, parent, ops.as_bytes())
}

/// As [`post`], of the bytes of changes.
pub fn post_bytes(root: RegistryRoot, parent: &Word, ops: &[u8]) -> Vec<u8> {
    postCall { root: word(&root.to_field()), parent: parent.into(), ops: Bytes::copy_from_slice(ops) }
        .abi_encode()
}

/// The digest of a post: what the next one names as its parent.
pub fn digest(root: RegistryRoot, parent: &Word, ops: &Ops) -> Word {
    let changes: Word = Keccak256::digest(ops.as_bytes()).into();
    Keccak256::digest((B256::from(parent), word(&root.to_field()), B256::from(changes)).abi_encode()).into()
}

/// Calldata with which guardian or owner take back every post from `from` on.
pub fn veto(from: u64, reason: &str) -> Vec<u8> {
    vetoCall { from: U256::from(from), reason: reason.to_owned() }.abi_encode()
}

/// Calldata of `findRoot`, of a time in Unix milliseconds.
pub fn find_root(time_ms: u64) -> Vec<u8> {
    findRootCall { ms: U256::from(time_ms) }.abi_encode()
}

/// What `findRoot` returned: which post counts, and its root.
///
/// # Errors
/// [`OutputError`] if it is none.
pub fn decode_find_root(output: &[u8]) -> Result<(u64, Fr), OutputError> {
    let wrong = OutputError { call: "findRoot", got: output.len() };
    let found = findRootCall::abi_decode_returns_validate(output).map_err(|_| wrong.clone())?;
    let index = u64::try_from(found.index).map_err(|_| wrong.clone())?;
    Ok((index, field::from_be_bytes(&found.root.to_be_bytes()).map_err(|_| wrong)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret};
    use zksensor_model::reading::UnixMillis;

    #[test]
    fn changes_are_encoded_as_the_contract_says() {
        let identity = DeviceSecret::from_be_bytes(&[1; 32]).unwrap().identity();
        let attributes = Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 };
        let leaf = |seed| Leaf { key: *DeviceKey::from_seed([seed; 32]).public(), identity, attributes };
        let (a, b) = (leaf(1), leaf(2));
        let hash = |leaf: &Leaf| field::to_be_bytes(&leaf.hash()).to_vec();
        let position = Position::new(0x1f_0203).unwrap();

        let mut ops = Ops::new();
        ops.enrol(&a);
        ops.enrol(&b);
        ops.revoke(position);
        ops.enrol(&b);
        ops.replace(position, &a);
        let wanted = [
            vec![1, 0, 2],
            hash(&a),
            hash(&b),
            vec![2, 0x1f, 2, 3],
            vec![1, 0, 1],
            hash(&b),
            vec![3, 0x1f, 2, 3],
            hash(&a),
        ];
        assert_eq!(ops.as_bytes(), wanted.concat());
    }

    #[test]
    fn a_run_ends_where_its_number_does() {
        let identity = DeviceSecret::from_be_bytes(&[1; 32]).unwrap().identity();
        let attributes = Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 };
        let leaf = Leaf { key: *DeviceKey::from_seed([1; 32]).public(), identity, attributes };
        let mut ops = Ops { bytes: vec![ENROL, 0xff, 0xfe], run: Some((1, u16::MAX - 1)) };
        ops.enrol(&leaf);
        ops.enrol(&leaf);
        let bytes = ops.as_bytes();
        assert_eq!((&bytes[..3], &bytes[35..38], bytes.len()), (&[1, 0xff, 0xff][..], &[1, 0, 1][..], 70));
    }
}
