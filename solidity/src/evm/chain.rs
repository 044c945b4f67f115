//! The chains, and the limits in which they differ.

use std::fmt;

/// A chain whose rules [`Evm`](crate::evm::Evm) follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Chain {
    /// Polygon PoS.
    Polygon,
    /// Polygon's test network, with Polygon's rules.
    Amoy,
    /// Ethereum since the Osaka fork.
    Ethereum,
    /// Ethereum's test network, with Ethereum's rules.
    Sepolia,
}

impl Chain {
    /// Every chain.
    pub const ALL: [Chain; 4] = [Chain::Polygon, Chain::Amoy, Chain::Ethereum, Chain::Sepolia];

    /// The chain id that `block.chainid` reads.
    pub fn id(self) -> u64 {
        match self {
            Chain::Polygon => 137,
            Chain::Amoy => 80_002,
            Chain::Ethereum => 1,
            Chain::Sepolia => 11_155_111,
        }
    }

    /// The chain's name in English.
    pub fn name(self) -> &'static str {
        match self {
            Chain::Polygon => "Polygon PoS",
            Chain::Amoy => "Polygon Amoy",
            Chain::Ethereum => "Ethereum",
            Chain::Sepolia => "Ethereum Sepolia",
        }
    }

    /// Whether the gas schedule and the limits are Polygon's.
    pub fn is_polygon(self) -> bool {
        match self {
            Chain::Polygon | Chain::Amoy => true,
            Chain::Ethereum | Chain::Sepolia => false,
        }
    }

    /// The most gas that one transaction may ask for.
    pub fn transaction_gas_cap(self) -> u64 {
        if self.is_polygon() { 1 << 25 } else { 1 << 24 }
    }

    /// The most bytes of a contract's code.
    pub fn code_limit(self) -> usize {
        if self.is_polygon() { 32_768 } else { 24_576 }
    }

    /// The most bytes of init code, constructor arguments included: 49,152 on every chain. Polygon raised the limit of
    /// the code alone (PIP-30); its client still counts twice Ethereum's.
    pub fn init_code_limit(self) -> usize {
        2 * 24_576
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
