//! Which devices are there, at the end of an epoch.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use thiserror::Error;
use zksensor::files::{FileError, Moment, RegistryFile};
use zksensor::model::registry::Registry;

/// Why no registry is known.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RegistryUnknown {
    /// The file is none, or cannot be read. What is shown to everybody names no path; the source does.
    #[error("the registry's file cannot be read, or is none; `zksensor node check` says why")]
    File(#[from] FileError),
    /// The history begins later.
    #[error("expected a registry that counted at {time_ms} (Unix milliseconds), got one that begins later")]
    Later {
        /// The end of the epoch.
        time_ms: u64,
    },
}

/// Registries by time.
pub trait Registries: Send + Sync {
    /// The registry that counts for an epoch which ends at this time, in milliseconds since 1970: what was there after the last change before it.
    /// For a time ahead it is the present one.
    ///
    /// # Errors
    /// [`RegistryUnknown`].
    fn at(&self, end_ms: u64) -> Result<Arc<Registry>, RegistryUnknown>;
}

/// Registries in the order of their times, each with the milliseconds since 1970 at which it began to count.
#[derive(Clone, Debug, Default)]
pub struct KnownRegistries(pub Vec<(u64, Arc<Registry>)>);

impl Registries for KnownRegistries {
    fn at(&self, end_ms: u64) -> Result<Arc<Registry>, RegistryUnknown> {
        let last = self.0.iter().rev().find(|(since, _)| *since < end_ms);
        last.map(|(_, registry)| registry.clone()).ok_or(RegistryUnknown::Later { time_ms: end_ms })
    }
}

/// States of a registry that are kept in memory.
const KEPT: usize = 4;

/// A registry's file, which is read again when it has changed.
#[derive(Debug)]
pub struct RegistryOfFile {
    path: PathBuf,
    read: Mutex<Option<Read>>,
}

#[derive(Debug)]
struct Read {
    of: (Option<SystemTime>, u64),
    file: RegistryFile,
    states: Vec<(Moment, Arc<Registry>)>,
}

impl RegistryOfFile {
    /// The file at this path. It is read now, so that what is wrong with it is known before anything starts.
    ///
    /// # Errors
    /// [`RegistryUnknown::File`].
    pub fn open(path: &Path) -> Result<Self, RegistryUnknown> {
        let registry = RegistryOfFile { path: path.to_owned(), read: Mutex::new(None) };
        registry.at(u64::MAX)?;
        Ok(registry)
    }

    /// What tells whether the file was changed: a registry only grows.
    fn stamp(&self) -> (Option<SystemTime>, u64) {
        let metadata = std::fs::metadata(&self.path);
        metadata.map_or((None, 0), |metadata| (metadata.modified().ok(), metadata.len()))
    }
}

impl Registries for RegistryOfFile {
    fn at(&self, end_ms: u64) -> Result<Arc<Registry>, RegistryUnknown> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = self.stamp();
        if read.as_ref().is_none_or(|read| read.of != stamp) {
            let file = RegistryFile::load(&self.path)?;
            *read = Some(Read { of: stamp, file, states: Vec::new() });
        }
        let Some(Read { file, states, .. }) = read.as_mut() else {
            return Err(RegistryUnknown::Later { time_ms: end_ms });
        };
        // The first format says nothing of times.
        let moment = match file.is_first_format() {
            true => file.journal().now(),
            false => file.at(end_ms).ok_or(RegistryUnknown::Later { time_ms: end_ms })?,
        };
        if let Some((_, registry)) = states.iter().find(|(of, _)| *of == moment) {
            return Ok(registry.clone());
        }
        let registry = Arc::new(file.registry(moment)?);
        states.truncate(KEPT - 1);
        states.insert(0, (moment, registry.clone()));
        Ok(registry)
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    #[test]
    fn a_file_that_is_no_registry_is_refused_without_its_path() {
        let path = std::env::temp_dir().join(format!("zksensor-node-registry-{}", std::process::id()));
        for content in [None, Some("no registry")] {
            if let Some(content) = content {
                std::fs::write(&path, content).unwrap();
            }
            let unknown = RegistryOfFile::open(&path).unwrap_err();
            assert!(matches!(unknown, RegistryUnknown::File(_)));
            assert!(!unknown.to_string().contains("zksensor-node-registry"), "{unknown}");
            // Who runs the node is told of it.
            assert!(unknown.source().unwrap().to_string().contains("zksensor-node-registry"), "{unknown:?}");
        }
        std::fs::remove_file(&path).unwrap();
    }
}
