//! Why a file is not one of the FIT protocol, where no other format could say so.

/// Why nothing of a file is read any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// Bytes that begin no file.
    #[error("expected a FIT file: a header of 12 or 14 bytes with `.FIT` from its ninth on, got other bytes")]
    Header,
    /// A checksum that is not that of the bytes.
    #[error(
        "expected the checksum {wanted:#06x} of the bytes before, got {got:#06x}; the file was altered or cut"
    )]
    Checksum {
        /// What the bytes give.
        wanted: u16,
        /// What the file says.
        got: u16,
    },
    /// A message of a kind that was not defined before.
    #[error("expected a definition of the local message {local} before its data, got none")]
    Undefined {
        /// The local message, 0 to 15.
        local: u8,
    },
    /// A message that ends beyond what the header says.
    #[error("expected a message of at most {wanted} bytes, which the header leaves, got one of {got}")]
    Size {
        /// Bytes that are left.
        wanted: u32,
        /// Bytes of the message.
        got: u32,
    },
}
