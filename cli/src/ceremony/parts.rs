//! The parts of a first key beside it, for a run that goes on where another ended.

use std::io::{BufWriter, ErrorKind, Read, Write};
use std::path::Path;

use sha3::{Digest, Keccak256};
use zksensor::files::{FileError, Overwrite, PartsFile};
use zksensor::model::known::KnownStatement;
use zksensor::r1cs::Circuit;
use zksensor_ceremony::{CeremonyError, Parts};

use super::source::PowersFacts;
use super::{BUFFER, CeremonyCommandError};
use crate::output::Output;

/// Parts in a file, and how many were taken and made. Of an output that is no file, none are kept.
pub(super) struct KeptParts<'a> {
    file: Option<PartsFile>,
    /// Why the file did not give or take something.
    why: Option<FileError>,
    resumed: usize,
    made: usize,
    output: &'a Output,
}

/// All that a first key depends on, and the version of how it is cut into parts.
pub(super) fn what_of(statement: &KnownStatement, circuit: &Circuit, powers: &PowersFacts) -> [u8; 32] {
    let mut digest = Keccak256::new_with_prefix(b"zksensor first key\x01");
    for part in [statement.id().to_string(), circuit.rows_digest().to_string()] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.update(powers.digest);
    digest.finalize().into()
}

impl<'a> KeptParts<'a> {
    /// Opens what an earlier run left beside `path`.
    pub(super) fn open(
        path: &Path,
        of: [u8; 32],
        overwrite: Overwrite,
        output: &'a Output,
    ) -> Result<Self, FileError> {
        Ok(KeptParts { file: Some(PartsFile::open(path, of, overwrite)?), ..KeptParts::none(output) })
    }

    /// Keeps nothing.
    pub(super) fn none(output: &'a Output) -> Self {
        KeptParts { file: None, why: None, resumed: 0, made: 0, output }
    }

    /// How many parts there were, and how many in all.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.resumed, self.resumed + self.made)
    }

    /// What was done with them; or why not, if that is why a step with them failed.
    pub(super) fn done<T>(
        &mut self,
        done: Result<T, CeremonyCommandError>,
    ) -> Result<T, CeremonyCommandError> {
        done.map_err(|error| self.why.take().map_or(error, CeremonyCommandError::from))
    }

    /// The key is there.
    pub(super) fn remove(self) -> Result<(), FileError> {
        self.file.map_or(Ok(()), PartsFile::remove)
    }

    fn warn(&self, name: &str) {
        if let Some(file) = &self.file {
            self.output.warn(format_args!(
                "{}: the part {name} is damaged, or not of this statement and these powers of tau; it is made again",
                file.path().display()
            ));
        }
    }
}

/// What [`Parts`] says of a file that failed: [`KeptParts::done`] has the rest.
fn system() -> CeremonyError {
    CeremonyError::System { kind: ErrorKind::Other }
}

impl Parts for KeptParts<'_> {
    fn take(&mut self, name: &str, length: u64) -> Result<Option<Box<dyn Read + '_>>, CeremonyError> {
        let Some(file) = &mut self.file else { return Ok(None) };
        let there = file.has(name);
        match file.take(name, length) {
            Ok(Some(bytes)) => {
                self.resumed += 1;
                Ok(Some(Box::new(bytes)))
            }
            Ok(None) => {
                if there {
                    self.warn(name);
                }
                Ok(None)
            }
            Err(why) => {
                self.why = Some(why);
                Err(system())
            }
        }
    }

    fn refuse(&mut self, name: &str) {
        self.resumed -= 1;
        self.warn(name);
    }

    fn keep(
        &mut self,
        name: &str,
        length: u64,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<(), CeremonyError>,
    ) -> Result<(), CeremonyError> {
        self.made += 1;
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut put = || -> Result<Result<(), CeremonyError>, FileError> {
            let mut part = file.put(name, length)?;
            let mut buffer = BufWriter::with_capacity(BUFFER, &mut part);
            let written = write(&mut buffer).and_then(|()| Ok(buffer.flush()?));
            // Taken apart, it writes nothing of a part that failed.
            let _ = buffer.into_parts();
            part.finish().map(|()| written)
        };
        put().unwrap_or_else(|why| {
            self.why = Some(why);
            Err(system())
        })
    }
}
