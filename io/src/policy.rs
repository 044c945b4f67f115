//! Policies as TOML, with the unit in the name of every key that has one.
//!
//! ```toml
//! [network]
//! chain_id = 137
//! registry = "0x..."               # 20 bytes
//!
//! [fence]
//! root = "0x..."                   # or leave the section out and hand the fence itself to the command
//!
//! [epoch]
//! origin = "2014-09-10T04:30:00Z"  # or origin_unix_ms = 1410323400000
//! length_s = 3600                  # or length_ms
//!
//! [reading]
//! schema = "air_quality"           # or its number; the project's own from 65536
//! # schema_file = "mast.toml"      # what the project's own schema is: a file beside this one, in the form of `schema`
//! channel = "temperature"          # or its index, 0 to 3
//! unit = "Cel"                     # of that channel; leave out if the schema gives none
//! low = -4_000                     # fixed point, with as many decimal places as the schema says
//! high = 6_000
//! max_accuracy_mm = 10_000
//! device_class = 7                 # leave out for any
//!
//! [statement]
//! family = "aggregate"             # or "survey", "histogram" or "private-sum"; or "reading" or "track", which need k = 1
//! version = 2                      # of an aggregate and a reading; the others have 1
//! k = 5
//! sum_of_squares = false           # these four are optional
//! minimum = false
//! maximum = false
//! insecure_small_k = false
//! # parameters = "0x..."           # only of a family that another crate defines, if it has any
//!
//! [survey]                         # of the family "survey" alone, and needed there
//! least_samples = 10               # a device of which fewer are counted does not count
//! most_left_out = 20               # nor does one of which more are left out
//! least_spread = 2                 # leave these two out, or: nor one whose values are nearer, being stuck,
//! largest_step = 500               # nor one that jumps further at once; in the fixed point of `low` and `high`
//!
//! [private-sum]                    # of the family "private-sum" alone, and needed there
//! scale_bits = 14                  # noise of scale 2^14 is added to the sum, in its fixed point; epsilon is (high - low) / 2^14
//!
//! [histogram]                      # of the family "histogram" alone, and needed there
//! bin_width = 625                  # sixteen bins of it from `low` on, of which the last one ends at `high`; in the fixed point of both
//!
//! [track]                          # of the family "track" alone, and needed there
//! top_speed_mm_s = 70_000          # no step within a leg is faster
//! longest_gap_ms = 30_000          # a longer one begins a new leg
//! jitter_mm = 40_000               # each step counts as much less: four times the largest accuracy or more
//! slot_ms = 600_000                # what an uptime is counted in
//! least_samples = 2
//! most_left_out = 500
//! round_distance_cm = 10_000       # claims are multiples of these two; not part of the id
//! round_observed_ms = 60_000
//! # latitude_scale = 11_380        # these two, in 2^-10 mm a unit of 1e-7 degree, are those of the fence, whose root may then
//! # longitude_scale = 7_600        # stand for it; without them the fence itself has to come with the text
//! ```
//!
//! A channel of the registry of [schemas](zksensor_model::schema) is refused unless the unit is the schema's, and `low` and `high` lie in
//! the plausible range. Units are checked here alone: a policy's id has the numbers of schema and channel. The same holds of a project's own
//! schema, if `schema_file` names it ([`schema`](crate::schema)); without one it has no names and no units.
//!
//! ```
//! use zksensor_io::policy;
//! let text = r#"
//!     [network]
//!     chain_id = 137
//!     registry = "0x1111111111111111111111111111111111111111"
//!     [fence]
//!     root = "0x0000000000000000000000000000000000000000000000000000000000000007"
//!     [epoch]
//!     origin = "2014-09-10T04:30:00Z"
//!     length_s = 3600
//!     [reading]
//!     schema = "air_quality"
//!     channel = "temperature"
//!     unit = "Cel"
//!     low = -4_000
//!     high = 6_000
//!     max_accuracy_mm = 10_000
//!     [statement]
//!     family = "aggregate"
//!     version = 2
//!     k = 5
//! "#;
//! let policy = policy::from_toml(text, None)?;
//! let start = policy.epoch_start(2).expect("long before the year 10889");
//! assert_eq!(policy.epoch_of(start), Some(2));
//! println!("{policy}");
//! # Ok::<(), zksensor_io::policy::PolicyTomlError>(())
//! ```

