//! Why a document gives no reading, where no other format could say so.

/// Why a payload, or a fix of one, is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DimoError {
    /// A field that the device's own signature does not cover, where one is demanded.
    #[error(
        "expected `{field}` within what the device signed, got it beside: whoever passed it on may have changed it"
    )]
    Unsigned {
        /// The field.
        field: &'static str,
    },
    /// The position was taken out.
    #[error("expected a position, it was redacted")]
    Redacted,
}
