//! `node init`: a folder with all that a node needs, whole or not at all.

use std::path::PathBuf;

use rand::RngCore;
use rand::rngs::OsRng;
use serde_json::json;
use zeroize::Zeroizing;
use zksensor::files::{self, DeviceFile, Kind, StagedFolder};
use zksensor::model::device::{Attributes, DeviceKey, DeviceSecret};
use zksensor::model::reading::UnixMillis;
use zksensor::model::registry::{Registry, RegistryError};
use zksensor_node::config::template;
use zksensor_node::seal::secret_digits;

use super::NodeError;
use crate::output::{Output, shown, shown_all};

/// Options of `node init`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The folder has node.toml, in which every key is explained, a policy and its fence, a new key of the store, and a registry of \
                  five toy devices with their keys, so that readings can be signed and sent at once. README.md in it says how, and what to \
                  replace before real devices come."
)]
pub(crate) struct Args {
    /// Where it goes: a folder that is new or empty.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(super) const POLICY: &str = include_str!("../../templates/node/air.toml");
pub(super) const FENCE: &str = include_str!("../../templates/node/fence.geojson");
const README: &str = include_str!("../../templates/node/README.md");
/// As many as the policy's `k`.
const DEVICES: usize = 5;
/// What differs from the defaults.
const SET: [(&str, &str); 3] = [
    ("policies.*.policy", "\"policies/air.toml\""),
    ("policies.*.fence", "\"policies/fence.geojson\""),
    ("policies.*.grace_s", "60"),
];

pub(super) fn run(args: &Args, output: &Output) -> Result<(), NodeError> {
    let folder = &args.folder;
    let staged = StagedFolder::create(folder, Kind::Project)?;
    let config = template("air", &SET);
    let plain = [
        ("node.toml", config.as_str()),
        ("README.md", README),
        ("policies/air.toml", POLICY),
        ("policies/fence.geojson", FENCE),
    ];
    let mut names: Vec<String> = plain.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (name, text) in plain {
        staged.put(name, text.as_bytes())?;
    }
    staged.put_secret("store.key", store_key().as_bytes())?;
    let devices: Vec<DeviceFile> = (0..DEVICES).map(|_| device()).collect();
    for (number, device) in (1..).zip(&devices) {
        let name = format!("fleet/device-{number}.json");
        staged.put_secret(&name, &device.to_json())?;
        names.push(name);
    }
    staged.put("registry.bin", &registry(&devices)?)?;
    staged.commit()?;
    names.extend(["store.key".to_owned(), "registry.bin".to_owned()]);

    output.line(format_args!("made        {} ({} files)", folder.display(), names.len()));
    output.line(format_args!(
        "next        zksensor node check --config {}",
        folder.join("node.toml").display()
    ));
    output
        .note("store.key opens what the node stores: keep a copy elsewhere; README.md says what to replace");
    let paths: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    output.result(&json!({
        "folder": shown(folder),
        "config": shown(&folder.join("node.toml")),
        "devices": DEVICES,
        "files": shown_all(&paths),
    }));
    Ok(())
}

/// 32 random bytes in hexadecimal digits.
fn store_key() -> Zeroizing<String> {
    let mut key = Zeroizing::new([0u8; 32]);
    OsRng.fill_bytes(&mut *key);
    key_line(&key)
}

/// A key as a file has it: a line of hexadecimal digits.
pub(in crate::node) fn key_line(key: &[u8; 32]) -> Zeroizing<String> {
    let mut text = secret_digits("", key);
    text.push('\n');
    text
}

fn device() -> DeviceFile {
    let attributes = Attributes { class: 7, expiry: UnixMillis::MAX, owner: 0 };
    DeviceFile::new(DeviceKey::generate(&mut OsRng), DeviceSecret::generate(&mut OsRng), attributes)
}

/// The file of a registry of the devices.
fn registry(devices: &[DeviceFile]) -> Result<Vec<u8>, RegistryError> {
    let mut registry = Registry::new();
    let leaves = devices.iter().map(DeviceFile::leaf);
    registry.enrol_all(leaves)?;
    Ok(files::registry_bytes(&registry))
}
