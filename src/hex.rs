//! Byte strings of a fixed length as hexadecimal text.

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
    let wrong = || HexError { digits: 2 * N, length: text.len() };
    let digits = text.strip_prefix("0x").ok_or_else(wrong)?.as_bytes();
    if digits.len() != 2 * N {
        return Err(wrong());
    }
    let mut bytes = [0u8; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |at: usize| char::from(pair[at]).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        *byte = (digit(0).ok_or_else(wrong)? << 4) | digit(1).ok_or_else(wrong)?;
    }
    Ok(bytes)
}

/// `0x` and lower-case digits.
pub fn format(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::from("0x"), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_parses() {
        assert_eq!(parse("0x00fF"), Ok([0, 255]));
        assert_eq!(format(&[0, 255]), "0x00ff");
        for wrong in ["00ff", "0x00f", "0x00ff0", "0x+0ff", "0xé0f", ""] {
            assert_eq!(parse::<2>(wrong), Err(HexError { digits: 4, length: wrong.len() }), "{wrong}");
        }
    }
}
