//! Solidity verifiers of zksensor statements.
