//! Policies of aggregates: the last good reading of each device.

use std::sync::Arc;

use zksensor::circuits::assemble::{AggregateAssembly, AggregateTarget, Take};
use zksensor::circuits::statement::aggregate::{Aggregate, AggregateWitness};
use zksensor::circuits::statement::{EnrolledReading, PolicyMismatch, Violation};
use zksensor::model::claim::{Claim as _, ClaimFamily as _};
use zksensor::model::fence::Fence;
use zksensor::model::policy::Policy;
use zksensor::model::registry::{DeviceMembership, Registry};
use zksensor::prover::Cancel;

use super::work::{self, Shape, Unproven, Work};
use crate::intake::ItemKind;
use crate::prove::Proves;
use crate::signed::Signed;

pub(super) struct OfReadings {
    /// Policy and fence, as the statement asks a single reading for its rules; the rest of it is of nobody.
    rules: AggregateWitness,
    prover: Arc<dyn Proves<Aggregate>>,
}

impl OfReadings {
    pub(super) fn new(policy: Policy, fence: Fence, prover: Arc<dyn Proves<Aggregate>>) -> Self {
        let cap = Registry::new().cap(prover.statement().first_chunk());
        OfReadings { rules: AggregateWitness { policy, fence, cap, readings: Vec::new() }, prover }
    }
}

impl Work for OfReadings {
    fn kind(&self) -> ItemKind {
        ItemKind::Reading
    }

    fn shape(&self) -> Shape {
        let statement = self.prover.statement();
        Shape {
            id: statement.id(),
            family: Aggregate::FAMILY,
            capacity: statement.capacity(),
            triangles: statement.triangles(),
            levels: statement.first_chunk().levels(),
            quality: false,
        }
    }

    fn check(&self, epoch: u32, signed: &Signed, membership: &DeviceMembership) -> Result<u32, Violation> {
        let Signed::Reading(signed) = signed else {
            return Err(Violation::Policy { reason: PolicyMismatch::Statement });
        };
        self.rules.check_measured(epoch, &EnrolledReading::new(*signed, membership)).map(|()| 1)
    }

    fn prove(
        &self,
        registry: &Registry,
        target: AggregateTarget,
        chosen: Vec<Signed>,
        cancel: &Cancel,
    ) -> Result<String, Unproven> {
        let AggregateWitness { policy, fence, .. } = &self.rules;
        let statement = self.prover.statement();
        let assembly = AggregateAssembly::new(statement, *policy, fence.clone(), registry, target);
        let readings = chosen.into_iter().filter_map(|signed| match signed {
            Signed::Reading(signed) => Some(signed),
            Signed::Frame(_) => None,
        });
        work::prove(assembly.taking(Take::Last), readings, &*self.prover, cancel)
    }
}
