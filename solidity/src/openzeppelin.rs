//! What the contracts that hold state import of OpenZeppelin's, as it was compiled with them.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::source::VENDORED;

/// The compiler's input of the contracts that hold state, in which their imports are.
const INPUT: &str = include_str!("../artifacts/state.standard.json");

#[derive(Deserialize)]
struct Input {
    sources: BTreeMap<String, Source>,
}

#[derive(Deserialize)]
struct Source {
    content: String,
}

/// The sources of [`VENDORED`], by their paths there: MIT, version [`OPENZEPPELIN`](crate::OPENZEPPELIN).
///
/// ```
/// let sources = zksensor_solidity::openzeppelin();
/// assert!(sources["@openzeppelin/contracts/access/Ownable.sol"].contains("contract Ownable"));
/// ```
pub fn openzeppelin() -> BTreeMap<&'static str, String> {
    let mut input: Input = serde_json::from_str(INPUT).expect("checked in as JSON, and compared in CI");
    let text = |path| input.sources.remove(path).expect("they are compiled with what imports them").content;
    VENDORED.into_iter().zip(VENDORED.map(text)).collect()
}
