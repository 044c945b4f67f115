//! Six words for what most programs do: agree on a [`Policy`], sign with a [`Device`], enrol in a [`Registry`], prove with an
//! [`Aggregator`], say what to [`Expect`], and get a [`Fact`].
//!
//! They are about aggregates: a statistic of one channel over the readings of at least k devices. Underneath are the crates that this one
//! re-exports; every rule stays there, and whatever is not here (other statements, contracts, files, keys from a ceremony) is there, too.
//! `examples/first_proof.rs` has all of it in a few lines:
//!
#![cfg_attr(all(feature = "geometry", feature = "insecure-setup"), doc = "```")]
#![cfg_attr(not(all(feature = "geometry", feature = "insecure-setup")), doc = "```ignore")]
//! use zksensor::prelude::*;
//!
//! # const TOWN: &str = r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.1]]]}"#;
//! let policy = Policy::on_chain(80_002, [0x11; 20])
//!     .mean(air_quality::TEMPERATURE)
//!     .between("-40", "60")
//!     .inside(Fence::geojson(TOWN)?)
//!     .hourly("2026-01-01T00:00:00Z")
//!     .at_least(5)
//!     .build()?;
//! let device = Device::generate();
//! let mut registry = Registry::new();
//! registry.enrol(device.leaf())?;
//!
//! // What is not set is absent, never 0; a channel of another schema is an error.
//! let reading = device.reading(&policy).at("2026-01-01T02:30:00Z".parse()?).location_degrees("48.12", "11.55")?;
//! assert!(reading.clone().set("speed", "3").is_err());
//! let bytes = reading.set("temperature", "21.50")?.sign()?.encode();
//!
//! let mut aggregator = Aggregator::insecure_setup(&policy, &registry, 2)?;
//! assert_eq!(aggregator.offer_bytes(&bytes), None);
//! let chunks = aggregator.prove_all_chunks()?;
//! assert!(chunks.proven.is_empty()); // one device is no crowd
//! println!("{}", chunks.too_few[0]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod aggregator;
pub mod backend;
mod channel;
mod chunks;
mod device;
mod error;
mod expect;
mod fact;
mod fence;
mod policy;
mod proving;

pub use aggregator::Aggregator;
pub use channel::{Channel, air_quality, camera_event, generic, gnss_station, position, vehicle, weather};
pub use chunks::{Chunks, Failed, Step, TooFew};
pub use device::{Device, ReadingBuilder};
pub use error::Error;
pub use expect::{Expect, Missing};
pub use fact::Fact;
pub use fence::Fence;
pub use policy::{Policy, PolicyBuilder};
pub use proving::Proving;

pub use zksensor_circuits::assemble::{Refusal, RefusalReason, Take};
pub use zksensor_io::files::ProofFile;
pub use zksensor_model::amount::{Amount, Mean};
pub use zksensor_model::claim::Binding;
pub use zksensor_model::policy::Interval;
pub use zksensor_model::reading::{SignedReading, UnixMillis};
pub use zksensor_model::registry::Registry;
pub use zksensor_prover::Cancel;
