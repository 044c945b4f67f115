//! The file of a device: what it signs with, the secret behind its identity, and the leaf that it is registered by.

use std::path::Path;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};
use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor_model::field;

use super::disk::{self, Overwrite};
use super::{FileError, Kind, Reason, text};
use crate::hex;

const FORMAT: &str = "zksensor-device-key/v1";

/// The secrets of a device, and its public leaf.
///
/// The file is JSON of mode 0600. Its `leaf_hash`, which covers key, identity and attributes, shows damage: the secrets have
/// to give that leaf.
#[derive(Debug, Clone)]
pub struct DeviceFile {
    key: DeviceKey,
    secret: DeviceSecret,
    attributes: Attributes,
}

impl DeviceFile {
    /// The file of a device with these secrets.
    pub fn new(key: DeviceKey, secret: DeviceSecret, attributes: Attributes) -> DeviceFile {
        DeviceFile { key, secret, attributes }
    }

    /// What signs.
    pub fn key(&self) -> &DeviceKey {
        &self.key
    }

    /// What is behind the identity.
    pub fn secret(&self) -> &DeviceSecret {
        &self.secret
    }

    /// The public part, for the registry.
    pub fn leaf(&self) -> Leaf {
        Leaf { key: *self.key.public(), identity: self.secret.identity(), attributes: self.attributes }
    }

    /// The document, secrets and all; it is wiped when it is dropped.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let leaf = self.leaf();
        let secret = Zeroizing::new(field::to_be_bytes(&self.secret.expose()));
        let text = DeviceText {
            format: FORMAT.to_owned(),
            seed: zksensor_model::hex::encode(self.key.expose_seed()),
            identity_secret: zksensor_model::hex::encode(&*secret),
            leaf,
            leaf_hash: field::to_hex(&leaf.hash()),
        };
        let json = serde_json::to_vec_pretty(&text).expect("the parts are JSON, and memory takes them");
        let mut json = Zeroizing::new(json);
        json.push(b'\n');
        json
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`Reason::Exists`] if it is there and must not be replaced; [`Reason::System`].
    pub fn save(&self, path: &Path, overwrite: Overwrite) -> Result<(), FileError> {
        disk::write(path, Kind::DeviceKey, overwrite, &self.to_json())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// As [`DeviceFile::from_json`], and if the file cannot be read.
    pub fn load(path: &Path) -> Result<DeviceFile, FileError> {
        DeviceFile::from_json(path, &Zeroizing::new(disk::read(path, Kind::DeviceKey)?))
    }

    /// Reads a document as [`DeviceFile::to_json`] writes it; white space may differ.
    ///
    /// # Errors
    /// [`FileError`], which names `path`, unless it is exactly a device key whose secrets give its leaf. No secret is in an
    /// error.
    pub fn from_json(path: &Path, bytes: &[u8]) -> Result<DeviceFile, FileError> {
        let refuse = |reason| FileError::new(path, reason);
        let text: DeviceText = text::from_json(path, Kind::DeviceKey, bytes)?;
        if text.format != FORMAT {
            let came = text.format.escape_default().take(80).collect();
            return Err(refuse(Reason::Format { wanted: FORMAT, got: came }));
        }
        let seed = hex::parse(&text.seed).map_err(|_| refuse(Reason::Secret { field: "seed" }))?;
        let wrong = || refuse(Reason::Secret { field: "identity_secret" });
        let secret = Zeroizing::new(hex::parse(&text.identity_secret).map_err(|_| wrong())?);
        let secret = DeviceSecret::from_be_bytes(&secret).map_err(|_| wrong())?;
        let device = DeviceFile::new(DeviceKey::from_seed(seed), secret, text.leaf.attributes);
        let leaf = device.leaf();
        let differs = [
            ("seed", leaf.key != text.leaf.key),
            ("identity_secret", leaf.identity != text.leaf.identity),
            ("leaf_hash", field::to_hex(&leaf.hash()) != text.leaf_hash),
        ];
        match differs.iter().find(|(_, differs)| *differs) {
            Some((field, _)) => Err(refuse(Reason::DeviceKey { field })),
            None => Ok(device),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceText {
    format: String,
    seed: String,
    identity_secret: String,
    leaf: Leaf,
    leaf_hash: String,
}

impl Drop for DeviceText {
    fn drop(&mut self) {
        self.seed.zeroize();
        self.identity_secret.zeroize();
    }
}
