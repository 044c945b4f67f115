//! The ceremony that a key comes from.

/// What a key says of the ceremony that made it: its id commits to both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ceremony {
    transcript: [u8; 32],
    contributions: u32,
}

impl Ceremony {
    /// The digest of a transcript, and how many contributed a secret to it, beacons not counted; `None` if nobody did.
    ///
    /// # Security
    /// Nothing is known of the transcript here: who makes a key of a ceremony has verified it (`zksensor-ceremony`), and whoever relies on the key
    /// verifies it again, or asks somebody who did.
    pub fn new(transcript: [u8; 32], contributions: u32) -> Option<Self> {
        (contributions > 0).then_some(Ceremony { transcript, contributions })
    }

    /// The digest of the transcript.
    pub fn transcript(&self) -> [u8; 32] {
        self.transcript
    }

    /// How many contributed a secret, at least 1: one of them who was honest is enough.
    pub fn contributions(&self) -> u32 {
        self.contributions
    }
}