use serde::Deserialize;

mod bound;
mod channel;
mod error;
mod histogram;
mod network;
mod private_sum;
mod sections;
mod survey;
mod track;

pub(crate) use bound::Bound;
pub use channel::{ChannelError, NameOrNumber};
use channel::{Resolved, Value};
pub use error::PolicyTomlError;
use histogram::HistogramSection;
pub use histogram::HistogramSectionError;
pub use network::NamedNetwork;
use network::NetworkSection;
use private_sum::PrivateSumSection;
pub use private_sum::PrivateSumSectionError;
use sections::Sections;
use survey::SurveySection;
pub use survey::SurveySectionError;
use track::TrackSection;
pub use track::TrackSectionError;

use zksensor_model::fence::{Fence, FenceRoot};
use zksensor_model::known::{FAMILIES, KnownFamily};
use zksensor_model::policy::time;
use zksensor_model::policy::{Outputs, Parameters, Policy, PolicyParts, StatementFamily};
use zksensor_model::reading::UnixMillis;
use zksensor_model::schema::Schema;
use zksensor_model::track::Quantum;

/// The most bytes of a policy: about ten times what one needs. Reading TOML takes some 80 bytes of memory for each.
pub const MAX_BYTES: usize = 8192;

/// What text says: a policy, and what of it is in no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicyDocument {
    /// The policy.
    pub policy: Policy,
    /// Chain and registry contract: the policy has a hash of both.
    pub network: NamedNetwork,
    /// How the claims of a track are rounded: [exact](Quantum::EXACT) of any other statement, which has none.
    pub quantum: Quantum,
}

/// The policy that `text` describes, in the form that [`policy`](self) shows; unknown keys are refused. The fence root
/// comes from the text, or is that of `fence`; if both are there they must agree.
///
/// # Errors
/// [`PolicyTomlError`], naming the key.
pub fn from_toml(text: &str, fence: Option<&Fence>) -> Result<Policy, PolicyTomlError> {
    document(text, fence).map(|document| document.policy)
}

/// As [`from_toml`], with what is in no id.
///
/// # Errors
/// As [`from_toml`].
pub fn document(text: &str, fence: Option<&Fence>) -> Result<PolicyDocument, PolicyTomlError> {
    document_with(text, fence, None)
}

/// As [`document`], with the project's own schema, which is that of [`schema_file`].
///
/// # Errors
/// As [`from_toml`]; [`PolicyTomlError::NoSchema`] if the text names one and none is given, or the other way round.
pub fn document_with(
    text: &str,
    fence: Option<&Fence>,
    schema: Option<&'static Schema>,
) -> Result<PolicyDocument, PolicyTomlError> {
    let known: Vec<StatementFamily> = FAMILIES.iter().map(KnownFamily::family).collect();
    document_for(&known, text, fence, schema)
}

/// The file of the project's own schema, if the text names one: a plain name, of a file beside that of the policy.
///
/// # Errors
/// [`PolicyTomlError::SchemaFile`] for a path to anywhere else; text that is no policy.
pub fn schema_file(text: &str) -> Result<Option<String>, PolicyTomlError> {
    let Some(name) = parse(text)?.reading.schema_file else { return Ok(None) };
    let is_plain = !matches!(&*name, "" | "." | ".." | "-") && !name.contains(['/', '\\', ':', '\0']);
    if is_plain {
        return Ok(Some(name));
    }
    Err(PolicyTomlError::SchemaFile { got: name.escape_default().take(80).collect() })
}

