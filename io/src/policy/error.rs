//! Why text is not a policy.

use zksensor_model::fence::FenceRoot;
use zksensor_model::field::FieldError;
use zksensor_model::policy::PolicyError;
use zksensor_model::policy::time::TimeError;

#[cfg(doc)]
use super::MAX_BYTES;
use super::channel::ChannelError;
use super::histogram::HistogramSectionError;
use super::private_sum::PrivateSumSectionError;
use super::survey::SurveySectionError;
use super::track::TrackSectionError;

/// Why text is not a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyTomlError {
    /// Longer than any policy.
    #[error("expected a policy of at most {limit} bytes, got {got}; leave comments out")]
    TooLong {
        /// Bytes that came.
        got: usize,
        /// [`MAX_BYTES`].
        limit: usize,
    },
    /// Not TOML, a key that is missing or unknown, or a value of another type.
    #[error("line {line}, `{source_line}`: {reason}")]
    Toml {
        /// Line, from 1.
        line: usize,
        /// The text of that line: it has the key and what came.
        source_line: String,
        /// What was wanted.
        reason: String,
    },
    /// Two keys that say the same thing, or neither.
    #[error("expected exactly one of `{first}` and `{second}`, got {got}")]
    OneOf {
        /// One key.
        first: &'static str,
        /// The other key.
        second: &'static str,
        /// How many came: 0 or 2.
        got: usize,
    },
    /// The registry is not an address.
    #[error("expected `network.registry` to be `0x` and 40 hexadecimal digits, got `{got}`")]
    Registry {
        /// Text that came.
        got: String,
    },
    /// The fence root is not a field element.
    #[error("`fence.root`: {source}")]
    FenceRoot {
        /// What is wrong with it.
        source: FieldError,
    },
    /// No fence root, neither in the text nor beside it.
    #[error("expected a fence, got none; name its root in `fence.root` or give the fence itself")]
    NoFence,
    /// The root in the text is not that of the fence that came with it.
    #[error("expected `fence.root` to be the root of the given fence, {given}, got {named}")]
    OtherFence {
        /// Root of the fence that came with the text.
        given: FenceRoot,
        /// Root in the text.
        named: FenceRoot,
    },
    /// The origin is not a time.
    #[error("`epoch.origin`: {source}")]
    Origin {
        /// What is wrong with it.
        source: TimeError,
    },
    /// The origin lies at 2^48 milliseconds or later.
    #[error("expected `epoch.origin_unix_ms` below 2^48, got {got}")]
    OriginRange {
        /// Unix milliseconds that came.
        got: u64,
    },
    /// No such family of statements.
    #[error("line {line}, `{source_line}`: expected {wanted}, got `{got}`")]
    Family {
        /// Line, from 1.
        line: usize,
        /// The text of that line.
        source_line: Box<str>,
        /// The families that there are.
        wanted: Box<str>,
        /// What came, cut to 80 characters.
        got: Box<str>,
    },
    /// A version of the statement that this release does not have: its policies had another id.
    #[error(
        "line {line}, `{source_line}`: expected version {wanted} of {family}, got {got}; write the version that this release \
         proves, and give the policy's new id to whoever takes its proofs"
    )]
    Version {
        /// Line, from 1.
        line: usize,
        /// The text of that line.
        source_line: Box<str>,
        /// Name of the family.
        family: &'static str,
        /// The version that there is.
        wanted: u16,
        /// The version that came.
        got: u16,
    },
    /// The parameters are not a field element.
    #[error("`statement.parameters`: {source}")]
    Parameters {
        /// What is wrong with them.
        source: FieldError,
    },
    /// A section where there is none to be, or none where there is, or `statement.parameters` in its place.
    #[error(
        "expected {}, got {got}",
        if *.is_wanted {
            format!("a section [{section}] for the statement {section}, and no `statement.parameters`")
        } else {
            format!("no section [{section}] but for the statement {section}")
        }
    )]
    Section {
        /// The section, which has the name of its statement.
        section: &'static str,
        /// Whether the statement of the policy is that of the section.
        is_wanted: bool,
        /// What came.
        got: &'static str,
    },
    /// What the section says of a track.
    #[error(transparent)]
    TrackSection(#[from] TrackSectionError),
    /// What the section says of a survey.
    #[error(transparent)]
    SurveySection(#[from] SurveySectionError),
    /// What the section says of a private sum.
    #[error(transparent)]
    PrivateSumSection(#[from] PrivateSumSectionError),
    /// What the section says of a histogram.
    #[error(transparent)]
    HistogramSection(#[from] HistogramSectionError),
    /// A path, where a schema lies beside its policy.
    #[error(
        "expected `reading.schema_file` to be the name of a file beside the policy, such as \"mast.toml\", got \"{got}\""
    )]
    SchemaFile {
        /// What came, escaped and cut to 80 characters.
        got: String,
    },
    /// A schema that is named and not given, or the other way round.
    #[error(
        "expected {}",
        if *.named { "the schema that `reading.schema_file` names, got the policy alone; read it as a file, beside its schema, or name \
                     schema and channel by their numbers and leave `schema_file` and `unit` out" }
        else { "`reading.schema_file` in the policy, as a schema was given with it, got none" }
    )]
    NoSchema {
        /// Whether the text names one.
        named: bool,
        /// Whether one was given.
        given: bool,
    },
    /// Schema, channel, unit and range do not fit.
    #[error(transparent)]
    Channel(#[from] ChannelError),
    /// Every key is well formed, but together they are not a policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}
