//! The commands `ceremony`: keys for production, out of powers of tau and what everybody who contributes adds and forgets.
//!
//! Every file is one of circom's tools, so that each step may be theirs.

mod beacon;
mod contribute;
mod demo;
mod error;
mod finish;
pub(crate) mod inspect;
mod new;
mod page;
mod parts;
mod record;
mod snarkjs;
mod source;
mod toy;
pub(crate) mod typed;
mod verify;

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::Path;

use zksensor::files::{self, Kind, Staged};
use zksensor_ceremony::{CeremonyError, Zkey};

pub(crate) use error::CeremonyCommandError;
pub(crate) use source::{PowersFacts, VouchedArgs};

use crate::output::Output;

/// A step of a ceremony.
#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "new, then contribute by each who takes part, one after the other, then beacon, then finish; everybody verifies. \
                  docs/ceremony.md says who does what. snarkjs reads and writes the same files."
)]
pub(crate) enum Command {
    /// Makes the first key of a statement: the same for everybody, byte by byte.
    New(new::Args),
    /// Adds a secret that is forgotten, and writes the next key.
    Contribute(contribute::Args),
    /// Adds public randomness as the last step: then nobody can have steered the key.
    Beacon(beacon::Args),
    /// Verifies powers of tau, and a key with everybody who contributed to it.
    Verify(verify::Args),
    /// Verifies a ceremony, and writes the keys of it, its transcript, ceremony.json and a page.
    Finish(finish::Args),
    /// Makes powers of tau that are a toy: to rehearse with.
    Toy(toy::Args),
    /// Runs a whole ceremony of one machine, proves under its key, and asks snarkjs whether it holds. Needs no file.
    Demo(demo::Args),
}

/// Runs a command.
///
/// # Errors
/// [`CeremonyCommandError`].
pub(crate) fn run(command: &Command, output: &Output) -> Result<(), CeremonyCommandError> {
    match command {
        Command::New(args) => new::run(args, output),
        Command::Contribute(args) => contribute::run(args, output),
        Command::Beacon(args) => beacon::run(args, output),
        Command::Verify(args) => verify::run(args, output),
        Command::Finish(args) => finish::run(args, output),
        Command::Toy(args) => toy::run(args, output),
        Command::Demo(args) => demo::run(args, output),
    }
}

/// Opens a key of a ceremony.
pub(crate) fn open_key(path: &Path) -> Result<Zkey<BufReader<File>>, CeremonyCommandError> {
    let file = files::open_places(path, Kind::CeremonyKey)?;
    Zkey::open(BufReader::new(file)).map_err(|reason| CeremonyCommandError::of(path, reason))
}

/// Bytes that gather before they are written.
const BUFFER: usize = 1 << 20;

/// An output that keeps why it took nothing more, which is told apart from what is wrong with the input.
pub(crate) struct Kept<'a> {
    staged: &'a mut Staged,
    why: Option<io::Error>,
}

impl Kept<'_> {
    fn keep<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        done.map_err(|error| {
            let kind = error.kind();
            self.why.get_or_insert(error);
            kind.into()
        })
    }
}

impl Write for Kept<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = self.staged.write(bytes);
        self.keep(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = self.staged.flush();
        self.keep(done)
    }
}

/// Writes into an output that was started before. What fails otherwise is about the file `named`, from which it is made.
pub(crate) fn write<T>(
    mut staged: Staged,
    named: &Path,
    write: impl FnOnce(&mut BufWriter<Kept<'_>>) -> Result<T, CeremonyError>,
) -> Result<T, CeremonyCommandError> {
    let mut buffer = BufWriter::with_capacity(BUFFER, Kept { staged: &mut staged, why: None });
    let written = write(&mut buffer).and_then(|done| {
        buffer.flush()?;
        Ok(done)
    });
    // Taken apart, it writes nothing of an output whose input failed.
    let (Kept { why, .. }, _) = buffer.into_parts();
    if let Some(source) = why {
        return Err(staged.error(source).into());
    }
    let done = written.map_err(|reason| CeremonyCommandError::of(named, reason))?;
    staged.commit()?;
    Ok(done)
}
