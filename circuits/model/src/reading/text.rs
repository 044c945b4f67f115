//! The JSON (serde) form of readings: named fields with their units, field elements and keys in hexadecimal.
//!
//! `sequence` and `channels` are 64-bit integers, so they are decimal text, and an absent channel is null: no program rounds
//! them. Exact numbers, as earlier releases wrote them, are read, too.

use alloc::string::String;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::whole::{Channel, Whole};
use super::{
    Location, Network, PayloadHash, READING_VERSION, Reading, ReadingError, SignedReading, UnixMillis,
};
use crate::field::{self, FieldError, Fr};
use crate::object;
use crate::primitives::eddsa::{PublicKey, Signature};

#[derive(Serialize, Deserialize)]
#[serde(rename = "Reading", deny_unknown_fields)]
struct ReadingText {
    version: u8,
    network: Network,
    schema: u32,
    sequence: Whole<u64>,
    time_unix_ms: UnixMillis,
    latitude_e7: i32,
    longitude_e7: i32,
    accuracy_mm: u32,
    channels: [Channel; 4],
    payload_hash: PayloadHash,
}

impl From<&Reading> for ReadingText {
    fn from(reading: &Reading) -> ReadingText {
        ReadingText {
            version: READING_VERSION,
            network: reading.network,
            schema: reading.schema,
            sequence: Whole(reading.sequence),
            time_unix_ms: reading.time,
            latitude_e7: reading.location.latitude(),
            longitude_e7: reading.location.longitude(),
            accuracy_mm: reading.accuracy_mm,
            channels: reading.channels.map(Channel),
            payload_hash: reading.payload_hash,
        }
    }
}

impl TryFrom<ReadingText> for Reading {
    type Error = ReadingError;

    fn try_from(text: ReadingText) -> Result<Reading, ReadingError> {
        if text.version != READING_VERSION {
            return Err(ReadingError::Version { wanted: READING_VERSION, got: text.version });
        }
        let reading = Reading {
            network: text.network,
            schema: text.schema,
            sequence: text.sequence.0,
            time: text.time_unix_ms,
            location: Location::from_e7(text.latitude_e7, text.longitude_e7)?,
            accuracy_mm: text.accuracy_mm,
            channels: text.channels.map(|channel| channel.0),
            payload_hash: text.payload_hash,
        };
        reading.check()?;
        Ok(reading)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "SignedReading", deny_unknown_fields)]
struct SignedReadingText {
    reading: Reading,
    key: PublicKey,
    signature: Signature,
}

impl Serialize for Reading {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ReadingText::from(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Reading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Reading, D::Error> {
        object::deserialize::<D, ReadingText>(deserializer)?.try_into().map_err(D::Error::custom)
    }
}

impl Serialize for SignedReading {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        SignedReadingText { reading: self.reading, key: self.key, signature: self.signature }
            .serialize(serializer)
    }
}

