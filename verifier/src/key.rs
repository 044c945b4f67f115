//! A verifying key that names its statement, and is checked before anything is verified against it.

use std::fmt;
use std::str::FromStr;

use zksensor_model::claim::StatementId;
use zksensor_model::hex;

use crate::error::KeyError;

mod ceremony;
mod encoding;
mod points;
pub(crate) mod sanity;

pub use ceremony::Ceremony;
pub use points::KeyPoints;

/// A Groth16 verifying key over BN254 for one statement.
///
/// It exists only if its elements passed these checks; the equations show what an attacker does without them. The verifier
/// demands e(A, B) = e(alpha, beta) e(IC(x), gamma) e(C, delta), with IC(x) = IC\[0\] + sum of x_i IC\[i + 1\].
///
/// * Every element is on its curve, of order r and not the identity. Without alpha or beta: A = IC(x), B = gamma + delta,
///   C = A. Without gamma or one of IC, public inputs are not bound.
/// * beta, gamma and delta differ, up to sign. With gamma = delta: A = alpha, B = beta, C = -IC(x). With beta = gamma:
///   A = C = alpha + IC(x), B = gamma + delta. With beta = delta: A = IC(x), B = gamma + delta, C = IC(x) - alpha.
/// * alpha, beta and delta are not the generator, up to sign: that is where a setup without a contribution starts. gamma
///   may be the generator: ceremonies fix it so.
/// * The points of IC differ, up to sign: otherwise inputs can be exchanged.
///
/// No check can tell whether somebody kept the setup's secrets: the flag says whether the key was made by one machine.
#[derive(Debug, Clone, PartialEq)]
pub struct VerifyingKey {
    statement: StatementId,
    origin: Origin,
    points: KeyPoints,
    digest: [u8; 32],
}

/// How a key was made, as it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Unsaid,
    Insecure,
    Ceremony(Ceremony),
}

impl VerifyingKey {
    /// Checks the elements of a key for a statement; `insecure` says that one machine made it, and could forge.
    ///
    /// # Errors
    /// [`KeyError::StatementId`] if the id does not read like one, [`KeyError::IcCount`] if there is no IC point,
    /// [`KeyError::Point`], [`KeyError::Related`], [`KeyError::Generator`] and [`KeyError::IcRepeated`] name the element
    /// that makes the key unfit.
    pub fn new(statement: &StatementId, points: KeyPoints, insecure: bool) -> Result<Self, KeyError> {
        let origin = if insecure { Origin::Insecure } else { Origin::Unsaid };
        Self::checked(statement.clone(), points, origin)
    }

    /// As [`VerifyingKey::new`], for a key of a ceremony, to which its id then commits. It is not insecure.
    ///
    /// # Errors
    /// As [`VerifyingKey::new`].
    pub fn of_ceremony(
        statement: &StatementId,
        points: KeyPoints,
        ceremony: Ceremony,
    ) -> Result<Self, KeyError> {
        Self::checked(statement.clone(), points, Origin::Ceremony(ceremony))
    }

    /// The id of the statement, such as `aggregate/v2/64x32x3`.
    pub fn statement(&self) -> &StatementId {
        &self.statement
    }

    /// The number of public inputs.
    pub fn public_inputs(&self) -> usize {
        self.points.gamma_abc_g1.len() - 1
    }

    /// Whether one machine made the key: whoever ran that setup can forge. For development only.
    pub fn is_insecure(&self) -> bool {
        self.origin == Origin::Insecure
    }

    /// The ceremony that it comes from, if it says so.
    pub fn ceremony(&self) -> Option<Ceremony> {
        match self.origin {
            Origin::Ceremony(ceremony) => Some(ceremony),
            Origin::Unsaid | Origin::Insecure => None,
        }
    }

    /// The elements.
    pub fn points(&self) -> &KeyPoints {
        &self.points
    }

    /// keccak256 of the canonical bytes without their last 32, which are this digest. It commits to the statement, the
    /// flag, the ceremony if it is of one, and every element.
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The digest, marked if the key is insecure.
    pub fn key_id(&self) -> KeyId {
        KeyId::new(self.digest, self.is_insecure())
    }

    /// The canonical bytes: a header, the elements as the EVM writes points, the digest.
    ///
    /// | bytes | what |
    /// |---|---|
    /// | 11 | `zksensor-vk` |
    /// | 1 | version of the encoding, 1 |
    /// | 1 | 1 if insecure, 2 if of a ceremony, else 0 |
    /// | 1 + n | length of the statement's id, and the id |
    /// | 4 | number of public inputs, big-endian |
    /// | 64, 128, 128, 128 | alpha, beta, gamma, delta |
    /// | 64 each | IC, one more than public inputs |
    /// | 32, 4 | of a ceremony alone: digest of its transcript, number of contributions, big-endian |
    /// | 32 | keccak256 of all before |
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.body();
        bytes.extend_from_slice(&self.digest);
        bytes
    }

    /// Reads what [`VerifyingKey::to_bytes`] writes, and nothing else. No more is allocated than came.
    ///
    /// # Errors
    /// [`KeyError::Magic`], [`KeyError::Version`], [`KeyError::Flag`] or [`KeyError::Length`] for another header,
    /// [`KeyError::Arkworks`] for the form of arkworks, [`KeyError::Halo2`] for a key of halo2, [`KeyError::Digest`] for altered bytes, and
    /// as [`VerifyingKey::new`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::decode(bytes)
    }

    /// [`VerifyingKey::to_bytes`] as `0x` and lower-case digits.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.to_bytes())
    }

    /// Reads what [`VerifyingKey::to_hex`] writes; upper-case digits are accepted.
    ///
    /// # Errors
    /// [`KeyError::Hex`] for any other text, and as [`VerifyingKey::from_bytes`].
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        Self::decode(&hex::decode_all(text).ok_or(KeyError::Hex { got: text.len() })?)
    }

    fn checked(statement: StatementId, points: KeyPoints, origin: Origin) -> Result<Self, KeyError> {
        let id = statement.to_string();
        if !encoding::fits(&id) || id.parse().as_ref() != Ok(&statement) {
            return Err(KeyError::StatementId { got: id.escape_default().to_string() });
        }
        sanity::check(&points)?;
        let mut key = VerifyingKey { statement, origin, points, digest: [0; 32] };
        key.digest = encoding::digest(&key.body());
        Ok(key)
    }
}

const INSECURE: &str = "INSECURE-";

/// Names a verifying key: `0x` and its digest, with `INSECURE-` before it if one machine made the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId {
    digest: [u8; 32],
    insecure: bool,
}

impl KeyId {
    /// Names a key by its digest: of another proof system, too.
    pub fn new(digest: [u8; 32], insecure: bool) -> Self {
        KeyId { digest, insecure }
    }

    /// As [`VerifyingKey::digest`].
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// As [`VerifyingKey::is_insecure`].
    pub fn is_insecure(&self) -> bool {
        self.insecure
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.insecure { INSECURE } else { "" };
        write!(f, "{mark}{}", hex::encode(&self.digest))
    }
}

/// Exactly what `Display` writes.
impl FromStr for KeyId {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let digits = text.strip_prefix(INSECURE);
        let insecure = digits.is_some();
        hex::decode(digits.unwrap_or(text))
            .map(|digest| KeyId { digest, insecure })
            .filter(|id| id.to_string() == text)
            .ok_or_else(|| KeyError::KeyId { got: text.escape_default().take(80).collect() })
    }
}
