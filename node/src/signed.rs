//! What a device signed, as a reading or as a frame, with a signature that holds.

use zksensor::model::frame::{FrameError, SignedFrame};
use zksensor::model::primitives::eddsa::PublicKey;
use zksensor::model::reading::{ReadingError, SignedReading, UnixMillis};

use crate::intake::ItemKind;

/// A reading or a frame whose signature was checked.
pub(crate) enum Signed {
    Reading(SignedReading),
    Frame(SignedFrame),
}

/// Why bytes are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Undecoded {
    /// The signature does not hold.
    Signature,
    /// Anything else.
    Malformed,
}

impl Signed {
    /// What canonical bytes are of. `known` has keys that were decoded before, by their bytes.
    pub(crate) fn decode(
        kind: ItemKind,
        bytes: &[u8],
        known: impl Fn(&[u8; 32]) -> Option<PublicKey>,
    ) -> Result<Self, Undecoded> {
        match kind {
            ItemKind::Reading => {
                SignedReading::decode_with(bytes, known).map(Signed::Reading).map_err(|error| match error {
                    ReadingError::Signature { .. } => Undecoded::Signature,
                    _ => Undecoded::Malformed,
                })
            }
            ItemKind::Frame => SignedFrame::decode(bytes).map(Signed::Frame).map_err(|error| match error {
                FrameError::Signature { .. } => Undecoded::Signature,
                _ => Undecoded::Malformed,
            }),
        }
    }

    /// Who signed it.
    pub(crate) fn key(&self) -> &PublicKey {
        match self {
            Signed::Reading(signed) => signed.key(),
            Signed::Frame(signed) => signed.key(),
        }
    }

    /// When it was measured; of a frame its first sample. The last one has to be in the same epoch.
    pub(crate) fn time(&self) -> UnixMillis {
        match self {
            Signed::Reading(signed) => signed.reading().time,
            Signed::Frame(signed) => signed.frame().time(0),
        }
    }

    /// When the last of it was measured.
    pub(crate) fn last(&self) -> UnixMillis {
        match self {
            Signed::Reading(signed) => signed.reading().time,
            Signed::Frame(signed) => signed.frame().time(signed.frame().samples().len() - 1),
        }
    }

    /// Its number among those of its device.
    pub(crate) fn sequence(&self) -> u64 {
        match self {
            Signed::Reading(signed) => signed.reading().sequence,
            Signed::Frame(signed) => signed.frame().header().sequence,
        }
    }
}
