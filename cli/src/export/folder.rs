//! The files of one export: all of them, or none if one is there already.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use zksensor::files::{Kind, Overwrite, Staged};
use zksensor::solidity::{Package, Sources};

use super::ExportError;
use crate::output::Output;

/// Files that are written together, by their paths within a directory.
#[derive(Debug, Default)]
pub(super) struct Folder(Vec<(PathBuf, Kind, Vec<u8>)>);

impl Folder {
    /// The sources of a contract.
    pub(super) fn of(sources: &Sources) -> Folder {
        let file = |(path, text): (&str, &str)| (PathBuf::from(path), Kind::ContractSource, text.into());
        Folder(sources.files().map(file).collect())
    }

    /// A package of contracts.
    pub(super) fn of_package(package: &Package) -> Folder {
        let file = |(path, text): (&str, &str)| {
            let kind = if path.ends_with(".sol") { Kind::ContractSource } else { Kind::ContractPackage };
            (PathBuf::from(path), kind, text.into())
        };
        Folder(package.files().map(file).collect())
    }

    /// Adds what deploys a contract.
    pub(super) fn add(&mut self, name: &str, deployment: &impl Serialize) {
        self.0.push((PathBuf::from(name), Kind::Deployment, pretty(deployment)));
    }

    /// Adds a text.
    pub(super) fn add_text(&mut self, name: &str, kind: Kind, text: String) {
        self.0.push((PathBuf::from(name), kind, text.into_bytes()));
    }

    /// Writes the files, and says which.
    ///
    /// # Errors
    /// [`ExportError::Exists`] before anything is written; [`ExportError::Directory`], [`ExportError::File`].
    pub(super) fn write(
        self,
        directory: &Path,
        overwrite: Overwrite,
        output: &Output,
    ) -> Result<Vec<PathBuf>, ExportError> {
        let files: Vec<_> =
            self.0.into_iter().map(|(path, kind, bytes)| (directory.join(path), kind, bytes)).collect();
        if overwrite == Overwrite::Never
            && let Some((path, kind, _)) = files.iter().find(|(path, ..)| path.symlink_metadata().is_ok())
        {
            return Err(ExportError::Exists { path: path.clone(), kind: *kind });
        }
        let mut staged = Vec::with_capacity(files.len());
        for (path, kind, bytes) in &files {
            let parent = path.parent().expect("joined to a directory");
            fs::create_dir_all(parent)
                .map_err(|source| ExportError::Directory { path: parent.to_owned(), source })?;
            let mut file = Staged::create(path, *kind, overwrite)?;
            file.put(bytes)?;
            staged.push(file);
        }
        // Every file is on the disk; now they get their names.
        for file in staged {
            let path = file.path().to_owned();
            file.commit()?;
            output.line(format_args!("wrote {}", path.display()));
        }
        Ok(files.into_iter().map(|(path, ..)| path).collect())
    }
}

/// JSON for people and programs, ending in a newline.
pub(super) fn pretty(value: &impl Serialize) -> Vec<u8> {
    let mut json = serde_json::to_vec_pretty(value).expect("the parts are JSON");
    json.push(b'\n');
    json
}
