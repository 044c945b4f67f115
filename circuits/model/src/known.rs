//! From the text of a statement's id, as keys and proofs carry it, to the statement.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::claim::aggregate::{Aggregate, AggregateInputs, ShapeError};
use crate::claim::reading::{Reading, ReadingInputs};
use crate::claim::{Claim, StatementId};
use crate::field::Fr;
use crate::layout::{InputError, Layout, PublicInputs};

/// A statement of this release.
///
/// ```
/// use zksensor_model::known::KnownStatement;
/// let statement = KnownStatement::parse("aggregate/v1/64x32")?;
/// assert_eq!(statement.id().to_string(), "aggregate/v1/64x32");
/// assert!(KnownStatement::parse("aggregate/v9/64x32").is_err());
/// # Ok::<(), zksensor_model::known::UnknownStatement>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KnownStatement {
    /// A statistic of readings from at least k devices.
    Aggregate(Aggregate),
    /// One reading of the prover's own device.
    Reading(Reading),
}

/// Why text does not name a statement of this release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownStatement {
    /// Another family or version, or no id at all.
    #[error(
        "expected `aggregate/v1/CAPACITYxTRIANGLES` or `reading/v1`, got `{found}`; use the release that made it"
    )]
    Id {
        /// What came, escaped and cut to 80 characters.
        found: String,
    },
    /// A shape that the statement does not have.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

impl KnownStatement {
    /// The statement whose id this text is.
    ///
    /// # Errors
    /// [`UnknownStatement`] unless the text is exactly the id of a statement.
    pub fn parse(text: &str) -> Result<KnownStatement, UnknownStatement> {
        let unknown = |_| UnknownStatement::Id { found: text.escape_default().take(80).collect() };
        KnownStatement::of(&text.parse().map_err(unknown)?)
    }

    /// The statement with this id.
    ///
    /// # Errors
    /// [`UnknownStatement`] for another name, version or shape.
    pub fn of(id: &StatementId) -> Result<KnownStatement, UnknownStatement> {
        match (&*id.name, id.version, &id.shape[..]) {
            (Aggregate::NAME, Aggregate::VERSION, &[capacity, triangles]) => {
                Ok(KnownStatement::Aggregate(Aggregate::new(capacity as usize, triangles as usize)?))
            }
            (Reading::NAME, Reading::VERSION, []) => Ok(KnownStatement::Reading(Reading)),
            _ => Err(UnknownStatement::Id { found: id.to_string().chars().take(80).collect() }),
        }
    }

    /// Name, version and shape.
    pub fn id(&self) -> StatementId {
        match self {
            KnownStatement::Aggregate(statement) => statement.id(),
            KnownStatement::Reading(statement) => statement.id(),
        }
    }

    /// The layout of the public inputs.
    pub fn layout(&self) -> Layout {
        match self {
            KnownStatement::Aggregate(_) => AggregateInputs::layout(),
            KnownStatement::Reading(_) => ReadingInputs::layout(),
        }
    }

    /// Checks that words are public inputs of the statement, and gives them as encoded fields in the order of the layout.
    ///
    /// # Errors
    /// [`InputError`] for a wrong number of words, or one whose value has no meaning.
    pub fn fields(&self, words: &[Fr]) -> Result<Vec<Fr>, InputError> {
        match self {
            KnownStatement::Aggregate(_) => AggregateInputs::from_words(words).map(|inputs| inputs.encode()),
            KnownStatement::Reading(_) => ReadingInputs::from_words(words).map(|inputs| inputs.encode()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_exact_ids_are_known() {
        for id in ["reading/v1", "aggregate/v1/8x8", "aggregate/v1/64x32"] {
            assert_eq!(KnownStatement::parse(id).unwrap().id().to_string(), id);
        }
        for other in
            ["", "reading", "reading/v2", "aggregate/v1", "aggregate/v1/08x8", "aggregate/v1/8x8 ", "x"]
        {
            assert!(matches!(KnownStatement::parse(other), Err(UnknownStatement::Id { .. })), "{other}");
        }
        assert!(matches!(KnownStatement::parse("aggregate/v1/0x8"), Err(UnknownStatement::Shape(_))));
        assert!(matches!(KnownStatement::parse("aggregate/v1/8x9"), Err(UnknownStatement::Shape(_))));
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text: String, numbers in "aggregate/v1/[0-9]{0,30}x[0-9]{0,30}") {
            for text in [text, numbers] {
                if let Ok(statement) = KnownStatement::parse(&text) {
                    prop_assert_eq!(statement.id().to_string(), text);
                }
            }
        }
    }
}
