//! The section `[private-sum]` of a policy: how much noise.

use serde::Deserialize;
use zksensor_model::noise::{NoiseRules, NoiseRulesError};

/// Why the section is not the rules of a private sum.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`private-sum`: {0}")]
pub struct PrivateSumSectionError(#[from] pub NoiseRulesError);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [private-sum]")]
pub(super) struct PrivateSumSection {
    scale_bits: u8,
}

impl PrivateSumSection {
    pub(super) fn rules(&self) -> Result<NoiseRules, PrivateSumSectionError> {
        Ok(NoiseRules::new(self.scale_bits)?)
    }
}
