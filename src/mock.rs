//! Tests of a program without a setup: [`Mock`] in the place of a proof system, with every rule checked and nothing proven.
//!
//! A program that is generic over [`prelude::backend::Backend`](crate::prelude::backend::Backend), or that has its own word for the key
//! and the file of a proof, is run with [`Aggregator::mock`](crate::prelude::Aggregator::mock) in its tests:
//!
#![cfg_attr(all(feature = "geometry", feature = "os-rng"), doc = "```")]
#![cfg_attr(not(all(feature = "geometry", feature = "os-rng")), doc = "```ignore")]
//! use zksensor::prelude::*;
//!
//! # const TOWN: &str = r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.1]]]}"#;
//! # let policy = Policy::on_chain(80_002, [0x11; 20])
//! #     .mean(air_quality::TEMPERATURE)
//! #     .between("-40", "60")
//! #     .inside(Fence::geojson(TOWN)?)
//! #     .hourly("2026-01-01T00:00:00Z")
//! #     .at_least(5)
//! #     .build()?;
//! # let devices: Vec<Device> = (0..5).map(|_| Device::generate()).collect();
//! # let mut registry = Registry::new();
//! # registry.enrol_all(devices.iter().map(Device::leaf))?;
//! let mut aggregator = Aggregator::mock(&policy, &registry, 2)?;
//! let key = aggregator.verifying_key();
//! for device in &devices {
//!     let reading = device.reading(&policy).at("2026-01-01T02:30:00Z".parse()?).location_degrees("48.12", "11.55")?;
//!     assert!(aggregator.offer(reading.set("temperature", "21.50")?.sign()?).is_none());
//! }
//! let mocks = aggregator.prove_all_chunks()?.proven;
//!
//! // In a test the id comes from the key. In a program it comes from whoever published it, and is never that of a mock.
//! let expect = Expect::new(&policy).registry_root(registry.root()).epoch(2).binding(Binding::NONE).key_id(key.key_id());
//! let fact = expect.verify(&key, &mocks[0])?;
//! assert_eq!(fact.mean().to_string(), "21.50 Cel");
//! assert!(mocks[0].is_insecure());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use zksensor_io::files::mock as files;
pub use zksensor_mock::{
    KeyError, MOCK_BYTES, Mock, MockError, MockKey, MockProof, ProofError, Verifier, VerifyError,
};
