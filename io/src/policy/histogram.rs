//! The section `[histogram]` of a policy: how wide a bin is.

use serde::Deserialize;
use zksensor_model::histogram::{HistogramRules, HistogramRulesError};

/// Why the section is not the rules of a histogram.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`histogram`: {0}")]
pub struct HistogramSectionError(#[from] pub HistogramRulesError);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [histogram]")]
pub(super) struct HistogramSection {
    bin_width: u64,
}

impl HistogramSection {
    pub(super) fn rules(&self) -> Result<HistogramRules, HistogramSectionError> {
        Ok(HistogramRules::new(self.bin_width)?)
    }
}
