//! The node without its door: what is acknowledged is stored, what is stored is proven once, and every epoch comes to an end.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod chain;
mod disk;
mod epochs;
mod intake;
mod scene;
mod worlds;
