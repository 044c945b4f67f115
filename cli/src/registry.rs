//! The commands `registry ..`: devices in and out, the root, and what it was.

#[cfg(feature = "chain")]
mod chain;
mod moment;
mod show;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use zksensor::files::{self, FileError, Kind, RegistryFile, RegistryFileFailure, RegistryWriter};
use zksensor::model::device::Leaf;
use zksensor::model::policy::time::format_rfc3339_millis;
use zksensor::model::reading::UnixMillis;
use zksensor::model::registry::{Position, RegistryError};

pub(crate) use self::moment::{Taken, When, when};
use crate::error::{Advice, diagnostic};
use crate::output::{Output, shown};

/// What to do with the registry.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Enrols devices, all or none, and gives their positions. Starts the registry if there is none.
    Enrol(EnrolArgs),
    /// Takes a device out for good.
    Revoke(RevokeArgs),
    /// Gives a device a new leaf at a new position; the old one is revoked in the same change.
    Replace(ReplaceArgs),
    /// Prints the root: what a contract stores and a proof names.
    Root(show::RootArgs),
    /// Writes what one device's own node needs to prove: its leaf, path and root.
    Prove(show::ProveArgs),
    /// Lists the devices, revoked ones, too.
    List(RegistryArgs),
    /// Says where a device is, and what is known of it.
    Find(show::FindArgs),
    /// Lists the changes with their times and the roots after them.
    History(RegistryArgs),
    /// Checks every device and the root, and joins the records of the file. Nothing is lost, and nothing need be done:
    /// it happens by itself after some thousand changes.
    Compact(CompactArgs),
    /// Posts what is new in the file to the registry's contract, root and changes.
    #[cfg(feature = "chain")]
    Post(Box<chain::PostArgs>),
    /// Compares every post of the contract with the states of the file.
    #[cfg(feature = "chain")]
    Sync(chain::SyncArgs),
    /// Takes back posts that do not count yet: the guardian's.
    #[cfg(feature = "chain")]
    Veto(Box<chain::VetoArgs>),
}

/// The file of the registry.
#[derive(Debug, clap::Args)]
pub(crate) struct RegistryArgs {
    /// The registry.
    #[arg(long, value_name = "FILE")]
    registry: PathBuf,
}

/// How long to wait for somebody else.
#[derive(Debug, clap::Args)]
pub(crate) struct WaitArgs {
    /// Waits so long while another command changes the registry; 0 fails at once.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    wait: u32,
}

impl WaitArgs {
    fn duration(&self) -> Duration {
        Duration::from_secs(self.wait.into())
    }
}

/// Options of `registry enrol`.
#[derive(Debug, clap::Args)]
pub(crate) struct EnrolArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// Leaves as `device new` prints them, one a file.
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present = "leaves")]
    leaf: Vec<PathBuf>,
    /// Leaves, one a line.
    #[arg(long, value_name = "FILE")]
    leaves: Option<PathBuf>,
    #[command(flatten)]
    wait: WaitArgs,
}

/// Options of `registry revoke`.
#[derive(Debug, clap::Args)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// Position of the device.
    #[arg(long, value_name = "N")]
    position: u32,
    #[command(flatten)]
    wait: WaitArgs,
}

/// Options of `registry replace`.
#[derive(Debug, clap::Args)]
pub(crate) struct ReplaceArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// Position of the device.
    #[arg(long, value_name = "N")]
    position: u32,
    /// Its new leaf.
    #[arg(long, value_name = "FILE")]
    leaf: PathBuf,
    #[command(flatten)]
    wait: WaitArgs,
}

/// Options of `registry compact`.
#[derive(Debug, clap::Args)]
pub(crate) struct CompactArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    #[command(flatten)]
    wait: WaitArgs,
}

/// Why the registry was not read or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RegistryCommandError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The registry refuses.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// No such device.
    #[error("expected a device that is or was registered, got {wanted}")]
    NotFound {
        /// What was looked for.
        wanted: String,
    },
    /// The file says nothing of the time.
    #[error("expected a time after the registry's history begins ({begins}), got {got}")]
    BeforeHistory {
        /// When that was.
        begins: String,
        /// The time that was asked for.
        got: String,
    },
    /// A clock that was not set.
    #[error("expected a clock that is set, got {got}")]
    Clock {
        /// What it says.
        got: String,
    },
    /// Nobody to enrol.
    #[error("expected at least one leaf to enrol, got none")]
    NoLeaves,
}

