//! Declared widths -> packed public inputs: the only place that knows order and packing.
//!
//! A [`Layout`] lists the public fields of a statement in order. An element takes a word of its own; consecutive bit
//! fields share words of at most 253 bits, the first-named in the most significant bits. The circuit driver, the
//! verifier, the calldata encoder and the Solidity template all read the same `Layout`.
//!
//! ```
//! use zksensor_model::layout::{Field, Layout, Width};
//! const FIELDS: &[Field] = &[
//!     Field { name: "root", width: Width::Element, offset: None, solidity: "uint256" },
//!     Field { name: "epoch", width: Width::Bits(32), offset: None, solidity: "uint32" },
//! ];
//! assert_eq!(Layout::new(FIELDS).words(), 2);
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use ark_ff::{AdditiveGroup, PrimeField};

use crate::field::{self, Fr};

mod text;

pub use text::{Shown, deserialize, serialize};

// For `public_inputs!`, which crates with and without `std` call.
#[doc(hidden)]
pub use alloc::vec;
#[doc(hidden)]
pub use serde;

/// Bits that a packed word may hold: every such value is below r.
pub const WORD_BITS: u32 = 253;

/// Width of a public field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// Any element of the scalar field; a word of its own.
    Element,
    /// An unsigned integer of so many bits, packed with its neighbours.
    Bits(u32),
}

/// One public field of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name, in snake case.
    pub name: &'static str,
    /// Width in the packed words.
    pub width: Width,
    /// A signed field is stored as value + 2^offset.
    pub offset: Option<u32>,
    /// The Solidity type of the unpacked field.
    pub solidity: &'static str,
}

impl Field {
    /// Bits that a value takes at the most: 254 of an element.
    pub const fn bits(&self) -> u32 {
        match self.width {
            Width::Element => Fr::MODULUS_BIT_SIZE,
            Width::Bits(bits) => bits,
        }
    }
}

/// Where a field lies: bits `shift` and up of word `word`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// Index of the word among the public inputs.
    pub word: usize,
    /// Position of the field's lowest bit; 0 for an element.
    pub shift: u32,
}

/// Why values are not public inputs of a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InputError {
    /// A field does not fit its declared width.
    #[error("public field `{field}` holds {value}, which does not fit {width} bits")]
    Overflow {
        /// Name of the field.
        field: &'static str,
        /// Declared width in bits.
        width: u32,
        /// The encoded value, hexadecimal.
        value: String,
    },
    /// The number of words is not the statement's.
    #[error("expected {wanted} public inputs, got {got}")]
    Count {
        /// What the layout asks for.
        wanted: usize,
        /// What came.
        got: usize,
    },
    /// A packed word has bits above its fields.
    #[error("public input {word} uses {got} bits, its fields take {wanted}")]
    Word {
        /// Index of the word.
        word: usize,
        /// Bits that the fields take.
        wanted: u32,
        /// Bits that the value takes.
        got: u32,
    },
    /// A field's value has no meaning in its type.
    #[error("public field `{field}` holds {value}, which is no {wanted}")]
    Meaning {
        /// Name of the field.
        field: &'static str,
        /// The encoded value, hexadecimal.
        value: String,
        /// The Solidity type that was expected.
        wanted: &'static str,
    },
}

/// The public fields of a statement in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    fields: &'static [Field],
    abouts: &'static [&'static str],
}

impl Layout {
    /// A layout of `fields`, in this order.
    pub const fn new(fields: &'static [Field]) -> Self {
        Layout { fields, abouts: &[] }
    }

    /// A layout of `fields`, in this order, with what the value of each means.
    ///
    /// # Panics
    /// If there is not one text a field.
    pub const fn documented(fields: &'static [Field], abouts: &'static [&'static str]) -> Self {
        assert!(fields.len() == abouts.len(), "one text a field");
        Layout { fields, abouts }
    }

    /// The fields in order.
    pub fn fields(&self) -> &'static [Field] {
        self.fields
    }

