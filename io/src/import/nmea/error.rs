//! Why a line of a log gives no reading, where no other format could say so.

/// Why a sentence, or a fix, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NmeaError {
    /// A line that is no sentence of NMEA 0183.
    #[error("expected a sentence of NMEA 0183 like `$GNRMC,..*5A`{reason}")]
    Sentence {
        /// What is wrong with it, after a colon.
        reason: &'static str,
    },
    /// The checksum of a sentence.
    #[error("expected the checksum {wanted:02X}, got {got:02X}: the line was altered on its way")]
    Checksum {
        /// Of the line as it came.
        wanted: u8,
        /// What the line says.
        got: u8,
    },
    /// The receiver says that it has no position.
    #[error("expected a valid fix, the receiver says that it has none")]
    NoFix,
    /// A position that nobody measured.
    #[error("expected a fix that satellites measured, got {got}")]
    Unmeasured {
        /// What the receiver says of it.
        got: &'static str,
    },
    /// A position that was carried on, where nobody asked for such.
    #[error(
        "expected a fix that satellites measured, got an estimated one (RMC mode E, GGA quality 6); dead reckoning is \
         signed only if you ask for it, and with an unknown accuracy"
    )]
    Estimated,
    /// Two sentences of one time that say two places.
    #[error("expected one position in RMC and GGA of a time, got two: are these two receivers?")]
    Positions,
    /// Half of a fix.
    #[error("expected {wanted} of the same talker and time, got none")]
    Unpaired {
        /// The sentence that is missing.
        wanted: &'static str,
    },
}
