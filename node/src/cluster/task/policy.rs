//! A policy as a job has it.

use serde::{Deserialize, Serialize};
use zksensor::model::claim::StatementFamily;
use zksensor::model::fence::Fence;
use zksensor::model::field;
use zksensor::model::policy::{Outputs, Parameters, Policy, PolicyParts};
use zksensor::model::reading::{Network, UnixMillis};

/// A policy but for its fence.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyText {
    network: String,
    low: i64,
    high: i64,
    max_accuracy_mm: u32,
    epoch_origin: UnixMillis,
    epoch_length_ms: u64,
    k: u32,
    family: u8,
    statement_version: u16,
    schema: u32,
    channel: u8,
    device_class: Option<u16>,
    sum_of_squares: bool,
    minimum: bool,
    maximum: bool,
    parameters: Parameters,
    insecure_small_k: bool,
}

impl PolicyText {
    pub(super) fn of(policy: &Policy) -> Self {
        let &PolicyParts {
            network,
            fence: _,
            low,
            high,
            max_accuracy_mm,
            epoch_origin,
            epoch_length_ms,
            k,
            family,
            statement_version,
            schema,
            channel,
            device_class,
            outputs: Outputs { sum_of_squares, minimum, maximum },
            parameters,
            insecure_small_k,
        } = policy.parts();
        PolicyText {
            network: field::to_hex(&network.to_field()),
            low,
            high,
            max_accuracy_mm,
            epoch_origin,
            epoch_length_ms,
            k,
            family: family.number(),
            statement_version,
            schema,
            channel,
            device_class,
            sum_of_squares,
            minimum,
            maximum,
            parameters,
            insecure_small_k,
        }
    }

    pub(super) fn policy(&self, family: StatementFamily, fence: &Fence) -> Option<Policy> {
        if self.family != family.number() {
            return None;
        }
        let network = Network::from_field(field::parse_hex(&self.network).ok()?).ok()?;
        let &PolicyText { low, high, max_accuracy_mm, epoch_origin, epoch_length_ms, k, .. } = self;
        let &PolicyText { statement_version, schema, channel, device_class, .. } = self;
        let &PolicyText { sum_of_squares, minimum, maximum, insecure_small_k, .. } = self;
        let parts = PolicyParts {
            network,
            fence: fence.root(),
            low,
            high,
            max_accuracy_mm,
            epoch_origin,
            epoch_length_ms,
            k,
            family,
            statement_version,
            schema,
            channel,
            device_class,
            outputs: Outputs { sum_of_squares, minimum, maximum },
            parameters: self.parameters,
            insecure_small_k,
        };
        Policy::new(parts).ok()
    }
}
