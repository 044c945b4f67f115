//! Signatures: every step of signing, and what must not verify.

use ark_ff::{BigInteger, PrimeField};
use serde_json::{Value, json};
use zksensor_model::field::{self, Fr};
use zksensor_model::hex;
use zksensor_model::primitives::babyjubjub::{BASE8, Point, Scalar};
use zksensor_model::primitives::eddsa::{Signature, challenge, verify_point};

use super::keys::{Secret, order_eight, order_two, reduce, scalar_hex, sha3_512};
use super::{Cases, device_key, label, of_label};

/// A signature with what it is on, and of whom.
struct Case {
    message: Fr,
    key: Point,
    signature: Signature,
}

/// The cases.
pub(super) fn cases() -> Cases {
    let messages =
        [of_label(&label("message", 0)), of_label(&label("message", 1)), Fr::from(0u64), -Fr::from(1u64)];
    let mut good: Vec<Value> =
        (0..2).flat_map(|number| messages.map(|message| signed(&label("device", number), message))).collect();
    good.push(outside_of_the_subgroup());
    Cases {
        about: "EdDSA over BabyJubJub with Poseidon, circomlib's rule: S < l, R and A on the curve, 8A is not the identity, \
                S Base8 = R + h (8A). The nonce is derived as vectors/README.md says, so that a signature has one value.",
        good,
        bad: bad(messages[0], messages[1]),
    }
}

fn point(point: &Point) -> Value {
    json!({ "x": field::to_hex(&point.x), "y": field::to_hex(&point.y) })
}

fn signed(label: &str, message: Fr) -> Value {
    let key = device_key(label);
    let Secret { scalar, prefix } = Secret::of(key.expose_seed());
    let public = key.public().point();
    let parts: [&[u8]; 4] =
        [b"zksensor/eddsa/nonce/v1", &prefix, &public.pack(), &field::to_be_bytes(&message)];
    let nonce = reduce(&sha3_512(&parts));
    let r = BASE8.mul(&nonce);
    let h = challenge(&r, public, &message);
    let s = nonce + reduce(&h.into_bigint().to_bytes_le()) * scalar * Scalar::from(8u64);
    let signature = Signature { r, s };
    verify_point(public, &message, &signature).expect("the documented derivation");
    json!({
        "device": label,
        "message": field::to_hex(&message),
        "key": point(public),
        "nonce": scalar_hex(&nonce),
        "challenge": field::to_hex(&h),
        "r": point(&r),
        "s": scalar_hex(&s),
        "encoded": signature.to_string(),
        "key_of_prime_order": true,
    })
}

/// The equation holds, and no registry takes the key.
fn outside_of_the_subgroup() -> Value {
    let (message, label) = (of_label(&label("message", 0)), label("device", 0));
    let device = device_key(&label);
    let scalar = Secret::of(device.expose_seed()).scalar;
    let key = device.public().point().add(&order_two());
    let nonce = Scalar::from(77u64);
    let r = BASE8.mul(&nonce);
    let h = challenge(&r, &key, &message);
    let s = nonce + reduce(&h.into_bigint().to_bytes_le()) * scalar * Scalar::from(8u64);
    let signature = Signature { r, s };
    verify_point(&key, &message, &signature).expect("8A is the same point");
    json!({
        "about": "The key is a device's plus the point of order 2: the equation holds, and no registry takes the key.",
        "message": field::to_hex(&message),
        "key": point(&key),
        "challenge": field::to_hex(&h),
        "r": point(&r),
        "s": scalar_hex(&s),
        "encoded": signature.to_string(),
        "key_of_prime_order": false,
    })
}

fn bad(message: Fr, other: Fr) -> Vec<Value> {
    let device = device_key(&label("device", 0));
    let sign = |message: &Fr| {
        let reading_key = zksensor_model::primitives::eddsa::SecretKey::from_seed(*device.expose_seed());
        reading_key.sign(message)
    };
    let key = *device.public().point();
    let stranger = *device_key(&label("device", 1)).public().point();
    let signature = sign(&message);
    let with = |change: &dyn Fn(&mut Case)| {
        let mut case = Case { message, key, signature };
        change(&mut case);
        case
    };
    let one = Fr::from(1u64);
    let forged = |key: Point| Case { message, key, signature: Signature { r: BASE8, s: Scalar::from(1u64) } };
    let cases = [
        ("another message", with(&|case| case.message = other)),
        ("another key", with(&|case| case.key = stranger)),
        ("S + 1", with(&|case| case.signature.s += Scalar::from(1u64))),
        ("S = 0", with(&|case| case.signature.s = Scalar::from(0u64))),
        ("-S", with(&|case| case.signature.s = -case.signature.s)),
        ("R of another signature", with(&|case| case.signature.r = sign(&other).r)),
        ("-R", with(&|case| case.signature.r = case.signature.r.negate())),
        ("R off the curve", with(&|case| case.signature.r.x += one)),
        (
            "R plus the point of order 2: the cofactor is not cleared on R",
            with(&|case| case.signature.r = case.signature.r.add(&order_two())),
        ),
        ("R is the identity", with(&|case| case.signature.r = Point::IDENTITY)),
        ("A off the curve", with(&|case| case.key.x += one)),
        (
            "A plus the point of order 2: another challenge",
            with(&|case| case.key = case.key.add(&order_two())),
        ),
        ("A is the identity: S Base8 = R needs no secret", forged(Point::IDENTITY)),
        ("A of order 2: S Base8 = R needs no secret", forged(order_two())),
        ("A of order 4: S Base8 = R needs no secret", forged(order_eight().double())),
        ("A of order 8: S Base8 = R needs no secret", forged(order_eight())),
    ];
    let mut bad: Vec<Value> = cases.into_iter().map(|(why, case)| written(why, &case, None)).collect();
    let honest = with(&|_| ());
    let mut high = signature.s.into_bigint();
    high.add_with_carry(&Scalar::MODULUS);
    bad.push(written("S + l: S is below l, or a signature had several forms", &honest, Some(high)));
    bad.push(written("S = l", &honest, Some(Scalar::MODULUS)));
    bad
}

/// A case with its S, or one that no scalar is.
fn written(why: &str, case: &Case, s: Option<<Scalar as PrimeField>::BigInt>) -> Value {
    let Case { message, key, signature } = case;
    if s.is_none() {
        verify_point(key, message, signature).expect_err(why);
    }
    let s = s.unwrap_or_else(|| signature.s.into_bigint());
    json!({
        "why": why,
        "message": field::to_hex(message),
        "key": point(key),
        "r": point(&signature.r),
        "s": hex::encode(&s.to_bytes_be()),
    })
}