impl From<RegistryFileFailure> for RegistryCommandError {
    fn from(failure: RegistryFileFailure) -> Self {
        match failure {
            RegistryFileFailure::File(error) => error.into(),
            RegistryFileFailure::Registry(error) => error.into(),
            other => unreachable!("a registry fails by its file or its rules, not by {other}"),
        }
    }
}

impl RegistryCommandError {
    pub(crate) fn advice(&self) -> Advice {
        match self {
            RegistryCommandError::File(error) => Advice::of_file(error),
            RegistryCommandError::NotFound { .. } => {
                Advice::new("zksensor::registry", "`zksensor registry list` shows all devices")
            }
            RegistryCommandError::BeforeHistory { .. } => Advice::new(
                "zksensor::registry",
                "`zksensor registry history` shows the times of all changes",
            ),
            RegistryCommandError::Clock { .. } => {
                Advice::new("zksensor::system", "set the clock of this machine; nothing was changed")
            }
            RegistryCommandError::NoLeaves => {
                Advice::new("zksensor::file", "pass the leaves that `device new` printed, one a line")
            }
            RegistryCommandError::Registry(error) => {
                let help = match error {
                    RegistryError::NotEnrolled { .. } | RegistryError::PositionOutOfRange { .. } => {
                        "take the position that `registry enrol` printed"
                    }
                    RegistryError::Revoked { .. } => {
                        "the device was taken out for good; enrol it with a new key"
                    }
                    RegistryError::Full { .. } => "start another registry",
                    _ => "leave the device out, or give it a new key with `device new`; nothing was enrolled",
                };
                Advice::new("zksensor::registry", help)
            }
        }
    }
}
diagnostic!(RegistryCommandError);

/// Runs a command about the registry.
///
/// # Errors
/// [`RegistryCommandError`]; the file is as it was then.
pub(crate) fn run(command: &Command, output: &Output) -> miette::Result<()> {
    match command {
        #[cfg(feature = "chain")]
        Command::Post(args) => return Ok(chain::post(args, output)?),
        #[cfg(feature = "chain")]
        Command::Sync(args) => return Ok(chain::sync(args, output)?),
        #[cfg(feature = "chain")]
        Command::Veto(args) => return Ok(chain::veto(args, output)?),
        Command::Enrol(args) => enrol(args, output),
        Command::Revoke(args) => revoke(args, output),
        Command::Replace(args) => replace(args, output),
        Command::Root(args) => show::root(args, output),
        Command::Prove(args) => show::prove(args, output),
        Command::List(args) => show::list(args, output),
        Command::Find(args) => show::find(args, output),
        Command::History(args) => show::history(args, output),
        Command::Compact(args) => compact(args, output),
    }?;
    Ok(())
}

fn enrol(args: &EnrolArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let mut leaves: Vec<Leaf> =
        args.leaf.iter().map(|path| files::load_json(path, Kind::Leaf)).collect::<Result<_, _>>()?;
    if let Some(path) = &args.leaves {
        leaves.extend(files::load_lines::<Leaf>(path, Kind::Leaf)?.collect::<Result<Vec<_>, _>>()?);
    }
    if leaves.is_empty() {
        return Err(RegistryCommandError::NoLeaves);
    }
    let path = &args.registry.registry;
    let writer = RegistryWriter::open_or_start(path, args.wait.duration())?;
    let created = writer.is_started();
    say_before(writer.registry(), output);
    let now = now(writer.registry(), output)?;
    let (registry, positions) = writer.enrol(&leaves, now)?;
    if created {
        output.note(format_args!("started the registry {}", path.display()));
    }
    for position in &positions {
        output.answer(position);
    }
    let positions: Vec<u32> = positions.into_iter().map(Position::get).collect();
    output.note(format_args!("enrolled {}; the root is {}", positions.len(), registry.journal().root()));
    output.result(&state(path, &registry, json!({ "positions": positions, "created": created })));
    Ok(())
}

fn revoke(args: &RevokeArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let writer = open(&args.registry, &args.wait, output)?;
    let now = now(writer.registry(), output)?;
    let registry = writer.revoke(Position::new(args.position)?, now)?;
    let root = registry.journal().root();
    output.line(format_args!("revoked the device at {}; the root is {root}", args.position));
    output.result(&state(&args.registry.registry, &registry, json!({ "revoked": args.position })));
    Ok(())
}

