//! Why a pack gives no reading, where no other format could say so.

/// Why the records of a pack are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SenmlError {
    /// Something of a device that is not the one before.
    #[error("expected records of one device, `{first}`, got `{found}`; sign each device's with its own key")]
    Device {
        /// The first device, cut to 80 characters.
        first: String,
        /// The other, cut to 80 characters.
        found: String,
    },
    /// A time relative to now.
    #[error(
        "expected an absolute time, 2^28 s or more after 1970, got {found} s: relative to what is not known"
    )]
    RelativeTime {
        /// What came, in whole seconds.
        found: i64,
    },
}
