//! Readings: signed, as text and as bytes.

use std::path::Path;

use zeroize::Zeroizing;
use zksensor_io::files::DeviceFile;
use zksensor_model::device::DeviceKey;
use zksensor_model::reading::{Reading, SignedReading};

use crate::BindingError;

/// A device that signs. Its secret is wiped when it goes.
#[derive(Debug)]
pub struct Signer(DeviceKey);

impl Signer {
    /// The device of 32 secret, uniformly random bytes, or of the bytes of a device file, which are not kept.
    ///
    /// # Errors
    /// [`BindingError::DeviceKey`] or [`BindingError::File`], with nothing of the secret in them.
    pub fn new(secret: &[u8]) -> Result<Signer, BindingError> {
        if let Ok(seed) = <[u8; 32]>::try_from(secret).map(Zeroizing::new) {
            return Ok(Signer(DeviceKey::from_seed(*seed)));
        }
        if !secret.trim_ascii_start().starts_with(b"{") {
            return Err(BindingError::DeviceKey { got: secret.len() });
        }
        Ok(Signer(DeviceFile::from_json(Path::new("device"), secret)?.key().clone()))
    }

    /// The public key, as `0x` and 64 digits.
    pub fn public_key(&self) -> String {
        self.0.public().to_string()
    }

    /// Signs a reading in JSON; the signed one, in JSON.
    ///
    /// # Errors
    /// [`BindingError`] unless it is a reading that may be signed.
    pub fn sign(&self, reading: &str) -> Result<String, BindingError> {
        let reading: Reading =
            serde_json::from_str(reading).map_err(|error| BindingError::json("a reading", &error))?;
        Ok(text(&self.0.sign(&reading)?))
    }
}

impl Signer {
    /// Signs a reading.
    #[cfg(feature = "import")]
    pub(crate) fn sign_reading(&self, reading: &Reading) -> Result<SignedReading, BindingError> {
        Ok(self.0.sign(reading)?)
    }
}

/// The bytes of a signed reading in JSON, as a device sends it. Its signature is checked.
///
/// # Errors
/// [`BindingError`] unless it is a reading whose signature holds.
pub fn encode_reading(signed: &str) -> Result<Vec<u8>, BindingError> {
    Ok(read(signed)?.encode().to_vec())
}

/// A signed reading in JSON, of the bytes that a device sent. Its signature is checked.
///
/// # Errors
/// [`BindingError`] unless the bytes are a reading whose signature holds.
pub fn decode_reading(bytes: &[u8]) -> Result<String, BindingError> {
    Ok(text(&SignedReading::decode(bytes)?))
}

/// Checks the signature of a reading in JSON, and gives it as this release writes it.
///
/// # Errors
/// [`BindingError`] unless it is a reading whose signature holds.
pub fn read_reading(signed: &str) -> Result<String, BindingError> {
    Ok(text(&read(signed)?))
}

fn read(signed: &str) -> Result<SignedReading, BindingError> {
    serde_json::from_str(signed).map_err(|error| BindingError::json("a signed reading", &error))
}

pub(crate) fn text(signed: &SignedReading) -> String {
    serde_json::to_string(signed).expect("readings are JSON, and memory takes them")
}
