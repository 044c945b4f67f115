//! From a statement that is known at run time to its type.

use zksensor_model::known::KnownStatement;

use super::{ClaimFamily, Statement};

/// What is done with a statement of whichever family.
///
/// ```
/// use zksensor_circuits::statement::{ClaimFamily, Statement, StatementVisitor, visit};
/// use zksensor_model::known::KnownStatement;
/// struct Rules;
/// impl StatementVisitor for Rules {
///     type Output = usize;
///     fn visit<S: Statement + ClaimFamily + Copy + 'static>(self, statement: &S) -> usize {
///         statement.rules().len()
///     }
/// }
/// assert_eq!(visit(&KnownStatement::parse("reading/v2")?, Rules), 14);
/// # Ok::<(), zksensor_model::known::UnknownStatement>(())
/// ```
pub trait StatementVisitor {
    /// What comes of it.
    type Output;

    /// Does it.
    fn visit<S: Statement + ClaimFamily + Copy + 'static>(self, statement: &S) -> Self::Output;
}

macro_rules! known {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        /// Calls the visitor with the statement.
        pub fn visit<V: StatementVisitor>(known: &KnownStatement, visitor: V) -> V::Output {
            match known {
                $(KnownStatement::$name(statement) => visitor.visit::<super::$module::$name>(statement),)*
            }
        }
    };
}
zksensor_model::statements!(known);
