//! The list of statements, and what follows from it without a circuit: from the text of an id, as keys and proofs carry it, to the
//! statement.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::claim::{Claim, ClaimFamily, ShapeError, Size, StatementFamily, StatementId};
use crate::field::Fr;
use crate::layout::{InputError, Layout, PublicInputs};

/// The list of statements: calls the macro that is named with `Name "Title" version in module` for each, `Title` being what its
/// contracts are called, and `module` where its claim is in [`crate::claim`] and its circuit in `zksensor_circuits::statement`.
/// Whatever there is one of for each statement is made by it.
///
/// ```
/// macro_rules! count {
///     ($($name:ident $title:literal $version:literal in $module:ident,)*) => { [$(stringify!($name)),*].len() };
/// }
/// assert_eq!(zksensor_model::statements!(count), zksensor_model::known::FAMILIES.len());
/// ```
#[macro_export]
macro_rules! statements {
    ($with:ident) => {
        $with! {
            Aggregate "Aggregate" 2 in aggregate,
            SingleReading "Reading" 2 in reading,
            Track "Track" 1 in track,
            Survey "Survey" 1 in survey,
            Histogram "Histogram" 1 in histogram,
            PrivateSum "PrivateSum" 1 in private_sum,
        }
    };
}

macro_rules! known {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        $(
            use crate::claim::$module::$name;
            const _: () = assert!($name::VERSION == $version, "the list has another version than the claim");
        )*

        /// A statement of this release.
        ///
        /// ```
        /// use zksensor_model::known::KnownStatement;
        /// let statement = KnownStatement::parse("aggregate/v2/64x32x3")?;
        /// assert_eq!(statement.id().to_string(), "aggregate/v2/64x32x3");
        /// assert!(KnownStatement::parse("aggregate/v9/64x32").is_err());
        /// # Ok::<(), zksensor_model::known::UnknownStatement>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum KnownStatement {
            $(
                #[doc = concat!("See [`", stringify!($name), "`].")]
                $name($name),
            )*
        }

        /// Every family of this release, in the order of the list.
        pub const FAMILIES: &[KnownFamily] = &[$(
            KnownFamily {
                family: $name::FAMILY,
                version: $name::VERSION,
                about: $name::ABOUT,
                sizes: $name::SIZES,
                layout: <$name as Claim>::Inputs::layout,
                pattern: $name::pattern,
                of_shape: |shape| $name::of_shape(shape).map(KnownStatement::$name),
            },
        )*];

        impl KnownStatement {
            /// Calls the visitor with the claim.
            pub fn visit<V: ClaimVisitor>(&self, visitor: V) -> V::Output {
                match self { $(KnownStatement::$name(claim) => visitor.visit(claim),)* }
            }
        }

        $(
            impl From<$name> for KnownStatement {
                fn from(claim: $name) -> Self {
                    KnownStatement::$name(claim)
                }
            }
        )*
    };
}
statements!(known);

/// Whether a family of this library has the name.
pub(crate) const fn is_ours(name: &str) -> bool {
    let mut at = 0;
    while at < FAMILIES.len() {
        if is_same(FAMILIES[at].family.name(), name) {
            return true;
        }
        at += 1;
    }
    false
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// What is done with a claim of whichever family.
pub trait ClaimVisitor {
    /// What comes of it.
    type Output;

    /// Does it.
    fn visit<C: ClaimFamily + Copy>(self, claim: &C) -> Self::Output;
}

/// A family of this release.
#[derive(Debug, Clone, Copy)]
pub struct KnownFamily {
    family: StatementFamily,
    version: u16,
    about: &'static str,
    sizes: &'static [Size],
    layout: fn() -> Layout,
    pattern: fn() -> String,
    of_shape: fn(&[u32]) -> Result<KnownStatement, ShapeError>,
}

impl KnownFamily {
    /// The family of this name; `None` if there is none.
    pub fn named(name: &str) -> Option<&'static KnownFamily> {
        FAMILIES.iter().find(|known| known.family.name() == name)
    }

    /// Name and number.
    pub fn family(&self) -> StatementFamily {
        self.family
    }

    /// Version of its statement.
    pub fn version(&self) -> u16 {
        self.version
    }

    /// What is claimed, in a line.
    pub fn about(&self) -> &'static str {
        self.about
    }

    /// The sizes of a shape.
    pub fn sizes(&self) -> &'static [Size] {
        self.sizes
    }

    /// The layout of the public inputs, the same for every shape.
    pub fn layout(&self) -> Layout {
        (self.layout)()
    }

    /// Name and version, without a shape.
    pub fn title(&self) -> String {
        let (name, version) = (self.family.name().into(), self.version);
        StatementId { name, version, shape: Vec::new() }.title()
    }

    /// The statement of this shape.
    ///
    /// # Errors
    /// [`ShapeError`].
    pub fn of_shape(&self, shape: &[u32]) -> Result<KnownStatement, ShapeError> {
        (self.of_shape)(shape)
    }
}

/// Why text does not name a statement of this release.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnknownStatement {
    /// Another family or version, or no id at all.
    #[error("expected {}, got `{got}`; use the release that made it", patterns())]
    Id {
        /// What came, escaped and cut to 80 characters.
        got: String,
    },
    /// A shape that the statement does not have.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

