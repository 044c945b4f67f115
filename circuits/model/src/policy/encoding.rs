//! Widths, offsets and codes of a policy, for native code and circuits. Those of a part of the id are its own, in
//! [`crate::preimages`].

use crate::preimages::{PolicyKind, PolicyRanges};

/// What is added to `low` and `high` so that they are not negative: 2^40, in the channel's units.
pub const VALUE_OFFSET: i64 = 1 << PolicyRanges::PARTS.low.offset.expect("values are signed");

/// Bits of `high` - `low`, and so of a value - `low`.
pub const VALUE_SPAN_BITS: u32 = 40;

/// Bits of the maximum accuracy, in millimetres.
pub const ACCURACY_BITS: u32 = PolicyRanges::PARTS.max_accuracy_mm.bits();

/// Bits of a time, in Unix milliseconds: of the epoch origin, too.
pub const TIME_BITS: u32 = PolicyRanges::PARTS.epoch_origin_unix_ms.bits();

/// Bits of the epoch length, in milliseconds.
pub const EPOCH_LENGTH_BITS: u32 = PolicyRanges::PARTS.epoch_length_ms.bits();

/// Bits of k.
pub const K_BITS: u32 = PolicyRanges::PARTS.k.bits();

/// Bits of the channel index.
pub const CHANNEL_BITS: u32 = PolicyKind::PARTS.channel.bits();

/// Bits of the device class: one more than a class has, for [`ANY_DEVICE_CLASS`].
pub const DEVICE_CLASS_BITS: u32 = PolicyKind::PARTS.device_class.bits();

/// The device class that stands for any.
pub const ANY_DEVICE_CLASS: u32 = 1 << (DEVICE_CLASS_BITS - 1);

/// Number of output flags, a bit each.
pub const FLAG_BITS: u32 = PolicyKind::PARTS.outputs.bits();

/// The flag of the sum of squares.
pub const SUM_OF_SQUARES_FLAG: u8 = 1 << 2;

/// The flag of the minimum.
pub const MINIMUM_FLAG: u8 = 1 << 1;

/// The flag of the maximum.
pub const MAXIMUM_FLAG: u8 = 1;
