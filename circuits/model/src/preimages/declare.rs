//! The two macros that make a struct of a table, so that neither can say what the other does not.

/// Declares a lane of several integers: the struct of its parts and its table.
macro_rules! lane {
    (@offset) => { None };
    (@offset $offset:literal) => { Some($offset) };
    (
        $(#[doc = $about:literal])+
        pub struct $lane:ident as $name:literal {
            $( $(#[doc = $part_about:literal])+ $part:ident = $bits:literal $(offset $offset:literal)? as $type:literal ),+ $(,)?
        }
    ) => {
        $(#[doc = $about])+
        pub struct $lane<T> { $( $(#[doc = $part_about])+ pub $part: T, )+ }

        impl $lane<Field> {
            /// The table: name, width and offset of each part.
            pub const PARTS: Self = $lane { $( $part: Field {
                name: stringify!($part),
                width: Width::Bits($bits),
                offset: lane!(@offset $($offset)?),
                solidity: $type,
            }, )+ };

            /// The table, in order.
            pub const LANE: Lane = Lane {
                name: $name,
                about: concat!($($about),+),
                layout: Layout::new(&[$(Self::PARTS.$part),+]),
                abouts: &[$(concat!($($part_about),+)),+],
            };
        }

        impl<T> $lane<T> {
            /// The same parts, borrowed.
            pub fn as_ref(&self) -> $lane<&T> {
                $lane { $( $part: &self.$part, )+ }
            }

            /// The same parts, each after `f`.
            pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> $lane<U> {
                $lane { $( $part: f(self.$part), )+ }
            }
        }

        impl $lane<Fr> {
            /// The lane of these encoded parts.
            ///
            /// # Panics
            /// If one does not fit: callers hold typed values. Others take [`Lane::pack`].
            pub fn pack(self) -> Fr {
                let parts = self.parts();
                let fits = parts.iter().all(|(value, width)| field::bit_length(value) <= *width);
                assert!(fits, "a part of the lane `{}` does not fit", $name);
                field::pack(&parts)
            }
        }

        impl<T> Parts<T> for $lane<T> {
            fn parts(self) -> Vec<(T, u32)> {
                vec![$( (self.$part, const { $lane::PARTS.$part.bits() }) ),+]
            }
        }
    };
}

/// Declares a preimage: the struct of its lanes and its table.
macro_rules! preimage {
    (@lane $name:ident $about:expr; element) => {
        Lane::of_one(
            &[Field { name: stringify!($name), width: Width::Element, offset: None, solidity: "uint256" }],
            &[$about],
        )
    };
    (@lane $name:ident $about:expr; $bits:literal) => {
        Lane::of_one(
            &[Field {
                name: stringify!($name),
                width: Width::Bits($bits),
                offset: None,
                solidity: concat!("uint", $bits),
            }],
            &[$about],
        )
    };
    (@lane $name:ident $about:expr; $lane:ident) => { $lane::LANE };
    (
        $(#[doc = $about:literal])+
        pub struct $preimage:ident in $domain:ident as $name:literal {
            $( $(#[doc = $lane_about:literal])+ $lane:ident: $kind:tt ),+ $(,)?
        }
    ) => {
        $(#[doc = $about])+
        pub struct $preimage<T> { $( $(#[doc = $lane_about])+ pub $lane: T, )+ }

        impl $preimage<Field> {
            /// The table.
            pub const PREIMAGE: Preimage = Preimage {
                name: $name,
                about: concat!($($about),+),
                domain: Domain::$domain,
                lanes: &[$( preimage!(@lane $lane concat!($($lane_about),+); $kind) ),+],
            };
        }

        impl<T> Lanes<T> for $preimage<T> {
            const DOMAIN: Domain = Domain::$domain;
            type Array = [T; [$(stringify!($lane)),+].len()];
            fn lanes(self) -> Self::Array {
                [$(self.$lane),+]
            }
        }

        impl $preimage<Fr> {
            /// Poseidon of the lanes.
            pub fn hash(self) -> Fr {
                poseidon::hash(Domain::$domain, &self.lanes())
            }
        }
    };
}
