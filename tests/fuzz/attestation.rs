//! A device's own signature.

use zksensor::import::{Scheme, recover, verify};

use super::memory::bounded;

/// 65 bytes of a signature, then what was signed.
pub(crate) fn bytes(input: &[u8]) {
    let Some((signature, data)) = input.split_first_chunk::<65>() else { return };
    // One scheme for each input: recovering a key takes a millisecond, and altered inputs have tests of their own.
    let scheme = if data.len() % 2 == 0 { Scheme::Keccak256 } else { Scheme::Eip191 };
    let Ok(address) = bounded(input, |_| recover(data, signature, scheme)) else { return };
    let attested = verify(data, signature, &address).expect("whose key was recovered signed");
    assert_eq!((attested.address, attested.scheme), (address, scheme));
}
