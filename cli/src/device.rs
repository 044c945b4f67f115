//! The commands `device new` and `device sign`.

mod frames;
mod sign;
mod source;

use std::path::PathBuf;

use rand::rngs::OsRng;
use serde_json::json;
use zksensor::files::{DeviceFile, FileError, Kind, Staged};
use zksensor::import::{FrameCutError, HeaderError, ImportError};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret};
use zksensor::model::reading::{ReadingError, UnixMillis};

use crate::args::{self, ForceArgs};
use crate::error::{Advice, SamePlace, diagnostic};
use crate::output::{Output, shown};

/// What to do with devices.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Makes the key of a new device, and prints its public leaf for `registry enrol`.
    New(NewArgs),
    /// Signs the readings of a file that other software wrote: a table, a track, a log, documents.
    Sign(Box<sign::Args>),
}

/// Options of `device new`.
#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// Where the secrets go: a file for the owner alone.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Where the public leaf goes, too.
    #[arg(long, value_name = "FILE")]
    leaf_out: Option<PathBuf>,
    /// What kind of device it is; policies select by it.
    #[arg(long, default_value_t = 0)]
    class: u16,
    /// Whose it is: 0x and 32 hexadecimal digits.
    #[arg(long, value_name = "HEX", value_parser = args::owner, default_value = "0x00000000000000000000000000000000")]
    owner: u128,
    /// When the registration ends, such as 2030-01-01T00:00:00Z. Without it, never.
    #[arg(long, value_name = "TIME", value_parser = args::time)]
    expiry: Option<UnixMillis>,
    #[command(flatten)]
    force: ForceArgs,
}

