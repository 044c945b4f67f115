//! What a feed's constructor is told of its policy.

use alloy_primitives::Uint;
use zksensor_model::claim::ClaimFamily;
use zksensor_model::claim::aggregate::Aggregate;
use zksensor_model::claim::private_sum::PrivateSum;
use zksensor_model::claim::survey::Survey;
use zksensor_model::policy::Policy;
use zksensor_model::policy::encoding::ANY_DEVICE_CLASS;

use super::{Sealing, StateContract, abi};
use crate::calldata::word;

/// The parts of a policy that a feed is made with. Network, statement and version it knows itself: so the id that it computes is the
/// policy's if it is for this chain and registry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyTerms(pub(super) Terms);

/// Those of each statement that a feed counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Terms {
    Aggregate(abi::Terms),
    Survey(abi::OfSurvey),
    Private(abi::OfPrivate, Sealing),
}

/// Why a policy is none of a feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TermsError {
    /// The feed counts another statement.
    #[error("expected a policy of {wanted}, got one of {got}")]
    Statement {
        /// Names and versions of what feeds count.
        wanted: String,
        /// Name and version in the policy.
        got: String,
    },
}

impl PolicyTerms {
    /// Those of a policy whose sums are exact.
    ///
    /// # Errors
    /// [`TermsError::Statement`] unless it is about aggregates or surveys of this release.
    pub fn of(policy: &Policy) -> Result<Self, TermsError> {
        let parts = policy.parts();
        let aggregate = Aggregate::id_of(Vec::new()).title();
        let survey = Survey::id_of(Vec::new()).title();
        let got = format!("{}/v{}", parts.family.name(), parts.statement_version);
        match policy.survey_rules() {
            None if got == aggregate => Ok(PolicyTerms(Terms::Aggregate(common(policy)))),
            Some(rules) if got == survey => {
                let of = rules.parts();
                let (spread, step) =
                    of.quality.map_or((0, 0), |quality| (quality.least_spread, quality.largest_step));
                Ok(PolicyTerms(Terms::Survey(abi::OfSurvey {
                    common: common(policy),
                    leastSamples: of.least_samples,
                    mostLeftOut: of.most_left_out,
                    leastSpread: Uint::from(spread),
                    largestStep: Uint::from(step),
                })))
            }
            _ => Err(TermsError::Statement { wanted: format!("{aggregate} or {survey}"), got }),
        }
    }

    /// Those of a policy whose sums are private, and of what its feed draws noise from.
    ///
    /// # Errors
    /// [`TermsError::Statement`] unless it is about private sums of this release.
    pub fn private(policy: &Policy, sealing: Sealing) -> Result<Self, TermsError> {
        let parts = policy.parts();
        let wanted = PrivateSum::id_of(Vec::new()).title();
        let got = format!("{}/v{}", parts.family.name(), parts.statement_version);
        match policy.noise_rules() {
            Some(rules) if got == wanted => {
                let terms = abi::OfPrivate { common: common(policy), scaleBits: rules.scale_bits() };
                Ok(PolicyTerms(Terms::Private(terms, sealing)))
            }
            _ => Err(TermsError::Statement { wanted, got }),
        }
    }

    /// The feed that counts under such a policy.
    pub fn contract(&self) -> StateContract {
        match self.0 {
            Terms::Aggregate(_) => StateContract::AggregateFeed,
            Terms::Survey(_) => StateContract::SurveyFeed,
            Terms::Private(..) => StateContract::PrivateFeed,
        }
    }
}

/// What every policy has.
fn common(policy: &Policy) -> abi::Terms {
    let parts = policy.parts();
    abi::Terms {
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
    }
}
