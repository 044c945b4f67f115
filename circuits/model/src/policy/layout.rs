//! Widths and offsets of the policy lanes: the one place that native code and circuits take them from.
//!
//! The id of a policy is the Poseidon hash of four lanes. The first two are the network and the fence root; the other two
//! pack, most significant first:
//!
//! ```text
//! lane 2   low + 2^40 (41) | high + 2^40 (41) | maximum accuracy 32 | epoch origin 48 | epoch length 40 | k 21
//! lane 3   family 8 | version 16 | schema 32 | channel 2 | device class 17 | output flags 3
//! ```

/// Number of lanes.
pub const LANES: usize = 4;

/// What is added to `low` and `high` so that they are not negative: 2^40, in the channel's units.
pub const VALUE_OFFSET: i64 = 1 << 40;

/// Bits of `low` + [`VALUE_OFFSET`].
pub const LOW_BITS: u32 = 41;

/// Bits of `high` + [`VALUE_OFFSET`].
pub const HIGH_BITS: u32 = 41;

/// Bits of `high` - `low`, and so of a value - `low`.
pub const VALUE_SPAN_BITS: u32 = 40;

/// Bits of the maximum accuracy, in millimetres.
pub const ACCURACY_BITS: u32 = 32;

/// Bits of a time, in Unix milliseconds: of the epoch origin, too.
pub const TIME_BITS: u32 = 48;

/// Bits of the epoch length, in milliseconds.
pub const EPOCH_LENGTH_BITS: u32 = 40;

/// Bits of k.
pub const K_BITS: u32 = 21;

/// Bits of the statement family.
pub const FAMILY_BITS: u32 = 8;

/// Bits of the statement version.
pub const VERSION_BITS: u32 = 16;

/// Bits of the schema.
pub const SCHEMA_BITS: u32 = 32;

/// Bits of the channel index.
pub const CHANNEL_BITS: u32 = 2;

/// Bits of the device class: one more than a class has, for [`ANY_DEVICE_CLASS`].
pub const DEVICE_CLASS_BITS: u32 = 17;

/// The device class that stands for any.
pub const ANY_DEVICE_CLASS: u32 = 1 << 16;

/// Number of output flags, a bit each.
pub const FLAG_BITS: u32 = 3;

/// The flag of the sum of squares.
pub const SUM_OF_SQUARES_FLAG: u8 = 1 << 2;

/// The flag of the minimum.
pub const MINIMUM_FLAG: u8 = 1 << 1;

/// The flag of the maximum.
pub const MAXIMUM_FLAG: u8 = 1;

/// Bits of an epoch number.
pub const EPOCH_BITS: u32 = 32;
