//! Readings from the activity that a watch, a bike computer or a vehicle's logger writes, in the FIT protocol of Garmin.
//!
//! A reading is a message `record` (number 20 of the profile) that has a position. Semicircles become degrees, rounded once to
//! 1e-7; the accuracy is `gps_accuracy`, unknown without it. Channels are `speed`, `altitude` and `temperature`, the first two from
//! their enhanced fields where there are such. Times are whole seconds. Other messages, and records without a position, are
//! passed over; developer fields, too. Several files in one, as the protocol allows, are read one after the other.
//!
//! Refused is a file whose checksum is not that of its bytes, one that ends before, and a message that nothing defines: nothing
//! is read after it, and of what was read before nobody can say that it is what the device wrote.
//!
//! The protocol is read here: published readers of it stop a program with what a file says of its own sizes. One of them is
//! what the tests compare with.
//!
//! Source: FIT protocol, "Flexible & Interoperable Data Transfer" (Garmin), sections on file header, record header, definition
//! and data messages.

use std::io::BufRead;

use super::{About, Format, Opened, Settings};

mod error;
mod message;
mod messages;
mod reader;

pub use error::FitError;
pub use reader::FitReader;

/// The format.
#[derive(Debug)]
pub(super) struct Fit;

impl Format for Fit {
    fn about(&self) -> &'static About {
        &About {
            name: "fit",
            title: "An activity in the FIT protocol",
            record: "a message `record` with a position",
            channels: "speed, altitude, temperature",
            accuracy: "`gps_accuracy`",
            takes: &[],
        }
    }

    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a> {
        Ok(Box::new(FitReader::new(input, &settings.target(self)?)))
    }
}

#[cfg(test)]
mod tests;
