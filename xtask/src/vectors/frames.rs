//! Signed frames in both forms, and what is none.

use serde_json::{Value, json};
use zksensor_model::device::DeviceKey;
use zksensor_model::field;
use zksensor_model::frame::{
    FRAME_HEAD_LENGTH, Frame, FrameHeader, FrameLink, GREATEST_CHANNEL, LEAST_CHANNEL, SAMPLE_LENGTH, Sample,
    SignedFrame,
};
use zksensor_model::hex;
use zksensor_model::primitives::eddsa::PublicKey;
use zksensor_model::reading::{ACCURACY_UNKNOWN, Location, Network, PayloadHash, UnixMillis};
use zksensor_model::schema::ABSENT;

use super::keys;
use super::readings::{add_order, berlin};
use super::{Cases, device_key, label};

/// Where the parts of the binary form begin, behind which there are two samples in the base of bad cases.
mod at {
    use super::{FRAME_HEAD_LENGTH, SAMPLE_LENGTH};

    pub(super) const COUNT: usize = 50;
    pub(super) const LINK: usize = 52;
    pub(super) const FIRST: usize = FRAME_HEAD_LENGTH;
    pub(super) const SECOND: usize = FIRST + SAMPLE_LENGTH;
    pub(super) const KEY: usize = SECOND + SAMPLE_LENGTH;
    pub(super) const NONCE: usize = KEY + 32;
    pub(super) const RESPONSE: usize = NONCE + 32;
}

/// The cases.
pub(super) fn cases() -> Cases {
    let mut bad = bad_binary();
    bad.extend(bad_json());
    Cases {
        about: "Signed frames in the binary and in the JSON form, which is text here; the longest has the binary form alone. A bad \
                case has one of the forms.",
        good: good(),
        bad,
    }
}

fn header() -> FrameHeader {
    let reading = berlin();
    FrameHeader {
        network: reading.network,
        schema: 2,
        sequence: 42,
        start: reading.time,
        link: FrameLink::NONE,
        payload_hash: reading.payload_hash,
    }
}

/// A drive to the north-east, a sample each second; some channels are absent.
fn drive(header: FrameHeader, count: u32) -> Frame {
    let sample = |second: u32| {
        let step = i32::try_from(second).expect("a thousand seconds");
        let north_east = Location::from_e7(525_200_000 + 900 * step, 134_050_000 + 1_400 * step);
        Sample {
            offset_ms: 1000 * second,
            location: north_east.expect("in Berlin"),
            accuracy_mm: 3_500,
            channels: [13_900 + i64::from(step % 50), 120_000_000 + 14 * i64::from(step), ABSENT],
        }
    };
    frame(header, (0..count).map(sample).collect())
}

/// Everything at one end of its range.
fn edge(most: bool) -> Frame {
    let (latitude, longitude) =
        if most { (900_000_000, 1_800_000_000) } else { (-900_000_000, -1_800_000_000) };
    let header = FrameHeader {
        network: Network::new(u64::from(most), [0xff; 20]),
        schema: if most { u32::MAX } else { 0 },
        sequence: if most { u64::MAX } else { 0 },
        start: UnixMillis::new(if most { (1 << 48) - (1 << 32) } else { 0 }).expect("below 2^48"),
        link: if most { FrameLink::after(drive(header(), 1).summary()) } else { FrameLink::NONE },
        payload_hash: PayloadHash::NONE,
    };
    let sample = Sample {
        offset_ms: if most { u32::MAX } else { 0 },
        location: Location::from_e7(latitude, longitude).expect("a corner of the map"),
        accuracy_mm: if most { ACCURACY_UNKNOWN } else { 1 },
        channels: [if most { GREATEST_CHANNEL } else { LEAST_CHANNEL }; 3],
    };
    frame(header, vec![sample; 2])
}

fn frame(header: FrameHeader, samples: Vec<Sample>) -> Frame {
    Frame::new(header, samples).expect("samples in order")
}

