//! What made-up scenes share: what a proof is bound to, another chain, places, times, and a frame that was altered.

use zksensor_circuits::statement::Binding;
use zksensor_model::claim::StatementId;
use zksensor_model::frame::SignedFrame;
use zksensor_model::reading::{Location, Network, UnixMillis};

/// Chain, contract and recipient that a proof is bound to: a test network, made-up addresses.
const CHAIN_ID: u64 = 80_002;
const CONTRACT: [u8; 20] = [0x22; 20];
const RECIPIENT: [u8; 20] = [0x33; 20];

/// What a proof of this statement is bound to.
pub(super) fn binding(statement: &StatementId) -> Binding {
    Binding::new(CHAIN_ID, CONTRACT, RECIPIENT, statement)
}

/// Another chain than that of the policy.
pub(super) fn other_network() -> Network {
    Network::new(137, [0x11; 20])
}

/// A place from (latitude, longitude) in units of 1e-7 degree.
pub(super) fn location((latitude, longitude): (i32, i32)) -> Location {
    Location::from_e7(latitude, longitude).expect("a place in Munich")
}

/// A time from Unix milliseconds.
pub(super) fn millis(time: u64) -> UnixMillis {
    UnixMillis::new(time).expect("below 2^48")
}

/// What `altered` says, beside the signature of what was signed.
pub(super) fn forged(honest: &SignedFrame, altered: &SignedFrame) -> SignedFrame {
    // Nothing but a test or an attacker puts a signature beside what it does not sign.
    SignedFrame::insecure_unverified(altered.frame().clone(), *honest.key(), *honest.signature())
}