fn replace(args: &ReplaceArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let leaf: Leaf = files::load_json(&args.leaf, Kind::Leaf)?;
    let writer = open(&args.registry, &args.wait, output)?;
    let now = now(writer.registry(), output)?;
    let (registry, position) = writer.replace(Position::new(args.position)?, &leaf, now)?;
    output.answer(position);
    output.note(format_args!(
        "replaced the device at {}; the root is {}",
        args.position,
        registry.journal().root()
    ));
    let done = json!({ "revoked": args.position, "positions": [position.get()] });
    output.result(&state(&args.registry.registry, &registry, done));
    Ok(())
}

fn compact(args: &CompactArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let writer = open(&args.registry, &args.wait, output)?;
    let now = now(writer.registry(), output)?;
    let registry = writer.compact(now)?;
    let changes = registry.journal().history().count();
    output
        .line(format_args!("checked {} devices and joined {changes} changes", registry.journal().devices()));
    output.result(&state(&args.registry.registry, &registry, json!({ "changes": changes })));
    Ok(())
}

fn open(args: &RegistryArgs, wait: &WaitArgs, output: &Output) -> Result<RegistryWriter, FileError> {
    let writer = RegistryWriter::open(&args.registry, wait.duration())?;
    say_before(writer.registry(), output);
    Ok(writer)
}

/// Reads a registry, and says what is to be said of its file.
fn load(args: &RegistryArgs, output: &Output) -> Result<RegistryFile, FileError> {
    let registry = RegistryFile::load(&args.registry)?;
    say_torn(&registry, output);
    Ok(registry)
}

/// Says what of the file is left out.
pub(crate) fn say_torn(registry: &RegistryFile, output: &Output) {
    let torn = registry.journal().torn();
    if torn > 0 {
        output.warn(format_args!(
            "the last {torn} bytes of the registry are no whole record, and are left out: a change that was never finished, or \
             the file was cut short"
        ));
    }
}

fn say_before(registry: &RegistryFile, output: &Output) {
    say_torn(registry, output);
    if registry.is_first_format() {
        output.note("the registry is of the first format; with this change it becomes a journal, which only releases from this one on read");
    }
}

/// What the clock says, in Unix milliseconds.
///
/// # Errors
/// [`RegistryCommandError::Clock`] before the year 2000.
pub(crate) fn clock() -> Result<u64, RegistryCommandError> {
    /// 2000-01-01, in Unix milliseconds: a clock without a battery begins before.
    const EARLIEST: u64 = 946_684_800_000;
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let millis = u64::try_from(since.as_millis()).unwrap_or(u64::MAX);
    if millis < EARLIEST {
        return Err(RegistryCommandError::Clock { got: format_rfc3339_millis(millis) });
    }
    Ok(millis)
}

/// The present. A clock that is behind the last change of a registry does not take it back: the change is recorded as of
/// that one, and that is said.
///
/// # Errors
/// [`RegistryCommandError::Clock`] before the year 2000.
fn now(registry: &RegistryFile, output: &Output) -> Result<UnixMillis, RegistryCommandError> {
    /// Milliseconds that clocks of machines may differ by.
    const SLACK: u64 = 5000;
    let millis = clock()?;
    let last = registry.journal().history().next_back().map_or(0, |last| last.time.get());
    if last.saturating_sub(millis) > SLACK {
        let (last, now) = (format_rfc3339_millis(last), format_rfc3339_millis(millis));
        output.warn(format_args!(
            "the clock says {now}, and the last change of the registry was made at {last}: one of them is wrong, and a change \
             is recorded as of {last}"
        ));
    }
    Ok(UnixMillis::new(millis).unwrap_or_else(|_| {
        output.warn("the clock is past the year 10889; the change is recorded as of then");
        UnixMillis::MAX
    }))
}

/// The state of the registry, with what the command did.
fn state(path: &Path, registry: &RegistryFile, mut done: Value) -> Value {
    let journal = registry.journal();
    done["registry"] = shown(path);
    done["root"] = journal.root().to_string().into();
    done["devices"] = journal.devices().into();
    done["enrolled"] = journal.enrolled().into();
    done
}
