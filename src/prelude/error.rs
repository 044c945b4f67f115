//! Why a word is refused.

use zksensor_circuits::assemble::AssembleError;
#[cfg(feature = "geometry")]
use zksensor_io::fence::OutlineError;
use zksensor_io::files::{FileError, ProofKeyError};
use zksensor_io::import::{CellError, PlaceError, RecordError};
use zksensor_io::policy::PolicyTomlError;
use zksensor_model::claim::{Binding, ShapeError};
use zksensor_model::field;
use zksensor_model::layout::InputError;
use zksensor_model::policy::time::TimeError;
use zksensor_model::policy::{PolicyError, PolicyId};
use zksensor_model::reading::{ReadingError, UnixMillis};
use zksensor_model::registry::{RegistryError, RegistryRoot};
use zksensor_prover::ProveError;
use zksensor_verifier::{KeyError, KeyId, VerifyError};

/// Why something of the [prelude](super) was refused: what was wanted, what came, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Something that there is no default for was not said.
    #[error("expected {what}, got none; call `{call}` before")]
    Missing {
        /// What was not said.
        what: &'static str,
        /// The method that says it.
        call: &'static str,
    },
    /// A value of a channel, or a bound of its range, as text.
    #[error("{what} `{channel}`: {reason}, got `{got}`")]
    Value {
        /// `channel`, or a bound.
        what: &'static str,
        /// Name of the channel, cut to 40 characters.
        channel: String,
        /// What was wanted.
        #[source]
        reason: Box<CellError>,
        /// What came, cut to 40 characters.
        got: String,
    },
    /// An accuracy as text.
    #[error("accuracy in metres: {reason}, got `{got}`")]
    Accuracy {
        /// What was wanted.
        #[source]
        reason: Box<CellError>,
        /// What came, cut to 40 characters.
        got: String,
    },
    /// Latitude or longitude. The message does not show them.
    #[error("location in degrees: {0}; pass decimal degrees such as \"48.1372\", not units of 1e-7 degree")]
    Degrees(#[source] Box<PlaceError>),
    /// A reading of which no channel was set.
    #[error("{0}")]
    NoChannel(#[source] Box<RecordError>),
    /// The beginning of epoch 0.
    #[error("beginning of the epochs: {0}")]
    Origin(#[source] TimeError),
    /// Text that is no time.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// What was signed, or is to be, is no reading.
    #[error(transparent)]
    Reading(Box<ReadingError>),
    /// The registry does not take a device.
    #[error(transparent)]
    Registry(Box<RegistryError>),
    /// The outline of a fence.
    #[cfg(feature = "geometry")]
    #[error(transparent)]
    Outline(Box<OutlineError>),
    /// The parts are no policy.
    #[error(transparent)]
    Policy(Box<PolicyError>),
    /// The text is no policy.
    #[error(transparent)]
    PolicyToml(Box<PolicyTomlError>),
    /// A policy or a key that is not about aggregates.
    #[error(
        "expected {what} for {wanted}, got one for {got}; other statements are proven with the crates underneath"
    )]
    Statement {
        /// `a policy` or `a key`.
        what: &'static str,
        /// Name and version of the statement.
        wanted: String,
        /// Name and version that came.
        got: String,
    },
    /// A policy of a schema that is the project's own.
    #[error(
        "expected a schema of the registry of schemas, got {got}; its readings are made with the crates underneath"
    )]
    OwnSchema {
        /// Its number.
        got: u32,
    },
    /// A time that no epoch of the policy holds.
    #[error("expected a time from {origin} ms on, in an epoch of the policy, got {got} ms")]
    NoEpochOf {
        /// Start of epoch 0, in Unix milliseconds.
        origin: u64,
        /// Unix milliseconds.
        got: u64,
    },
    /// An epoch that would end after 2^48 milliseconds.
    #[error("expected an epoch that ends by 2^48 Unix milliseconds, got epoch {got}; is it a time?")]
    NoEpoch {
        /// Its number.
        got: u32,
    },
    /// A file, such as that of a device.
    #[error(transparent)]
    File(Box<FileError>),
    /// No statement has the shape: a fence of too many triangles, or a capacity beyond the chunk.
    #[error(transparent)]
    Shape(Box<ShapeError>),
    /// The claim as a whole does not hold.
    #[error(transparent)]
    Assemble(Box<AssembleError>),
    /// The key, or a proof.
    #[error(transparent)]
    Prove(Box<ProveError>),
    /// There is no mock, in a test.
    #[cfg(feature = "mock")]
    #[error(transparent)]
    Mock(Box<zksensor_mock::MockError>),
    /// The thread of a proof could not be started, or ended in a panic.
    #[error("the thread that proves {what}")]
    Thread {
        /// What happened.
        what: &'static str,
    },
    /// The bytes are no key, or the text no id of one.
    #[error(transparent)]
    Key(Box<KeyError>),
    /// The proof does not hold under the key.
    #[error(transparent)]
    Rejected(Box<ProofKeyError>),
    /// The key of the verifier.
    #[error("expected a proof under the key {wanted}, got the key {got}; get the key whose id you trust")]
    OtherKey {
        /// Id that was expected.
        wanted: Box<KeyId>,
        /// Id of the key that came.
        got: Box<KeyId>,
    },
    /// A true proof, about something else.
    #[error(
        "expected a proof about policy {wanted}, got one about {got}; is the fence, the range or k another one?"
    )]
    OtherPolicy {
        /// Id that was expected.
        wanted: Box<PolicyId>,
        /// Id that came.
        got: Box<PolicyId>,
    },
    /// A true proof, about other devices.
    #[error(
        "expected a proof about the registry root {wanted}, got one about {got}; take the root of the end of the epoch"
    )]
    OtherRegistry {
        /// Root that was expected.
        wanted: Box<RegistryRoot>,
        /// Root that came.
        got: Box<RegistryRoot>,
    },
    /// A true proof, about another time.
    #[error(
        "expected a proof about epoch {wanted}, got one about epoch {got}; it may be an old one, shown again"
    )]
    OtherEpoch {
        /// Epoch that was expected.
        wanted: u32,
        /// Epoch that came.
        got: u32,
    },
    /// A true proof, for somebody else.
    #[error(
        "expected a proof bound to {}, got one bound to {}; it was made for another chain, contract, recipient or shape",
        field::to_hex(&wanted.to_field()), field::to_hex(&got.to_field())
    )]
    OtherBinding {
        /// Binding that was expected.
        wanted: Box<Binding>,
        /// Binding that came.
        got: Box<Binding>,
    },
}

