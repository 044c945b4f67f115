//! Readings from what vehicles send to DIMO: CloudEvents of AutoPi dongles (status v2) and of Ruptela devices (status
//! `r/v0/s`, locations `r/v0/loc`).
//!
//! | channel | AutoPi signal | Ruptela |
//! |---|---|---|
//! | `speed` | `vehicleSpeed`, km/h | `pos.spd`, km/h; else signal 210 (1/256 km/h), 95 (km/h) |
//! | `odometer` | `odometer`, km | signal 645 (km), 114 (5 m) |
//! | `energy` | `fuelLevel`, `soc`, percent | signal 207 (0.4 %), 98 (100/255 %), 722 (1 %), 515, 720 (0.5 %) |
//! | `engine_speed` | `rpm` | signal 197 (1/8), 94 (1/4) |
//! | `satellites`, `hdop`, `altitude` | `nsat`, `hdop`, `altitude` (m) | `sat`, `hdop` (1/10), `alt` (0.1 m) |
//!
//! Latitude and longitude are what the device wrote times 10^7: rounded once, half away from zero, if it wrote more places.
//! The accuracy is hdop times the [`RangeError`](crate::import::RangeError), and unknown without an hdop or if it is 0. A number of Ruptela's with all
//! bits set is "not available"; signals are hexadecimal. Scales and signals are those of DIMO's public `model-garage`.
//!
//! An AutoPi signal has a time of its own. Each time that has a latitude and a longitude is a fix; its channels are the
//! signals of that time, or the newest before it in the same document. A fix that is redacted is refused. The payload
//! hash is keccak256, low 248 bits, of the bytes of `data` as they stand in the file; the fixes of a document share it.
//!
//! With [`DimoReader::attested_by`], every document has to carry the device's own signature over these bytes, and gives no
//! reading otherwise. The status of a Ruptela gives none in any case then: its time stands beside `data`, so nobody signed it.

use std::io::BufRead;

use super::{About, Format, Opened, Setting, Settings};

mod attestation;
mod autopi;
mod error;
mod reader;
mod ruptela;

pub use attestation::{AttestationError, Attested, Scheme, recover, verify};
pub use error::DimoError;
pub use reader::DimoReader;

/// The format.
#[derive(Debug)]
pub(super) struct Dimo;

impl Format for Dimo {
    fn about(&self) -> &'static About {
        &About {
            name: "dimo",
            title: "Payloads of DIMO: AutoPi v2 and Ruptela",
            record: "a fix in what AutoPi (v2) and Ruptela (`r/v0/s`, `r/v0/loc`) devices send",
            channels: "speed, odometer, energy, engine speed, satellites, hdop, altitude",
            accuracy: "hdop x range error",
            takes: &[Setting::RangeError, Setting::Device],
        }
    }

    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a> {
        let range_error = settings.range_error.unwrap_or_default();
        let reader = DimoReader::new(input, &settings.target(self)?, range_error);
        Ok(Box::new(match settings.device {
            Some(device) => reader.attested_by(device),
            None => reader,
        }))
    }
}

#[cfg(test)]
mod tests;
