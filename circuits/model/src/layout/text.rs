//! Public fields as text formats have them, by name. Integers of at most 32 bits are numbers, wider and signed ones decimal text,
//! which no parser rounds, and what is no integer is hexadecimal.
//!
//! ```
//! zksensor_model::public_inputs! {
//!     /// What a statement of one's own makes public.
//!     pub struct Inputs, InputFields {
//!         /// A number.
//!         epoch: u32 = 32 as "uint32",
//!         /// A signed integer.
//!         sum: i64 = 62 offset 61 as "int64",
//!     }
//! }
//! let text = r#"{"epoch":2,"sum":"-1234"}"#;
//! let inputs: Inputs = serde_json::from_str(text)?;
//! assert_eq!((inputs.epoch, inputs.sum), (2, -1234));
//! assert_eq!(serde_json::to_string(&inputs)?, text);
//! # Ok::<(), serde_json::Error>(())
//! ```

use alloc::string::{String, ToString};
use alloc::vec;
use core::fmt;
use core::marker::PhantomData;

use ark_ff::AdditiveGroup;
use serde::de::{DeserializeSeed, Error as _, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Field, PublicInputs, Width};
use crate::field::{self, Fr};

/// A public field as text formats show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// An unsigned integer of at most 32 bits.
    Number(u32),
    /// A wider or signed integer in decimal, anything else as `0x` and 64 digits.
    Text(String),
}

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Shown::Number(number) => serializer.serialize_u32(*number),
            Shown::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl Field {
    /// An encoded value as text formats show it; `None` if it does not fit the field.
    pub fn show(&self, value: &Fr) -> Option<Shown> {
        let Width::Bits(width) = self.width else { return Some(Shown::Text(field::to_hex(value))) };
        if field::bit_length(value) > width {
            return None;
        }
        Some(match (self.is_number(), self.is_decimal(), field::to_u128(value)) {
            (true, _, Some(integer)) => Shown::Number(u32::try_from(integer).ok()?),
            (_, true, Some(integer)) => {
                Shown::Text(i128::try_from(integer).ok()?.checked_sub(self.zero())?.to_string())
            }
            _ => Shown::Text(field::to_hex(value)),
        })
    }

    /// The encoded value that is shown so; `None` unless it is exactly so.
    pub fn read(&self, shown: &Shown) -> Option<Fr> {
        let value = match shown {
            Shown::Number(number) => Fr::from(*number),
            Shown::Text(text) if self.is_decimal() => {
                let stored = text.parse::<i128>().ok()?.checked_add(self.zero())?;
                Fr::from(u128::try_from(stored).ok()?)
            }
            Shown::Text(text) => field::parse_hex(text).ok()?,
        };
        (self.show(&value)? == *shown).then_some(value)
    }

    fn is_number(&self) -> bool {
        matches!(self.width, Width::Bits(0..=32)) && self.offset.is_none()
    }

    fn is_decimal(&self) -> bool {
        let fits = self.offset.is_none_or(|offset| offset < 127);
        matches!(self.width, Width::Bits(0..=127)) && fits && !self.is_number()
    }

    /// What is stored for 0 in decimal.
    fn zero(&self) -> i128 {
        self.offset.map_or(0, |offset| 1 << offset)
    }
}

/// Writes public inputs by name, in the order of their layout.
///
/// # Errors
/// The serializer's; and for inputs of which a field does not fit its width.
pub fn serialize<I: PublicInputs, S: Serializer>(inputs: &I, serializer: S) -> Result<S::Ok, S::Error> {
    inputs.to_words().map_err(S::Error::custom)?;
    let fields = I::layout().fields();
    let mut map = serializer.serialize_map(Some(fields.len()))?;
    for (field, value) in fields.iter().zip(inputs.encode()) {
        let shown = field.show(&value).ok_or_else(|| S::Error::custom(Unfit(field)))?;
        map.serialize_entry(field.name, &shown)?;
    }
    map.end()
}

