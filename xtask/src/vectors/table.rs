//! The tables as JSON, and cases of one hash: fields as text, the lanes, the hash.

use serde_json::{Map, Value, json};
use zksensor_model::field::{self, Fr};
use zksensor_model::layout::{Field, Width};
use zksensor_model::preimages::{Lane, PACKED, PREIMAGES, Preimage};
use zksensor_model::primitives::poseidon;

use super::Cases;

/// Integers of more bits are written as elements are.
const DECIMAL_BITS: u32 = 128;

/// Every table.
pub(super) fn document() -> Value {
    let preimages: Vec<Value> = PREIMAGES
        .iter()
        .map(|Preimage { name, about, domain, lanes }| {
            json!({
                "name": name,
                "about": about.trim(),
                "domain": domain.name(),
                "tag": field::to_hex(&domain.tag()),
                "lanes": lanes.iter().map(lane).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({ "preimages": preimages, "packed": PACKED.iter().map(lane).collect::<Vec<_>>() })
}

fn lane(lane: &Lane) -> Value {
    let parts: Vec<Value> = lane
        .parts()
        .map(|(Field { name, width, offset, solidity }, about)| {
            let bits = match width {
                Width::Element => None,
                Width::Bits(bits) => Some(bits),
            };
            json!({ "name": name, "bits": bits, "offset": offset, "type": solidity, "about": about.trim() })
        })
        .collect();
    json!({ "name": lane.name, "about": lane.about.trim(), "parts": parts })
}

/// What is hashed, or only packed.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Hash(&'static Preimage),
    Packed(&'static Lane),
}

/// Fields as text, by their names.
pub(super) type Fields = Map<String, Value>;

impl Of {
    fn lanes(self) -> &'static [Lane] {
        match self {
            Of::Hash(preimage) => preimage.lanes,
            Of::Packed(lane) => std::slice::from_ref(lane),
        }
    }

    /// Fields from texts in the order of the parts.
    pub(super) fn fields(self, texts: &[&str]) -> Fields {
        let names = self.lanes().iter().flat_map(Lane::parts).map(|(part, _)| part.name);
        let fields: Fields = names.zip(texts).map(|(name, text)| (name.into(), Value::from(*text))).collect();
        assert_eq!(fields.len(), texts.len(), "one text a part");
        fields
    }

    /// A case that holds.
    pub(super) fn good(self, about: &str, fields: &Fields) -> Value {
        let encoded = |part: &Field| encode(part, &fields[part.name]);
        let lanes: Vec<Fr> = self
            .lanes()
            .iter()
            .map(|lane| {
                let parts: Vec<Fr> = lane.parts().map(|(part, _)| encoded(part)).collect();
                lane.pack(&parts).expect("a good case fits")
            })
            .collect();
        let texts: Vec<String> = lanes.iter().map(field::to_hex).collect();
        match self {
            Of::Hash(preimage) => {
                let hash = field::to_hex(&poseidon::hash(preimage.domain, &lanes));
                json!({ "about": about, "fields": fields, "lanes": texts, "hash": hash })
            }
            Of::Packed(_) => json!({ "about": about, "fields": fields, "lanes": texts }),
        }
    }

    /// A case with one field that must be refused.
    pub(super) fn bad(self, fields: &Fields, field: &str, value: Value, fault: Fault, why: &str) -> Value {
        let mut fields = fields.clone();
        assert!(fields.insert(field.into(), value).is_some(), "{field} is a part");
        json!({ "why": why, "field": field, "fault": fault.name(), "fields": fields })
    }

    /// Every part one above and one below its range, and what is no number.
    pub(super) fn ranges(self, fields: &Fields) -> Vec<Value> {
        let mut bad = Vec::new();
        for (part, _) in self.lanes().iter().flat_map(Lane::parts) {
            let mut refuse = |value: Value, fault: Fault, why: &str| {
                bad.push(self.bad(fields, part.name, value, fault, why));
            };
            let bits = part.bits();
            if bits > DECIMAL_BITS {
                let short = format!("0x{}", "0".repeat(63));
                refuse(MODULUS.into(), Fault::Encoding, "r itself: an element is below r");
                refuse(short.into(), Fault::Encoding, "63 digits: an element has 64");
                if part.width != Width::Element {
                    let beyond = field::to_hex(&field::power_of_two(bits));
                    refuse(beyond.into(), Fault::Range, "2 to the width: one too many");
                }
            } else {
                let (least, most) = range(part);
                refuse(most.into(), Fault::Range, "one above the range");
                refuse(least.into(), Fault::Range, "one below the range");
                refuse(
                    Value::Null,
                    Fault::Encoding,
                    "nothing: every field is there, absent ones have a value",
                );
                refuse("1.5".into(), Fault::Encoding, "a fraction: integers only");
            }
        }
        bad
    }
}

/// r.
pub(super) const MODULUS: &str = "0x30644e72e131a029b85045b68181585d2833e84879b9709143e1f593f0000001";

/// One below and one above what a part holds.
fn range(part: &Field) -> (String, String) {
    match (part.offset, part.bits()) {
        (Some(offset), bits) => {
            let least = -(1i128 << offset);
            ((least - 1).to_string(), (least + (1i128 << bits)).to_string())
        }
        (None, DECIMAL_BITS) => ("-1".into(), "340282366920938463463374607431768211456".into()),
        (None, bits) => ("-1".into(), (1u128 << bits).to_string()),
    }
}

/// Why a field is refused.
#[derive(Clone, Copy)]
pub(super) enum Fault {
    Encoding,
    Range,
    Meaning,
}

impl Fault {
    fn name(self) -> &'static str {
        match self {
            Fault::Encoding => "encoding",
            Fault::Range => "range",
            Fault::Meaning => "meaning",
        }
    }
}

/// The encoded field behind its text.
fn encode(part: &Field, text: &Value) -> Fr {
    let text = text.as_str().expect("a good case is text");
    match (part.bits() > DECIMAL_BITS, part.offset) {
        (true, _) => field::parse_hex(text).expect("a good case is an element"),
        (false, None) => Fr::from(text.parse::<u128>().expect("a good case is a number")),
        (false, Some(offset)) => {
            let stored = text.parse::<i128>().expect("a good case is a number") + (1 << offset);
            Fr::from(u128::try_from(stored).expect("a good case is in range"))
        }
    }
}

/// Cases of one hash: those that hold by their texts, and as bad ones every range of the first beside `more`.
pub(super) fn cases(
    of: Of,
    about: &'static str,
    good: &[(&str, Vec<&str>)],
    more: &[(&str, &str, &str)],
) -> Cases {
    let base = of.fields(&good[0].1);
    let mut bad = of.ranges(&base);
    for (field, value, why) in more {
        bad.push(of.bad(&base, field, Value::from(*value), Fault::Meaning, why));
    }
    let good = good.iter().map(|(about, texts)| of.good(about, &of.fields(texts))).collect();
    Cases { about, good, bad }
}
