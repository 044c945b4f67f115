//! Options that several commands take, and how their values are read.

use std::path::{Path, PathBuf};

use zksensor::files::{self, FileError, Overwrite};
use zksensor::hex::{self, HexError};
use zksensor::io::fence::FenceDocument;
use zksensor::io::policy::PolicyDocument;
use zksensor::model::policy::time::{TimeError, parse_rfc3339_millis};
use zksensor::model::reading::UnixMillis;

use crate::output::Output;

/// A policy and its fence.
#[derive(Debug, clap::Args)]
pub(crate) struct PolicyArgs {
    /// The policy, in TOML.
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,
    #[command(flatten)]
    pub(crate) fence: FenceArgs,
}

impl PolicyArgs {
    /// Reads both.
    ///
    /// # Errors
    /// [`FileError`] if one is none, or they do not belong together.
    pub(crate) fn load(&self, output: &Output) -> Result<(PolicyDocument, Option<FenceDocument>), FileError> {
        policy_of(&self.policy, self.fence.load(output)?)
    }
}

/// A fence: a file, and which feature of it.
#[derive(Debug, clap::Args)]
pub(crate) struct FenceArgs {
    /// The fence of the policy: GeoJSON, WKT, KML, KMZ, a list of H3 cells, or its triangles as `policy fence` writes them.
    /// Needed unless the policy names its root and, for a track, its scales.
    #[arg(long, value_name = "FILE")]
    fence: Option<PathBuf>,
    /// The feature of a GeoJSON collection, or the Placemark of KML, that is the fence: its `id` or its `name`. Without it
    /// all together are.
    #[arg(long, value_name = "NAME", requires = "fence")]
    feature: Option<String>,
}

impl FenceArgs {
    /// The file, if one is named.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.fence.as_deref()
    }

    /// Reads the fence, if a file is named, and says so if it is a union.
    ///
    /// # Errors
    /// [`FileError`] if it is none, or has no such feature.
    pub(crate) fn load(&self, output: &Output) -> Result<Option<FenceDocument>, FileError> {
        load_fence(self.fence.as_deref(), self.feature.as_deref(), output)
    }
}

/// Reads a fence, if a file is named, and says so if it is a union.
///
/// # Errors
/// [`FileError`] if it is none, or has no such feature.
pub(crate) fn load_fence(
    path: Option<&Path>,
    feature: Option<&str>,
    output: &Output,
) -> Result<Option<FenceDocument>, FileError> {
    let Some(path) = path else {
        return Ok(None);
    };
    let document = files::load_fence_document(path, feature)?;
    if let Some(features) = union_of(&document) {
        output.note(format_args!(
            "{}: the fence is the union of {features} features; --feature NAME takes one",
            path.display()
        ));
    }
    Ok(Some(document))
}

/// How many features a fence is the union of, if it is one.
pub(crate) fn union_of(document: &FenceDocument) -> Option<usize> {
    Some(document.features).filter(|features| *features > 1)
}

/// Reads the policy of a fence.
///
/// # Errors
/// [`FileError`] if it is none, or of another fence.
pub(crate) fn policy_of(
    policy: &Path,
    fence: Option<FenceDocument>,
) -> Result<(PolicyDocument, Option<FenceDocument>), FileError> {
    let policy = files::load_policy_document(policy, fence.as_ref().map(|document| &document.fence))?;
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
