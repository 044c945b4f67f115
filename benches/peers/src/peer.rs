//! Who proves.

use std::fmt;

/// A prover of Groth16 over BN254.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Peer {
    /// Ours.
    Zksensor,
    /// ark-groth16 0.6, with its feature `parallel`.
    Ark,
    /// taceo-groth16 0.2.2, which has multi-exponentiations and transforms of its own on arkworks' fields.
    Taceo,
}

impl Peer {
    /// All, in the order of their turns.
    pub const ALL: [Peer; 3] = [Peer::Ark, Peer::Taceo, Peer::Zksensor];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Peer::Zksensor => "zksensor",
            Peer::Ark => "ark-groth16",
            Peer::Taceo => "taceo-groth16",
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
