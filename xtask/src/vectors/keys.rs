//! Device keys: from the secret to the packed public key, and what is no public key.

use ark_ff::{BigInteger, Field, PrimeField};
use serde_json::{Value, json};
use sha3::{Digest, Sha3_512};
use zksensor_model::field::{self, Fr};
use zksensor_model::hex;
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};

use super::{Cases, device_key, label};

/// The keys, and packed points that are none.
pub(super) fn cases() -> Cases {
    let good = (0..3).map(|number| key(&label("device", number))).collect();
    let bad = bad().into_iter().map(|(why, packed)| json!({ "why": why, "packed": hex::encode(&packed) }));
    Cases {
        about: "From a secret to a device key. `bad`: 32 bytes that must not be taken for a key.",
        good,
        bad: bad.chain(texts()).collect(),
    }
}

fn key(label: &str) -> Value {
    let key = device_key(label);
    let Secret { scalar, prefix } = Secret::of(key.expose_seed());
    let public = key.public();
    assert_eq!(BASE8.mul(&scalar), *public.point(), "the documented derivation");
    json!({
        "label": label,
        "seed": hex::encode(key.expose_seed()),
        "scalar": scalar_hex(&scalar),
        "prefix": hex::encode(&prefix),
        "key_x": field::to_hex(&public.point().x),
        "key_y": field::to_hex(&public.point().y),
        "packed": public.to_string(),
    })
}

/// What a seed is stretched to, by the formula that is published.
pub(super) struct Secret {
    pub(super) scalar: Scalar,
    pub(super) prefix: [u8; 64],
}

impl Secret {
    pub(super) fn of(seed: &[u8; 32]) -> Secret {
        Secret {
            scalar: reduce(&sha3_512(&[b"zksensor/eddsa/scalar/v1", seed])),
            prefix: sha3_512(&[b"zksensor/eddsa/prefix/v1", seed]),
        }
    }
}

/// SHA3-512 of the parts behind each other.
pub(super) fn sha3_512(parts: &[&[u8]]) -> [u8; 64] {
    parts.iter().fold(Sha3_512::new(), |hasher, part| hasher.chain_update(part)).finalize().into()
}

/// Little-endian bytes modulo l.
#[allow(clippy::disallowed_methods, reason = "hashes and their reduction, never an encoding")]
pub(super) fn reduce(bytes: &[u8]) -> Scalar {
    Scalar::from_le_bytes_mod_order(bytes)
}

/// `0x` and 64 digits, big-endian.
pub(super) fn scalar_hex(scalar: &Scalar) -> String {
    hex::encode(&scalar.into_bigint().to_bytes_be())
}

/// The point of order 2.
pub(super) fn order_two() -> Point {
    Point { x: Fr::from(0u64), y: -Fr::from(1u64) }
}

/// A point of order 8: l times ERC-2494's generator of the whole group.
pub(super) fn order_eight() -> Point {
    let whole = Point {
        x: ark_ff::MontFp!("995203441582195749578291179787384436505546430278305826713579947235728471134"),
        y: ark_ff::MontFp!("5472060717959818805561601436314318772137091100104008585924551046643952123905"),
    };
    whole.mul(&-Scalar::from(1u64)).add(&whole)
}

/// Why, and the bytes.
pub(super) fn bad() -> Vec<(&'static str, [u8; 32])> {
    let signed = |mut bytes: [u8; 32]| {
        bytes[31] |= 0x80;
        bytes
    };
    let good = device_key(&label("device", 0));
    let good = good.public().point();
    vec![
        ("y is r: 0 has one encoding", plus_modulus(Point { x: Fr::from(1u64), y: Fr::from(0u64) }.pack())),
        ("y + r in the place of y: a key has one encoding", plus_modulus(good.pack())),
        ("y is the greatest of 255 bits", [0xff; 32]),
        ("no point of the curve has this y", no_point()),
        ("the identity: anyone could sign", Point::IDENTITY.pack()),
        ("the identity with the sign bit, though x is 0", signed(Point::IDENTITY.pack())),
        ("of order 2", order_two().pack()),
        ("of order 2 with the sign bit, though x is 0", signed(order_two().pack())),
        ("of order 4", order_eight().double().pack()),
        ("of order 8", order_eight().pack()),
        (
            "a key plus the point of order 2: outside of the subgroup of prime order",
            good.add(&order_two()).pack(),
        ),
        ("a key plus a point of order 8", good.add(&order_eight()).pack()),
    ]
}

/// The same point with r added to its y, which must not be accepted.
pub(super) fn plus_modulus(packed: [u8; 32]) -> [u8; 32] {
    let sign = packed[31] & 0x80;
    let mut limbs = [0u64; 4];
    for (limb, chunk) in limbs.iter_mut().zip(packed.chunks_exact(8)) {
        *limb = u64::from_le_bytes(chunk.try_into().expect("chunks of eight bytes"));
    }
    limbs[3] &= u64::MAX >> 1;
    let mut y = ark_ff::BigInt::<4>::new(limbs);
    assert!(!y.add_with_carry(&Fr::MODULUS) && y.num_bits() < 256, "twice r has 255 bits");
    let mut bytes: [u8; 32] = y.to_bytes_le().try_into().expect("four limbs");
    bytes[31] |= sign;
    bytes
}

/// The least y without a point, packed.
fn no_point() -> [u8; 32] {
    let has_none = |y: &Fr| {
        let (a, d, one) = (Fr::from(168_700u64), Fr::from(168_696u64), Fr::from(1u64));
        let x2 = (one - y.square()) * (a - d * y.square()).inverse().expect("a / d is not a square");
        x2.legendre().is_qnr()
    };
    let y = (2u64..).map(Fr::from).find(has_none).expect("half of all y have no point");
    Point { x: Fr::from(0u64), y }.pack()
}

/// Texts of another length.
fn texts() -> Vec<Value> {
    let key = device_key(&label("device", 0)).public().to_string();
    [
        ("31 bytes", key[..64].to_owned()),
        ("33 bytes", format!("{key}00")),
        ("without 0x", key[2..].to_owned()),
    ]
    .into_iter()
    .map(|(why, packed)| json!({ "why": why, "packed": packed }))
    .collect()
}