/// Reads what [`serialize`] writes, in whatever order.
///
/// # Errors
/// The deserializer's; and unless each field is there once, fits its width and has a meaning.
pub fn deserialize<'de, I: PublicInputs, D: Deserializer<'de>>(deserializer: D) -> Result<I, D::Error> {
    deserializer.deserialize_map(Named(PhantomData))
}

struct Named<I>(PhantomData<I>);

impl<'de, I: PublicInputs> Visitor<'de> for Named<I> {
    type Value = I;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("public inputs by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<I, A::Error> {
        let layout = I::layout();
        let fields = layout.fields();
        let mut values = vec![None; fields.len()];
        while let Some(name) = map.next_key::<String>()? {
            let Some(index) = fields.iter().position(|field| field.name == name) else {
                let name: String = name.escape_default().take(40).collect();
                return Err(A::Error::custom(format_args!(
                    "there is no public field `{name}`; leave it out"
                )));
            };
            if values[index].replace(map.next_value_seed(Of(&fields[index]))?).is_some() {
                return Err(A::Error::duplicate_field(fields[index].name));
            }
        }
        let missing = fields.iter().zip(&values).find(|(_, value)| value.is_none());
        if let Some((field, _)) = missing {
            return Err(A::Error::missing_field(field.name));
        }
        let values: vec::Vec<Fr> = values.into_iter().map(|value| value.unwrap_or(Fr::ZERO)).collect();
        I::decode(&values).map_err(A::Error::custom)
    }
}

/// The value of a field.
struct Of<'f>(&'f Field);

impl<'de> DeserializeSeed<'de> for Of<'_> {
    type Value = Fr;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fr, D::Error> {
        let shown = match self.0.is_number() {
            true => Shown::Number(u32::deserialize(deserializer)?),
            false => Shown::Text(String::deserialize(deserializer)?),
        };
        self.0.read(&shown).ok_or_else(|| D::Error::custom(Unfit(self.0)))
    }
}

/// Says what a field takes.
struct Unfit<'f>(&'f Field);

