//! The chains that take keys of one machine.

use std::fmt;

/// Where contracts with INSECURE keys can be deployed, by chain id: Polygon's and Ethereum's test networks, and local nodes. The contracts have
/// them in `contracts/core/TestChains.sol`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TestChains;

impl TestChains {
    /// The chain ids.
    pub const IDS: [u64; 4] = [80_002, 31_337, 1_337, 11_155_111];
}

/// The ids with commas between them.
impl fmt::Display for TestChains {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = Self::IDS.map(|id| id.to_string());
        f.write_str(&ids.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_the_contract() {
        let source = include_str!("../contracts/core/TestChains.sol");
        let constants =
            source.lines().filter_map(|line| line.trim().strip_prefix("uint256 internal constant "));
        let mut found: Vec<u64> = constants
            .map(|constant| constant.split_once(" = ").unwrap().1.trim_end_matches(';').parse().unwrap())
            .collect();
        let mut wanted = TestChains::IDS;
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted);
        assert_eq!(TestChains.to_string(), "80002, 31337, 1337, 11155111");
    }
}