/// As [`from_toml`] for policies of these families: of statements that another crate defines, among others.
///
/// # Errors
/// As [`from_toml`].
pub fn from_toml_for(
    families: &[StatementFamily],
    text: &str,
    fence: Option<&Fence>,
) -> Result<Policy, PolicyTomlError> {
    document_for(families, text, fence, None).map(|document| document.policy)
}

fn parse(text: &str) -> Result<File, PolicyTomlError> {
    if text.len() > MAX_BYTES {
        return Err(PolicyTomlError::TooLong { got: text.len(), limit: MAX_BYTES });
    }
    ::toml::from_str(text).map_err(|error| locate(text, &error))
}

fn document_for(
    families: &[StatementFamily],
    text: &str,
    fence: Option<&Fence>,
    own: Option<&'static Schema>,
) -> Result<PolicyDocument, PolicyTomlError> {
    let file = parse(text)?;
    let (reading, statement) = (file.reading, file.statement);
    match (&reading.schema_file, own) {
        (Some(_), Some(_)) | (None, None) => {}
        (file, own) => {
            let (named, given) = (file.is_some(), own.is_some());
            return Err(PolicyTomlError::NoSchema { named, given });
        }
    }
    let (low, high) = (reading.low, reading.high);
    let value = Value { schema: reading.schema, channel: reading.channel, unit: reading.unit, low, high };
    let Resolved { schema, channel, low, high } = channel::resolve(value, own)?;
    // Another fence is told before what does not fit it.
    let fence_root = one_root(file.fence, fence.map(Fence::root))?;
    let family = family_of(families, text, &statement.family)?;
    let statement_version = statement.version(text)?;
    let sections = Sections {
        track: file.track,
        survey: file.survey,
        histogram: file.histogram,
        private_sum: file.private_sum,
    };
    let (parameters, quantum) = sections.parameters(family, statement.parameters()?, fence)?;
    let network = file.network.read()?;
    let parts = PolicyParts {
        network: network.network(),
        fence: fence_root,
        low,
        high,
        max_accuracy_mm: reading.max_accuracy_mm,
        epoch_origin: file.epoch.origin()?,
        epoch_length_ms: file.epoch.length()?,
        k: statement.k,
        family,
        statement_version,
        schema,
        channel,
        device_class: reading.device_class,
        outputs: Outputs {
            sum_of_squares: statement.sum_of_squares,
            minimum: statement.minimum,
            maximum: statement.maximum,
        },
        parameters,
        insecure_small_k: statement.insecure_small_k,
    };
    let policy = Policy::new(parts)?;
    let policy = own.map_or(Ok(policy), |own| policy.with_schema(own))?;
    Ok(PolicyDocument { policy, network, quantum })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "the sections of a policy")]
struct File {
    network: NetworkSection,
    fence: Option<FenceSection>,
    epoch: EpochSection,
    reading: ReadingSection,
    statement: StatementSection,
    track: Option<TrackSection>,
    survey: Option<SurveySection>,
    histogram: Option<HistogramSection>,
    #[serde(rename = "private-sum")]
    private_sum: Option<PrivateSumSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [fence]")]
struct FenceSection {
    root: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [epoch]")]
struct EpochSection {
    origin: Option<String>,
    origin_unix_ms: Option<u64>,
    length_s: Option<u64>,
    length_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [reading]")]
struct ReadingSection {
    schema: NameOrNumber,
    schema_file: Option<String>,
    channel: NameOrNumber,
    unit: Option<String>,
    low: Bound,
    high: Bound,
    max_accuracy_mm: u32,
    device_class: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a section [statement]")]
struct StatementSection {
    family: ::toml::Spanned<String>,
    version: ::toml::Spanned<u16>,
    k: u32,
    #[serde(default)]
    sum_of_squares: bool,
    #[serde(default)]
    minimum: bool,
    #[serde(default)]
    maximum: bool,
    parameters: Option<String>,
    #[serde(default)]
    insecure_small_k: bool,
}

impl StatementSection {
    /// The version, which of a family of this library is the one that it has.
    fn version(&self, text: &str) -> Result<u16, PolicyTomlError> {
        let got = *self.version.get_ref();
        match KnownFamily::named(self.family.get_ref()) {
            Some(known) if known.version() != got => {
                let (line, source_line) = line_at(text, self.version.span().start);
                let (family, wanted) = (known.family().name(), known.version());
                Err(PolicyTomlError::Version { line, source_line: source_line.into(), family, wanted, got })
            }
            _ => Ok(got),
        }
    }

