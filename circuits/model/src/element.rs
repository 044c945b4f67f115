//! Field elements with a meaning: every element is one, and each kind is a type, so that a root is no policy id.

/// Defines such types. Each is displayed, parsed and serialized as `0x` and 64 digits, and may be a public input.
macro_rules! element_types {
    ($($(#[$attribute:meta])* pub struct $name:ident;)*) => {$(
        $(#[$attribute])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name($crate::field::Fr);

        impl $name {
            /// The one that is `value`.
            pub fn from_field(value: $crate::field::Fr) -> Self {
                $name(value)
            }

            /// The value.
            pub fn to_field(self) -> $crate::field::Fr {
                self.0
            }
        }

        /// Hexadecimal, as [`crate::field::to_hex`] has it.
        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(&$crate::field::to_hex(&self.0))
            }
        }

        impl core::str::FromStr for $name {
            type Err = $crate::field::FieldError;

            fn from_str(text: &str) -> Result<Self, $crate::field::FieldError> {
                $crate::field::parse_hex(text).map($name)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = alloc::string::String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl $crate::layout::InputValue for $name {
            fn encode(&self, _: &$crate::layout::Field) -> $crate::field::Fr {
                self.0
            }
            fn decode(value: &$crate::field::Fr, _: &$crate::layout::Field) -> Option<Self> {
                Some($name(*value))
            }
        }
    )*};
}
pub(crate) use element_types;
