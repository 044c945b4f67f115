//! What proves that a device signed two contents with one sequence number.

use redb::ReadableTable;
use zksensor::model::frame::{FRAME_HEAD_LENGTH, signed_frame_length};
use zksensor::model::reading::SIGNED_READING_LENGTH;

use crate::intake::ItemKind;
use crate::store::{self, Store, StoreError};

/// Of readings, then of frames.
pub(crate) fn all(store: &Store) -> Result<Vec<[Vec<u8>; 2]>, StoreError> {
    let damaged = || StoreError::Damaged { place: "evidence" };
    store.read(|transaction| {
        let mut found = Vec::new();
        for kind in [ItemKind::Reading, ItemKind::Frame] {
            for row in transaction.open_table(store::evidence(kind))?.iter()? {
                let (key, sealed) = row?;
                let both = store.sealer.open(key.value(), sealed.value()).ok_or_else(damaged)?;
                let first = first_length(kind, &both).ok_or_else(damaged)?;
                let (one, other) = both.split_at_checked(first).ok_or_else(damaged)?;
                if first_length(kind, other) != Some(other.len()) {
                    return Err(damaged());
                }
                found.push([one.to_vec(), other.to_vec()]);
            }
        }
        Ok(found)
    })
}

/// The length of what stands first: a frame's head ends with its count, two hashes before its samples.
fn first_length(kind: ItemKind, both: &[u8]) -> Option<usize> {
    const COUNT: usize = FRAME_HEAD_LENGTH - 2 * 31 - 2;
    match kind {
        ItemKind::Reading => Some(SIGNED_READING_LENGTH),
        ItemKind::Frame => {
            let count = both.get(COUNT..)?.first_chunk()?;
            Some(signed_frame_length(usize::from(u16::from_be_bytes(*count))))
        }
    }
}
