use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::tests::{any_frame, frame, header};
use super::*;
use crate::device::DeviceKey;
use crate::schema::ABSENT;

fn example() -> SignedFrame {
    let location = Location::from_e7(525_200_000, -134_050_000).unwrap();
    let sample = Sample { offset_ms: 250, location, accuracy_mm: 3_500, channels: [21_500, -1, ABSENT] };
    let header = FrameHeader { sequence: u64::MAX, link: FrameLink::after(frame(1).summary()), ..header(7) };
    let later = Sample { offset_ms: 500, channels: [1 - (1 << 40), (1 << 40) - 1, 0], ..sample };
    DeviceKey::from_seed([7; 32]).sign_frame(Frame::new(header, [sample, later].to_vec()).unwrap())
}

fn refusal(pointer: &str, value: Value) -> String {
    let mut document = serde_json::to_value(example()).unwrap();
    *document.pointer_mut(pointer).unwrap() = value;
    serde_json::from_value::<SignedFrame>(document).unwrap_err().to_string()
}

#[test]
fn fields_are_named_and_whole() {
    let document = serde_json::to_value(example()).unwrap();
    let wanted = json!({
        "version": 1,
        "network": field::to_hex(&header(7).network.to_field()),
        "schema": 2,
        "sequence": "18446744073709551615",
        "start_unix_ms": 7,
        "link": field::to_hex(&FrameLink::after(frame(1).summary()).to_field()),
        "payload_hash": field::to_hex(&header(7).payload_hash.to_field()),
        "samples": [
            {
                "offset_ms": 250, "latitude_e7": 525_200_000, "longitude_e7": -134_050_000, "accuracy_mm": 3_500,
                "channels": ["21500", "-1", null],
            },
            {
                "offset_ms": 500, "latitude_e7": 525_200_000, "longitude_e7": -134_050_000, "accuracy_mm": 3_500,
                "channels": ["-1099511627775", "1099511627775", "0"],
            },
        ],
    });
    assert_eq!(document["frame"], wanted);
    assert_eq!(document["key"], json!(example().key().to_string()));
    let text = serde_json::to_string(&example()).unwrap();
    assert_eq!(serde_json::from_str::<SignedFrame>(&text).unwrap(), example());
    let sample = example().frame().samples()[0];
    let text = serde_json::to_string(&sample).unwrap();
    assert_eq!(serde_json::from_str::<Sample>(&text).unwrap(), sample);
}

#[test]
fn members_have_names_and_no_order() {
    let document = serde_json::to_value(example()).unwrap();
    let listed = |value: &Value| json!(value.as_object().unwrap().values().collect::<Vec<_>>());
    let named = "expected an object with named members";
    assert!(refusal("/frame", listed(&document["frame"])).contains(named));
    assert!(refusal("/frame/samples/1", listed(&document["frame"]["samples"][1])).contains(named));
    let error = serde_json::from_value::<SignedFrame>(listed(&document)).unwrap_err().to_string();
    assert!(error.contains(named), "{error}");
    fn reversed(value: &Value) -> String {
        let Value::Object(object) = value else { return value.to_string() };
        let members = object.iter().rev().map(|(name, value)| format!("\"{name}\":{}", reversed(value)));
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    }
    assert_eq!(serde_json::from_str::<SignedFrame>(&reversed(&document)).unwrap(), example());
}

