//! Byte strings as text: `0x` and two digits for each byte, in the order of the bytes.

use alloc::string::String;
use alloc::vec::Vec;

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
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        *byte = of_pair(pair)?;
    }
    Some(bytes)
}

/// Bytes of whatever length: `0x` and two digits of either case for each, or `None`.
pub fn decode_all(text: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = text.strip_prefix("0x")?.as_bytes().as_chunks::<2>();
    rest.is_empty().then_some(())?;
    pairs.iter().map(of_pair).collect()
}

fn of_pair([high, low]: &[u8; 2]) -> Option<u8> {
    Some((digit(*high)? << 4) | digit(*low)?)
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
        assert_eq!(decode_all("0x00fF"), Some(Vec::from([0, 255])));
        assert_eq!(decode_all("0x"), Some(Vec::new()));
        for wrong in ["00ff", "0x00f", "0x+0ff", "0xé0f", ""] {
            assert_eq!(decode_all(wrong), None, "{wrong}");
        }
    }
}