/// Why there is no device key, or no signed readings.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DeviceError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Two outputs are one.
    #[error(transparent)]
    Same(#[from] SamePlace),
    /// Options that do not fit each other.
    #[error(transparent)]
    Source(#[from] source::SourceError),
    /// The file with readings.
    #[error("{}: {reason}", path.display())]
    Import {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        reason: Box<ImportError>,
    },
    /// A file without a reading.
    #[error("{}: expected at least one reading ({wanted}), got none{}", path.display(), beside(*left_out, *passed))]
    Nothing {
        /// The file.
        path: PathBuf,
        /// What a reading is in this format.
        wanted: &'static str,
        /// Rows that were left out.
        left_out: u64,
        /// Records that are none of this kind, and what they are.
        passed: Option<(u64, &'static str)>,
    },
    /// A row that is no reading that may be signed.
    #[error("row {row}: {reason}")]
    Sign {
        /// Number of the row, from 1.
        row: u64,
        /// Why not.
        #[source]
        reason: ReadingError,
    },
    /// A row that goes into no frame.
    #[error("row {row}: {reason}")]
    Frame {
        /// Number of the row, from 1.
        row: u64,
        /// Why not.
        #[source]
        reason: FrameCutError,
    },
    /// A file in which the device has its last frame.
    #[error("{}: expected a last frame with a sequence number below 2^64 - 1, got that one", path.display())]
    LastSequence {
        /// The file.
        path: PathBuf,
    },
    /// A policy about a channel that no frame has.
    #[error("expected a policy about one of the channels 0 to 2, which frames have, got channel {got}")]
    Channel {
        /// The channel of the policy.
        got: usize,
    },
}

/// What there was in the place of readings.
fn beside(left_out: u64, passed: Option<(u64, &'static str)>) -> String {
    let left_out = (left_out > 0).then(|| format!("; {left_out} rows were left out"));
    let passed = passed.filter(|(count, _)| *count > 0);
    let passed = passed.map(|(count, what)| format!("; {count} {what} were passed over"));
    left_out.unwrap_or_default() + &passed.unwrap_or_default()
}

const NOTHING_HELP: &str =
    "nothing was signed and no file was written; is it the right file, and the right --format?";
const DELIMITER_HELP: &str =
    "say which character stands between cells: --delimiter ';' (and --decimal-comma, if numbers have one)";
const UNIT_HELP: &str = "say the unit of the column: --columns ..,CHANNEL:UNIT=COLUMN";
const HEADER_HELP: &str = "name the columns as the header has them: --columns time=..,lat=..,lon=..,value=..";
const ROW_HELP: &str =
    "correct the row, or pass --skip-bad-rows to leave out and report the rows that cannot be read";
const ORDER_HELP: &str =
    "sort the file by its time, or pass --skip-bad-rows to leave out and report what comes too late";
const SEQUENCE_HELP: &str = "no number is left for this device; enrol another key";
const CHANNEL_HELP: &str = "sign readings, without --frame, or take a policy about another channel";
const END_HELP: &str = "correct the file; nothing after this can be read";

impl DeviceError {
    fn advice(&self) -> Advice {
        match self {
            DeviceError::File(error) => Advice::of_file(error),
            DeviceError::Same(_) => SamePlace::advice(),
            DeviceError::Import { reason, .. } => {
                let help = match **reason {
                    ImportError::Header(HeaderError::Delimiter { .. }) => DELIMITER_HELP,
                    ImportError::Header(HeaderError::Unit { .. }) => UNIT_HELP,
                    ImportError::Header(_) => HEADER_HELP,
                    _ if reason.is_last() => END_HELP,
                    _ => ROW_HELP,
                };
                Advice::new("zksensor::import", help)
            }
            DeviceError::Source(error) => error.advice(),
            DeviceError::Nothing { .. } => Advice::new("zksensor::import", NOTHING_HELP),
            DeviceError::Sign { .. } => Advice::new("zksensor::import", ROW_HELP),
            DeviceError::Frame { reason, .. } => {
                let help = match reason {
                    FrameCutError::Order { .. } => ORDER_HELP,
                    FrameCutError::Sequence => SEQUENCE_HELP,
                    _ => ROW_HELP,
                };
                Advice::new("zksensor::import", help)
            }
            DeviceError::LastSequence { .. } => Advice::new("zksensor::import", SEQUENCE_HELP),
            DeviceError::Channel { .. } => Advice::new("zksensor::source", CHANNEL_HELP),
        }
    }

    /// Whether it is about one row, without which the others can be signed.
    fn is_of_a_row(&self) -> bool {
        matches!(
            self,
            DeviceError::Frame { reason: FrameCutError::Order { .. } | FrameCutError::Sample { .. }, .. }
        )
    }
}
diagnostic!(DeviceError);

/// Runs a command about devices.
///
/// # Errors
/// [`DeviceError`].
pub(crate) fn run(command: &Command, output: &Output) -> Result<(), DeviceError> {
    match command {
        Command::New(args) => new(args, output),
        Command::Sign(args) => sign::run(args, output),
    }
}

fn new(args: &NewArgs, output: &Output) -> Result<(), DeviceError> {
    let attributes =
        Attributes { class: args.class, expiry: args.expiry.unwrap_or(UnixMillis::MAX), owner: args.owner };
    let device =
        DeviceFile::new(DeviceKey::generate(&mut OsRng), DeviceSecret::generate(&mut OsRng), attributes);
    let overwrite = args.force.overwrite();
    let mut secrets = Staged::create(&args.out, Kind::DeviceKey, overwrite)?;
    let leaf_out =
        args.leaf_out.as_ref().map(|path| Staged::create(path, Kind::Leaf, overwrite)).transpose()?;
    if let Some(leaf_out) = &leaf_out {
        SamePlace::refuse(&[&secrets, leaf_out])?;
    }
    let leaf = json!(device.leaf());
    secrets.put(&device.to_json())?;
    secrets.commit()?;
    if let Some(mut leaf_out) = leaf_out {
        leaf_out.put(format!("{leaf}\n").as_bytes())?;
        leaf_out.commit()?;
    }
    output.note(format_args!(
        "wrote the secrets of the device to {}; keep the file to yourself",
        args.out.display()
    ));
    output.answer(&leaf);
    output.result(&json!({ "key_file": shown(&args.out), "leaf": leaf }));
    Ok(())
}