/// What came, cut: it may be anything.
pub(super) fn cut(text: &str) -> String {
    text.chars().take(40).collect::<String>().escape_debug().to_string()
}

impl Error {
    pub(super) fn value(what: &'static str, channel: &str, got: &str) -> impl FnOnce(CellError) -> Error {
        let (channel, got) = (cut(channel), cut(got));
        move |reason| Error::Value { what, channel, reason: Box::new(reason), got }
    }

    pub(super) fn accuracy(got: &str) -> impl FnOnce(CellError) -> Error {
        let got = cut(got);
        move |reason| Error::Accuracy { reason: Box::new(reason), got }
    }

    pub(super) fn no_epoch_of(origin: UnixMillis, got: UnixMillis) -> Error {
        Error::NoEpochOf { origin: origin.get(), got: got.get() }
    }
}

/// Errors of the crates underneath, each in a box: what is refused is rare, and what is not should not carry its size.
macro_rules! boxed {
    ($($(#[$of:meta])* $variant:ident: $reason:ty),+ $(,)?) => {$(
        $(#[$of])*
        impl From<$reason> for Error {
            fn from(reason: $reason) -> Error {
                Error::$variant(Box::new(reason))
            }
        }
    )+};
}

boxed! {
    #[cfg(feature = "geometry")]
    Outline: OutlineError,
    Degrees: PlaceError,
    NoChannel: RecordError,
    Reading: ReadingError,
    Registry: RegistryError,
    Policy: PolicyError,
    PolicyToml: PolicyTomlError,
    File: FileError,
    Shape: ShapeError,
    Assemble: AssembleError,
    Prove: ProveError,
    Key: KeyError,
    #[cfg(feature = "mock")]
    Mock: zksensor_mock::MockError,
    Rejected: ProofKeyError,
}

impl From<VerifyError> for Error {
    fn from(reason: VerifyError) -> Error {
        ProofKeyError::from(reason).into()
    }
}

#[cfg(feature = "mock")]
impl From<zksensor_mock::VerifyError> for Error {
    fn from(reason: zksensor_mock::VerifyError) -> Error {
        ProofKeyError::from(reason).into()
    }
}

impl From<InputError> for Error {
    fn from(reason: InputError) -> Error {
        VerifyError::from(reason).into()
    }
}
