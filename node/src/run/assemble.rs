//! The parts of a node, made of what its configuration names.

use std::sync::Arc;
use std::time::Duration;

use zksensor::model::claim::ClaimFamily as _;
use zksensor::model::claim::ShapeError;
use zksensor::model::claim::aggregate::Aggregate;
use zksensor::model::claim::survey::COUNTED_BITS;
use zksensor::model::claim::survey::Survey;
use zksensor::model::frame::{MAX_FRAME_SAMPLES, SAMPLES_A_STEP};
use zksensor::model::policy::Policy;

use super::places::Places;
use super::workers::Workers;
use super::{RunError, proving};
use crate::clock::SystemClock;
use crate::config::{Checked, CheckedPolicy, Config};
use crate::core::{Core, QUEUE};
use crate::log::Log;
use crate::prove::{AnyProver, Keyless};
use crate::registries::{RegistryOfFile, RegistryUnknown};
use crate::seal::StoreKey;
use crate::served::{Served, Times};
use crate::store::Store;
use crate::trace::Trace;

/// The name of the store in its folder.
const STORE: &str = "node.redb";
/// Levels of a chunk where no key says how many.
const LEVELS: usize = 3;
/// How far ahead of this clock a reading may be.
const AHEAD: Duration = Duration::from_secs(300);

/// Whether keys of mocks are taken, which prove nothing: for tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mocks {
    /// They are.
    Taken,
    /// They are refused.
    Refused,
}

/// A node as it was checked, without its threads: the store is open, and keys are loaded.
///
/// # Errors
/// [`RunError`].
pub fn open(checked: &Checked, mocks: Mocks, log: &Log) -> Result<Core, RunError> {
    let config = &checked.config;
    let mut places = Places::open(config, log)?;
    let workers = Workers::open(config, log)?;
    let served = checked.policies.iter().map(|policy| serve(policy, &mut places, &workers, mocks));
    let served = served.collect::<Result<Vec<Served>, RunError>>()?;
    let registries = RegistryOfFile::open(&config.registry).map_err(|unknown| match unknown {
        RegistryUnknown::File(wrong) => RunError::File(wrong),
        later @ RegistryUnknown::Later { .. } => RunError::Registry(later),
    })?;
    std::fs::create_dir_all(&config.data)
        .map_err(|source| RunError::System { what: "make the folder of the store", source })?;
    let store = Store::open(&config.data.join(STORE), &StoreKey::from_bytes(&checked.store_key))?;
    Ok(Core::new(store, served, Box::new(registries), Arc::new(SystemClock), QUEUE))
}

fn serve(
    policy: &CheckedPolicy,
    places: &mut Places<'_>,
    workers: &Workers,
    mocks: Mocks,
) -> Result<Served, RunError> {
    let settings = &policy.settings;
    let name = settings.name.clone();
    let fence = policy.fence.clone().ok_or_else(|| RunError::Fence { name: name.clone() })?;
    let model = policy.document.policy;
    let (prover, key_id) = match (settings.key(), workers.prove()) {
        (Some(path), None) => proving::local(&name, path, mocks)?,
        (Some(path), Some(workers)) => proving::remote(&name, path, mocks, workers)?,
        (None, _) => (keyless(&name, &model, fence.triangles().len())?, None),
    };
    let place = places.of(settings, key_id)?;
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let times = Times {
        grace_ms: millis(settings.grace),
        retention_ms: millis(settings.retention),
        ahead_ms: millis(AHEAD),
    };
    Ok(Served::new(&name, (model, fence), times, prover, place)?)
}

/// Who is told of what is done: the collector, if there is one.
pub(super) fn trace(config: &Config, log: &Log) -> Trace {
    #[cfg(feature = "otel")]
    if let Some(settings) = &config.otel {
        return Trace::to(settings, log);
    }
    let _ = (config, log);
    Trace::default()
}

/// Nobody proves: the shape only says how chunks would be cut.
fn keyless(name: &str, policy: &Policy, triangles: usize) -> Result<AnyProver, RunError> {
    let (capacity, triangles) = (64.max(policy.parts().k as usize), triangles.next_multiple_of(8));
    let wrong = |error: ShapeError| RunError::Key { name: name.to_owned(), reason: error.to_string() };
    if Survey::is_of(policy) {
        let quality = policy.survey_rules().is_some_and(|rules| rules.parts().quality.is_some());
        let samples =
            MAX_FRAME_SAMPLES.min(((1 << COUNTED_BITS) - 1) / capacity) / SAMPLES_A_STEP * SAMPLES_A_STEP;
        let shape = Survey::new(capacity, samples, triangles, LEVELS, quality).map_err(wrong)?;
        return Ok(AnyProver::Frames(Arc::new(Keyless(shape))));
    }
    let shape = Aggregate::new(capacity, triangles, LEVELS).map_err(wrong)?;
    Ok(AnyProver::Readings(Arc::new(Keyless(shape))))
}
