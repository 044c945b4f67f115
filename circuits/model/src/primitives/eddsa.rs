//! EdDSA over BabyJubJub with Poseidon, as circomlib, circomlibjs, iden3 and zk-kit verify it.
//!
//! With h = Poseidon(R, A, M) read as an integer, (R, S) is a signature on M under A when S < l, R and A are on the curve,
//! 8A != O and S Base8 = R + h (8A). The cofactor is not cleared on R. Keys made or decoded here also have prime order, so
//! for them 8A != O says only A != O.
//!
//! Key derivation is our own (see [`SecretKey::from_seed`]): verifiers cannot tell, and circomlib's needs BLAKE-512.
//!
//! ```
//! use zksensor_model::{field::Fr, primitives::eddsa::{SecretKey, verify}};
//! let key = SecretKey::from_seed([7; 32]);
//! let signature = key.sign(&Fr::from(42u64));
//! assert!(verify(key.public(), &Fr::from(42u64), &signature).is_ok());
//! assert!(verify(key.public(), &Fr::from(43u64), &signature).is_err());
//! ```

use alloc::string::String;
use core::fmt;

use ark_ff::{BigInteger, PrimeField, Zero};
use sha3::{Digest, Sha3_512};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::field::{self, Fr};
use crate::preimages::Challenge;
use crate::primitives::babyjubjub::{self, BASE8, PackedPointError, Point, Scalar};

mod encoding;

/// Why something is not a public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublicKeyError {
    /// The bytes are not a packed point.
    #[error("public key: {reason}")]
    Encoding {
        /// What is wrong with the bytes.
        #[source]
        reason: PackedPointError,
    },
    /// The text is not `0x` and 64 hexadecimal digits.
    #[error(
        "expected a public key as `0x` and 64 hexadecimal digits, got {length} bytes of text that do not fit"
    )]
    NotHex {
        /// Length of the text that came, in bytes.
        length: usize,
    },
    /// The coordinates are no point of the curve.
    #[error("expected a public key on BabyJubJub, got coordinates that do not satisfy its equation")]
    OffCurve,
    /// The key is O, under which anyone can sign.
    #[error("expected a public key of prime order, got the identity")]
    Identity,
    /// The key has a component of small order.
    #[error("expected a public key of prime order, got a point outside the prime-order subgroup")]
    NotPrimeOrder,
}

/// Why a signature does not hold, or bytes are none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// The first 32 bytes are not a packed point.
    #[error("R of the signature: {reason}")]
    Encoding {
        /// What is wrong with the bytes.
        #[source]
        reason: PackedPointError,
    },
    /// The text is not `0x` and 128 hexadecimal digits.
    #[error(
        "expected a signature as `0x` and 128 hexadecimal digits, got {length} bytes of text that do not fit"
    )]
    NotHex {
        /// Length of the text that came, in bytes.
        length: usize,
    },
    /// S is l or larger.
    #[error("expected S of the signature below the order of Base8, got {s}")]
    ScalarNotCanonical {
        /// The S that came, big-endian hexadecimal.
        s: String,
    },
    /// R is no point of the curve.
    #[error("expected R of the signature on BabyJubJub, got coordinates that do not satisfy its equation")]
    NonceOffCurve,
    /// A is no point of the curve.
    #[error("expected a key on BabyJubJub, got coordinates that do not satisfy its equation")]
    KeyOffCurve,
    /// 8A = O.
    #[error("expected a key whose order is above 8, got a point of small order under which anyone can sign")]
    KeyOfSmallOrder,
    /// S Base8 != R + h (8A).
    #[error("the signature was not made by this key for this message: S Base8 != R + h (8A)")]
    Mismatch,
}

/// A signing key. Zeroized when dropped; `Debug` shows the public key alone.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey {
    seed: [u8; 32],
    scalar: Scalar,
    prefix: [u8; 64],
    #[zeroize(skip)]
    public: PublicKey,
}

