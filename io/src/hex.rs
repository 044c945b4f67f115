//! Byte strings of a fixed length as hexadecimal text.

use zksensor_model::hex;

/// Why text is not so many bytes. The text itself is not in the error: it may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected `0x` and {digits} hexadecimal digits, got {length} characters that do not fit")]
pub struct HexError {
    /// Digits that were wanted.
    pub digits: usize,
    /// Length of the text that came, in bytes.
    pub length: usize,
}

/// Exactly `N` bytes: `0x` and 2 `N` digits of either case.
///
/// # Errors
/// [`HexError`] for any other text.
pub fn parse<const N: usize>(text: &str) -> Result<[u8; N], HexError> {
    hex::decode(text).ok_or(HexError { digits: 2 * N, length: text.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_parses() {
        assert_eq!(parse("0x00fF"), Ok([0, 255]));
        for wrong in ["00ff", "0x00f", "0x00ff0", "0x+0ff", "0xé0f", ""] {
            assert_eq!(parse::<2>(wrong), Err(HexError { digits: 4, length: wrong.len() }), "{wrong}");
        }
    }
}
