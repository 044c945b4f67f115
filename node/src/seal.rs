//! How readings lie on the disk: encrypted and authenticated, each under the key of its row.
//!
//! XChaCha20-Poly1305 with a random nonce of 192 bits for each row; the row's key is the associated data, so that no row can be put in the
//! place of another. What a row is found by is a keyed digest, so that the file names no device. Times and sequence numbers are in the clear,
//! as rows are in their order; so are counts.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha3::{Digest, Keccak256};
use zeroize::{Zeroize, Zeroizing};
use zksensor::rand::RngCore;
use zksensor::rand::rngs::OsRng;

/// Bytes of a store's key.
pub const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const SEAL_BYTES: usize = 16;
/// Bytes that sealing adds.
pub const SEAL_OVERHEAD: usize = NONCE_BYTES + SEAL_BYTES;

/// The secret of a store. It is zeroized when it goes, and `Debug` shows nothing of it.
pub struct StoreKey(Zeroizing<[u8; KEY_BYTES]>);

/// Lower-case hexadecimal digits of what is secret, behind a prefix. There is room for the end of a line, so that no copy is left as it grows.
pub fn secret_digits(prefix: &str, bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + 2 * bytes.len() + 1));
    text.push_str(prefix);
    for byte in bytes {
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).expect("four bits are a digit"));
        }
    }
    text
}

impl StoreKey {
    /// A new key, of the system's randomness.
    pub fn generate() -> Self {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        OsRng.fill_bytes(&mut *key);
        StoreKey(key)
    }

    /// A key that was read elsewhere.
    pub fn from_bytes(bytes: &[u8; KEY_BYTES]) -> Self {
        StoreKey(Zeroizing::new(*bytes))
    }

    /// Keys of their own for what is done with it.
    pub(crate) fn sealer(&self) -> Sealer {
        let rows = self.derived(b"zksensor node/v1 rows");
        let names = self.derived(b"zksensor node/v1 names");
        Sealer { cipher: XChaCha20Poly1305::new((&*rows).into()), names }
    }

    /// What only who has the key can show.
    pub(crate) fn operator(&self) -> Zeroizing<[u8; KEY_BYTES]> {
        self.derived(b"zksensor node/v1 operator")
    }

    fn derived(&self, what: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
        keyed(&self.0, what)
    }
}

impl fmt::Debug for StoreKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoreKey(..)")
    }
}

/// Keccak-256 of a key and a message: a sponge is a keyed function as it is.
fn keyed(key: &[u8; KEY_BYTES], message: &[u8]) -> Zeroizing<[u8; KEY_BYTES]> {
    let mut hasher = Keccak256::new();
    hasher.update(key);
    hasher.update(message);
    Zeroizing::new(hasher.finalize().into())
}

/// Seals rows, opens them, and names what must not be named.
pub(crate) struct Sealer {
    cipher: XChaCha20Poly1305,
    names: Zeroizing<[u8; KEY_BYTES]>,
}

impl Sealer {
    /// Encrypts what goes to the row of this key.
    pub(crate) fn seal(&self, row: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut nonce = [0; NONCE_BYTES];
        OsRng.fill_bytes(&mut nonce);
        let payload = Payload { msg: plain, aad: row };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload).expect("a reading is short enough");
        [&nonce[..], &sealed].concat()
    }

    /// What was sealed for the row of this key; `None` if it was altered, or sealed for another row or under another key.
    pub(crate) fn open(&self, row: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: row };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }

    /// A name of `N` bytes, at most 32, which tells whoever has no key nothing of what it is of.
    pub(crate) fn name<const N: usize>(&self, what: &[u8]) -> [u8; N] {
        let mut digest = keyed(&self.names, what);
        let name = *digest.first_chunk().expect("no name is longer than a digest");
        digest.zeroize();
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_opens_in_its_place_under_its_key_and_unaltered_alone() {
        let sealer = StoreKey::generate().sealer();
        let sealed = sealer.seal(b"row", b"reading");
        assert_eq!(sealed.len(), 7 + SEAL_OVERHEAD);
        assert_eq!(sealer.open(b"row", &sealed).unwrap().as_slice(), b"reading");
        assert!(sealer.open(b"another", &sealed).is_none());
        assert!(StoreKey::generate().sealer().open(b"row", &sealed).is_none());
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert!(sealer.open(b"row", &altered).is_none(), "byte {index}");
            assert!(sealer.open(b"row", &sealed[..index]).is_none(), "{index} bytes");
        }
        assert_ne!(sealer.seal(b"row", b"reading"), sealed, "a nonce came twice");
    }

    #[test]
    fn a_key_is_not_shown() {
        assert_eq!(format!("{:?}", StoreKey::from_bytes(&[7; KEY_BYTES])), "StoreKey(..)");
    }
}
