//! The network of a policy as its text names it: a policy itself has a hash of it.

use std::fmt;

use serde::Deserialize;
use zksensor_model::hex;
use zksensor_model::reading::Network;

use super::PolicyTomlError;

/// What chains are called.
const CHAINS: [(u64, &str); 6] = [
    (1, "Ethereum"),
    (137, "Polygon"),
    (1_337, "a local chain"),
    (31_337, "a local chain"),
    (80_002, "Polygon Amoy"),
    (11_155_111, "Sepolia"),
];

/// A chain and a registry contract on it. Its `Display` is for people: `Polygon (chain 137), registry 0x..`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NamedNetwork {
    /// Number of the chain.
    pub chain_id: u64,
    /// Address of the registry contract.
    pub registry: [u8; 20],
}

impl NamedNetwork {
    /// The network that readings and policies have.
    pub fn network(&self) -> Network {
        Network::new(self.chain_id, self.registry)
    }

    /// What the chain is called, if it is one that many know.
    pub fn chain(&self) -> Option<&'static str> {
        CHAINS.iter().find(|(id, _)| *id == self.chain_id).map(|(_, name)| *name)
    }
}

impl fmt::Display for NamedNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.chain() {
            Some(name) => write!(f, "{name} (chain {})", self.chain_id)?,
            None => write!(f, "chain {}", self.chain_id)?,
        }
        write!(f, ", registry {}", hex::encode(&self.registry))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [network]")]
pub(super) struct NetworkSection {
    chain_id: u64,
    registry: String,
}

impl NetworkSection {
    pub(super) fn read(self) -> Result<NamedNetwork, PolicyTomlError> {
        match hex::decode(&self.registry) {
            Some(registry) => Ok(NamedNetwork { chain_id: self.chain_id, registry }),
            None => Err(PolicyTomlError::Registry { got: self.registry }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_called_by_its_name_where_it_has_one() {
        let shown = |chain_id| NamedNetwork { chain_id, registry: [0x11; 20] }.to_string();
        let registry = format!(", registry 0x{}", "11".repeat(20));
        assert_eq!(shown(137), format!("Polygon (chain 137){registry}"));
        assert_eq!(shown(80_002), format!("Polygon Amoy (chain 80002){registry}"));
        assert_eq!(shown(138), format!("chain 138{registry}"));
    }
}