impl fmt::Display for Unfit<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Field { name, width, .. } = self.0;
        write!(f, "expected `{name}` as ")?;
        match width {
            Width::Bits(bits) if self.0.is_number() => write!(f, "a number of at most {bits} bits"),
            Width::Bits(bits) if self.0.is_decimal() => {
                let integer = if self.0.offset.is_some() { "a signed integer" } else { "an integer" };
                write!(f, "the decimal text of {integer} of {bits} bits, without leading zeros")
            }
            Width::Bits(bits) => write!(f, "`0x` and 64 lower-case digits of an integer of {bits} bits"),
            Width::Element => f.write_str("`0x` and 64 lower-case digits of a field element"),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::format;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::claim::Binding;
    use crate::claim::aggregate::AggregateInputs;
    use crate::claim::reading::{Commitment, Nullifier, ReadingInputs};
    use crate::policy::PolicyId;
    use crate::registry::RegistryRoot;

    fn aggregate() -> AggregateInputs {
        AggregateInputs {
            registry_root: RegistryRoot::from_field(Fr::from(1u8)),
            policy_id: PolicyId::from_field(-Fr::from(1u8)),
            epoch: u32::MAX,
            chunk_bits: 24 - 3,
            chunk: 5,
            count: 6,
            sum: -(1 << 61),
            sum_of_squares: (1 << 101) - 1,
            minimum: 0,
            maximum: (1 << 40) - 1,
            binding: Binding::NONE,
        }
    }

    fn refusal(name: &str, value: Value) -> String {
        let mut document = serde_json::to_value(aggregate()).unwrap();
        document[name] = value;
        serde_json::from_value::<AggregateInputs>(document).unwrap_err().to_string()
    }

    #[test]
    fn fields_are_named_and_whole() {
        let document = serde_json::to_value(aggregate()).unwrap();
        assert_eq!(document["epoch"], json!(u32::MAX));
        assert_eq!(document["sum"], json!("-2305843009213693952"));
        assert_eq!(document["sum_of_squares"], json!(((1u128 << 101) - 1).to_string()));
        assert_eq!(document["minimum"], json!("0"));
        assert_eq!(document["binding"], json!(format!("0x{}", "0".repeat(64))));
        assert_eq!(document.as_object().unwrap().len(), AggregateInputs::layout().fields().len());
        let text = serde_json::to_string(&aggregate()).unwrap();
        assert!(text.starts_with(r#"{"registry_root":"0x0"#) && text.contains(r#""epoch":4294967295"#));
        let reading = ReadingInputs {
            registry_root: RegistryRoot::from_field(Fr::from(1u8)),
            policy_id: PolicyId::from_field(Fr::from(2u8)),
            nullifier: Nullifier::from_field(Fr::from(3u8)),
            commitment: Commitment::from_field(Fr::from(4u8)),
            epoch: 5,
            binding: Binding::NONE,
        };
        let text = serde_json::to_string(&reading).unwrap();
        assert_eq!(serde_json::from_str::<ReadingInputs>(&text).unwrap(), reading);
    }

    #[test]
    fn order_has_no_meaning_and_each_field_comes_once() {
        let document = serde_json::to_value(aggregate()).unwrap();
        let parts =
            document.as_object().unwrap().iter().rev().map(|(name, value)| format!("\"{name}\":{value}"));
        let reversed = parts.collect::<vec::Vec<_>>().join(",");
        assert_eq!(serde_json::from_str::<AggregateInputs>(&format!("{{{reversed}}}")).unwrap(), aggregate());
        let twice = format!("{{{reversed},\"epoch\":4294967295}}");
        let error = serde_json::from_str::<AggregateInputs>(&twice).unwrap_err().to_string();
        assert!(error.contains("duplicate field `epoch`"), "{error}");
        assert!(refusal("mean", json!(1)).contains("no public field `mean`"));
        let mut document = document;
        document.as_object_mut().unwrap().remove("count");
        let error = serde_json::from_value::<AggregateInputs>(document).unwrap_err().to_string();
        assert!(error.contains("missing field `count`"), "{error}");
    }

    #[test]
    fn a_value_has_one_text_and_fits() {
        for (name, value, wanted) in [
            ("epoch", json!(1u64 << 32), "u32"),
            ("epoch", json!("2"), "u32"),
            ("epoch", json!(-1), "u32"),
            ("chunk_bits", json!(32), "a number of at most 5 bits"),
            ("count", json!(1 << 21), "a number of at most 21 bits"),
            ("sum", json!(1), "string"),
            ("sum", json!("+1"), "decimal text of a signed integer of 62 bits"),
            ("sum", json!("01"), "decimal text"),
            ("sum", json!("2305843009213693952"), "decimal text"),
            ("sum", json!(i128::MAX.to_string()), "decimal text"),
            ("sum", json!(i128::MIN.to_string()), "decimal text"),
            ("minimum", json!("-1"), "decimal text of an integer of 40 bits"),
            ("maximum", json!((1u64 << 40).to_string()), "integer of 40 bits"),
            ("binding", json!(format!("0x{}", "f".repeat(64))), "integer of 152 bits"),
            ("binding", json!("0x1"), "64 lower-case digits"),
            ("policy_id", json!(format!("0x{}", "f".repeat(64))), "field element"),
            ("policy_id", json!(format!("0x{}A", "0".repeat(63))), "lower-case"),
            ("policy_id", json!(null), "string"),
        ] {
            let error = refusal(name, value.clone());
            assert!(error.contains(wanted), "{name} {value}: {error}");
        }
        let unfit = AggregateInputs { chunk_bits: 32, ..aggregate() };
        assert!(serde_json::to_string(&unfit).unwrap_err().to_string().contains("chunk_bits"));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read(epoch: u32, sum in -(1i64 << 61)..1 << 61, minimum in 0u64..1 << 40, text: String) {
            let inputs = AggregateInputs { epoch, sum, minimum, ..aggregate() };
            let shown = serde_json::to_string(&inputs).unwrap();
            prop_assert_eq!(serde_json::from_str::<AggregateInputs>(&shown).unwrap(), inputs);
            for field in AggregateInputs::layout().fields() {
                let shown = Shown::Text(text.clone());
                if let Some(value) = field.read(&shown) {
                    prop_assert_eq!(field.show(&value), Some(shown));
                }
            }
        }
    }
}
