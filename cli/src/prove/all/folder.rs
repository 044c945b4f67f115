//! The folder that the proofs of an epoch go to, a file each.

use std::fs;
use std::path::{Path, PathBuf};

use zksensor::circuits::statement::Statement;
use zksensor::files::{self, FileProof, Overwrite, ProofFile, Staged};
use zksensor::model::field::Fr;
use zksensor::model::known::AnyClaim;
use zksensor::model::registry::Chunk;

use super::super::ProveCommandError;
use crate::backend::Backend;

/// A folder for proofs of one statement under one key.
pub(super) struct Folder<B: Backend> {
    path: PathBuf,
    statement: AnyClaim,
    key: B::VerifyingKey,
    overwrite: Overwrite,
}

impl<B: Backend> Folder<B> {
    /// The folder, which is made if it is not there.
    ///
    /// # Errors
    /// [`ProveCommandError::Folder`].
    pub(super) fn of(
        path: PathBuf,
        statement: &impl Statement,
        key: &B::VerifyingKey,
        overwrite: Overwrite,
    ) -> Result<Folder<B>, ProveCommandError> {
        let folder = Folder { path, statement: AnyClaim::of(statement), key: key.clone(), overwrite };
        let failed = |source| ProveCommandError::Folder { path: folder.path.clone(), source };
        fs::create_dir_all(&folder.path).map_err(failed)?;
        Ok(folder)
    }

    pub(super) fn key(&self) -> &B::VerifyingKey {
        &self.key
    }

    pub(super) fn as_path(&self) -> &Path {
        &self.path
    }

    /// Where the proof of a chunk goes.
    pub(super) fn path(&self, epoch: u32, chunk: Chunk) -> PathBuf {
        self.path.join(format!("epoch-{epoch}-chunk-{}.json", chunk.index()))
    }

    /// The proof that is there already, if it shows these public inputs; none if it is not there or to be replaced.
    ///
    /// # Errors
    /// [`ProveCommandError::OtherProof`] for one that shows something else; a file that is none, or cannot be written.
    pub(super) fn kept(
        &self,
        path: &Path,
        chunk: Chunk,
        words: &[Fr],
    ) -> Result<Option<ProofFile<B::Proof>>, ProveCommandError> {
        let kind = <B::Proof as FileProof>::KIND;
        if self.overwrite != Overwrite::Never || fs::symlink_metadata(path).is_err() {
            // What cannot be written is known before anything is proven.
            drop(Staged::create(path, kind, self.overwrite)?);
            return Ok(None);
        }
        let file = B::proof_file(path, &files::read(path, kind)?)?;
        let other = |why| Err(ProveCommandError::OtherProof { path: path.to_owned(), chunk, why });
        if file.statement().id() != self.statement.id() {
            return other("is of another statement");
        }
        if file.key_id() != B::key_id(&self.key).to_string() {
            return other("is under another key");
        }
        if file.words() != words {
            return other("shows other public inputs: of other readings, another policy or another registry");
        }
        match B::verify_file(&file, self.key.clone()) {
            Ok(()) => Ok(Some(file)),
            Err(_) => other("does not hold"),
        }
    }

    /// Writes a proof.
    ///
    /// # Errors
    /// A file that is there meanwhile, or cannot be written.
    pub(super) fn write(
        &self,
        path: &Path,
        proof: B::Proof,
        words: Vec<Fr>,
    ) -> Result<ProofFile<B::Proof>, ProveCommandError> {
        let file = ProofFile::new(self.statement.clone(), B::key_id(&self.key), proof, words)?;
        file.save(path, self.overwrite)?;
        Ok(file)
    }
}
