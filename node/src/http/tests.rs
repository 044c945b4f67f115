//! The interface over real sockets, with an intake and a store that are made up: what it does with those who mean ill, and with those who
//! are slow.

mod bodies;
mod limits;
mod operating;
mod reading;
mod slow;
pub(crate) mod stage;
#[cfg(feature = "tls")]
mod tls;
