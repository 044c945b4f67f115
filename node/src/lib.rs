//! A node: takes signed readings in, keeps them, proves each epoch of each policy when it has closed, and hands the proofs on.
//!
//! ```text
//! HTTP -> intake -> store -> epoch -> job -> prove -> outbox -> folder or chain
//! ```
//!
//! Each arrow is one module that knows the next by a trait, so that tests stand in the place of clock, disk and chain.

pub mod client;
pub mod clock;
pub mod cluster;
pub mod config;
pub mod core;
mod epochs;
mod erase;
mod evidence;
pub mod http;
mod ingest;
pub mod intake;
mod jobs;
pub mod log;
pub mod metrics;
pub mod operator;
mod outbox;
pub mod place;
pub mod prove;
pub mod registries;
pub mod run;
pub mod seal;
pub mod served;
pub mod service;
mod signed;
pub mod store;
pub mod tls;
pub mod toy;
pub mod trace;
pub mod view;
