//! Public inputs between the wire and their types: bytes -> words -> typed inputs, each in one way only.

use zksensor_model::field::{self, Fr};
use zksensor_model::layout::PublicInputs;

use crate::error::VerifyError;

/// Bytes of one public input.
pub const INPUT_BYTES: usize = 32;

/// The words as bytes: 32 for each, big-endian, in order.
pub fn inputs_to_bytes(words: &[Fr]) -> Vec<u8> {
    words.iter().flat_map(field::to_be_bytes).collect()
}

/// Exactly `count` words behind bytes.
///
/// # Errors
/// [`VerifyError::InputLength`] unless there are 32 bytes for each word; [`VerifyError::NotCanonical`] for a word of r or
/// more.
pub fn inputs_from_bytes(bytes: &[u8], count: usize) -> Result<Vec<Fr>, VerifyError> {
    let (words, rest) = bytes.as_chunks::<INPUT_BYTES>();
    if words.len() != count || !rest.is_empty() {
        return Err(VerifyError::InputLength { wanted: count.saturating_mul(INPUT_BYTES), got: bytes.len() });
    }
    let decode = |(input, word): (usize, &[u8; INPUT_BYTES])| {
        field::from_be_bytes(word)
            .map_err(|_| VerifyError::NotCanonical { input, value: zksensor_model::hex::encode(word) })
    };
    words.iter().enumerate().map(decode).collect()
}

/// The typed inputs behind words, if these words are how they pack.
///
/// # Errors
/// [`VerifyError::InputCount`] for another number of words; [`VerifyError::Inputs`] if a word has bits above its fields or
/// a field has no meaning; [`VerifyError::Ambiguous`] if the typed inputs pack to other words.
pub fn inputs_from_words<I: PublicInputs>(words: &[Fr]) -> Result<I, VerifyError> {
    let expected = I::layout().words();
    if words.len() != expected {
        return Err(VerifyError::InputCount { wanted: expected, got: words.len() });
    }
    let inputs = I::from_words(words)?;
    let packed = inputs.to_words()?;
    if packed.len() != expected {
        return Err(VerifyError::InputCount { wanted: expected, got: packed.len() });
    }
    match packed.iter().zip(words).position(|(packed, word)| packed != word) {
        Some(input) => Err(VerifyError::Ambiguous { input }),
        None => Ok(inputs),
    }
}
