//! How coarse a claim is.

/// What is public is rounded to multiples of these, against the claim. Exact centimetres of one device are a fingerprint.
///
/// ```
/// use zksensor_model::track::Quantum;
/// let quantum = Quantum { distance_cm: 10_000, observed_ms: 60_000 };
/// assert_eq!((quantum.distance_cm(123_456), quantum.observed_ms(59_999)), (120_000, 0));
/// assert_eq!(Quantum::EXACT.distance_cm(123_456), 123_456);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quantum {
    /// Centimetres; 0 is 1.
    pub distance_cm: u32,
    /// Milliseconds; 0 is 1.
    pub observed_ms: u32,
}

impl Quantum {
    /// Nothing is rounded.
    pub const EXACT: Quantum = Quantum { distance_cm: 1, observed_ms: 1 };

    /// A distance in centimetres, rounded down.
    pub fn distance_cm(self, distance: u32) -> u32 {
        distance - distance % self.distance_cm.max(1)
    }

    /// A time in milliseconds, rounded down.
    pub fn observed_ms(self, time: u32) -> u32 {
        time - time % self.observed_ms.max(1)
    }
}
