//! Why a pack gives no reading, where no other format could say so.

use std::borrow::Cow;

/// Why the records of a pack are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SenmlError {
    /// Something of a device that is not the one before.
    #[error("expected records of one device, `{first}`, got `{got}`; sign each device's with its own key")]
    Device {
        /// The first device, cut to 80 characters.
        first: String,
        /// The other, cut to 80 characters.
        got: String,
    },
    /// A quantity of another sensor than before.
    #[error("expected {quantity} of one sensor, `{first}`, got `{got}`; sign each sensor's records apart")]
    Instance {
        /// The quantity.
        quantity: &'static str,
        /// Object and instance of the first, cut to 80 characters.
        first: String,
        /// Those of the other, cut to 80 characters.
        got: String,
    },
    /// A time relative to now.
    #[error(
        "expected an absolute time, 2^28 s or more after 1970, got {got} s: relative to what is not known"
    )]
    RelativeTime {
        /// What came, in whole seconds.
        got: i64,
    },
    /// An item of CBOR that is no pack.
    #[error("byte {at} of the record: expected {wanted}")]
    Cbor {
        /// Where, from 0.
        at: usize,
        /// What was wanted.
        wanted: Cow<'static, str>,
    },
    /// A pack in CBOR that says what no pack says.
    #[error("expected an array of SenML records: {what}")]
    Pack {
        /// What is wrong, cut to 200 characters.
        what: String,
    },
}