    /// What the value of each field means, in the order of the fields; empty if the layout does not say.
    pub fn abouts(&self) -> &'static [&'static str] {
        self.abouts
    }

    /// The number of packed words: the public inputs of the proof.
    pub fn words(&self) -> usize {
        self.widths().len()
    }

    /// Bits in use of each word; `None` for an element.
    pub fn widths(&self) -> Vec<Option<u32>> {
        let mut words: Vec<Option<u32>> = Vec::new();
        for field in self.fields {
            match (field.width, words.last_mut()) {
                (Width::Element, _) => words.push(None),
                (Width::Bits(bits), Some(Some(used))) if *used + bits <= WORD_BITS => *used += bits,
                (Width::Bits(bits), _) => words.push(Some(bits)),
            }
        }
        words
    }

    /// Where each field lies, in the order of the fields.
    pub fn placements(&self) -> Vec<Placement> {
        let widths = self.widths();
        let (mut word, mut used) = (0, 0);
        let mut placements = Vec::with_capacity(self.fields.len());
        for field in self.fields {
            let bits = match field.width {
                Width::Element => 0,
                Width::Bits(bits) => bits,
            };
            used += bits;
            let total = widths[word].unwrap_or(0);
            placements.push(Placement { word, shift: total - used });
            if used == total && placements.len() < self.fields.len() {
                (word, used) = (word + 1, 0);
            }
        }
        placements
    }

    /// Packs encoded fields into words.
    ///
    /// # Errors
    /// [`InputError::Count`] if there are not as many values as fields, [`InputError::Overflow`] if one does not fit.
    pub fn pack(&self, values: &[Fr]) -> Result<Vec<Fr>, InputError> {
        if values.len() != self.fields.len() {
            return Err(InputError::Count { wanted: self.fields.len(), got: values.len() });
        }
        let mut words = vec![Fr::ZERO; self.words()];
        for ((field, at), value) in self.fields.iter().zip(self.placements()).zip(values) {
            if let Width::Bits(width) = field.width
                && field::bit_length(value) > width
            {
                return Err(InputError::Overflow { field: field.name, width, value: field::to_hex(value) });
            }
            words[at.word] += *value * field::power_of_two(at.shift);
        }
        Ok(words)
    }

    /// Splits words into encoded fields.
    ///
    /// # Errors
    /// [`InputError::Count`] for a wrong number of words, [`InputError::Word`] if a packed word is too large.
    pub fn unpack(&self, words: &[Fr]) -> Result<Vec<Fr>, InputError> {
        let widths = self.widths();
        if words.len() != widths.len() {
            return Err(InputError::Count { wanted: widths.len(), got: words.len() });
        }
        for (word, (value, width)) in words.iter().zip(&widths).enumerate() {
            let got = field::bit_length(value);
            if let Some(expected) = width.filter(|width| got > *width) {
                return Err(InputError::Word { word, wanted: expected, got });
            }
        }
        Ok(self
            .fields
            .iter()
            .zip(self.placements())
            .map(|(field, at)| match field.width {
                Width::Element => words[at.word],
                Width::Bits(width) => field::bit_field(&words[at.word], at.shift, width),
            })
            .collect())
    }
}

/// A Rust type that can stand in a public field.
pub trait InputValue: Copy {
    /// The encoded value. One that does not fit the field's width is caught when it is packed.
    fn encode(&self, field: &Field) -> Fr;
    /// The value behind an encoding; `None` if it has no meaning in this type.
    fn decode(value: &Fr, field: &Field) -> Option<Self>;
}

macro_rules! unsigned_input {
    ($($type:ty),*) => {$(
        impl InputValue for $type {
            fn encode(&self, _: &Field) -> Fr {
                Fr::from(*self)
            }
            fn decode(value: &Fr, _: &Field) -> Option<Self> {
                field::to_u128(value).and_then(|value| value.try_into().ok())
            }
        }
    )*};
}
unsigned_input!(u8, u16, u32, u64, u128);

/// A public field that is any element, without a meaning of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element(pub Fr);

impl InputValue for Element {
    fn encode(&self, _: &Field) -> Fr {
        self.0
    }
    fn decode(value: &Fr, _: &Field) -> Option<Self> {
        Some(Element(*value))
    }
}

impl InputValue for i64 {
    fn encode(&self, field: &Field) -> Fr {
        field::from_i64(*self) + field::power_of_two(field.offset.unwrap_or(0))
    }
    fn decode(value: &Fr, field: &Field) -> Option<Self> {
        let stored = i128::try_from(field::to_u128(value)?).ok()?;
        i64::try_from(stored - (1i128 << field.offset.unwrap_or(0))).ok()
    }
}

/// The typed public inputs of a statement.
pub trait PublicInputs: Clone + core::fmt::Debug + PartialEq {
    /// The same fields with a value of another type in each, such as the variables of a circuit.
    type Fields<T>;
    /// Names, widths and order.
    fn layout() -> Layout;
    /// The encoded fields in the order of the layout.
    fn encode(&self) -> Vec<Fr>;
    /// The typed fields behind encoded ones, as many as the layout has.
    ///
    /// # Errors
    /// [`InputError::Meaning`] if a value has no meaning in its type.
    fn decode(values: &[Fr]) -> Result<Self, InputError>;
    /// Gives each field, in order, its value; `None` if there are not as many values as fields.
    fn named<T>(values: Vec<T>) -> Option<Self::Fields<T>>;

    /// The packed words: what the proof is verified against.
    ///
    /// # Errors
    /// [`InputError::Overflow`] if a field does not fit its width.
    fn to_words(&self) -> Result<Vec<Fr>, InputError> {
        Self::layout().pack(&self.encode())
    }

    /// The typed inputs behind packed words.
    ///
    /// # Errors
    /// As [`Layout::unpack`] and [`PublicInputs::decode`].
    fn from_words(words: &[Fr]) -> Result<Self, InputError> {
        Self::decode(&Self::layout().unpack(words)?)
    }
}

