//! A family of claims: one for each shape. What an id, a policy and a command are read into.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Claim, StatementId};

/// How many devices a proof of a family speaks of, and so what a policy for it may publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Devices {
    /// One, the prover's own: k is 1, and no statistic is published.
    One,
    /// At least k, so that nobody's value shows.
    AtLeastK,
}

/// A kind of statement as policies and ids name it: `aggregate`, or one that a crate of somebody else defines. Its number is in
/// the policy's id.
///
/// ```
/// use zksensor_model::claim::{Devices, StatementFamily, aggregate::Aggregate, ClaimFamily};
/// assert_eq!(Aggregate::FAMILY.name(), "aggregate");
/// const SPEED: StatementFamily = StatementFamily::own(200, "speed", Devices::One);
/// assert_ne!(SPEED, Aggregate::FAMILY);
/// ```
///
/// Nobody takes a number or a name of the library's:
///
/// ```compile_fail,E0080
/// # use zksensor_model::claim::{Devices, StatementFamily};
/// const READING: StatementFamily = StatementFamily::own(200, "reading", Devices::One);
/// ```
/// ```compile_fail,E0080
/// # use zksensor_model::claim::{Devices, StatementFamily};
/// const SPEED: StatementFamily = StatementFamily::own(127, "speed", Devices::One);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatementFamily {
    number: u8,
    name: &'static str,
    devices: Devices,
    parameters: bool,
    frames: bool,
    outputs: bool,
}

impl StatementFamily {
    /// Numbers below are this library's, those from here on are for whoever links it.
    pub const FIRST_OWN: u8 = 128;

    /// A family of this library.
    pub(crate) const fn ours(number: u8, name: &'static str, devices: Devices) -> Self {
        StatementFamily {
            number,
            name,
            devices,
            parameters: false,
            frames: false,
            outputs: publishes(devices),
        }
    }

    /// A family of another crate. Whoever trusts proofs of it and of other such families for one policy numbers them apart.
    ///
    /// # Panics
    /// If the number is below [`StatementFamily::FIRST_OWN`], the name is none of an id, or is that of a family of this library;
    /// where a constant is made of it, that is when it is compiled.
    pub const fn own(number: u8, name: &'static str, devices: Devices) -> Self {
        assert!(number >= Self::FIRST_OWN, "numbers of families below 128 are the library's own");
        assert!(is_name(name), "a name is a lower-case letter, then such letters, digits, - and _");
        assert!(!crate::known::is_ours(name), "the name is that of a family of the library");
        StatementFamily {
            number,
            name,
            devices,
            parameters: false,
            frames: false,
            outputs: publishes(devices),
        }
    }

    /// The same family, with [parameters](crate::policy::Parameters) in its policies: what its statement is held to beside what
    /// every policy says, in a lane of the id that its circuit opens.
    pub const fn with_parameters(self) -> Self {
        StatementFamily { parameters: true, ..self }
    }

    /// The same family, of frames and not of single readings: its policies read one of the first three channels, and no value that
    /// stands for an absent one.
    pub const fn of_frames(self) -> Self {
        StatementFamily { frames: true, ..self }
    }

    /// The same family, with nothing that a policy may have published beside what its statement always does: the output flags of its
    /// policies are 0, as those of a family about one device are.
    pub const fn without_outputs(self) -> Self {
        StatementFamily { outputs: false, ..self }
    }

    /// The number: in a policy's id.
    pub const fn number(self) -> u8 {
        self.number
    }

    /// The name: in the ids of its statements, and in a policy's text.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// Whether its policies have parameters.
    pub const fn has_parameters(self) -> bool {
        self.parameters
    }

    /// Whether what it proves are samples of frames.
    pub const fn is_of_frames(self) -> bool {
        self.frames
    }

    /// Whether its policies may ask for [outputs](crate::policy::Outputs).
    pub const fn has_outputs(self) -> bool {
        self.outputs
    }

    /// How many devices a proof speaks of.
    pub const fn devices(self) -> Devices {
        self.devices
    }
}

/// Of one device no statistic is published.
const fn publishes(devices: Devices) -> bool {
    matches!(devices, Devices::AtLeastK)
}

