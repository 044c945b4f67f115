//! Signed readings in both forms, and what is none.

use serde_json::{Value, json};
use zksensor_model::device::DeviceKey;
use zksensor_model::field;
use zksensor_model::hex;
use zksensor_model::primitives::eddsa::PublicKey;
use zksensor_model::reading::{
    ACCURACY_UNKNOWN, Location, Network, PayloadHash, Reading, SIGNED_READING_LENGTH, SignedReading,
    UnixMillis,
};
use zksensor_model::schema::ABSENT;

use super::keys::{self, plus_modulus};
use super::{Cases, device_key, label};

/// Where the parts of the binary form begin.
mod at {
    pub(super) const LATITUDE: usize = 50;
    pub(super) const LONGITUDE: usize = 54;
    pub(super) const ACCURACY: usize = 58;
    pub(super) const CHANNELS: usize = 62;
    pub(super) const KEY: usize = 125;
    pub(super) const NONCE: usize = 157;
    pub(super) const RESPONSE: usize = 189;
}

/// The cases.
pub(super) fn cases() -> Cases {
    let mut bad = bad_binary();
    bad.extend(bad_json());
    Cases {
        about: "Signed readings in the binary and in the JSON form. The JSON form is text here, as its integers have 64 bits. \
                A bad case has one of the forms.",
        good: good(),
        bad,
    }
}

pub(super) fn berlin() -> Reading {
    Reading {
        network: Network::new(137, [0x11; 20]),
        schema: 1,
        sequence: 42,
        time: UnixMillis::new(1_767_225_600_000).expect("below 2^48"),
        location: Location::from_e7(525_200_000, 134_050_000).expect("in Berlin"),
        accuracy_mm: 3_500,
        channels: [21_500, ABSENT, ABSENT, ABSENT],
        payload_hash: PayloadHash::of(b"battery: good"),
    }
}

/// Everything at one end of its range.
fn edge(most: bool) -> Reading {
    let (latitude, longitude) =
        if most { (900_000_000, 1_800_000_000) } else { (-900_000_000, -1_800_000_000) };
    Reading {
        network: Network::new(u64::from(most), [0xff; 20]),
        schema: if most { u32::MAX } else { 0 },
        sequence: if most { u64::MAX } else { 0 },
        time: if most { UnixMillis::MAX } else { UnixMillis::new(0).expect("below 2^48") },
        location: Location::from_e7(latitude, longitude).expect("a corner of the map"),
        accuracy_mm: if most { ACCURACY_UNKNOWN } else { 1 },
        channels: [if most { i64::MAX } else { i64::MIN }; 4],
        payload_hash: PayloadHash::NONE,
    }
}

fn sign(key: &DeviceKey, reading: &Reading) -> SignedReading {
    key.sign(reading).expect("the accuracy is not 0")
}

fn good() -> Vec<Value> {
    let mut good = Vec::new();
    for (about, device, reading) in [
        ("a temperature in Berlin; three channels are absent", 0, berlin()),
        ("everything at its most", 1, edge(true)),
        ("everything at its least", 2, edge(false)),
    ] {
        let device = label("device", device);
        let signed = sign(&device_key(&device), &reading);
        good.push(json!({
            "about": about,
            "device": device,
            "message": field::to_hex(&reading.message()),
            "binary": hex::encode(&signed.encode()),
            "json": text(&signed),
        }));
    }
    good
}

fn text(signed: &SignedReading) -> String {
    serde_json::to_string(signed).expect("text and numbers")
}

fn bad_binary() -> Vec<Value> {
    let key = device_key(&label("device", 0));
    let bytes = sign(&key, &berlin()).encode();
    let with = |at: usize, part: &[u8]| {
        let mut changed = bytes.to_vec();
        changed[at..at + part.len()].copy_from_slice(part);
        changed
    };
    let coordinate = |value: i64| u32::try_from(value + (1 << 31)).expect("32 bits").to_be_bytes();
    let high_s = {
        let mut s: [u8; 32] = bytes[at::RESPONSE..].try_into().expect("the last 32 bytes");
        add_order(&mut s);
        s
    };
    let point = |at: usize| <[u8; 32]>::try_from(&bytes[at..at + 32]).expect("32 bytes");
    let flipped = |at: usize| with(at, &[bytes[at] ^ 1]);
    let stranger = device_key(&label("device", 1)).public().encode();
    let mut bad = vec![
        ("nothing", Vec::new()),
        ("one byte too few", bytes[..SIGNED_READING_LENGTH - 1].to_vec()),
        ("one byte too many", [&bytes[..], &[0]].concat()),
        ("version 0", with(0, &[0])),
        ("version 2", with(0, &[2])),
        ("beyond the north pole", with(at::LATITUDE, &coordinate(900_000_001))),
        ("beyond the south pole", with(at::LATITUDE, &coordinate(-900_000_001))),
        ("beyond 180 degrees east", with(at::LONGITUDE, &coordinate(1_800_000_001))),
        ("a longitude of -2^31", with(at::LONGITUDE, &[0; 4])),
        ("an accuracy of 0: unknown is 4294967295", with(at::ACCURACY, &[0; 4])),
        ("another network than was signed", flipped(31)),
        ("another schema than was signed", flipped(35)),
        ("another sequence than was signed", flipped(43)),
        ("another time than was signed", flipped(49)),
        ("another place than was signed", flipped(at::LATITUDE + 3)),
        ("another accuracy than was signed", flipped(at::ACCURACY + 3)),
        ("another value than was signed", flipped(at::CHANNELS + 7)),
        ("another payload than was signed", flipped(at::KEY - 1)),
        ("the key of another device", with(at::KEY, &stranger)),
        ("R is the identity", with(at::NONCE, &keys::order_two().double().pack())),
        ("R with r added to its y", with(at::NONCE, &plus_modulus(point(at::NONCE)))),
        ("R with the other sign", with(at::NONCE + 31, &[bytes[at::NONCE + 31] ^ 0x80])),
        ("S + 1", with(at::RESPONSE, &[bytes[at::RESPONSE].wrapping_add(1)])),
        ("S + l", with(at::RESPONSE, &high_s)),
    ];
    let keys: Vec<(String, Vec<u8>)> = keys::bad()
        .into_iter()
        .map(|(why, packed)| (format!("the key: {why}"), with(at::KEY, &packed)))
        .collect();
    let of_keys = keys.iter().map(|(why, bytes)| (why.as_str(), bytes.clone()));
    bad.extend(of_keys);
    bad.into_iter().map(|(why, bytes)| json!({ "why": why, "binary": hex::encode(&bytes) })).collect()
}

