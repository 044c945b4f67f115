//! Which statement, of which shape.

use zksensor::circuits::statement::aggregate::{Aggregate, ShapeError};
use zksensor::circuits::statement::reading::Reading;
use zksensor::model::known::KnownStatement;
use zksensor::model::policy::StatementFamily;

use crate::error::Advice;

/// Readings that a proof holds unless said otherwise.
const CAPACITY: usize = 64;
/// Triangles of a fence unless said otherwise.
const TRIANGLES: usize = 32;

/// A statement without its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Family {
    /// A statistic of readings from at least k devices.
    Aggregate,
    /// One reading of the own device.
    Reading,
}

impl Family {
    /// The name in a statement's id.
    pub(crate) fn name(self) -> &'static str {
        self.of_policy().name()
    }

    /// As a policy names it.
    pub(crate) fn of_policy(self) -> StatementFamily {
        match self {
            Family::Aggregate => StatementFamily::Aggregate,
            Family::Reading => StatementFamily::Reading,
        }
    }
}

/// The shape of an aggregate.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct ShapeArgs {
    /// Readings that a proof of an aggregate holds; 64 without it.
    #[arg(long, value_name = "N")]
    capacity: Option<usize>,
    /// Triangles that the fence of an aggregate has at the most, a multiple of eight; 32 without it.
    #[arg(long, value_name = "T")]
    triangles: Option<usize>,
}

/// Why options name no statement.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShapeArgsError {
    /// A shape for a statement that has one alone.
    #[error("expected --capacity and --triangles with an aggregate only: a reading has one shape")]
    NoShape,
    /// No such shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

impl ShapeArgsError {
    /// What to do.
    pub(crate) fn advice(&self) -> Advice {
        let help = match self {
            ShapeArgsError::NoShape => "leave --capacity and --triangles out",
            ShapeArgsError::Shape(_) => "correct --capacity or --triangles",
        };
        Advice::new("zksensor::shape", help)
    }
}

impl ShapeArgs {
    /// The statement of the family with this shape.
    ///
    /// # Errors
    /// [`ShapeArgsError`] if it has no such shape.
    pub(crate) fn statement(self, family: Family) -> Result<KnownStatement, ShapeArgsError> {
        match (family, self.capacity, self.triangles) {
            (Family::Aggregate, capacity, triangles) => {
                let shape = Aggregate::new(capacity.unwrap_or(CAPACITY), triangles.unwrap_or(TRIANGLES))?;
                Ok(KnownStatement::Aggregate(shape))
            }
            (Family::Reading, None, None) => Ok(KnownStatement::Reading(Reading)),
            (Family::Reading, ..) => Err(ShapeArgsError::NoShape),
        }
    }
}