/// Verifies the signature.
impl<'de> Deserialize<'de> for SignedReading {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<SignedReading, D::Error> {
        let text: SignedReadingText = object::deserialize(deserializer)?;
        SignedReading::new(text.reading, text.key, text.signature).map_err(D::Error::custom)
    }
}

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        field::to_hex(&self.to_field()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Network, D::Error> {
        Network::from_field(element(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for PayloadHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        field::to_hex(&self.to_field()).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for PayloadHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<PayloadHash, D::Error> {
        PayloadHash::from_field(element(deserializer)?).map_err(D::Error::custom)
    }
}

impl Serialize for UnixMillis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.get().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for UnixMillis {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<UnixMillis, D::Error> {
        UnixMillis::new(u64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn element<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Fr, D::Error> {
    field::parse_hex(&String::deserialize(deserializer)?).map_err(|error: FieldError| D::Error::custom(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::DeviceKey;
    use crate::reading::tests::any_reading;
    use alloc::format;
    use alloc::string::ToString;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn example() -> SignedReading {
        let reading = Reading {
            network: Network::new(137, [0x11; 20]),
            schema: 1,
            sequence: u64::MAX,
            time: UnixMillis::new(1_767_225_600_000).unwrap(),
            location: Location::from_e7(525_200_000, -134_050_000).unwrap(),
            accuracy_mm: 3_500,
            channels: [21_500, -1, i64::MIN, i64::MAX],
            payload_hash: PayloadHash::NONE,
        };
        DeviceKey::from_seed([7; 32]).sign(&reading).unwrap()
    }

    fn refusal(pointer: &str, value: Value) -> String {
        let mut document = serde_json::to_value(example()).unwrap();
        *document.pointer_mut(pointer).unwrap() = value;
        serde_json::from_value::<SignedReading>(document).unwrap_err().to_string()
    }

    #[test]
    fn fields_are_named_and_whole() {
        let document = serde_json::to_value(example()).unwrap();
        let reading = json!({
            "version": 1,
            "network": field::to_hex(&Network::new(137, [0x11; 20]).to_field()),
            "schema": 1,
            "sequence": "18446744073709551615",
            "time_unix_ms": 1_767_225_600_000_u64,
            "latitude_e7": 525_200_000,
            "longitude_e7": -134_050_000,
            "accuracy_mm": 3_500,
            "channels": ["21500", "-1", null, "9223372036854775807"],
            "payload_hash": format!("0x{}", "0".repeat(64)),
        });
        assert_eq!(document["reading"], reading);
        assert_eq!(document["key"], json!(example().key().to_string()));
        let text = serde_json::to_string(&example()).unwrap();
        assert_eq!(serde_json::from_str::<SignedReading>(&text).unwrap(), example());
    }

    #[test]
    fn exact_numbers_of_earlier_files_are_read() {
        let text = serde_json::to_string(&example()).unwrap();
        let [sequence, channels] = [u64::MAX.to_string(), format!("[21500,-1,{},{}]", i64::MIN, i64::MAX)];
        let older = text
            .replace(&format!("\"{sequence}\""), &sequence)
            .replace("[\"21500\",\"-1\",null,\"9223372036854775807\"]", &channels);
        assert!(older.contains(&channels) && !older.contains(&format!("\"{sequence}\"")), "{older}");
        assert_eq!(serde_json::from_str::<SignedReading>(&older).unwrap(), example());
        // Of a table that holds doubles, as far as they are exact; and text that says absent as older numbers did.
        for exact in [
            "[21500.0,-1e0,null,\"9223372036854775807\"]",
            "[2.15e4,\"-1\",\"-9223372036854775808\",9223372036854775807]",
        ] {
            let exact = older.replace(&channels, exact);
            assert_eq!(serde_json::from_str::<SignedReading>(&exact).unwrap(), example());
        }
    }

    #[test]
    fn rounded_numbers_are_named() {
        let rounded = "was this file rewritten by a program that rounds numbers";
        // As JavaScript, jq 1.5 and Python's floats write -2^63, 2^63 - 1 and 2^64 - 1.
        for number in [
            "-9223372036854776000",
            "-9.223372036854776e18",
            "9223372036854776000",
            "-9223372036854775809",
            "1e300",
        ] {
            let value: Value = serde_json::from_str(number).unwrap();
            let message = refusal("/reading/channels/2", value);
            assert!(message.contains(rounded), "{number}: {message}");
        }
        let value = serde_json::from_str("18446744073709552000").unwrap();
        assert!(refusal("/reading/sequence", value).contains(rounded));
        assert!(refusal("/reading/channels/0", json!(2150.5)).contains("got a number with a fraction"));
        assert!(refusal("/reading/sequence", json!(-1)).contains("got a number beyond that"));
        assert!(refusal("/reading/sequence", json!(null)).contains("2^64 - 1 as decimal text, got null"));
        for text in ["", "-", "+1", "01", "-0", "1.0", "1e3", "0x1", " 1", "9223372036854775808", "\u{0661}"]
        {
            let message = refusal("/reading/channels/0", json!(text));
            assert!(message.contains("decimal text, or null, got"), "{text}: {message}");
        }
        assert!(refusal("/reading/channels/0", json!([1])).contains("expected an integer from -2^63"));
    }

    #[test]
    fn members_have_names_and_no_order() {
        let Value::Object(document) = serde_json::to_value(example()).unwrap() else { panic!() };
        let reversed = |object: &serde_json::Map<String, Value>| -> String {
            let members = object.iter().rev().map(|(name, value)| format!("\"{name}\":{value}"));
            format!("{{{}}}", members.collect::<alloc::vec::Vec<_>>().join(","))
        };
        let reading = reversed(document["reading"].as_object().unwrap());
        let text = format!(
            "{{\"signature\":{},\"reading\":{reading},\"key\":{}}}",
            document["signature"], document["key"]
        );
        assert_eq!(serde_json::from_str::<SignedReading>(&text).unwrap(), example());
        let listed: alloc::vec::Vec<&Value> = document["reading"].as_object().unwrap().values().collect();
        assert!(refusal("/reading", json!(listed)).contains("expected an object with named members"));
        let listed = json!([document["reading"], document["key"], document["signature"]]);
        let error = serde_json::from_value::<SignedReading>(listed).unwrap_err().to_string();
        assert!(error.contains("expected an object with named members"), "{error}");
    }

    #[test]
    fn each_fault_says_what_was_wanted() {
        assert!(refusal("/reading/version", json!(2)).contains("expected reading version 1, got 2"));
        assert!(refusal("/reading/latitude_e7", json!(900_000_001)).contains("latitude"));
        assert!(refusal("/reading/accuracy_mm", json!(0)).contains("accuracy"));
        assert!(refusal("/reading/time_unix_ms", json!(1u64 << 48)).contains("2^48"));
        assert!(refusal("/reading/network", json!(format!("0x{}", "f".repeat(64)))).contains("modulus"));
        assert!(refusal("/reading/payload_hash", json!(format!("0x01{}", "0".repeat(62)))).contains("2^248"));
        assert!(refusal("/reading/channels", json!([1, 2, 3])).contains("4"));
        assert!(refusal("/reading/sequence", json!(1)).contains("S Base8 != R + h (8A)"));
        assert!(refusal("/key", json!("0x00")).contains("64 hexadecimal digits"));
        assert!(refusal("/signature", json!("0x00")).contains("128 hexadecimal digits"));
        let mut document = serde_json::to_value(example()).unwrap();
        document["reading"]["altitude"] = json!(1);
        let error = serde_json::from_value::<SignedReading>(document).unwrap_err().to_string();
        assert!(error.contains("unknown field `altitude`"), "{error}");
        let twice = serde_json::to_string(&example()).unwrap().replacen(
            "\"schema\":1",
            "\"schema\":1,\"schema\":1",
            1,
        );
        assert!(
            serde_json::from_str::<SignedReading>(&twice)
                .unwrap_err()
                .to_string()
                .contains("duplicate field")
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_reading_round_trips(reading in any_reading()) {
            let signed = DeviceKey::from_seed([8; 32]).sign(&reading).unwrap();
            let text = serde_json::to_string(&signed).unwrap();
            prop_assert_eq!(serde_json::from_str::<SignedReading>(&text).unwrap(), signed);
        }

        #[test]
        fn broken_text_never_panics(at: prop::sample::Index, byte: u8, text: String) {
            let mut bytes = serde_json::to_vec(&example()).unwrap();
            let at = at.index(bytes.len());
            bytes[at] = byte;
            // Changing a byte may change only the case of a hexadecimal digit or white space: then the reading is the same.
            if let Ok(signed) = serde_json::from_slice::<SignedReading>(&bytes) {
                prop_assert_eq!(signed, example());
            }
            prop_assert!(serde_json::from_str::<SignedReading>(&text).is_err());
        }
    }
}
