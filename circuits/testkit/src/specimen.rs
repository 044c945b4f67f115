//! A statement as the kit knows it: the shapes that goldens are of, claims of it that hold, and its witness out of an assignment.
//! One file each; [`each_specimen`] walks the one list.

mod aggregate;
mod histogram;
mod private_sum;
mod reading;
mod readings;
mod survey;
mod track;

use zksensor_circuits::statement::{Binding, ClaimFamily, Statement};
use zksensor_model::known::KnownStatement;

use super::Extract;

/// Public inputs and a witness.
pub type ClaimOf<S> = (
    <S as zksensor_circuits::statement::Claim>::Inputs,
    <S as zksensor_circuits::statement::Statement>::Witness,
);

/// What the kit wants of a statement.
pub trait Specimen: Statement + ClaimFamily + Extract + Copy + Send + 'static {
    /// What a proof speaks of several of, for the costs of each: `reading`; none where it speaks of one.
    const EACH: Option<&'static str>;

    /// How many of them a proof of this shape speaks of.
    fn each(&self) -> usize;

    /// Scopes that a block enters several times with the same rows, and how often: what is unrolled as [repeats do not nest](
    /// zksensor_circuits::gadgets::SynthesisError::NestedRepeat).
    fn unrolled(&self) -> Vec<(&'static str, usize)> {
        Vec::new()
    }

    /// The shapes whose costs have a budget, and what `inspect --costs` calls each.
    fn headlines() -> Vec<(&'static str, Self)>;

    /// Shapes whose constraints are golden by scope.
    fn cost_shapes() -> Vec<Self>;

    /// Shapes whose rows are golden.
    fn row_shapes() -> Vec<Self>;

    /// A small shape that is not full with so many readings: of the golden freedom, and of what looks at every wire.
    fn unfilled() -> (Self, usize);

    /// The least shape that holds the made-up fleet's fence.
    fn least() -> Self;

    /// The witness of the made-up fleet's readings that fills this shape.
    ///
    /// # Errors
    /// [`SmallFence`] if the shape does not hold the fleet's fence.
    fn filled(&self) -> Result<Self::Witness, SmallFence>;

    /// The public inputs that follow from a witness of the made-up fleet.
    fn inputs_of(witness: &Self::Witness, binding: Binding) -> Self::Inputs;

    /// A claim of `count` readings with nothing in it that happens to be equal or zero, so that no link is idle.
    fn generic(&self, count: usize, seed: u64) -> ClaimOf<Self>;
}

/// A shape whose fence has less triangles than the made-up fleet's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a shape of {least} triangles or more, as many as the made-up fence has, got {got}")]
pub struct SmallFence {
    /// Triangles of the least shape that holds it.
    pub least: usize,
    /// Triangles of the shape.
    pub got: usize,
}

/// What is done with a statement of whichever family.
pub trait KnownSpecimenVisitor {
    /// What comes of it.
    type Output;

    /// Does it.
    fn visit<S: Specimen>(self, statement: &S) -> Self::Output;
}

macro_rules! known {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        /// Calls the visitor with a statement that is known at run time.
        pub fn visit_specimen<V: KnownSpecimenVisitor>(known: &KnownStatement, visitor: V) -> V::Output {
            match known {
                $(KnownStatement::$name(statement) => visitor.visit(statement),)*
            }
        }
    };
}
zksensor_model::statements!(known);

/// What is done with every statement.
pub trait SpecimenVisitor {
    /// Does it.
    fn visit<S: Specimen>(&mut self);
}

/// Calls the visitor for every statement, those that speak of one reading first.
pub fn each_specimen(visitor: &mut impl SpecimenVisitor) {
    zksensor_model::statements!(each);
    each(visitor);
}

macro_rules! each {
    ($($name:ident $title:literal $version:literal in $module:ident,)*) => {
        fn each(visitor: &mut impl SpecimenVisitor) {
            for one in [true, false] {
                $(
                    use zksensor_circuits::statement::$module::$name;
                    if $name::EACH.is_none() == one {
                        visitor.visit::<$name>();
                    }
                )*
            }
        }
    };
}
use each;
