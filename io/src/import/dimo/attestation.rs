//! The signature that a device put on its own payload: secp256k1 over keccak256, as Ethereum has it.
//!
//! A device of DIMO signs the bytes of `data` in its payload. Whoever checks that signature knows which key vouched for what
//! a gateway is about to sign; that the key sits in the device is the word of whoever enrolled it.
//!
//! ```
//! use zksensor_io::import::{Scheme, recover, verify};
//! // `signature` came with the data `{}`: r, s and v.
//! # let key = k256::ecdsa::SigningKey::from_slice(&{ let mut one = [0; 32]; one[31] = 1; one }).expect("1 is a key");
//! # let digest = <sha3::Keccak256 as sha3::Digest>::digest(b"{}");
//! # let (rs, v) = key.sign_prehash_recoverable(&digest).expect("32 bytes are signed");
//! # let mut signature = [0; 65];
//! # signature[..64].copy_from_slice(&rs.to_bytes());
//! # signature[64] = 27 + v.to_byte();
//! let address = recover(b"{}", &signature, Scheme::Keccak256)?;
//! assert_eq!(verify(b"{}", &signature, &address)?.scheme, Scheme::Keccak256);
//! assert!(verify(b"{ }", &signature, &address).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};
use sha3::{Digest, Keccak256};
use zksensor_model::hex;

/// Bytes of a signature: r, s, v.
pub(super) const SIGNATURE_BYTES: usize = 65;

/// What is hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// keccak256 of the bytes.
    Keccak256,
    /// keccak256 of `"\x19Ethereum Signed Message:\n"`, their number in decimal, and the bytes (EIP-191, `personal_sign`).
    Eip191,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scheme::Keccak256 => "keccak256",
            Scheme::Eip191 => "eip191",
        })
    }
}

/// Who signed, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attested {
    /// The Ethereum address of the key.
    pub address: [u8; 20],
    /// What it signed.
    pub scheme: Scheme,
}

/// Why a signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AttestationError {
    /// There is no signature.
    #[error("expected a signature of the device {}, got none", hex::encode(wanted))]
    None {
        /// The address that was expected.
        wanted: [u8; 20],
    },
    /// Not 65 bytes in hexadecimal.
    #[error("expected a signature of 0x and 130 hexadecimal digits")]
    Form,
    /// The last byte.
    #[error("expected v of 0, 1, 27 or 28, got {got}")]
    RecoveryId {
        /// What came.
        got: u8,
    },
    /// r or s is 0 or beyond the order of the curve, or there is no key to them.
    #[error("expected a signature of secp256k1, got numbers that are none")]
    Numbers,
    /// s is in the upper half, so that anybody could have made this signature from another.
    #[error("expected s in the lower half of the order (EIP-2), got it in the upper")]
    HighS,
    /// Somebody else signed, or something else was signed.
    #[error(
        "expected a signature of the device {} over these bytes of `data`; they were altered, or another key signed",
        hex::encode(wanted)
    )]
    Address {
        /// The address that was expected.
        wanted: [u8; 20],
    },
}

/// The address whose key signed `data`. Every well-formed signature has one: it says who signed only if that is whom you
/// expect.
///
/// # Errors
/// [`AttestationError`] if the signature is malformed.
pub fn recover(
    data: &[u8],
    signature: &[u8; SIGNATURE_BYTES],
    scheme: Scheme,
) -> Result<[u8; 20], AttestationError> {
    let (numbers, v) = (&signature[..SIGNATURE_BYTES - 1], signature[SIGNATURE_BYTES - 1]);
    let id = match v {
        0 | 1 => v,
        27 | 28 => v - 27,
        found => return Err(AttestationError::RecoveryId { got: found }),
    };
    let id = RecoveryId::from_byte(id).expect("0 and 1 are recovery ids");
    let signature = Signature::from_slice(numbers).map_err(|_| AttestationError::Numbers)?;
    if signature.normalize_s().is_some() {
        return Err(AttestationError::HighS);
    }
    let key = VerifyingKey::recover_from_prehash(&digest(data, scheme), &signature, id)
        .map_err(|_| AttestationError::Numbers)?;
    let point = key.to_encoded_point(false);
    let hash = Keccak256::digest(&point.as_bytes()[1..]);
    Ok(hash[12..].try_into().expect("32 bytes less 12"))
}

