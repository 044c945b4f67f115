//! A node: takes signed readings in, keeps them, proves each epoch of each policy when it has closed, and hands the proofs on.
//!
//! ```text
//! HTTP -> intake -> store -> epoch -> job -> prove -> outbox -> folder or chain
//! ```
//!
//! Each arrow is one module that knows the next by a trait, so that tests stand in the place of clock, disk and chain.

pub mod client;
pub mod config;
pub mod http;
pub mod intake;
pub mod log;
pub mod metrics;
pub mod view;
