//! Counters that outlive a restart.

use std::collections::BTreeMap;

use redb::{ReadableTable, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::{META, StoreError, bytes_of, document};

/// What came in since the store was made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) accepted: u64,
    pub(crate) duplicates: u64,
    /// By rule: as many entries as there are rules, however much is refused.
    pub(crate) refused: BTreeMap<String, u64>,
    pub(crate) equivocations: u64,
    pub(crate) erased: u64,
}

impl Counts {
    pub(crate) fn of(meta: &impl ReadableTable<&'static [u8], &'static [u8]>) -> Result<Counts, StoreError> {
        match meta.get(&b"counts"[..])? {
            Some(bytes) => document("meta", bytes.value()),
            None => Ok(Counts::default()),
        }
    }

    /// Adds to what is stored.
    pub(crate) fn add(transaction: &WriteTransaction, more: &Counts) -> Result<(), StoreError> {
        let mut meta = transaction.open_table(META)?;
        let mut counts = Counts::of(&meta)?;
        counts.take(more);
        meta.insert(&b"counts"[..], &bytes_of(&counts)[..])?;
        Ok(())
    }

    pub(crate) fn take(&mut self, more: &Counts) {
        self.accepted += more.accepted;
        self.duplicates += more.duplicates;
        self.equivocations += more.equivocations;
        self.erased += more.erased;
        for (rule, count) in &more.refused {
            *self.refused.entry(rule.clone()).or_default() += count;
        }
    }
}
