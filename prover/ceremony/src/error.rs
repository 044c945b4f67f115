//! Why a file is refused, or a ceremony does not hold.

use std::io;

use zksensor_circuits::gadgets::SynthesisError;
use zksensor_prover::ProveError;
use zksensor_verifier::KeyError;

use crate::sections::Format;

/// What is wrong, and where. No message holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CeremonyError {
    /// The system did not read or write.
    #[error("expected to read and write the files of the ceremony, but: {kind}")]
    System {
        /// What it said.
        kind: io::ErrorKind,
    },
    /// A file does not begin like its kind.
    #[error("expected {wanted}, got a file that {reason}")]
    File {
        /// The kind.
        wanted: Format,
        /// What it is instead.
        reason: &'static str,
    },
    /// A section of a file is not as its format says.
    #[error("{format}, section {section}, byte {offset}: {reason}")]
    Section {
        /// The kind of file.
        format: Format,
        /// The number of the section.
        section: u32,
        /// The byte of the file where it was noticed.
        offset: u64,
        /// What was wanted.
        reason: &'static str,
    },
    /// The statement does not compile.
    #[error(transparent)]
    Synthesis(#[from] SynthesisError),
    /// There are not enough powers.
    #[error("expected powers of tau for 2^{wanted} constraints, got a file for 2^{got}; take a larger one")]
    Powers {
        /// The power that the circuit needs.
        wanted: u32,
        /// That of the file.
        got: u32,
    },
    /// The circuit has as many constraints as there are powers, and more than 2^14.
    #[error(
        "expected powers of tau for 2^{wanted} constraints, as a circuit of more than 2^14 wants one power more than it has; got \
         a file for 2^{got}"
    )]
    OnePowerMore {
        /// The power that is needed.
        wanted: u32,
        /// That of the file.
        got: u32,
    },
    /// The powers of tau are not powers of one number.
    #[error("the powers of tau do not hold: {step}")]
    Phase1 {
        /// What does not.
        step: &'static str,
    },
    /// The powers of tau are another file.
    #[error(
        "expected powers of tau with the BLAKE2b-512 digest {wanted}, got {got}; fetch the file again from where the digest is published"
    )]
    Digest {
        /// Hexadecimal digits, or which would do.
        wanted: String,
        /// Hexadecimal digits.
        got: String,
    },
    /// Powers of tau that one machine made.
    #[error(
        "expected powers of tau that somebody contributed to, got a file that lists nobody; such powers are for tests"
    )]
    NoPowersContribution,
    /// A contribution does not follow.
    #[error("contribution {number}: {step}")]
    Chain {
        /// Which, counted from 1.
        number: usize,
        /// What does not hold.
        step: &'static str,
    },
    /// The key is not one that these powers and this statement give.
    #[error("the key is not one of this statement and these powers of tau: {step}")]
    Initial {
        /// What is otherwise.
        step: &'static str,
    },
    /// The key's points do not follow from its contributions.
    #[error("the key does not follow from its contributions: {step}")]
    Applied {
        /// What does not.
        step: &'static str,
    },
    /// Nobody contributed a secret.
    #[error(
        "expected at least one contribution, got {beacons} beacons and no contribution: everybody knows what such a key hides"
    )]
    NoContribution {
        /// The beacons.
        beacons: usize,
    },
    /// The name of a contribution is too long.
    #[error("expected a name of at most {limit} bytes, got {got}")]
    Name {
        /// The most.
        limit: usize,
        /// As many came.
        got: usize,
    },
    /// A beacon's iterations.
    #[error("expected 2^{least} to 2^{most} iterations of a beacon, got 2^{got}")]
    Iterations {
        /// The least.
        least: u8,
        /// The most.
        most: u8,
        /// What came.
        got: u8,
    },
    /// All beacons of a key together.
    #[error(
        "contribution {number}: with its beacon, those of this key have {got} iterations together, expected at most {most}: nobody would \
         wait for them to be verified; end a ceremony with one beacon"
    )]
    AllIterations {
        /// The contribution that is too much, counted from 1.
        number: usize,
        /// The most.
        most: u64,
        /// With this one.
        got: u64,
    },
    /// A beacon that is too much for the key that it would be added to.
    #[error(
        "expected a beacon of at most {left} iterations, got one of {got}: the beacons of this key have {before}, and all of a key have at \
         most {most}"
    )]
    BeaconTooMuch {
        /// Its iterations.
        got: u64,
        /// Those of the beacons of the key.
        before: u64,
        /// As many are left.
        left: u64,
        /// The most of all.
        most: u64,
    },
    /// A beacon's hash.
    #[error("expected a beacon of 1 to 255 bytes, got {got}")]
    Beacon {
        /// As many came.
        got: usize,
    },
    /// The system gives no randomness.
    #[error("expected randomness of the system, which gives none; contribute on another machine")]
    Randomness,
    /// A witness has another size than the circuit.
    #[error("expected the values of {wanted} columns, got {got}")]
    Witness {
        /// Columns of the circuit.
        wanted: usize,
        /// Values that came.
        got: usize,
    },
    /// The verifying key is unfit.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is no proving key.
    #[error(transparent)]
    Prove(#[from] ProveError),
}

impl From<io::Error> for CeremonyError {
    fn from(error: io::Error) -> Self {
        CeremonyError::System { kind: error.kind() }
    }
}
