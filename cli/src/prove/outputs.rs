//! Where a proof and its opening go.

use std::path::{Path, PathBuf};

use zksensor::circuits::statement::StatementId;
use zksensor::files::{FileError, FileProof, Kind, ProofFile, Staged};

use super::{Args, ProveCommandError};
use crate::error::SamePlace;

/// Where what is proven goes.
pub(super) enum Places {
    /// One proof, with its opening.
    One(Outputs),
    /// A proof of every chunk: into this folder.
    Folder(PathBuf),
    /// No proof yet: a seal.
    Seal(Staged),
}

impl Places {
    /// As the options name them.
    ///
    /// # Errors
    /// [`FileError`] for an output that cannot be written.
    pub(super) fn of(args: &Args, kind: Kind) -> Result<Places, ProveCommandError> {
        if let Some(seal) = &args.seal_out {
            return Ok(Places::Seal(Staged::create(seal, Kind::Seal, args.force.overwrite())?));
        }
        match (&args.out_dir, &args.out) {
            (Some(folder), _) => Ok(Places::Folder(folder.clone())),
            (None, Some(out)) => Outputs::stage(args, out, kind).map(Places::One),
            (None, None) => unreachable!("the option parser wants one of them"),
        }
    }

    /// That of a statement about one device.
    ///
    /// # Errors
    /// [`ProveCommandError::Unused`] for a folder: there are no chunks.
    pub(super) fn one(self, statement: &StatementId) -> Result<Outputs, ProveCommandError> {
        match self {
            Places::One(outputs) => Ok(outputs),
            Places::Seal(_) => {
                Err(ProveCommandError::Unused { option: "--seal-out", statement: statement.to_string() })
            }
            Places::Folder(_) => {
                Err(ProveCommandError::Unused { option: "--all-chunks", statement: statement.to_string() })
            }
        }
    }
}

/// The files, started before any work: what cannot be written is known at once.
pub(super) struct Outputs {
    proof: Staged,
    pub(super) opening: Option<Staged>,
}

impl Outputs {
    fn stage(args: &Args, out: &Path, kind: Kind) -> Result<Outputs, ProveCommandError> {
        let overwrite = args.force.overwrite();
        let opening = args.opening.as_ref().map(|path| Staged::create(path, Kind::Opening, overwrite));
        let proof = Staged::create(out, kind, overwrite)?;
        let opening = opening.transpose()?;
        if let Some(opening) = &opening {
            SamePlace::refuse(&[&proof, opening])?;
        }
        Ok(Outputs { proof, opening })
    }

    /// Where the proof goes.
    pub(super) fn path(&self) -> &Path {
        self.proof.path()
    }

    /// Gives the opening its name and then the proof: a proof without its opening could be posted and never opened. Both are
    /// written before one has its name, unless the proof goes where it is out as soon as it is written: then after the opening.
    pub(super) fn commit<P: FileProof>(
        self,
        file: &ProofFile<P>,
        opening: &[u8],
    ) -> Result<(), ProveCommandError> {
        let Outputs { mut proof, opening: staged } = self;
        let Some(mut staged) = staged else {
            file.put_into(&mut proof)?;
            return Ok(proof.commit()?);
        };
        let is_file = proof.is_file();
        if is_file {
            file.put_into(&mut proof)?;
        }
        let path = staged.path().to_owned();
        staged.put(opening)?;
        staged.commit()?;
        let put = if is_file { Ok(()) } else { file.put_into(&mut proof) };
        let failed =
            |reason: FileError| ProveCommandError::AfterOpening { opening: path, reason: reason.into() };
        put.and_then(|()| proof.commit()).map_err(failed)
    }
}