impl SecretKey {
    /// Derives the key from 32 secret, uniformly random bytes.
    ///
    /// a = SHA3-512("zksensor/eddsa/scalar/v1" | seed) mod l and A = a Base8; the nonce of a message is
    /// SHA3-512("zksensor/eddsa/nonce/v1" | prefix | packed A | M) mod l, where prefix is
    /// SHA3-512("zksensor/eddsa/prefix/v1" | seed) and M is 32 big-endian bytes; hashes are read little-endian. Reducing 512
    /// bits modulo the 251-bit l leaves a bias below 2^-260, far from what lattice attacks on nonces need.
    pub fn from_seed(seed: [u8; 32]) -> SecretKey {
        let scalar = reduce(&*hash(b"zksensor/eddsa/scalar/v1", &[&seed]));
        assert!(!scalar.is_zero(), "nobody can find a seed whose hash is a multiple of l");
        let prefix = *hash(b"zksensor/eddsa/prefix/v1", &[&seed]);
        SecretKey { seed, scalar, prefix, public: PublicKey(BASE8.mul(&scalar)) }
    }

    /// A new key from the caller's generator.
    pub fn generate<R: rand::RngCore + rand::CryptoRng + ?Sized>(rng: &mut R) -> SecretKey {
        let mut seed = Zeroizing::new([0u8; 32]);
        rng.fill_bytes(&mut *seed);
        SecretKey::from_seed(*seed)
    }

    /// The public key.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The 32 secret bytes behind the key, for a key file.
    ///
    /// # Security
    /// Whoever has them signs as this device. Write them only where the owner alone can read.
    pub fn expose_seed(&self) -> &[u8; 32] {
        &self.seed
    }

    /// The signature on `message`; the same one every time.
    pub fn sign(&self, message: &Fr) -> Signature {
        let parts: [&[u8]; 3] = [&self.prefix, &self.public.0.pack(), &field::to_be_bytes(message)];
        let nonce = Zeroizing::new(reduce(&*hash(b"zksensor/eddsa/nonce/v1", &parts)));
        let r = BASE8.mul(&nonce);
        let h = integer_modulo_l(&challenge(&r, &self.public.0, message));
        Signature { r, s: *nonce + h * self.scalar * Scalar::from(babyjubjub::COFACTOR) }
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

/// A public key: a point of prime order, never O.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey(Point);

impl PublicKey {
    /// Checks that the point may be a key.
    ///
    /// # Errors
    /// [`PublicKeyError`] if it is off the curve, O, or not of prime order.
    pub fn new(point: Point) -> Result<PublicKey, PublicKeyError> {
        if !point.is_on_curve() {
            Err(PublicKeyError::OffCurve)
        } else if point.is_identity() {
            Err(PublicKeyError::Identity)
        } else if !point.is_in_prime_subgroup() {
            Err(PublicKeyError::NotPrimeOrder)
        } else {
            Ok(PublicKey(point))
        }
    }

    /// Takes any coordinates for a key.
    ///
    /// # Security
    /// For hostile vectors, and for a decoder that checks many keys at once right after: under a key of small order anyone can
    /// sign.
    pub fn insecure_unchecked(point: Point) -> PublicKey {
        PublicKey(point)
    }

    /// The point A.
    pub fn point(&self) -> &Point {
        &self.0
    }
}

/// A signature (R, S); S < l by its type. `r` may be any coordinates: [`verify`] checks that it is on the curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature {
    /// The nonce point R; circomlib calls it R8.
    pub r: Point,
    /// The response S.
    pub s: Scalar,
}

/// h = Poseidon(Rx, Ry, Ax, Ay, M) with tag 0.
pub fn challenge(r: &Point, key: &Point, message: &Fr) -> Fr {
    Challenge { nonce_x: r.x, nonce_y: r.y, key_x: key.x, key_y: key.y, message: *message }.hash()
}

/// Checks a signature under a key of prime order.
///
/// # Errors
/// [`SignatureError::NonceOffCurve`] or [`SignatureError::Mismatch`].
pub fn verify(key: &PublicKey, message: &Fr, signature: &Signature) -> Result<(), SignatureError> {
    verify_point(&key.0, message, signature)
}

/// Checks a signature under any coordinates, prime order or not: the rule of the statements, which is circomlib's.
///
/// # Errors
/// [`SignatureError`]: R or A off the curve, 8A = O, or S Base8 != R + h (8A).
pub fn verify_point(key: &Point, message: &Fr, signature: &Signature) -> Result<(), SignatureError> {
    if !key.is_on_curve() {
        return Err(SignatureError::KeyOffCurve);
    }
    if !signature.r.is_on_curve() {
        return Err(SignatureError::NonceOffCurve);
    }
    let key_by_8 = key.mul_by_cofactor();
    if key_by_8.is_identity() {
        return Err(SignatureError::KeyOfSmallOrder);
    }
    // 8A has order l, so h may be reduced modulo l here; a circuit must still take the canonical h.
    let h = integer_modulo_l(&challenge(&signature.r, key, message));
    if babyjubjub::base8_minus(&signature.s, &h, &key_by_8) == signature.r {
        Ok(())
    } else {
        Err(SignatureError::Mismatch)
    }
}

/// S as an element of the scalar field of BN254: S < l < r.
pub fn response_element(s: &Scalar) -> Fr {
    Fr::from_bigint(s.into_bigint()).expect("l is below r")
}

/// The key Base8 + (0, -1) and its signature with nonce 1: valid by the statements' rule, as 8A = 8 Base8, and known to
/// everybody.
///
/// # Security
/// The key is not of prime order, so no [`PublicKey`] and no registry takes it. It fills the unused slots of a circuit.
pub fn insecure_dummy_signature(message: &Fr) -> (Point, Signature) {
    let key = Point { x: -BASE8.x, y: -BASE8.y };
    let h = integer_modulo_l(&challenge(&BASE8, &key, message));
    let s = Scalar::from(1u64) + h * Scalar::from(babyjubjub::COFACTOR);
    (key, Signature { r: BASE8, s })
}

/// The canonical representative of a field element, modulo l.
fn integer_modulo_l(value: &Fr) -> Scalar {
    reduce(&value.into_bigint().to_bytes_le())
}

/// Little-endian bytes modulo l.
#[allow(
    clippy::disallowed_methods,
    reason = "the inputs are hashes, wide ones where bias matters, never an encoding"
)]
fn reduce(bytes: &[u8]) -> Scalar {
    Scalar::from_le_bytes_mod_order(bytes)
}