    fn parameters(&self) -> Result<Option<Parameters>, PolicyTomlError> {
        let read = |text: &String| text.parse().map_err(|source| PolicyTomlError::Parameters { source });
        self.parameters.as_ref().map(read).transpose()
    }
}

impl EpochSection {
    fn origin(&self) -> Result<UnixMillis, PolicyTomlError> {
        let millis = match (&self.origin, self.origin_unix_ms) {
            (Some(text), None) => {
                time::parse_rfc3339_millis(text).map_err(|source| PolicyTomlError::Origin { source })?
            }
            (None, Some(millis)) => millis,
            (text, _) => {
                return Err(both_or_neither("epoch.origin", "epoch.origin_unix_ms", text.is_some()));
            }
        };
        UnixMillis::new(millis).map_err(|_| PolicyTomlError::OriginRange { got: millis })
    }

    fn length(&self) -> Result<u64, PolicyTomlError> {
        match (self.length_s, self.length_ms) {
            // What overflows is too long for a policy in any case.
            (Some(seconds), None) => Ok(seconds.saturating_mul(1000)),
            (None, Some(millis)) => Ok(millis),
            (seconds, _) => Err(both_or_neither("epoch.length_s", "epoch.length_ms", seconds.is_some())),
        }
    }
}

fn both_or_neither(first: &'static str, second: &'static str, both: bool) -> PolicyTomlError {
    PolicyTomlError::OneOf { first, second, got: if both { 2 } else { 0 } }
}

fn one_root(section: Option<FenceSection>, given: Option<FenceRoot>) -> Result<FenceRoot, PolicyTomlError> {
    let named = section.map(|section| section.root.parse::<FenceRoot>()).transpose();
    match (named.map_err(|source| PolicyTomlError::FenceRoot { source })?, given) {
        (Some(named), Some(given)) if named != given => Err(PolicyTomlError::OtherFence { given, named }),
        (Some(root), _) | (None, Some(root)) => Ok(root),
        (None, None) => Err(PolicyTomlError::NoFence),
    }
}

fn family_of(
    families: &[StatementFamily],
    text: &str,
    name: &::toml::Spanned<String>,
) -> Result<StatementFamily, PolicyTomlError> {
    let named = families.iter().find(|family| family.name() == name.get_ref());
    named.copied().ok_or_else(|| {
        let (line, source_line) = line_at(text, name.span().start);
        let names: Vec<String> = families.iter().map(|family| format!("`{}`", family.name())).collect();
        let got = name.get_ref().escape_default().take(80).collect::<String>().into();
        let (source_line, wanted) = (source_line.into(), names.join(" or ").into());
        PolicyTomlError::Family { line, source_line, wanted, got }
    })
}

/// The line that `error` is about. A missing key is reported at its section.
fn locate(text: &str, error: &::toml::de::Error) -> PolicyTomlError {
    let (line, source_line) = line_at(text, error.span().map_or(0, |span| span.start));
    PolicyTomlError::Toml { line, source_line, reason: error.message().to_owned() }
}

/// Number and text of the line of a byte.
pub(crate) fn line_at(text: &str, at: usize) -> (usize, String) {
    let before = text.as_bytes()[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count();
    (before + 1, text.lines().nth(before).unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests;