fn good() -> Vec<Value> {
    let first = drive(header(), 6);
    let after = FrameHeader { sequence: 43, link: FrameLink::after(first.summary()), ..header() };
    let mut good = Vec::new();
    for (about, device, frame) in [
        ("one sample: six of the step are 0", 0, drive(header(), 1)),
        ("a step that lacks one", 0, first),
        ("a whole step, linked to the frame before", 0, drive(after, 7)),
        ("a step and one sample", 0, drive(header(), 8)),
        ("everything at its most", 1, edge(true)),
        ("everything at its least, twice at one time", 2, edge(false)),
        ("the most samples", 0, drive(header(), 1001)),
    ] {
        let device = label("device", device);
        let signed = device_key(&device).sign_frame(frame);
        let frame = signed.frame();
        let mut case = json!({
            "about": about,
            "device": device,
            "chain": field::to_hex(&frame.summary().chain()),
            "message": field::to_hex(&frame.message()),
            "binary": hex::encode(&signed.encode()),
        });
        if frame.samples().len() < 100 {
            case["json"] = text(&signed).into();
        }
        good.push(case);
    }
    good
}

fn text(signed: &SignedFrame) -> String {
    serde_json::to_string(signed).expect("text and numbers")
}

/// What the bad cases change.
fn base() -> (DeviceKey, SignedFrame) {
    let key = device_key(&label("device", 0));
    let signed = key.sign_frame(drive(header(), 2));
    (key, signed)
}

fn bad_binary() -> Vec<Value> {
    let bytes = base().1.encode();
    let with = |at: usize, part: &[u8]| {
        let mut changed = bytes.clone();
        changed[at..at + part.len()].copy_from_slice(part);
        changed
    };
    let element = |latitude: i64, longitude: i64, accuracy: u64| {
        let stored = |value: i64| field::Fr::from(u64::try_from(value + (1 << 31)).expect("32 bits"));
        let parts = [(1000u64.into(), 32), (stored(latitude), 32), (stored(longitude), 32)];
        let rest = [(accuracy.into(), 32), (5u64.into(), 41), (5u64.into(), 41), (5u64.into(), 41)];
        field::to_be_bytes(&field::pack(&[&parts[..], &rest].concat()))
    };
    let high_s = {
        let mut s: [u8; 32] = bytes[at::RESPONSE..].try_into().expect("the last 32 bytes");
        add_order(&mut s);
        s
    };
    let flipped = |at: usize| with(at, &[bytes[at] ^ 1]);
    let (first, second) = (&bytes[at::FIRST..at::SECOND], &bytes[at::SECOND..at::KEY]);
    let stranger = device_key(&label("device", 1)).public().encode();
    let mut wide = [0; 32];
    wide.copy_from_slice(second);
    wide[0] |= 8;
    let bad = vec![
        ("nothing", Vec::new()),
        ("one byte too few", bytes[..bytes.len() - 1].to_vec()),
        ("one byte too many", [&bytes[..], &[0]].concat()),
        ("a sample that the count does not count", [&bytes[..at::KEY], &[0; 32], &bytes[at::KEY..]].concat()),
        ("version 0", with(0, &[0])),
        ("version 2", with(0, &[2])),
        ("no sample", [&with(at::COUNT, &[0, 0])[..at::FIRST], &bytes[at::KEY..]].concat()),
        ("a count of 0 and two samples", with(at::COUNT, &[0, 0])),
        ("1002 samples", with(at::COUNT, &[3, 0xea])),
        ("a count of one more than there are", with(at::COUNT, &[0, 3])),
        ("a time beyond 2^48", with(at::COUNT - 6, &[0xff; 6])),
        ("a sample of 252 bits", with(at::SECOND, &wide)),
        ("a sample that is 0, which fills the last step of the chain", with(at::SECOND, &[0; 32])),
        ("a sample that is no element", with(at::SECOND, &[0xff; 32])),
        ("beyond the north pole", with(at::SECOND, &element(900_000_001, 0, 1))),
        ("beyond the south pole", with(at::SECOND, &element(-900_000_001, 0, 1))),
        ("beyond 180 degrees east", with(at::SECOND, &element(0, 1_800_000_001, 1))),
        ("an accuracy of 0: unknown is 4294967295", with(at::SECOND, &element(0, 0, 0))),
        ("a sample before the one before", with(at::FIRST, &[second, first].concat())),
        ("another network than was signed", flipped(31)),
        ("another schema than was signed", flipped(35)),
        ("another sequence than was signed", flipped(43)),
        ("another start than was signed", flipped(49)),
        ("another link than was signed", flipped(at::LINK + 30)),
        ("another payload than was signed", flipped(at::FIRST - 1)),
        ("another offset than was signed", flipped(at::SECOND + 4)),
        ("another value than was signed", flipped(at::SECOND + 31)),
        ("the second sample twice", with(at::FIRST, second)),
        ("the key of another device", with(at::KEY, &stranger)),
        ("R is the identity", with(at::NONCE, &keys::order_two().double().pack())),
        ("S + 1", with(at::RESPONSE, &[bytes[at::RESPONSE].wrapping_add(1)])),
        ("S + l", with(at::RESPONSE, &high_s)),
    ];
    bad.into_iter().map(|(why, bytes)| json!({ "why": why, "binary": hex::encode(&bytes) })).collect()
}

