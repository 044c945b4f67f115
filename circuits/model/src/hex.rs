//! Byte strings as text: `0x` and two digits for each byte, in the order of the bytes.

use alloc::string::String;

/// `0x` and lower-case digits.
pub fn encode(bytes: &[u8]) -> String {
    use core::fmt::Write;
    bytes.iter().fold(String::from("0x"), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

/// Exactly `N` bytes: `0x` and 2 `N` digits of either case, or `None`.
pub fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.strip_prefix("0x")?.as_bytes();
    if digits.len() != 2 * N {
        return None;
    }
    let mut bytes = [0u8; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = (digit(pair[0])? << 4) | digit(pair[1])?;
    }
    Some(bytes)
}

fn digit(character: u8) -> Option<u8> {
    (character as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_decodes() {
        assert_eq!(decode("0x00fF"), Some([0, 255]));
        assert_eq!(encode(&[0, 255]), "0x00ff");
        for wrong in ["00ff", "0x00f", "0x00ff0", "0x+0ff", "0xé0f", ""] {
            assert_eq!(decode::<2>(wrong), None, "{wrong}");
        }
    }
}
