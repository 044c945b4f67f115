//! The interface of the contracts, read from its source: selectors, errors and encodings have no second place.

#![allow(missing_docs, clippy::all, clippy::pedantic, reason = "made by `sol!` from the interface")]

alloy_sol_types::sol!("contracts/core/IStatementVerifier.sol");
