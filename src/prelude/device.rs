//! A device, and the readings that it signs.

use std::path::Path;

use zksensor_io::files::{DeviceFile, Overwrite};
use zksensor_io::import::{CellError, Channels, Decimal, Place, PlaceError, accuracy_mm};
use zksensor_model::device::{Attributes, DeviceKey, DeviceSecret, Leaf};
use zksensor_model::rand::rngs::OsRng;
use zksensor_model::reading::{ACCURACY_UNKNOWN, Location, PayloadHash, Reading, SignedReading, UnixMillis};

use super::{Error, Policy};

/// What signs: key, identity and registration of a device as one. Its secrets are wiped when it is dropped, and its `Debug` shows none.
#[derive(Debug, Clone)]
pub struct Device(DeviceFile);

impl Device {
    /// A new device, with secrets of the system's generator, of class 0, without an owner, whose registration does not expire.
    pub fn generate() -> Device {
        Device::with(Attributes { class: 0, expiry: UnixMillis::MAX, owner: 0 })
    }

    /// A new device, with secrets of the system's generator, that is registered as this.
    pub fn with(attributes: Attributes) -> Device {
        let (key, secret) = (DeviceKey::generate(&mut OsRng), DeviceSecret::generate(&mut OsRng));
        Device(DeviceFile::new(key, secret, attributes))
    }

    /// Reads the file of a device, as `zksensor device new` writes it.
    ///
    /// # Errors
    /// [`Error::File`] unless it is exactly that.
    pub fn load(path: &Path) -> Result<Device, Error> {
        Ok(Device(DeviceFile::load(path)?))
    }

    /// Writes the file of the device, secrets and all, for its owner's eyes (mode 0600). A file that is there is kept.
    ///
    /// # Errors
    /// [`Error::File`] if it is there, or cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        Ok(self.0.save(path, Overwrite::Never)?)
    }

    /// What the registry stores of it: nothing secret.
    pub fn leaf(&self) -> Leaf {
        self.0.leaf()
    }

    /// Starts a reading under a policy, which says network and schema: the reading counts for every policy that has these two.
    pub fn reading(&self, policy: &Policy) -> ReadingBuilder<'_> {
        ReadingBuilder {
            device: self,
            network: policy.model().parts().network,
            schema: policy.channel().schema().id,
            channels: Channels::new(policy.channel().schema()),
            time: None,
            sequence: None,
            location: None,
            accuracy_mm: ACCURACY_UNKNOWN,
            payload_hash: PayloadHash::NONE,
        }
    }
}

/// The parts as the file of a device has them.
impl From<DeviceFile> for Device {
    fn from(file: DeviceFile) -> Device {
        Device(file)
    }
}

/// A reading that is being made. Numbers are decimal text, so that nothing passes through floating point.
#[derive(Debug, Clone)]
#[must_use = "a reading is there once it is signed"]
pub struct ReadingBuilder<'d> {
    device: &'d Device,
    network: zksensor_model::reading::Network,
    schema: u32,
    channels: Channels,
    time: Option<UnixMillis>,
    sequence: Option<u64>,
    location: Option<Location>,
    accuracy_mm: u32,
    payload_hash: PayloadHash,
}

impl ReadingBuilder<'_> {
    /// When it was taken.
    pub fn at(self, time: UnixMillis) -> Self {
        ReadingBuilder { time: Some(time), ..self }
    }

    /// Where: latitude (north positive) and longitude (east positive) in decimal degrees of WGS 84, such as `"48.1372"`. They are
    /// rounded to 1e-7 degree, about 11 mm. Numbers are refused by the compiler, as it is not for them to say their unit:
    ///
    /// ```compile_fail,E0308
    /// # use zksensor::prelude::*;
    /// # fn f(device: &Device, policy: &Policy) -> Result<(), Error> {
    /// device.reading(policy).location_degrees(48, 11)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Degrees`] for other text, and beyond 90 or 180 degrees.
    pub fn location_degrees(self, latitude: &str, longitude: &str) -> Result<Self, Error> {
        let number = |coordinate, text: &str| {
            let wrong = |reason| PlaceError::Degrees { coordinate, reason: CellError::Decimal(reason) };
            text.parse::<Decimal>().map_err(wrong)
        };
        let (latitude, longitude) = (number("latitude", latitude)?, number("longitude", longitude)?);
        let (latitude, longitude) = Place::new(&latitude, &longitude)?.position();
        Ok(ReadingBuilder { location: Some(Location::from_e7(latitude, longitude)?), ..self })
    }

    /// How accurate the location is, horizontally: decimal metres, such as `"2.5"`. Unknown unless this is called, which a policy that
    /// asks for an accuracy does not take.
    ///
    /// # Errors
    /// [`Error::Accuracy`] for other text, for 0, and for less than whole millimetres.
    pub fn accuracy_m(self, metres: &str) -> Result<Self, Error> {
        let accuracy_mm = accuracy_mm(metres).map_err(Error::accuracy(metres))?;
        Ok(ReadingBuilder { accuracy_mm, ..self })
    }

    /// What a channel of the policy's schema measured, by its name: decimal text in the channel's unit, such as `"21.50"`, with as many
    /// decimal places as the schema has. A channel that is not set is signed as absent, never as 0.
    ///
    /// # Errors
    /// [`Error::Value`] with the channels that there are for another name; for other text, too many decimal places, and beyond what a
    /// working sensor reports.
    pub fn set(mut self, channel: &str, value: &str) -> Result<Self, Error> {
        self.channels.set(channel, value).map_err(Error::value("channel", channel, value))?;
        Ok(self)
    }

    /// The number of the reading, which increases with every one of the device. Unless this is called it is the time in milliseconds,
    /// which does so as long as the clock runs forward.
    pub fn sequence(self, sequence: u64) -> Self {
        ReadingBuilder { sequence: Some(sequence), ..self }
    }

    /// Whatever else the device sends: its hash is signed. Nothing unless this is called.
    pub fn payload(self, payload: &[u8]) -> Self {
        ReadingBuilder { payload_hash: PayloadHash::of(payload), ..self }
    }

    /// The signed reading; [`SignedReading::encode`] gives the bytes to send.
    ///
    /// # Errors
    /// [`Error::Missing`] without a time or a location, [`Error::NoChannel`] without any value.
    pub fn sign(self) -> Result<SignedReading, Error> {
        let missing = |what, call| Error::Missing { what, call };
        let time = self.time.ok_or(missing("a time", ".at(\"2026-01-01T02:30:00Z\".parse()?)"))?;
        let location =
            self.location.ok_or(missing("a location", ".location_degrees(\"48.1\", \"11.5\")?"))?;
        let reading = Reading {
            network: self.network,
            schema: self.schema,
            sequence: self.sequence.unwrap_or(time.get()),
            time,
            location,
            accuracy_mm: self.accuracy_mm,
            channels: self.channels.finish()?,
            payload_hash: self.payload_hash,
        };
        Ok(self.device.0.key().sign(&reading)?)
    }
}