/// Checks that the key of `expected` signed `data`, in one of the two ways.
///
/// # Errors
/// [`AttestationError`].
pub fn verify(
    data: &[u8],
    signature: &[u8; SIGNATURE_BYTES],
    expected: &[u8; 20],
) -> Result<Attested, AttestationError> {
    for scheme in [Scheme::Keccak256, Scheme::Eip191] {
        // The digest decides about some malformed signatures, so that an error of one way does not settle the other.
        match recover(data, signature, scheme) {
            Ok(address) if address == *expected => return Ok(Attested { address, scheme }),
            Ok(_) | Err(AttestationError::Numbers) => {}
            Err(error) => return Err(error),
        }
    }
    Err(AttestationError::Address { wanted: *expected })
}

fn digest(data: &[u8], scheme: Scheme) -> [u8; 32] {
    let mut hash = Keccak256::new();
    if scheme == Scheme::Eip191 {
        hash.update(format!("\x19Ethereum Signed Message:\n{}", data.len()));
    }
    hash.update(data);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use k256::ecdsa::SigningKey;

    use super::*;

    fn signed(key: &SigningKey, data: &[u8], scheme: Scheme) -> [u8; SIGNATURE_BYTES] {
        let (numbers, id) = key.sign_prehash_recoverable(&digest(data, scheme)).unwrap();
        [numbers.to_bytes().as_slice(), &[27 + id.to_byte()]].concat().try_into().unwrap()
    }

    #[test]
    fn key_one_has_the_address_that_everybody_knows() {
        let mut one = [0; 32];
        one[31] = 1;
        let key = SigningKey::from_slice(&one).unwrap();
        let signature = signed(&key, b"data", Scheme::Eip191);
        let address = recover(b"data", &signature, Scheme::Eip191).unwrap();
        assert_eq!(hex::encode(&address), "0x7e5f4552091a69125d5dfcb7b8c2659029395bdf");
    }

    #[test]
    fn both_schemes_hold_and_nothing_altered_does() {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        for scheme in [Scheme::Keccak256, Scheme::Eip191] {
            let data = b"{\"timestamp\":1709656316768}";
            let signature = signed(&key, data, scheme);
            let expected = recover(data, &signature, scheme).unwrap();
            assert_eq!(verify(data, &signature, &expected), Ok(Attested { address: expected, scheme }));
            let mut short = signature;
            short[64] -= 27;
            assert_eq!(verify(data, &short, &expected).unwrap().scheme, scheme);
            for index in 0..data.len() {
                let mut altered = *data;
                altered[index] ^= 1;
                assert_eq!(
                    verify(&altered, &signature, &expected),
                    Err(AttestationError::Address { wanted: expected })
                );
            }
            for index in 0..SIGNATURE_BYTES {
                let mut altered = signature;
                altered[index] ^= 4;
                assert!(verify(data, &altered, &expected).is_err(), "byte {index}");
            }
            let mut other = expected;
            other[19] ^= 1;
            assert_eq!(verify(data, &signature, &other), Err(AttestationError::Address { wanted: other }));
        }
    }

    #[test]
    fn the_twin_of_a_signature_is_refused() {
        let key = SigningKey::from_slice(&[7; 32]).unwrap();
        let signature = signed(&key, b"data", Scheme::Keccak256);
        let numbers = Signature::from_slice(&signature[..64]).unwrap();
        let twin = Signature::from_scalars(numbers.r().to_bytes(), (-*numbers.s()).to_bytes()).unwrap();
        let v = 55 - signature[64];
        let twin = [twin.to_bytes().as_slice(), &[v]].concat().try_into().unwrap();
        assert_eq!(recover(b"data", &twin, Scheme::Keccak256), Err(AttestationError::HighS));
        assert_eq!(recover(b"data", &[0; 65], Scheme::Keccak256), Err(AttestationError::Numbers));
        assert_eq!(
            recover(b"data", &[29; 65], Scheme::Keccak256),
            Err(AttestationError::RecoveryId { got: 29 })
        );
    }
}
