//! EdDSA with Poseidon: what one side signs, both sides verify; what was altered, both refuse.

use ark_ff::{BigInteger, PrimeField};
use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha20Rng;
use serde_json::{Value, json};
use zksensor::model::device::DeviceKey;
use zksensor::model::field::Fr;
use zksensor::model::primitives::babyjubjub::{Point, Scalar};
use zksensor::model::primitives::eddsa::{PublicKey, Signature, verify_point};
use zksensor::model::reading::{Location, Network, PayloadHash, Reading, UnixMillis};

use super::node::Node;

/// Signatures each way.
const SIGNATURES: usize = 200;
/// Ways to alter a signature, taken in turn.
const ALTERATIONS: usize = 6;

/// A signature with what it is on, and of whom.
#[derive(Clone)]
struct Case {
    message: Fr,
    key: Point,
    signature: Signature,
    /// l is added to S where it is written, which no type of ours can hold.
    aliased: bool,
}

/// Compares 200 signatures of each side, and as many altered ones: how many verdicts agree.
pub(super) fn compare(oracle: &mut Node) -> usize {
    let mut rng = ChaCha20Rng::seed_from_u64(21);
    let ours: Vec<Case> = (0..SIGNATURES).map(|_| signed_here(&mut rng)).collect();
    let requests: Vec<Value> = (0..SIGNATURES)
        .map(|_| {
            let mut secret = [0u8; 32];
            rng.fill_bytes(&mut secret);
            let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "secret": secret, "message": reading(&mut rng).message().to_string() })
        })
        .collect();
    let theirs = oracle.ask(&json!({ "op": "sign", "cases": requests }));
    let theirs: Vec<Case> = theirs.as_array().unwrap().iter().map(signed_there).collect();
    assert_eq!(theirs.len(), SIGNATURES);
    for (case, request) in theirs.iter().zip(&requests) {
        assert_eq!(case.message.to_string(), request["message"].as_str().unwrap());
        PublicKey::new(case.key).unwrap();
    }
    [ours, theirs].into_iter().map(|good| agree(oracle, &good)).sum()
}

/// Both sides accept each case, and refuse it altered.
fn agree(oracle: &mut Node, good: &[Case]) -> usize {
    let other = |index: usize| &good[(index + 1) % good.len()];
    let altered: Vec<Case> =
        good.iter().enumerate().map(|(index, case)| alter(case, other(index), index)).collect();
    for (cases, wanted) in [(good, true), (&altered, false)] {
        let written: Vec<Value> = cases.iter().map(write).collect();
        let verdicts = oracle.verify(&json!({ "op": "verify", "cases": written }));
        for ((index, case), theirs) in cases.iter().enumerate().zip(verdicts) {
            let ours = !case.aliased && verify_point(&case.key, &case.message, &case.signature).is_ok();
            assert_eq!((ours, theirs), (wanted, wanted), "{} on {} of {index}", oracle.name(), write(case));
        }
    }
    good.len() + altered.len()
}

fn alter(case: &Case, other: &Case, index: usize) -> Case {
    let mut altered = case.clone();
    match index % ALTERATIONS {
        0 => altered.message += Fr::from(1u64),
        1 => altered.signature.s += Scalar::from(1u64),
        2 => altered.signature.r = other.signature.r,
        3 => altered.key = other.key,
        4 => altered.signature.r.x += Fr::from(1u64),
        _ => altered.aliased = true,
    }
    altered
}

fn reading(rng: &mut ChaCha20Rng) -> Reading {
    Reading {
        network: Network::new(rng.r#gen(), rng.r#gen()),
        schema: rng.r#gen(),
        sequence: rng.r#gen(),
        time: UnixMillis::new(rng.gen_range(0..1 << 48)).unwrap(),
        location: Location::from_e7(
            rng.gen_range(-900_000_000..=900_000_000),
            rng.gen_range(-1_800_000_000..=1_800_000_000),
        )
        .unwrap(),
        accuracy_mm: rng.gen_range(1..=u32::MAX),
        channels: rng.r#gen(),
        payload_hash: PayloadHash::of(&rng.r#gen::<[u8; 16]>()),
    }
}

fn signed_here(rng: &mut ChaCha20Rng) -> Case {
    let signed = DeviceKey::generate(rng).sign(&reading(rng)).unwrap();
    Case {
        message: signed.reading().message(),
        key: *signed.key().point(),
        signature: *signed.signature(),
        aliased: false,
    }
}

fn signed_there(signed: &Value) -> Case {
    let number = |value: &Value| value.as_str().unwrap().parse::<Fr>().unwrap();
    let point = |value: &Value| Point { x: number(&value[0]), y: number(&value[1]) };
    Case {
        message: number(&signed["message"]),
        key: point(&signed["key"]),
        signature: Signature { r: point(&signed["r"]), s: signed["s"].as_str().unwrap().parse().unwrap() },
        aliased: false,
    }
}

fn write(case: &Case) -> Value {
    let point = |point: &Point| json!([point.x.to_string(), point.y.to_string()]);
    let mut s = case.signature.s.into_bigint();
    if case.aliased {
        s.add_with_carry(&Scalar::MODULUS);
    }
    json!({
        "message": case.message.to_string(), "key": point(&case.key), "r": point(&case.signature.r), "s": s.to_string(),
    })
}
