//! Readings: signed, as text and as bytes.

use std::path::Path;

use serde_json::{Number, Value};
use zeroize::Zeroizing;
use zksensor_io::files::DeviceFile;
use zksensor_model::device::DeviceKey;
use zksensor_model::reading::{Reading, SignedReading};

use crate::BindingError;

/// What numbers of JSON went through before they came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Numbers {
    /// Every integer is as it was written.
    Exact,
    /// Every number was one of floating point, as in JavaScript.
    Floating,
}

/// From here on two integers may be one number of floating point.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl Numbers {
    /// Whether the number may be another than was meant.
    fn rounded(self, number: &Number) -> bool {
        (self == Numbers::Floating || number.is_f64())
            && number.as_f64().is_none_or(|number| number.abs() >= EXACT)
    }

    /// Refuses integers of 64 bits that may have been rounded: nothing was signed yet that would show it.
    fn check(self, reading: &Value) -> Result<(), BindingError> {
        let channels = reading["channels"].as_array().into_iter().flatten().enumerate();
        let channels = channels.map(|(at, channel)| (format!("channels[{at}]"), channel));
        for (member, value) in [("sequence".to_owned(), &reading["sequence"])].into_iter().chain(channels) {
            if value.as_number().is_some_and(|number| self.rounded(number)) {
                return Err(BindingError::Rounded { member });
            }
        }
        Ok(())
    }
}

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
    pub fn sign(&self, reading: &str, numbers: Numbers) -> Result<String, BindingError> {
        let wrong = |error| BindingError::json("a reading", &error);
        let typed: Reading = serde_json::from_str(reading).map_err(wrong)?;
        numbers.check(&serde_json::from_str(reading).map_err(wrong)?)?;
        Ok(text(&self.0.sign(&typed)?))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sign(member: &str, value: &str, numbers: Numbers) -> Result<String, BindingError> {
        let (mut sequence, mut channels) = ("\"7\"", ["null", "1", "\"-2\"", "null"]);
        match member.strip_prefix("channels[").and_then(|rest| rest.strip_suffix(']')) {
            Some(at) => channels[at.parse::<usize>().unwrap()] = value,
            None => sequence = value,
        }
        let zeros = "0".repeat(64);
        let reading = format!(
            "{{\"version\":1,\"network\":\"0x{zeros}\",\"schema\":1,\"sequence\":{sequence},\"time_unix_ms\":1767225600000,\
             \"latitude_e7\":1,\"longitude_e7\":1,\"accuracy_mm\":1,\"channels\":[{}],\"payload_hash\":\"0x{zeros}\"}}",
            channels.join(",")
        );
        Signer::new(&[7; 32]).unwrap().sign(&reading, numbers)
    }

    #[test]
    fn a_number_that_may_be_rounded_is_not_signed() {
        use Numbers::{Exact, Floating};
        let members = ["sequence", "channels[0]", "channels[1]", "channels[2]", "channels[3]"];
        for member in members {
            for (value, exact, floating) in [
                ("9007199254740991", true, true),
                ("9007199254740991.0", true, true),
                ("\"9007199254740993\"", true, true),
                ("9007199254740992", true, false),
                ("1767225600123456789", true, false),
                ("9223372036854775807", true, false),
                ("9007199254740992.0", false, false),
                ("9.007199254740992e15", false, false),
                ("1e300", false, false),
            ] {
                for (numbers, taken) in [(Exact, exact), (Floating, floating)] {
                    let signed = sign(member, value, numbers);
                    assert_eq!(signed.is_ok(), taken, "{member} {value} {numbers:?}: {signed:?}");
                    if let Err(BindingError::Rounded { member: named }) = signed {
                        assert_eq!(named, member);
                    }
                }
            }
        }
        for (value, exact, floating) in [
            ("-9007199254740991", true, true),
            ("-9007199254740992", true, false),
            ("-9007199254740992.0", false, false),
            ("\"-9007199254740993\"", true, true),
        ] {
            assert_eq!(sign("channels[3]", value, Exact).is_ok(), exact, "{value}");
            assert_eq!(sign("channels[3]", value, Floating).is_ok(), floating, "{value}");
        }
        let signed = sign("sequence", "1767225600123456789", Exact).unwrap();
        assert!(signed.contains("\"sequence\":\"1767225600123456789\""), "{signed}");
    }
}
