//! Gas of the verifiers of this release, as it was measured: the table of docs/contracts.md, for who has no EVM at hand.

use serde_json::Value;

use crate::model::StatementContract;

/// As `xtask` writes it.
const MEASURED: &str = include_str!("../goldens/gas.json");

/// Gas of a whole transaction that verifies a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    /// One proof, on Polygon.
    pub polygon: u64,
    /// One proof, on Ethereum.
    pub ethereum: u64,
    /// The largest batch that was measured on Polygon: how many proofs, and the gas of each.
    pub batch: (u64, u64),
}

/// What a statement of this title costs, such as `aggregate/v2`; `None` of one that was not measured.
pub fn of(title: &str) -> Option<Measured> {
    let contract = StatementContract::all().into_iter().find(|contract| contract.title() == title)?;
    let table: Value = serde_json::from_str(MEASURED).ok()?;
    let of = &table[contract.library()];
    let batches = of["polygon"]["batch"].as_object()?.iter();
    let batches = batches.filter_map(|(size, gas)| Some((size.parse::<u64>().ok()?, gas.as_u64()?)));
    let (size, gas) = batches.max()?;
    Some(Measured {
        polygon: of["polygon"]["verify"].as_u64()?,
        ethereum: of["ethereum"]["verify"].as_u64()?,
        batch: (size, gas.div_ceil(size.max(1))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_was_measured() {
        for contract in StatementContract::all() {
            let measured = of(&contract.title()).expect("it is in the table");
            assert!(measured.polygon > measured.ethereum && measured.batch.1 < measured.polygon);
        }
        assert_eq!(of("aggregate/v1"), None);
    }
}