/// The ids that there are, for the middle of a sentence.
fn patterns() -> String {
    let mut text = String::new();
    for (index, known) in FAMILIES.iter().enumerate() {
        let before = match index {
            0 => "",
            _ if index + 1 == FAMILIES.len() => " or ",
            _ => ", ",
        };
        text.push_str(before);
        text.push('`');
        text.push_str(&(known.pattern)());
        text.push('`');
    }
    text
}

impl KnownStatement {
    /// The statement whose id this text is.
    ///
    /// # Errors
    /// [`UnknownStatement`] unless the text is exactly the id of a statement.
    pub fn parse(text: &str) -> Result<KnownStatement, UnknownStatement> {
        let unknown = |_| UnknownStatement::Id { got: text.escape_default().take(80).collect() };
        KnownStatement::of(&text.parse().map_err(unknown)?)
    }

    /// The statement with this id.
    ///
    /// # Errors
    /// [`UnknownStatement`] for another name, version or shape.
    pub fn of(id: &StatementId) -> Result<KnownStatement, UnknownStatement> {
        let known = KnownFamily::named(&id.name)
            .filter(|known| known.version == id.version && known.sizes.len() == id.shape.len())
            .ok_or_else(|| UnknownStatement::Id { got: id.to_string().chars().take(80).collect() })?;
        Ok(known.of_shape(&id.shape)?)
    }

    /// Name, version and shape.
    pub fn id(&self) -> StatementId {
        AnyClaim::known(self).id
    }

    /// The layout of the public inputs.
    pub fn layout(&self) -> Layout {
        AnyClaim::known(self).layout
    }

    /// Checks that words are public inputs of the statement, and gives them as encoded fields in the order of the layout.
    ///
    /// # Errors
    /// [`InputError`] for a wrong number of words, or one whose value has no meaning.
    pub fn fields(&self, words: &[Fr]) -> Result<Vec<Fr>, InputError> {
        AnyClaim::known(self).fields(words)
    }
}

/// What a file needs to know of a claim, be it of this library or of whoever links it: its id, and how its public inputs are read.
///
/// ```
/// use zksensor_model::claim::{Claim, reading::SingleReading};
/// use zksensor_model::known::AnyClaim;
/// assert_eq!(AnyClaim::of(&SingleReading).id(), &SingleReading.id());
/// ```
#[derive(Debug, Clone)]
pub struct AnyClaim {
    id: StatementId,
    layout: Layout,
    fields: fn(&[Fr]) -> Result<Vec<Fr>, InputError>,
}

impl AnyClaim {
    /// What is to be known of this claim.
    pub fn of<C: Claim>(claim: &C) -> Self {
        AnyClaim {
            id: claim.id(),
            layout: C::Inputs::layout(),
            fields: |words| C::Inputs::from_words(words).map(|inputs| inputs.encode()),
        }
    }

    /// Name, version and shape.
    pub fn id(&self) -> &StatementId {
        &self.id
    }

    /// The layout of the public inputs.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Checks that words are public inputs of the claim, and gives them as encoded fields in the order of the layout.
    ///
    /// # Errors
    /// [`InputError`] for a wrong number of words, or one whose value has no meaning.
    pub fn fields(&self, words: &[Fr]) -> Result<Vec<Fr>, InputError> {
        (self.fields)(words)
    }
}

impl From<KnownStatement> for AnyClaim {
    fn from(statement: KnownStatement) -> Self {
        AnyClaim::known(&statement)
    }
}

impl<C: Claim> From<&C> for AnyClaim {
    fn from(claim: &C) -> Self {
        AnyClaim::of(claim)
    }
}

/// One is the other if they have one id.
impl PartialEq for AnyClaim {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for AnyClaim {}

impl AnyClaim {
    /// What is to be known of a statement of this release.
    pub fn known(statement: &KnownStatement) -> Self {
        struct Describe;
        impl ClaimVisitor for Describe {
            type Output = AnyClaim;
            fn visit<C: ClaimFamily + Copy>(self, claim: &C) -> AnyClaim {
                AnyClaim::of(claim)
            }
        }
        statement.visit(Describe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_exact_ids_are_known() {
        for id in ["reading/v2", "aggregate/v2/8x8x2", "aggregate/v2/64x32x3"] {
            assert_eq!(KnownStatement::parse(id).unwrap().id().to_string(), id);
        }
        for other in
            ["", "reading", "reading/v1", "aggregate/v2", "aggregate/v2/08x8x3", "aggregate/v2/8x8x2 ", "x"]
        {
            assert!(matches!(KnownStatement::parse(other), Err(UnknownStatement::Id { .. })), "{other}");
        }
        assert!(matches!(KnownStatement::parse("aggregate/v2/0x8x3"), Err(UnknownStatement::Shape(_))));
        assert!(matches!(KnownStatement::parse("aggregate/v2/8x9x3"), Err(UnknownStatement::Shape(_))));
    }

    proptest! {
        #[test]
        fn arbitrary_text_never_panics(text: String, numbers in "aggregate/v2/[0-9]{0,30}x[0-9]{0,30}x[0-9]{0,30}") {
            for text in [text, numbers] {
                if let Ok(statement) = KnownStatement::parse(&text) {
                    prop_assert_eq!(statement.id().to_string(), text);
                }
            }
        }
    }
}