/// SHA3-512 of a label and parts; the parts of one label have fixed lengths.
fn hash(label: &[u8], parts: &[&[u8]]) -> Zeroizing<[u8; 64]> {
    let mut hasher = Sha3_512::new_with_prefix(label);
    for part in parts {
        hasher.update(part);
    }
    Zeroizing::new(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use ark_ff::{Field, MontFp};
    use proptest::prelude::*;

    /// circomlibjs test/eddsa.js, "Sign (using Poseidon) a single 10 bytes from 0 to 9".
    fn circomlibjs() -> (PublicKey, Fr, Signature) {
        let key = Point {
            x: MontFp!("13277427435165878497778222415993513565335242147425444199013288855685581939618"),
            y: MontFp!("13622229784656158136036771217484571176836296686641868549125388198837476602820"),
        };
        let r = Point {
            x: MontFp!("11384336176656855268977457483345535180380036354188103142384839473266348197733"),
            y: MontFp!("15383486972088797283337779941324724402501462225528836549661220478783371668959"),
        };
        let s = MontFp!("1672775540645840396591609181675628451599263765380031905495115170613215233181");
        let message = Fr::from(0x0908_0706_0504_0302_0100_u128);
        (PublicKey::new(key).unwrap(), message, Signature { r, s })
    }

    /// The point of order 2.
    const ORDER_TWO: Point = Point { x: MontFp!("0"), y: MontFp!("-1") };

    #[test]
    fn circomlibjs_signature_verifies_and_encodes() {
        let (key, message, signature) = circomlibjs();
        assert_eq!(verify(&key, &message, &signature), Ok(()));
        assert_eq!(
            signature.to_string(),
            "0xdfedb4315d3f2eb4de2d3c510d7a987dcab67089c8ace06308827bf5bcbe02a2\
             9d043ece562a8f82bfc0adb640c0107a7d3a27c1c7c1a6179a0da73de5c1b203"
        );
        assert_eq!(verify(&key, &(message + Fr::ONE), &signature), Err(SignatureError::Mismatch));
    }

    #[test]
    fn the_cofactor_is_not_cleared_on_r() {
        let (key, message, mut signature) = circomlibjs();
        signature.r = signature.r.add(&ORDER_TWO);
        assert_eq!(verify(&key, &message, &signature), Err(SignatureError::Mismatch));
    }

    #[test]
    fn a_key_with_torsion_verifies_by_the_statement_rule_but_is_no_public_key() {
        let secret = SecretKey::from_seed([3; 32]);
        let key = secret.public.0.add(&ORDER_TWO);
        assert_eq!(PublicKey::new(key), Err(PublicKeyError::NotPrimeOrder));
        let message = Fr::from(5u64);
        let r = BASE8.mul(&Scalar::from(77u64));
        let h = integer_modulo_l(&challenge(&r, &key, &message));
        let signature = Signature { r, s: Scalar::from(77u64) + h * secret.scalar * Scalar::from(8u64) };
        assert_eq!(verify_point(&key, &message, &signature), Ok(()));
    }

    #[test]
    fn keys_and_nonces_off_the_rule_are_refused() {
        let (key, message, signature) = circomlibjs();
        let off = Point { x: Fr::ONE, y: Fr::ONE };
        assert_eq!(verify_point(&off, &message, &signature), Err(SignatureError::KeyOffCurve));
        assert_eq!(
            verify(&key, &message, &Signature { r: off, ..signature }),
            Err(SignatureError::NonceOffCurve)
        );
        // Under a key of small order S Base8 = R needs no secret.
        let forged = Signature { r: BASE8, s: Scalar::ONE };
        for small in [Point::IDENTITY, ORDER_TWO] {
            assert_eq!(verify_point(&small, &message, &forged), Err(SignatureError::KeyOfSmallOrder));
            assert!(PublicKey::new(small).is_err());
        }
        assert_eq!(PublicKey::new(off), Err(PublicKeyError::OffCurve));
    }

    #[test]
    fn key_and_nonce_are_derived_as_documented() {
        // Key and nonce point from hashlib and big integers, by the formula in `SecretKey::from_seed`.
        let key = SecretKey::from_seed([1; 32]);
        let signature = key.sign(&Fr::from(2u64));
        assert_eq!(key.sign(&Fr::from(2u64)), signature);
        assert_ne!(key.sign(&Fr::from(3u64)).r, signature.r);
        assert_eq!(
            key.public().to_string(),
            "0x895c0df61fb1cf1b6803a98207c2af30991cae91b779e23e5fcd2d3104b40700"
        );
        assert_eq!(
            crate::hex::encode(&signature.r.pack()),
            "0x8569745da0de27de47b5b510634944f3ebbc153d6d4cd42d6b63a0ebd7b931a5"
        );
        let shown = format!("{key:?}");
        assert!(!shown.contains("seed") && !shown.contains("scalar") && !shown.contains("prefix"), "{shown}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn what_is_signed_verifies_and_nothing_else(seed: [u8; 32], message: u128, bit in 0usize..512) {
            let key = SecretKey::from_seed(seed);
            prop_assert!(PublicKey::new(key.public.0).is_ok());
            let message = Fr::from(message);
            let signature = key.sign(&message);
            prop_assert_eq!(verify(key.public(), &message, &signature), Ok(()));
            prop_assert!(verify(key.public(), &-(message + Fr::ONE), &signature).is_err());
            let mut bytes = signature.encode();
            bytes[bit / 8] ^= 1 << (bit % 8);
            prop_assert!(Signature::decode(&bytes).and_then(|signature| verify(key.public(), &message, &signature)).is_err());
        }
    }
}