#[test]
fn each_fault_says_what_was_wanted() {
    assert!(refusal("/frame/version", json!(2)).contains("expected frame version 1, got 2"));
    assert!(refusal("/frame/start_unix_ms", json!(1u64 << 48)).contains("2^48"));
    let last = refusal("/frame/start_unix_ms", json!((1u64 << 48) - 251));
    assert!(last.contains("sample 2: expected start and offset to sum up below 2^48"), "{last}");
    assert!(
        refusal("/frame/link", json!(format!("0x01{}", "0".repeat(62))))
            .contains("link of a frame below 2^248")
    );
    assert!(refusal("/frame/link", json!(null)).contains("expected a string"));
    assert!(refusal("/frame/payload_hash", json!(format!("0x01{}", "0".repeat(62)))).contains("2^248"));
    assert!(refusal("/frame/samples", json!([])).contains("expected 1 to 1001 samples in a frame, got 0"));
    assert!(refusal("/frame/samples", json!({})).contains("a list of 1 to 1001 samples"));
    assert!(
        refusal("/frame/samples/1/latitude_e7", json!(900_000_001)).contains("sample 2: expected a latitude")
    );
    assert!(refusal("/frame/samples/0/accuracy_mm", json!(0)).contains("sample 1: expected an accuracy"));
    let order = refusal("/frame/samples/0/offset_ms", json!(501));
    assert!(order.contains("sample 2: expected an offset of at least 501 ms"), "{order}");
    assert!(refusal("/frame/samples/0/channels", json!(["1", "2"])).contains('3'));
    assert!(refusal("/frame/samples/0/channels", json!(["1", "2", "3", null])).contains("fewer elements"));
    for text in ["-1099511627776", "1099511627776", "9223372036854775807"] {
        let message = refusal("/frame/samples/1/channels/2", json!(text));
        assert!(
            message.contains("sample 2: expected channel 2 from -1099511627775 to 1099511627775"),
            "{message}"
        );
    }
    assert!(refusal("/frame/samples/0/channels/0", json!("01")).contains("decimal text, or null"));
    assert!(refusal("/frame/sequence", json!("1")).contains("S Base8 != R + h (8A)"));
    assert!(refusal("/key", json!("0x00")).contains("64 hexadecimal digits"));
    assert!(refusal("/signature", json!("0x00")).contains("128 hexadecimal digits"));
    for (of, name) in [("/frame", "altitude"), ("/frame/samples/0", "payload_hash")] {
        let mut document = serde_json::to_value(example()).unwrap();
        document.pointer_mut(of).unwrap()[name] = json!(1);
        let error = serde_json::from_value::<SignedFrame>(document).unwrap_err().to_string();
        assert!(error.contains(&format!("unknown field `{name}`")), "{error}");
    }
    let text = serde_json::to_string(&example()).unwrap();
    for field in ["\"schema\":2", "\"offset_ms\":250"] {
        let twice = text.replacen(field, &format!("{field},{field}"), 1);
        let error = serde_json::from_str::<SignedFrame>(&twice).unwrap_err().to_string();
        assert!(error.contains("duplicate field"), "{error}");
        let without = text.replacen(&format!("{field},"), "", 1);
        let error = serde_json::from_str::<SignedFrame>(&without).unwrap_err().to_string();
        assert!(error.contains("missing field"), "{error}");
    }
}

#[test]
fn a_list_that_is_too_long_is_not_read_to_its_end() {
    let text = serde_json::to_string(&example()).unwrap();
    let (from, to) = (text.find('[').unwrap() + 1, text.rfind("]}").unwrap());
    let first = serde_json::to_string(&example().frame().samples()[0]).unwrap();
    let of = |count: usize, end: &str| {
        let list = (0..count).map(|_| first.as_str()).collect::<Vec<_>>().join(",");
        format!("{}{list}{end}{}", &text[..from], &text[to..])
    };
    let whole = serde_json::from_str::<SignedFrame>(&of(1001, "")).unwrap_err().to_string();
    assert!(whole.contains("S Base8 != R + h (8A)"), "{whole}");
    for (count, end) in [(1002, ""), (1002, ",what is no JSON")] {
        let error = serde_json::from_str::<SignedFrame>(&of(count, end)).unwrap_err().to_string();
        assert!(error.contains("expected 1 to 1001 samples in a frame, got more"), "{error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn every_frame_round_trips(frame in any_frame()) {
        let signed = DeviceKey::from_seed([8; 32]).sign_frame(frame);
        let text = serde_json::to_string(&signed).unwrap();
        prop_assert_eq!(serde_json::from_str::<SignedFrame>(&text).unwrap(), signed);
    }

    #[test]
    fn broken_text_never_panics(at: prop::sample::Index, byte: u8, text: String) {
        let mut bytes = serde_json::to_vec(&example()).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        // Changing a byte may change only the case of a hexadecimal digit or white space: then the frame is the same.
        if let Ok(signed) = serde_json::from_slice::<SignedFrame>(&bytes) {
            prop_assert_eq!(signed, example());
        }
        prop_assert!(serde_json::from_str::<SignedFrame>(&text).is_err());
    }
}
