//! What proves that a device signed two contents with one sequence number.

use redb::ReadableTable;
use zksensor::model::reading::SIGNED_READING_LENGTH;

use crate::store::{EVIDENCE, Store, StoreError};

pub(crate) fn all(store: &Store) -> Result<Vec<[Vec<u8>; 2]>, StoreError> {
    store.read(|transaction| {
        let mut found = Vec::new();
        for row in transaction.open_table(EVIDENCE)?.iter()? {
            let (key, sealed) = row?;
            let both = store.sealer.open(key.value(), sealed.value());
            let both = both.filter(|both| both.len() == 2 * SIGNED_READING_LENGTH);
            let both = both.ok_or(StoreError::Damaged { place: "evidence" })?;
            let (one, other) = both.split_at(SIGNED_READING_LENGTH);
            found.push([one.to_vec(), other.to_vec()]);
        }
        Ok(found)
    })
}
