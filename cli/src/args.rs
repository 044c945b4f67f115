//! Options that several commands take, and how their values are read.

use std::path::{Path, PathBuf};

use zksensor::circuits::fence::Fence;
use zksensor::circuits::policy::Policy;
use zksensor::circuits::policy::time::{TimeError, parse_rfc3339_millis};
use zksensor::circuits::reading::UnixMillis;
use zksensor::files::{self, FileError, Overwrite};
use zksensor::hex::{self, HexError};

/// A policy and its fence.
#[derive(Debug, clap::Args)]
pub(crate) struct PolicyArgs {
    /// The policy, in TOML.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    /// The fence of the policy, in GeoJSON. Needed unless the policy names its root.
    #[arg(long, value_name = "FILE")]
    pub(crate) fence: Option<PathBuf>,
}

impl PolicyArgs {
    /// Reads both.
    ///
    /// # Errors
    /// [`FileError`] if one is none, or they do not belong together.
    pub(crate) fn load(&self) -> Result<(Policy, Option<Fence>), FileError> {
        load_policy(&self.policy, self.fence.as_deref())
    }
}

/// Reads a policy, with its fence if there is a file of it.
///
/// # Errors
/// [`FileError`] if one is none, or they do not belong together.
pub(crate) fn load_policy(policy: &Path, fence: Option<&Path>) -> Result<(Policy, Option<Fence>), FileError> {
    let fence = fence.map(files::load_fence).transpose()?;
    let policy = files::load_policy(policy, fence.as_ref().map(Fence::root))?;
    Ok((policy, fence))
}

/// Whether a file that exists may be replaced.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct ForceArgs {
    /// Overwrites files that exist.
    #[arg(long)]
    force: bool,
}

impl ForceArgs {
    pub(crate) fn overwrite(self) -> Overwrite {
        if self.force { Overwrite::Replace } else { Overwrite::Never }
    }
}

/// An Ethereum address.
///
/// # Errors
/// [`HexError`] unless the text is `0x` and 40 digits.
pub(crate) fn address(text: &str) -> Result<[u8; 20], HexError> {
    hex::parse(text)
}

/// An owner's number.
///
/// # Errors
/// [`HexError`] unless the text is `0x` and 32 digits.
pub(crate) fn owner(text: &str) -> Result<u128, HexError> {
    hex::parse(text).map(u128::from_be_bytes)
}

/// A time, RFC 3339 in UTC.
///
/// # Errors
/// [`TimeError`] for any other text.
pub(crate) fn time(text: &str) -> Result<UnixMillis, TimeError> {
    parse_rfc3339_millis(text).map(|millis| UnixMillis::new(millis).expect("the year 9999 is before 10889"))
}