/// Little-endian bytes plus l.
pub(super) fn add_order(bytes: &mut [u8; 32]) {
    use ark_ff::{BigInteger, PrimeField};
    let order = zksensor_model::primitives::babyjubjub::Scalar::MODULUS.to_bytes_le();
    let mut carry = 0u16;
    for (byte, other) in bytes.iter_mut().zip(order) {
        let sum = u16::from(*byte) + u16::from(other) + carry;
        [*byte, _] = sum.to_le_bytes();
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "twice l has 252 bits");
}

fn bad_json() -> Vec<Value> {
    let key = device_key(&label("device", 0));
    let good = text(&sign(&key, &berlin()));
    let with = |from: &str, to: &str| {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from} is in the text");
        changed
    };
    let beyond = field::to_hex(&field::power_of_two(248));
    let stranger = device_key(&label("device", 1)).public().to_string();
    let signer: &PublicKey = key.public();
    let network = field::to_hex(&berlin().network.to_field());
    [
        ("version 2", with("\"version\":1", "\"version\":2")),
        ("no version", with("\"version\":1,", "")),
        ("a field that there is not", with("\"version\":1,", "\"version\":1,\"altitude\":1,")),
        ("a field twice", with("\"schema\":1,", "\"schema\":1,\"schema\":1,")),
        ("a number as text", with("\"schema\":1", "\"schema\":\"1\"")),
        ("a schema of 33 bits", with("\"schema\":1,", "\"schema\":4294967296,")),
        ("a negative sequence", with("\"sequence\":\"42\"", "\"sequence\":\"-1\"")),
        ("a sequence of 65 bits", with("\"sequence\":\"42\"", "\"sequence\":\"18446744073709551616\"")),
        ("a sequence with a leading zero", with("\"sequence\":\"42\"", "\"sequence\":\"042\"")),
        ("a sequence that is absent: it never is", with("\"sequence\":\"42\"", "\"sequence\":null")),
        ("another sequence than was signed, as a number", with("\"sequence\":\"42\"", "\"sequence\":43")),
        ("a time of 49 bits", with("1767225600000", "281474976710656")),
        ("a time in seconds with a fraction", with("1767225600000", "1767225600.5")),
        ("beyond the pole", with("525200000", "900000001")),
        ("beyond 180 degrees", with("134050000", "-1800000001")),
        ("an accuracy of 0", with("\"accuracy_mm\":3500", "\"accuracy_mm\":0")),
        ("three channels", with(",null]", "]")),
        ("five channels", with(",null]", ",null,\"0\"]")),
        ("an absent channel as text of nothing: it is null", with("null", "\"\"")),
        ("an absent channel as JavaScript rounds -2^63", with("null", "-9223372036854776000")),
        ("a channel with a fraction: it is fixed point", with("[\"21500\",", "[\"21500.0\",")),
        ("a channel with a plus", with("[\"21500\",", "[\"+21500\",")),
        ("a channel of 65 bits", with("[\"21500\",", "[\"9223372036854775808\",")),
        ("a network of 249 bits", with(&network, &beyond)),
        ("a network without 0x", with(&network, &network[2..])),
        ("another value than was signed", with("[\"21500\",", "[\"21501\",")),
        ("the key of another device", with(&signer.to_string(), &stranger)),
        ("a signature of 63 bytes", format!("{}\"}}", &good[..good.len() - 4])),
        ("text after the end", format!("{good}{{}}")),
    ]
    .into_iter()
    .map(|(why, json)| json!({ "why": why, "json": json }))
    .collect()
}
