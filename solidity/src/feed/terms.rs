//! What a feed's constructor is told of its policy.

use alloy_primitives::Uint;
use zksensor_model::claim::ClaimFamily;
use zksensor_model::claim::aggregate::Aggregate;
use zksensor_model::policy::Policy;
use zksensor_model::policy::encoding::ANY_DEVICE_CLASS;

use super::abi;
use crate::calldata::word;

/// The parts of a policy that a feed is made with. Network, statement and version it knows itself: so the id that it computes is the
/// policy's if it is for this chain and registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTerms(pub(super) abi::Terms);

/// Why a policy is none of a feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TermsError {
    /// A feed counts aggregates.
    #[error("expected a policy of {wanted}, got one of {got}")]
    Statement {
        /// Name and version of what a feed counts.
        wanted: String,
        /// Name and version in the policy.
        got: String,
    },
}

impl PolicyTerms {
    /// Those of a policy.
    ///
    /// # Errors
    /// [`TermsError::Statement`] unless it is about aggregates of this release.
    pub fn of(policy: &Policy) -> Result<Self, TermsError> {
        let parts = policy.parts();
        let wanted = Aggregate::id_of(Vec::new()).title();
        let got = format!("{}/v{}", parts.family.name(), parts.statement_version);
        if got != wanted {
            return Err(TermsError::Statement { wanted, got });
        }
        Ok(PolicyTerms(abi::Terms {
            fenceRoot: word(&parts.fence.to_field()),
            low: parts.low,
            high: parts.high,
            maxAccuracyMm: parts.max_accuracy_mm,
            originMs: Uint::from(parts.epoch_origin.get()),
            lengthMs: Uint::from(parts.epoch_length_ms),
            k: Uint::from(parts.k),
            schema: parts.schema,
            channel: parts.channel,
            deviceClass: Uint::from(parts.device_class.map_or(ANY_DEVICE_CLASS, u32::from)),
            outputs: parts.outputs.flags(),
        }))
    }
}
