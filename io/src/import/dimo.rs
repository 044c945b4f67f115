//! Readings from what vehicles send to DIMO: CloudEvents of AutoPi dongles (status v2), of Ruptela devices (status `r/v0/s`,
//! locations `r/v0/loc`), and of whoever uses DIMO's default module (`data.signals`).
//!
//! | channel | AutoPi signal | default module | Ruptela |
//! |---|---|---|---|
//! | `speed` | `vehicleSpeed`, km/h | `speed`, km/h | `pos.spd`, km/h; else signal 210 (1/256 km/h), 95 (km/h) |
//! | `odometer` | `odometer`, km | `powertrainTransmissionTravelledDistance`, km | signal 645 (km), 114 (5 m) |
//! | `energy` | `fuelLevel`, `soc`, percent | `powertrainFuelSystemRelativeLevel`, `powertrainTractionBatteryStateOfChargeCurrent`, percent | signal 207 (0.4 %), 98 (100/255 %), 722 (1 %), 515, 720 (0.5 %) |
//! | `engine_speed` | `rpm` | `powertrainCombustionEngineSpeed` | signal 197 (1/8), 94 (1/4) |
//! | `satellites` | `nsat` | `dimoAftermarketNSAT` | `sat` |
//! | `hdop` | `hdop` | `dimoAftermarketHDOP` | `hdop` (1/10) |
//! | `altitude` | `altitude`, m | `currentLocationAltitude`, m | `alt` (0.1 m) |
//!
//! Latitude and longitude are what the device wrote times 10^7: rounded once, half away from zero, if it wrote more places.
//! The accuracy is hdop times the [`RangeError`](crate::import::RangeError), and unknown without an hdop or if it is 0. A number of Ruptela's with all
//! bits set is "not available"; signals are hexadecimal. Scales and signals are those of DIMO's public `model-garage`.
//!
//! A signal of an AutoPi or of the default module has a time of its own. Each time that has a latitude and a longitude is a
//! fix; its channels are the signals of that time, or the newest before it in the same document, unless that is older than
//! [`DimoReader::with_max_age`] says, a minute without it: what was measured before is absent then. A fix that is redacted is
//! refused. The payload
//! hash is keccak256, low 248 bits, of the bytes of `data` as they stand in the file; the fixes of a document share it.
//!
//! With [`DimoReader::attested_by`], every document has to carry the device's own signature over these bytes, and gives no
//! reading otherwise. The status of a Ruptela gives none in any case then: its time stands beside `data`, so nobody signed it.

use std::io::BufRead;

use super::{About, Format, Opened, Setting, Settings};

mod attestation;
mod error;
mod reader;
mod ruptela;
mod signals;

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
            title: "Payloads of DIMO: AutoPi v2, Ruptela, and the default module",
            record: "a fix in what AutoPi (v2) and Ruptela (`r/v0/s`, `r/v0/loc`) devices send, or in `data.signals`",
            channels: "speed, odometer, energy, engine speed, satellites, hdop, altitude",
            accuracy: "hdop x range error",
            takes: &[Setting::RangeError, Setting::Device, Setting::MaxAge],
        }
    }

    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a> {
        let range_error = settings.range_error.unwrap_or_default();
        let reader = DimoReader::new(input, &settings.target(self)?, range_error);
        let reader = match settings.max_age {
            Some(age) => reader.with_max_age(age),
            None => reader,
        };
        Ok(Box::new(match settings.device {
            Some(device) => reader.attested_by(device),
            None => reader,
        }))
    }
}

#[cfg(test)]
mod tests;
