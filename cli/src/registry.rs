//! The commands `registry enrol`, `revoke`, `root` and `prove`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use zksensor::files::{self, FileError, Kind, Overwrite};
use zksensor::model::device::Leaf;
use zksensor::model::registry::{Position, Registry, RegistryError};

use crate::args::ForceArgs;
use crate::error::{Advice, diagnostic};
use crate::output::Output;

/// What to do with the registry.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Enrols devices, all or none, and gives their positions. Starts the registry if there is none.
    Enrol(EnrolArgs),
    /// Takes a device out for good.
    Revoke(RevokeArgs),
    /// Prints the root: what a contract stores and a proof names.
    Root(RegistryArgs),
    /// Writes what one device's own node needs to prove: its leaf, path and root.
    Prove(ProveArgs),
}

/// The file of the registry.
#[derive(Debug, clap::Args)]
pub(crate) struct RegistryArgs {
    /// The registry. Of two commands that change it at once, the later one's change stays: run one at a time.
    #[arg(long, value_name = "FILE")]
    registry: PathBuf,
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
}

/// Options of `registry revoke`.
#[derive(Debug, clap::Args)]
pub(crate) struct RevokeArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// Position of the device.
    #[arg(long, value_name = "N")]
    position: u32,
}

/// Options of `registry prove`.
#[derive(Debug, clap::Args)]
pub(crate) struct ProveArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// Position of the device.
    #[arg(long, value_name = "N")]
    position: u32,
    /// Where the membership goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
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
}

impl RegistryCommandError {
    fn advice(&self) -> Advice {
        match self {
            RegistryCommandError::File(error) => Advice::of_file(error),
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
pub(crate) fn run(command: &Command, output: &Output) -> Result<(), RegistryCommandError> {
    match command {
        Command::Enrol(args) => enrol(args, output),
        Command::Revoke(args) => revoke(args, output),
        Command::Root(args) => root(args, output),
        Command::Prove(args) => prove(args, output),
    }
}

fn enrol(args: &EnrolArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let mut leaves: Vec<Leaf> =
        args.leaf.iter().map(|path| files::load_json(path, Kind::Leaf)).collect::<Result<_, _>>()?;
    if let Some(path) = &args.leaves {
        leaves.extend(files::load_lines::<Leaf>(path, Kind::Leaf)?.collect::<Result<Vec<_>, _>>()?);
    }
    let path = &args.registry.registry;
    let created = !path.exists();
    let mut registry = if created { Registry::new() } else { files::load_registry(path)? };
    let positions = registry.enrol_all(leaves)?;
    let overwrite = if created { Overwrite::Never } else { Overwrite::Replace };
    files::save_registry(path, &registry, overwrite)?;
    if created {
        output.note(format_args!("started the registry {}", path.display()));
    }
    for position in &positions {
        output.answer(position);
    }
    let positions: Vec<u32> = positions.into_iter().map(Position::get).collect();
    output.note(format_args!("enrolled {}; the root is {}", positions.len(), registry.root()));
    output.result(&state(path, &registry, json!({ "positions": positions, "created": created })));
    Ok(())
}

fn revoke(args: &RevokeArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let path = &args.registry.registry;
    let mut registry = files::load_registry(path)?;
    registry.revoke(Position::new(args.position)?)?;
    files::save_registry(path, &registry, Overwrite::Replace)?;
    output.line(format_args!("revoked the device at {}; the root is {}", args.position, registry.root()));
    output.result(&state(path, &registry, json!({ "revoked": args.position })));
    Ok(())
}

fn root(args: &RegistryArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let registry = files::load_registry(&args.registry)?;
    output.answer(registry.root());
    output.result(&state(&args.registry, &registry, json!({})));
    Ok(())
}

fn prove(args: &ProveArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let registry = files::load_registry(&args.registry.registry)?;
    let membership = registry.membership(Position::new(args.position)?)?;
    let json = format!("{}\n", json!(membership));
    files::write(&args.out, Kind::Membership, args.force.overwrite(), json.as_bytes())?;
    output.line(format_args!("wrote the membership of position {} to {}", args.position, args.out.display()));
    output.result(&state(
        &args.registry.registry,
        &registry,
        json!({ "position": args.position, "out": args.out }),
    ));
    Ok(())
}

/// The state of the registry, with what the command did.
fn state(path: &Path, registry: &Registry, mut done: Value) -> Value {
    done["registry"] = json!(path);
    done["root"] = registry.root().to_string().into();
    done["devices"] = registry.len().into();
    done["enrolled"] = registry.enrolled().into();
    done
}
