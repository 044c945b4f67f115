//! Good proofs verify; everything else is refused, each for its own reason.

#![expect(unreachable_pub, reason = "a test binary exports nothing")]

mod arbitrary;
mod arkworks;
mod batch;
mod forgery;
mod inputs;
mod key;
mod probe;
mod proof;
mod text;
