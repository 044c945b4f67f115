//! Keys of devices that sent good readings: that a key is one is not asked for each reading anew.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use zksensor::model::primitives::eddsa::PublicKey;

/// Keys that are remembered; some 100 bytes each.
const MOST: usize = 1 << 17;

/// Keys by their bytes. Only those of registered devices come in, so that nobody else fills it.
#[derive(Debug, Default)]
pub(crate) struct KnownKeys(RwLock<HashMap<[u8; 32], PublicKey>>);

impl KnownKeys {
    pub(crate) fn get(&self, packed: &[u8; 32]) -> Option<PublicKey> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(packed).copied()
    }

    pub(crate) fn add(&self, key: &PublicKey) {
        let packed = key.encode();
        if self.get(&packed).is_some() {
            return;
        }
        let mut keys = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if keys.len() >= MOST {
            keys.clear();
        }
        keys.insert(packed, *key);
    }
}
