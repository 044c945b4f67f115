//! A folder, with a folder for each policy and epoch: `POLICY/EPOCH/CHUNK.json`.

use std::error::Error;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;
use zksensor::files::{Kind, Overwrite, Staged};
use zksensor::model::claim::{Binding, StatementId};

use super::{Brought, NotBrought, Parcel, Place, Whereabouts};

/// Bytes of a proof's file, at most; one of halo2 has some thousand.
const MOST: u64 = 1 << 20;

/// Proofs as files. Each is written as a whole, flushed, and named last.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A folder, which is made with the first proof.
    pub fn new(path: &Path) -> Self {
        Folder(path.to_owned())
    }

    fn path_of(&self, parcel: &Parcel<'_>) -> PathBuf {
        let Parcel { policy, epoch, chunk, .. } = parcel;
        self.0.join(policy).join(epoch.to_string()).join(format!("{chunk}.json"))
    }
}

/// The reason alone, of which an error of a file names the path before it: it is shown to everybody.
fn cause(error: &(dyn Error + 'static)) -> String {
    error.source().map_or_else(|| error.to_string(), cause)
}

/// Whether a file has this text and no more.
fn has(path: &Path, text: &str) -> bool {
    let mut read = Vec::new();
    let limit = text.len() as u64 + 1;
    let done = fs::File::open(path).and_then(|file| file.take(limit).read_to_end(&mut read));
    done.is_ok() && read == text.as_bytes()
}

/// Whether a file has a proof for another policy than this one is for.
fn is_of_another(path: &Path, proof: &str) -> bool {
    let mut read = String::new();
    let done = fs::File::open(path).and_then(|file| file.take(MOST).read_to_string(&mut read));
    let policy_of = |text: &str| {
        let fields = serde_json::from_str::<Value>(text).ok()?["fields"].take();
        fields["policy_id"].as_str().map(str::to_owned)
    };
    done.is_ok() && policy_of(&read).is_some_and(|there| policy_of(proof).is_some_and(|new| new != there))
}

impl Place for Folder {
    fn binding(&self, _: &StatementId) -> Binding {
        Binding::NONE
    }

    fn bring(&mut self, parcels: &[Parcel<'_>]) -> Vec<Result<Brought, NotBrought>> {
        parcels.iter().map(|parcel| self.put(parcel)).collect()
    }

    fn look(&mut self, parcel: &Parcel<'_>, _: &str) -> Result<Whereabouts, NotBrought> {
        let is_there = self.path_of(parcel).exists();
        Ok(if is_there { Whereabouts::Final(None) } else { Whereabouts::Lost })
    }
}

impl Folder {
    fn put(&self, parcel: &Parcel<'_>) -> Result<Brought, NotBrought> {
        let path = self.path_of(parcel);
        let text = format!("{}\n", parcel.file);
        if !has(&path, &text) {
            if is_of_another(&path, parcel.file) {
                let reason = "the folder of proofs has one of another policy there, which had this name; move the folder of that name away";
                return Err(NotBrought::Later(reason.to_owned()));
            }
            let later = |error: &(dyn Error + 'static)| {
                NotBrought::Later(format!("the folder of proofs does not take a file: {}", cause(error)))
            };
            let folder = path.parent().unwrap_or(&self.0);
            fs::create_dir_all(folder).map_err(|error| later(&error))?;
            let mut staged =
                Staged::create(&path, Kind::Proof, Overwrite::Replace).map_err(|error| later(&error))?;
            staged.put(text.as_bytes()).map_err(|error| later(&error))?;
            staged.commit().map_err(|error| later(&error))?;
        }
        Ok(Brought { receipt: path.display().to_string(), paid: None, is_final: true })
    }
}