/// Whether an id may have this name.
const fn is_name(name: &str) -> bool {
    let bytes = name.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let is_letter = bytes[at].is_ascii_lowercase();
        let is_other = bytes[at].is_ascii_digit() || bytes[at] == b'-' || bytes[at] == b'_';
        if !(is_letter || at > 0 && is_other) {
            return false;
        }
        at += 1;
    }
    !bytes.is_empty()
}

/// One of the sizes that fix a shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Its name, as a command's option has it: `capacity`.
    pub name: &'static str,
    /// What is counted: `readings`.
    pub unit: &'static str,
    /// The most.
    pub most: u32,
    /// The least.
    pub least: u32,
    /// It is a multiple of this.
    pub step: u32,
    /// What a command takes unless told otherwise.
    pub usual: u32,
}

/// Why sizes are not a shape of a statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// Another number of sizes.
    #[error("expected {wanted} to name the shape, got {got} sizes")]
    Count {
        /// The id with the names of its sizes, such as `aggregate/v2/CAPACITYxTRIANGLESxLEVELS`.
        wanted: String,
        /// Sizes that came.
        got: usize,
    },
    /// More than another size has room for.
    #[error("expected at most {most} {unit} with {because}, got {got}")]
    Together {
        /// What is counted: `readings`.
        unit: &'static str,
        /// The most.
        most: usize,
        /// The other size.
        because: String,
        /// What came.
        got: usize,
    },
    /// A size out of range, or not a multiple.
    #[error("{}", size_error(size, *got))]
    Size {
        /// What it has to be.
        size: &'static Size,
        /// What came.
        got: usize,
    },
}

fn size_error(size: &Size, got: usize) -> String {
    let Size { name, unit, least, most, step, .. } = size;
    match step {
        1 => format!("expected {name} from {least} to {most} {unit}, got {got}"),
        _ => format!("expected a multiple of {step} {unit} up to {most}, got {got}"),
    }
}

impl Size {
    /// Checks one size.
    ///
    /// # Errors
    /// [`ShapeError::Size`].
    pub fn check(&'static self, got: usize) -> Result<u32, ShapeError> {
        let in_range = u32::try_from(got)
            .ok()
            .filter(|size| (self.least..=self.most).contains(size) && size.is_multiple_of(self.step));
        in_range.ok_or(ShapeError::Size { size: self, got })
    }
}

/// Claims that differ in their shape alone: what [`crate::known::KnownStatement`] is made of, and what a crate that links this
/// library implements for a statement of its own.
pub trait ClaimFamily: Claim + Sized {
    /// Name and number.
    const FAMILY: StatementFamily;

    /// Version: any change of constraints or layout makes a new one.
    const VERSION: u16;

    /// What is claimed, in a line.
    const ABOUT: &'static str;

    /// The sizes of a shape, in the order of the id; none for a statement of one shape.
    const SIZES: &'static [Size];

    /// The claim of a shape whose sizes were [checked](Self::of_shape) one by one.
    ///
    /// # Errors
    /// [`ShapeError`] if they do not go together.
    fn of_checked(shape: &[u32]) -> Result<Self, ShapeError>;

    /// The claim of this shape.
    ///
    /// # Errors
    /// [`ShapeError`] for another number of sizes, or one that is out of range.
    fn of_shape(shape: &[u32]) -> Result<Self, ShapeError> {
        if shape.len() != Self::SIZES.len() {
            return Err(ShapeError::Count { wanted: Self::pattern(), got: shape.len() });
        }
        for (size, got) in Self::SIZES.iter().zip(shape) {
            size.check(usize::try_from(*got).unwrap_or(usize::MAX))?;
        }
        Self::of_checked(shape)
    }

    /// The id of the claim of this shape.
    fn id_of(shape: Vec<u32>) -> StatementId {
        StatementId { name: Self::FAMILY.name().into(), version: Self::VERSION, shape }
    }

    /// An id with the names of its sizes: `aggregate/v2/CAPACITYxTRIANGLESxLEVELS`.
    fn pattern() -> String {
        let title = Self::id_of(Vec::new()).title();
        let sizes: Vec<String> = Self::SIZES.iter().map(|size| size.name.to_uppercase()).collect();
        if sizes.is_empty() { title } else { format!("{title}/{}", sizes.join("x")) }
    }

    /// Whether a policy is for this family and version.
    fn is_of(policy: &crate::policy::Policy) -> bool {
        let parts = policy.parts();
        parts.family == Self::FAMILY && parts.statement_version == Self::VERSION
    }
}
