//! A network of stations that measure the air of a town: anybody can check its mean of each hour,
//! and nobody sees a station's own reading but the aggregator.
//!
//! Each function is what one party does, on a machine of its own in a network: a station
//! [signs](sign), the registrar [enrols](enrol), the aggregator [proves](prove), and whoever pays
//! [verifies](verify).

use zksensor::model::registry::RegistryRoot;
use zksensor::prelude::*;
use zksensor::verifier::{KeyId, VerifyingKey};

/// What the network answers each hour: `policy.toml`, about the place in `fence.geojson`. The
/// project publishes both.
pub fn policy() -> Result<Policy, Error> {
    let fence = Fence::geojson(include_str!("../fence.geojson"))?;
    Policy::from_toml(include_str!("../policy.toml"), fence)
}

/// What a station measured, as its sensors wrote it: text, so that nothing is rounded on the way.
#[derive(Debug, Clone, Copy)]
pub struct Measurement {
    /// When, in UTC.
    pub time: &'static str,
    /// Where, in degrees north.
    pub latitude: &'static str,
    /// Where, in degrees east.
    pub longitude: &'static str,
    /// How warm it was, in degrees Celsius.
    pub celsius: &'static str,
}

impl Measurement {
    const fn new(
        time: &'static str,
        latitude: &'static str,
        longitude: &'static str,
        celsius: &'static str,
    ) -> Self {
        Measurement {
            time,
            latitude,
            longitude,
            celsius,
        }
    }
}

/// One hour of five stations, made up. Your stations' own come in their place.
pub const MEASURED: [Measurement; 5] = [
    Measurement::new("2026-01-01T02:15:00Z", "48.1372", "11.5756", "21.10"),
    Measurement::new("2026-01-01T02:15:10Z", "48.1551", "11.5418", "21.20"),
    Measurement::new("2026-01-01T02:15:20Z", "48.1264", "11.5521", "21.30"),
    Measurement::new("2026-01-01T02:15:30Z", "48.1712", "11.5609", "21.40"),
    Measurement::new("2026-01-01T02:15:40Z", "48.1120", "11.5877", "21.50"),
];

/// A station: signs what it measured, for this network alone. The bytes go to the aggregator.
pub fn sign(station: &Device, policy: &Policy, measured: &Measurement) -> Result<Vec<u8>, Error> {
    let reading = station
        .reading(policy)
        .at(measured.time.parse()?)
        .location_degrees(measured.latitude, measured.longitude)?
        .accuracy_m("5")?
        .set("temperature", measured.celsius)?;
    Ok(reading.sign()?.encode().to_vec())
}

/// The registrar: takes the public leaves of the stations that count. The root of the registry is
/// published.
pub fn enrol(stations: &[Device]) -> Result<Registry, Error> {
    let mut registry = Registry::new();
    registry.enrol_all(stations.iter().map(Device::leaf))?;
    Ok(registry)
}

/// What the aggregator has of an hour. Key and proofs are published.
#[derive(Debug)]
pub struct Hour {
    /// Which.
    pub epoch: u32,
    /// What the proofs are checked with.
    pub key: VerifyingKey,
    /// One for each part of the registry that has enough readings, and why others have none.
    pub chunks: Chunks,
    /// Readings that are no part of a mean, each with the rule that it breaks.
    pub refused: Vec<Refusal>,
}

/// The aggregator: takes the readings that were sent, and proves their mean. It makes a key of its
/// own here, which is for development; with one from a ceremony it is `Aggregator::with_key`.
pub fn prove(
    policy: &Policy,
    registry: &Registry,
    epoch: u32,
    sent: &[Vec<u8>],
) -> Result<Hour, Error> {
    let mut aggregator = Aggregator::insecure_setup(policy, registry, epoch)?;
    let key = aggregator.verifying_key();
    let refused = sent
        .iter()
        .filter_map(|bytes| aggregator.offer_bytes(bytes))
        .collect();
    let chunks = aggregator.prove_all_chunks()?;
    Ok(Hour {
        epoch,
        key,
        chunks,
        refused,
    })
}

/// What whoever pays knows before any proof comes: from those who publish it, never from the proof.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// The hour that is asked about.
    pub epoch: u32,
    /// The registrar's.
    pub root: RegistryRoot,
    /// Of the key that the project published.
    pub key_id: KeyId,
}

/// Whoever pays: the fact that a proof shows, if it holds and is about what was asked.
pub fn verify(
    policy: &Policy,
    known: &Known,
    key: &VerifyingKey,
    proof: &ProofFile,
) -> Result<Fact, Error> {
    Expect::new(policy)
        .registry_root(known.root)
        .epoch(known.epoch)
        .binding(Binding::NONE)
        .key_id(known.key_id)
        .verify(key, proof)
}