fn bad_json() -> Vec<Value> {
    let (key, signed) = base();
    let good = text(&signed);
    let with = |from: &str, to: &str| {
        let changed = good.replacen(from, to, 1);
        assert_ne!(changed, good, "{from} is in the text");
        changed
    };
    let beyond = field::to_hex(&field::power_of_two(248));
    let (network, none) = (field::to_hex(&header().network.to_field()), field::to_hex(&0u64.into()));
    let signer: &PublicKey = key.public();
    let stranger = device_key(&label("device", 1)).public().to_string();
    let samples = &good[good.find('[').expect("a list")..=good.rfind(']').expect("a list")];
    [
        ("version 2", with("\"version\":1", "\"version\":2")),
        ("no version", with("\"version\":1,", "")),
        ("a field that there is not", with("\"version\":1,", "\"version\":1,\"count\":2,")),
        (
            "a field of a sample that there is not",
            with("\"offset_ms\":0,", "\"offset_ms\":0,\"sequence\":\"1\","),
        ),
        ("a field twice", with("\"schema\":2,", "\"schema\":2,\"schema\":2,")),
        ("no link: a first frame has the link 0", with(&format!("\"link\":\"{none}\","), "")),
        ("a link of 249 bits", with(&format!("\"link\":\"{none}\""), &format!("\"link\":\"{beyond}\""))),
        ("a link that is null", with(&format!("\"link\":\"{none}\""), "\"link\":null")),
        ("a network of 249 bits", with(&network, &beyond)),
        ("a sequence of 65 bits", with("\"sequence\":\"42\"", "\"sequence\":\"18446744073709551616\"")),
        ("a start of 49 bits", with("1767225600000", "281474976710656")),
        ("a second sample after 2^48", with("1767225600000", "281474976710655")),
        ("no samples", with(samples, "[]")),
        ("samples that are no list", with(samples, "{}")),
        ("an offset of 33 bits", with("\"offset_ms\":1000", "\"offset_ms\":4294967296")),
        ("an offset below 0", with("\"offset_ms\":0", "\"offset_ms\":-1")),
        ("an offset before the one before", with("\"offset_ms\":0", "\"offset_ms\":1001")),
        ("beyond the pole", with("525200000", "900000001")),
        ("beyond 180 degrees", with("134050000", "-1800000001")),
        ("an accuracy of 0", with("\"accuracy_mm\":3500", "\"accuracy_mm\":0")),
        ("two channels", with(",null]", "]")),
        ("four channels", with(",null]", ",null,null]")),
        ("2^40", with("\"13900\"", "\"1099511627776\"")),
        ("-2^40, which stands for an absent channel: that is null", with("null", "\"-1099511627776\"")),
        ("a channel with a fraction: it is fixed point", with("\"13900\"", "\"13900.0\"")),
        ("another value than was signed", with("\"13900\"", "\"13901\"")),
        ("an absent channel that was measured", with("\"13900\"", "null")),
        ("the key of another device", with(&signer.to_string(), &stranger)),
        ("a signature of 63 bytes", format!("{}\"}}", &good[..good.len() - 4])),
        ("text after the end", format!("{good}{{}}")),
    ]
    .into_iter()
    .map(|(why, json)| json!({ "why": why, "json": json }))
    .collect()
}