/// Declares the public inputs of a statement: the typed struct with its serde form, the struct of its fields by name and the
/// [`Layout`].
#[macro_export]
macro_rules! public_inputs {
    (@width element) => { $crate::layout::Width::Element };
    (@width $bits:literal) => { $crate::layout::Width::Bits($bits) };
    (@offset) => { None };
    (@offset $offset:tt) => { Some($offset) };
    (
        $(#[$meta:meta])*
        pub struct $inputs:ident, $fields:ident {
            $( $(#[doc = $doc:literal])+ $name:ident : $type:ty = $width:tt $(offset $offset:tt)? as $solidity:literal ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $inputs { $( $(#[doc = $doc])+ pub $name: $type, )* }

        /// The same fields by name, a value of one type in each: in a circuit a variable, ranged by the driver.
        #[derive(Debug, Clone)]
        pub struct $fields<T> { $( $(#[doc = $doc])+ pub $name: T, )* }

        impl $crate::layout::PublicInputs for $inputs {
            type Fields<T> = $fields<T>;
            fn layout() -> $crate::layout::Layout {
                const FIELDS: &[$crate::layout::Field] = &[ $( $crate::layout::Field {
                    name: stringify!($name),
                    width: $crate::public_inputs!(@width $width),
                    offset: $crate::public_inputs!(@offset $($offset)?),
                    solidity: $solidity,
                }, )* ];
                $crate::layout::Layout::documented(FIELDS, &[ $( concat!($($doc),+), )* ])
            }
            fn encode(&self) -> $crate::layout::vec::Vec<$crate::field::Fr> {
                let mut fields = Self::layout().fields().iter();
                $crate::layout::vec![ $( $crate::layout::InputValue::encode(&self.$name, fields.next().expect(stringify!($name))), )* ]
            }
            fn decode(values: &[$crate::field::Fr]) -> Result<Self, $crate::layout::InputError> {
                let fields = Self::layout().fields();
                if values.len() != fields.len() {
                    return Err($crate::layout::InputError::Count { wanted: fields.len(), got: values.len() });
                }
                let mut pairs = values.iter().zip(fields);
                Ok($inputs { $( $name: {
                    let (value, field) = pairs.next().expect(stringify!($name));
                    $crate::layout::InputValue::decode(value, field).ok_or_else(|| $crate::layout::InputError::Meaning {
                        field: field.name,
                        value: $crate::field::to_hex(value),
                        wanted: field.solidity,
                    })?
                }, )* })
            }
            fn named<T>(values: $crate::layout::vec::Vec<T>) -> Option<$fields<T>> {
                let mut values = values.into_iter();
                let named = $fields { $( $name: values.next()?, )* };
                values.next().is_none().then_some(named)
            }
        }

        /// By name, as a proof file shows them.
        impl $crate::layout::serde::Serialize for $inputs {
            fn serialize<S: $crate::layout::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                $crate::layout::serialize(self, serializer)
            }
        }

        /// Each field once, in any order, and none besides.
        impl<'de> $crate::layout::serde::Deserialize<'de> for $inputs {
            fn deserialize<D: $crate::layout::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::layout::deserialize(deserializer)
            }
        }
    };
}

#[cfg(test)]
#[allow(unreachable_pub, dead_code, reason = "`public_inputs!` declares public types")]
mod tests {
    use super::*;

    crate::public_inputs! {
        /// Inputs of a test.
        pub struct Probe, ProbeVars {
            /// An element.
            root: Element = element as "uint256",
            /// First of the first word.
            high: u32 = 32 as "uint32",
            /// Last of the first word.
            low: i64 = 62 offset 61 as "int64",
            /// Alone in the second word, as it does not fit the first.
            wide: u128 = 160 as "uint128",
        }
    }

    fn probe() -> Probe {
        Probe { root: Element(Fr::from(9u64)), high: 3, low: -5, wide: u128::MAX }
    }

    #[test]
    fn fields_pack_first_named_high_and_round_trip() {
        let words = probe().to_words().expect("fits");
        assert_eq!(words.len(), 3);
        let second = Fr::from(3u64) * field::power_of_two(62) + Fr::from((1u64 << 61) - 5);
        assert_eq!(words[1], second);
        assert_eq!(Probe::from_words(&words), Ok(probe()));
    }

    #[test]
    fn overflow_and_loose_words_are_refused() {
        let low = Probe { low: 1 << 61, ..probe() };
        assert!(matches!(low.to_words(), Err(InputError::Overflow { field: "low", width: 62, .. })));
        let below = Probe { low: -(1 << 61) - 1, ..probe() };
        assert!(matches!(below.to_words(), Err(InputError::Overflow { field: "low", .. })));
        let mut words = probe().to_words().expect("fits");
        words[1] += field::power_of_two(94);
        assert!(matches!(Probe::from_words(&words), Err(InputError::Word { word: 1, wanted: 94, .. })));
        assert!(matches!(Probe::from_words(&words[..2]), Err(InputError::Count { wanted: 3, got: 2 })));
    }
}
