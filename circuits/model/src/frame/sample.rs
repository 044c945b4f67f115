//! One sample: when, where, how well, what.

use super::SampleError;
use crate::field::{self, Fr};
use crate::layout::{Field, InputValue};
use crate::preimages;
use crate::reading::{Location, ReadingError};
use crate::schema::ABSENT;

/// How many channels a sample has: the first ones of the schema.
pub const SAMPLE_CHANNELS: usize = 3;

/// The least value of a channel. What is below it in 41 bits stands for an absent one.
pub const LEAST_CHANNEL: i64 = 1 - (1 << 40);

/// The greatest value of a channel.
pub const GREATEST_CHANNEL: i64 = (1 << 40) - 1;

/// What is stored for an absent channel.
const STORED_ABSENT: i64 = -(1 << 40);

/// Widths and offsets of what an element holds.
const PARTS: preimages::Sample<Field> = preimages::Sample::PARTS;

/// What a device measured, where, and when in its frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sample {
    /// When, in milliseconds after the start of the frame.
    pub offset_ms: u32,
    /// Where.
    pub location: Location,
    /// Horizontal accuracy of the location in millimetres; [`ACCURACY_UNKNOWN`](crate::reading::ACCURACY_UNKNOWN) if unknown,
    /// never 0.
    pub accuracy_mm: u32,
    /// Fixed-point values, unit and scale by schema: [`LEAST_CHANNEL`] to [`GREATEST_CHANNEL`], or [`ABSENT`].
    pub channels: [i64; SAMPLE_CHANNELS],
}

impl Sample {
    /// Checks what the types leave open.
    ///
    /// # Errors
    /// [`SampleError`] if the accuracy is 0 or a channel has more than 41 bits.
    pub fn check(&self) -> Result<(), SampleError> {
        if self.accuracy_mm == 0 {
            return Err(SampleError::Field { reason: ReadingError::ZeroAccuracy });
        }
        for (channel, got) in self.channels.into_iter().enumerate() {
            if got != ABSENT && !(LEAST_CHANNEL..=GREATEST_CHANNEL).contains(&got) {
                return Err(SampleError::Channel { channel, got });
            }
        }
        Ok(())
    }

    /// The parts of the element, encoded.
    ///
    /// # Errors
    /// As [`Sample::check`].
    pub fn parts(&self) -> Result<preimages::Sample<Fr>, SampleError> {
        self.check()?;
        Ok(self.insecure_parts())
    }

    /// As [`Sample::parts`], of a sample that need not be one.
    ///
    /// # Security
    /// For hostile vectors only: they show that a circuit refuses what no decoder lets in.
    pub fn insecure_parts(&self) -> preimages::Sample<Fr> {
        let coordinate = |value: i32, part| i64::from(value).encode(part);
        let [channel_0, channel_1, channel_2] =
            self.channels.map(|value| if value == ABSENT { STORED_ABSENT } else { value });
        preimages::Sample {
            offset_ms: Fr::from(self.offset_ms),
            latitude_e7: coordinate(self.location.latitude(), &PARTS.latitude_e7),
            longitude_e7: coordinate(self.location.longitude(), &PARTS.longitude_e7),
            accuracy_mm: Fr::from(self.accuracy_mm),
            channel_0: channel_0.encode(&PARTS.channel_0),
            channel_1: channel_1.encode(&PARTS.channel_1),
            channel_2: channel_2.encode(&PARTS.channel_2),
        }
    }

    /// The element that the chain absorbs, below 2^251.
    ///
    /// # Errors
    /// As [`Sample::check`].
    pub fn to_field(&self) -> Result<Fr, SampleError> {
        self.parts().map(preimages::Sample::pack)
    }

    /// The sample behind an element.
    ///
    /// # Errors
    /// [`SampleError`] if there is none: not 251 bits, a place beyond the ellipsoid, an accuracy of 0.
    pub fn from_field(value: Fr) -> Result<Sample, SampleError> {
        let mut rest = Rest::of(&value)?;
        // From the least significant bits on.
        let [channel_2, channel_1, channel_0] =
            [PARTS.channel_2, PARTS.channel_1, PARTS.channel_0].map(|part| rest.signed(&part));
        let accuracy_mm = rest.u32(&PARTS.accuracy_mm);
        let longitude = rest.i32(&PARTS.longitude_e7);
        let latitude = rest.i32(&PARTS.latitude_e7);
        let offset_ms = rest.u32(&PARTS.offset_ms);
        let location =
            Location::from_e7(latitude, longitude).map_err(|reason| SampleError::Field { reason })?;
        let channels = [channel_0, channel_1, channel_2]
            .map(|value| if value == STORED_ABSENT { ABSENT } else { value });
        let sample = Sample { offset_ms, location, accuracy_mm, channels };
        sample.check().map(|()| sample)
    }
}

/// The bits not yet taken, the least significant next.
struct Rest {
    high: u128,
    low: u128,
}

impl Rest {
    fn of(value: &Fr) -> Result<Rest, SampleError> {
        let got = field::bit_length(value);
        let wanted: u32 = preimages::Sample::LANE.widths().iter().sum();
        if got > wanted {
            return Err(SampleError::Bits { got });
        }
        let bytes = field::to_be_bytes(value);
        let half =
            |from: usize| u128::from_be_bytes(bytes[from..from + 16].try_into().expect("half of 32 bytes"));
        Ok(Rest { high: half(0), low: half(16) })
    }

    /// The next bits; a part has 1 to 63.
    fn take(&mut self, part: &Field) -> u64 {
        let width = part.bits();
        let taken = self.low & ((1 << width) - 1);
        self.low = self.low >> width | self.high << (128 - width);
        self.high >>= width;
        u64::try_from(taken).expect("at most 63 bits")
    }

    fn u32(&mut self, part: &Field) -> u32 {
        u32::try_from(self.take(part)).expect("a part of 32 bits")
    }

    /// A signed integer, stored plus 2^offset.
    fn signed(&mut self, part: &Field) -> i64 {
        let offset = part.offset.expect("the part is signed");
        self.take(part).cast_signed() - (1 << offset)
    }

    fn i32(&mut self, part: &Field) -> i32 {
        i32::try_from(self.signed(part)).expect("a part of 32 bits")
    }
}
