//! What separates the cells of a table.

use std::fmt;
use std::str::FromStr;

/// What stands between two cells: one ASCII character that no number has in it, nor a quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiter(u8);

/// Why text is no delimiter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected one character between cells, such as `,` `;` `|` or `tab`, got `{got}`")]
pub struct DelimiterError {
    /// What came, its first 40 characters.
    pub got: String,
}

impl Delimiter {
    /// What else separates cells, in the order in which a header is searched for them.
    pub(super) const COMMON: [Delimiter; 4] =
        [Delimiter(b';'), Delimiter(b'\t'), Delimiter(b'|'), Delimiter(b',')];

    /// The character.
    pub(super) fn byte(self) -> u8 {
        self.0
    }
}

impl Default for Delimiter {
    fn default() -> Delimiter {
        Delimiter(b',')
    }
}

impl FromStr for Delimiter {
    type Err = DelimiterError;

    /// One character, or `tab`.
    fn from_str(text: &str) -> Result<Delimiter, DelimiterError> {
        let wrong = || DelimiterError { got: text.chars().take(40).collect() };
        match text.as_bytes() {
            b"tab" | b"\\t" | b"\t" => Ok(Delimiter(b'\t')),
            [byte] if byte.is_ascii_punctuation() && !b"\"'+-.".contains(byte) => Ok(Delimiter(*byte)),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            b'\t' => f.write_str("tab"),
            byte => write!(f, "{}", char::from(byte)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delimiter_is_no_part_of_a_number() {
        for text in [",", ";", "|", "tab", ":"] {
            assert_eq!(text.parse::<Delimiter>().unwrap().to_string(), text);
        }
        for text in ["", ";;", "\"", "-", "+", ".", "1", "e", " ", "\n", "é", "'"] {
            assert!(text.parse::<Delimiter>().is_err(), "{text}");
        }
    }
}
