//! Policies of surveys: the fullest good frame of each device.

use std::sync::Arc;

use zksensor::circuits::assemble::{AggregateTarget, SurveyAssembly};
use zksensor::circuits::statement::survey::{EnrolledFrame, Survey, SurveyDevice, SurveyWitness};
use zksensor::circuits::statement::{PolicyMismatch, Violation};
use zksensor::model::claim::{Claim as _, ClaimFamily as _};
use zksensor::model::fence::Fence;
use zksensor::model::policy::Policy;
use zksensor::model::registry::{DeviceMembership, Registry};
use zksensor::prover::Cancel;

use super::work::{self, Shape, Unproven, Work};
use crate::intake::ItemKind;
use crate::prove::Proves;
use crate::signed::Signed;

pub(super) struct OfFrames {
    /// Policy and fence, as the statement asks a single device for its rules; the rest of it is of nobody.
    rules: SurveyWitness,
    prover: Arc<dyn Proves<Survey>>,
}

impl OfFrames {
    pub(super) fn new(policy: Policy, fence: Fence, prover: Arc<dyn Proves<Survey>>) -> Self {
        let cap = Registry::new().cap(prover.statement().first_chunk());
        OfFrames { rules: SurveyWitness { policy, fence, cap, devices: Vec::new() }, prover }
    }
}

impl Work for OfFrames {
    fn kind(&self) -> ItemKind {
        ItemKind::Frame
    }

    fn shape(&self) -> Shape {
        let statement = self.prover.statement();
        Shape {
            id: statement.id(),
            family: Survey::FAMILY,
            capacity: statement.devices(),
            triangles: statement.triangles(),
            levels: statement.first_chunk().levels(),
            quality: statement.quality(),
        }
    }

    fn check(&self, epoch: u32, signed: &Signed, membership: &DeviceMembership) -> Result<u32, Violation> {
        let Signed::Frame(signed) = signed else {
            return Err(Violation::Policy { reason: PolicyMismatch::Statement });
        };
        let SurveyWitness { policy, fence, .. } = &self.rules;
        let frame = EnrolledFrame::new(signed.clone(), membership);
        let device = SurveyDevice::fullest(policy, fence, frame);
        self.rules.check_measured(&self.prover.statement(), epoch, &device)?;
        let counted = device.counted.iter().filter(|counted| **counted).count();
        Ok(u32::try_from(counted).unwrap_or(u32::MAX))
    }

    fn prove(
        &self,
        registry: &Registry,
        target: AggregateTarget,
        chosen: Vec<Signed>,
        cancel: &Cancel,
    ) -> Result<String, Unproven> {
        let SurveyWitness { policy, fence, .. } = &self.rules;
        let assembly = SurveyAssembly::new(self.prover.statement(), *policy, fence.clone(), registry, target);
        let frames = chosen.into_iter().filter_map(|signed| match signed {
            Signed::Frame(signed) => Some(signed),
            Signed::Reading(_) => None,
        });
        work::prove(assembly, frames, &*self.prover, cancel)
    }
}
