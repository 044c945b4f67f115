//! Each hash twice: by the published table alone, and by the types of the crate.

use serde_json::{Map, Value};
use zksensor_model::field::{self, Fr};
use zksensor_model::preimages::PREIMAGES;
use zksensor_model::primitives::poseidon;

use super::{document, text, typed, vectors};

/// A file each.
pub(super) const FILES: [&str; 16] = [
    "message",
    "challenge",
    "leaf",
    "node",
    "identity",
    "nullifier",
    "commitment",
    "policy",
    "fence_node",
    "triangle",
    "frame",
    "samples",
    "sample",
    "seal",
    "noise_seed",
    "noise_words",
];

/// The lanes of fields by `preimages.json`, as somebody would write it who has nothing but the files; the name of the field that
/// does not go in.
fn lanes(lanes: &Value, fields: &Map<String, Value>) -> Result<Vec<Fr>, String> {
    let of_lane = |lane: &Value| {
        lane["parts"].as_array().unwrap().iter().try_fold(Fr::from(0u64), |packed, part| {
            let name = text(part, "name");
            let value = encode(part, &fields[name]).ok_or(name)?;
            let shift = part["bits"].as_u64().map_or(0, |bits| u32::try_from(bits).unwrap());
            Ok(packed * field::power_of_two(shift) + value)
        })
    };
    lanes.as_array().unwrap().iter().map(of_lane).collect()
}

/// A field in its bits, or nothing if it is not written as one or does not fit.
fn encode(part: &Value, value: &Value) -> Option<Fr> {
    let text = value.as_str()?;
    let bits = part["bits"].as_u64();
    if bits.is_none_or(|bits| bits > 128) {
        return field::parse_hex(text)
            .ok()
            .filter(|value| bits.is_none_or(|bits| u64::from(field::bit_length(value)) <= bits));
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let stored = match part["offset"].as_u64() {
        None => text.parse::<u128>().ok()?,
        Some(offset) => u128::try_from(text.parse::<i128>().ok()? + (1 << offset)).ok()?,
    };
    let fits = bits == Some(128) || stored >> bits.unwrap() == 0;
    fits.then(|| Fr::from(stored))
}

fn hex(value: &Fr) -> Value {
    field::to_hex(value).into()
}

#[test]
fn every_hash_is_what_is_published() {
    let tables = document("preimages");
    for name in FILES {
        let of =
            |kind: &str| tables[kind].as_array().unwrap().iter().find(|table| table["name"] == name).cloned();
        let (table, packed) = (of("preimages"), of("packed"));
        let own = match (&table, packed) {
            (Some(table), None) => table["lanes"].clone(),
            (None, Some(lane)) => Value::Array(vec![lane]),
            _ => panic!("{name} has one table"),
        };
        let preimage = PREIMAGES.iter().find(|preimage| preimage.name == name);
        assert_eq!(preimage.is_some(), table.is_some());
        if let (Some(preimage), Some(table)) = (preimage, &table) {
            assert_eq!(table["domain"], preimage.domain.name());
            assert_eq!(table["tag"], hex(&preimage.domain.tag()));
        }
        let vectors = vectors(name);
        for case in &vectors.good {
            let fields = case["fields"].as_object().unwrap();
            let found = lanes(&own, fields).unwrap_or_else(|field| panic!("{field} of {case}"));
            let written: Vec<Value> = found.iter().map(hex).collect();
            assert_eq!(case["lanes"], Value::Array(written), "{case}");
            let wanted = match preimage {
                Some(preimage) => poseidon::hash(preimage.domain, &found),
                None => found[0],
            };
            if preimage.is_some() {
                assert_eq!(case["hash"], hex(&wanted), "{case}");
            }
            assert_eq!(typed::hash(name, fields), Ok(wanted), "{case}");
        }
        for case in &vectors.bad {
            let fields = case["fields"].as_object().unwrap();
            let by_table = lanes(&own, fields);
            let is_by_meaning = text(case, "fault") == "meaning";
            assert_eq!(by_table.is_ok(), is_by_meaning, "{case}");
            assert_eq!(by_table.err().as_deref(), (!is_by_meaning).then(|| text(case, "field")), "{case}");
            assert!(typed::hash(name, fields).is_err(), "{case}");
        }
    }
}
