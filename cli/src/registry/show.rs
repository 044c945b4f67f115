//! The commands `registry root`, `prove`, `list`, `find`, `history`: what a registry says.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};
use zksensor::files::{self, Device, Kind};
use zksensor::model::device::{Attributes, Leaf};
use zksensor::model::policy::time::format_rfc3339_millis;
use zksensor::model::primitives::eddsa::PublicKey;
use zksensor::model::reading::UnixMillis;
use zksensor::model::registry::Position;

use super::moment::MomentArgs;
use super::{RegistryArgs, RegistryCommandError, load, state};
use crate::args::ForceArgs;
use crate::output::{Output, shown};

/// Options of `registry root`.
#[derive(Debug, clap::Args)]
pub(crate) struct RootArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    #[command(flatten)]
    moment: MomentArgs,
}

/// Options of `registry prove`.
#[derive(Debug, clap::Args)]
pub(crate) struct ProveArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// Position of the device.
    #[arg(long, value_name = "N")]
    position: u32,
    #[command(flatten)]
    moment: MomentArgs,
    /// Where the membership goes; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Options of `registry find`.
#[derive(Debug, clap::Args)]
#[group(id = "device", required = true, multiple = false, args = ["leaf", "key", "position"])]
pub(crate) struct FindArgs {
    #[command(flatten)]
    registry: RegistryArgs,
    /// The device of this leaf.
    #[arg(long, value_name = "FILE")]
    leaf: Option<PathBuf>,
    /// The device with this public key: 0x and 64 hexadecimal digits, as leaves have it.
    #[arg(long, value_name = "HEX")]
    key: Option<PublicKey>,
    /// The device at this position.
    #[arg(long, value_name = "N")]
    position: Option<u32>,
}

pub(super) fn root(args: &RootArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let registry = load(&args.registry, output)?;
    let taken = args.moment.of(&registry, output)?;
    let root = registry.journal().root_at(taken.moment);
    output.answer(root);
    let mut result = state(&args.registry.registry, &registry, json!({ "time": taken.at }));
    result["root"] = root.to_string().into();
    output.result(&result);
    Ok(())
}

pub(super) fn prove(args: &ProveArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let mut registry = load(&args.registry, output)?;
    let taken = args.moment.of(&registry, output)?;
    let membership = registry.membership(Position::new(args.position)?, taken.moment)?;
    let json = format!("{}\n", json!(membership));
    files::write(&args.out, Kind::Membership, args.force.overwrite(), json.as_bytes())?;
    output.line(format_args!("wrote the membership of position {} to {}", args.position, args.out.display()));
    let done = json!({ "position": args.position, "out": shown(&args.out), "time": taken.at });
    let mut result = state(&args.registry.registry, &registry, done);
    result["root"] = membership.root().to_string().into();
    output.result(&result);
    Ok(())
}

pub(super) fn list(args: &RegistryArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let registry = load(args, output)?;
    output.line(format_args!("{:<9} {:<11} {:<7} {:<21} since", "position", "state", "class", "expiry"));
    let (mut devices, mut lines, mut times) = (Vec::new(), Vec::new(), Times::default());
    for device in registry.journal().enrolments() {
        if output.is_json() {
            devices.push(Facts::of(&device, &mut times));
            continue;
        }
        let Attributes { class, expiry, .. } = device.leaf.attributes;
        let (position, state, expiry) = (device.position, state_of(&device), times.expiry(expiry));
        let since = times.of(device.since);
        lines.push(format!("{position:<9} {state:<11} {class:<7} {expiry:<21} {since}"));
    }
    if !lines.is_empty() {
        output.answer(lines.join("\n"));
    }
    let state = state(&args.registry, &registry, json!({}));
    output.result_of(&List { list: devices, state });
    Ok(())
}

pub(super) fn find(args: &FindArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let registry = load(&args.registry, output)?;
    let key = match &args.leaf {
        Some(path) => Some(files::load_json::<Leaf>(path, Kind::Leaf)?.key),
        None => args.key,
    };
    let journal = registry.journal();
    let position = match (key, args.position) {
        (Some(key), _) => journal.position_of(&key),
        (None, position) => position.map(Position::new).transpose()?,
    };
    let device = position.and_then(|position| journal.device(position));
    let Some(device) = device else {
        let wanted = key
            .map_or_else(|| format!("position {}", args.position.unwrap_or_default()), |key| key.to_string());
        return Err(RegistryCommandError::NotFound { wanted });
    };
    let mut times = Times::default();
    output.answer(device.position);
    output.line(format_args!("state   {}", state_of(&device)));
    output.line(format_args!("class   {}", device.leaf.attributes.class));
    output.line(format_args!("expiry  {}", times.expiry(device.leaf.attributes.expiry)));
    output.line(format_args!("key     {}", device.leaf.key));
    if !registry.is_first_format() {
        output.line(format_args!("since   {}", format_rfc3339_millis(device.since.get())));
        if let Some(until) = device.until {
            output.line(format_args!("until   {}", format_rfc3339_millis(until.get())));
        }
    }
    let mut result = json!(Facts::of(&device, &mut times));
    result["leaf"] = json!(device.leaf);
    output.result(&result);
    Ok(())
}

pub(super) fn history(args: &RegistryArgs, output: &Output) -> Result<(), RegistryCommandError> {
    let registry = load(args, output)?;
    let (mut changes, mut lines, mut times) = (Vec::new(), Vec::new(), Times::default());
    for change in registry.journal().history().filter(|_| !registry.is_first_format()) {
        let time = times.of(change.time);
        if output.is_json() {
            changes.push(json!({
                "time": time, "what": change.what, "root": change.root.to_string(), "devices": change.devices,
                "enrolled": change.enrolled,
            }));
        } else {
            lines.push(format!("{time:<24}  {:<9}  {:>7}  {}", change.what, change.devices, change.root));
        }
    }
    if !lines.is_empty() {
        output.answer(lines.join("\n"));
    }
    output.result(&state(&args.registry, &registry, json!({ "history": changes })));
    Ok(())
}

fn state_of(device: &Device) -> &'static str {
    if device.until.is_some() { "revoked" } else { "registered" }
}

/// Times as text. Of many devices most have one of a few.
#[derive(Default)]
struct Times(BTreeMap<UnixMillis, String>);

impl Times {
    fn of(&mut self, time: UnixMillis) -> String {
        self.0.entry(time).or_insert_with(|| format_rfc3339_millis(time.get())).clone()
    }

    fn expiry(&mut self, time: UnixMillis) -> String {
        if time == UnixMillis::MAX { "never".to_owned() } else { self.of(time) }
    }
}

/// What is known of a device.
#[derive(Serialize)]
struct Facts {
    position: Position,
    state: &'static str,
    key: PublicKey,
    class: u16,
    expiry_unix_ms: u64,
    since: String,
    until: Option<String>,
}

impl Facts {
    fn of(device: &Device, times: &mut Times) -> Facts {
        let Device { position, leaf, since, until, .. } = *device;
        Facts {
            position,
            state: state_of(device),
            key: leaf.key,
            class: leaf.attributes.class,
            expiry_unix_ms: leaf.attributes.expiry.get(),
            since: times.of(since),
            until: until.map(|until| times.of(until)),
        }
    }
}

/// What `registry list` gives to programs.
#[derive(Serialize)]
struct List {
    list: Vec<Facts>,
    #[serde(flatten)]
    state: Value,
}
