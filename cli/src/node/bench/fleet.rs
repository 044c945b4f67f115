//! Devices of a policy whose epoch is now, and what they send.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use zksensor::files;
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor::model::policy::PolicyParts;
use zksensor::model::reading::{Location, PayloadHash, Reading, UnixMillis};
use zksensor::model::registry::Registry;
use zksensor::model::schema::ABSENT;

use super::{BenchError, system};
use crate::folder::Folder;
use crate::node::init::{FENCE, POLICY};

/// Devices that send in turn.
const DEVICES: usize = 1000;

/// The devices, and the folder's policy and registry.
pub(super) struct Fleet {
    keys: Vec<DeviceKey>,
    parts: PolicyParts,
    start_ms: u64,
    sequence: AtomicU64,
}

impl Fleet {
    /// Makes the devices, and writes policy, fence and registry into the folder. The epoch is a day, in which now is.
    pub(super) fn new(folder: &Folder) -> Result<Fleet, BenchError> {
        let policy = POLICY.replace("length_s = 300", "length_s = 86400");
        let write = |name, bytes: &[u8]| {
            fs::write(folder.file(name), bytes).map_err(system("write the node's files"))
        };
        write("policy.toml", policy.as_bytes())?;
        write("fence.geojson", FENCE.as_bytes())?;
        let fence = files::load_fence(&folder.file("fence.geojson")).map_err(otherwise)?;
        let policy = files::load_policy(&folder.file("policy.toml"), Some(&fence)).map_err(otherwise)?;
        let mut rng = rand::rngs::OsRng;
        let keys: Vec<DeviceKey> = (0..DEVICES).map(|_| DeviceKey::generate(&mut rng)).collect();
        let identity = DeviceSecret::generate(&mut rng).identity();
        let attributes = Attributes { class: 7, expiry: UnixMillis::MAX, owner: 0 };
        let mut registry = Registry::new();
        let leaves = keys.iter().map(|key| Leaf { key: *key.public(), identity, attributes });
        registry.enrol_all(leaves).map_err(otherwise)?;
        write("registry.bin", &files::registry_bytes(&registry))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let start_ms = u64::try_from(now.as_millis()).unwrap_or(u64::MAX);
        Ok(Fleet { keys, parts: *policy.parts(), start_ms, sequence: AtomicU64::new(0) })
    }

    /// So many readings as they are posted, each device in its turn.
    pub(super) fn body(&self, readings: usize) -> Result<Vec<u8>, BenchError> {
        let mut body = Vec::new();
        for _ in 0..readings {
            let sequence = self.sequence.fetch_add(1, Ordering::Relaxed);
            let mut channels = [ABSENT; 4];
            channels[usize::from(self.parts.channel)] = 2150;
            let reading = Reading {
                network: self.parts.network,
                schema: self.parts.schema,
                sequence,
                time: UnixMillis::new(self.start_ms).map_err(otherwise)?,
                location: Location::from_e7(481_500_000, 115_500_000).map_err(otherwise)?,
                accuracy_mm: 2500,
                channels,
                payload_hash: PayloadHash::NONE,
            };
            let key = &self.keys[sequence as usize % DEVICES];
            body.extend(key.sign(&reading).map_err(otherwise)?.encode());
        }
        Ok(body)
    }

    /// Bodies of so many readings in all.
    pub(super) fn bodies(&self, readings: u32, batch: usize) -> Result<Vec<Vec<u8>>, BenchError> {
        let count = (readings as usize).div_ceil(batch);
        let threads = thread::available_parallelism().map_or(1, usize::from).min(count);
        thread::scope(|scope| {
            let parts: Vec<_> = (0..threads)
                .map(|of| {
                    scope.spawn(move || (of..count).step_by(threads).map(|_| self.body(batch)).collect())
                })
                .collect();
            let mut bodies = Vec::with_capacity(count);
            for part in parts {
                let part: Result<Vec<Vec<u8>>, BenchError> = part.join().expect("signing panics nowhere");
                bodies.extend(part?);
            }
            Ok(bodies)
        })
    }
}

fn otherwise(error: impl std::fmt::Display) -> BenchError {
    BenchError::Otherwise { wanted: "a fleet that can be made", got: error.to_string() }
}
