//! Which statement, of which shape: options that follow the list of statements.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgMatches, Command, FromArgMatches, value_parser};
use zksensor::circuits::gadgets::SynthesisError;
use zksensor::circuits::statement::{ClaimFamily, ShapeError, Statement, StatementVisitor, visit};
use zksensor::model::known::{FAMILIES, KnownFamily, KnownStatement};
use zksensor::model::policy::Devices;
use zksensor::r1cs::{self, Circuit};

use crate::error::Advice;

/// A statement without its shape.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Family(&'static KnownFamily);

impl Family {
    /// Reads the name of a family, and shows those that there are.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Family> {
        let names =
            FAMILIES.iter().map(|known| PossibleValue::new(known.family().name()).help(known.about()));
        PossibleValuesParser::new(names).try_map(|name| {
            KnownFamily::named(&name).map(Family).ok_or("expected one of the statements of this release")
        })
    }

    /// The name in a statement's id.
    pub(crate) fn name(self) -> &'static str {
        self.0.family().name()
    }

    /// Whether what it proves are samples of frames.
    pub(crate) fn is_of_frames(self) -> bool {
        self.0.family().is_of_frames()
    }

    /// How many devices a proof speaks of.
    pub(crate) fn devices(self) -> Devices {
        self.0.family().devices()
    }
}

/// The sizes of a shape, as far as options name them.
#[derive(Debug, Clone)]
pub(crate) struct ShapeArgs {
    given: Vec<(&'static str, usize)>,
}

/// The name of every size that some statement has, once, and what the option says.
fn options() -> Vec<(&'static str, String)> {
    let mut options: Vec<(&'static str, String)> = Vec::new();
    for known in FAMILIES {
        for size in known.sizes() {
            let steps = if size.step == 1 { String::new() } else { format!(" in steps of {}", size.step) };
            let (name, least, most, usual) = (known.family().name(), size.least, size.most, size.usual);
            let help = format!("Of {name}: {least} to {most} {}{steps}; {usual} without it", size.unit);
            match options.iter_mut().find(|(option, _)| *option == size.name) {
                Some((_, text)) => text.push_str(&format!(". {help}")),
                None => options.push((size.name, help)),
            }
        }
    }
    options
}

impl clap::Args for ShapeArgs {
    fn augment_args(command: Command) -> Command {
        options().into_iter().fold(command, |command, (name, help)| {
            command
                .arg(Arg::new(name).long(name).value_name("N").value_parser(value_parser!(usize)).help(help))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for ShapeArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = options()
            .into_iter()
            .filter_map(|(name, _)| matches.get_one::<usize>(name).map(|size| (name, *size)))
            .collect();
        Ok(ShapeArgs { given })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Why options name no statement.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShapeArgsError {
    /// A size that the statement does not have.
    #[error("expected {wanted} with {statement}, got --{got}")]
    NoSize {
        /// The statement.
        statement: &'static str,
        /// What it takes.
        wanted: String,
        /// The option.
        got: &'static str,
    },
    /// No such shape.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

impl ShapeArgsError {
    /// What to do.
    pub(crate) fn advice(&self) -> Advice {
        let help = match self {
            ShapeArgsError::NoSize { got, .. } => format!("leave --{got} out"),
            ShapeArgsError::Shape(ShapeError::Size { size, .. }) => format!("correct --{}", size.name),
            ShapeArgsError::Shape(_) => String::from("see --help"),
        };
        Advice::new("zksensor::shape", help)
    }
}

impl ShapeArgs {
    /// The statement of the family with this shape.
    ///
    /// # Errors
    /// [`ShapeArgsError`] if it has no such shape.
    pub(crate) fn statement(&self, Family(known): Family) -> Result<KnownStatement, ShapeArgsError> {
        let sizes = known.sizes();
        let is_size = |name: &str| sizes.iter().any(|size| size.name == name);
        if let Some((got, _)) = self.given.iter().find(|(name, _)| !is_size(name)) {
            let names: Vec<String> = sizes.iter().map(|size| format!("--{}", size.name)).collect();
            let wanted = if names.is_empty() { String::from("no shape") } else { names.join(" and ") };
            return Err(ShapeArgsError::NoSize { statement: known.family().name(), wanted, got });
        }
        let shape = sizes.iter().map(|size| {
            let given = self.given.iter().find(|(name, _)| *name == size.name);
            given.map_or(Ok(size.usual), |(_, given)| size.check(*given))
        });
        Ok(known.of_shape(&shape.collect::<Result<Vec<_>, _>>()?)?)
    }
}

/// The circuit of a statement.
///
/// # Errors
/// [`SynthesisError`] is a defect of this release.
pub(crate) fn compile(statement: &KnownStatement) -> Result<Circuit, SynthesisError> {
    struct Compile;
    impl StatementVisitor for Compile {
        type Output = Result<Circuit, SynthesisError>;
        fn visit<S: Statement + ClaimFamily + Copy + 'static>(self, statement: &S) -> Self::Output {
            r1cs::compile(statement)
        }
    }
    visit(statement, Compile)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(family: &str, given: &[(&'static str, usize)]) -> Result<String, ShapeArgsError> {
        let args = ShapeArgs { given: given.to_vec() };
        let family = Family(KnownFamily::named(family).expect("a family"));
        args.statement(family).map(|statement| statement.id().to_string())
    }

    #[test]
    fn sizes_that_are_not_named_are_the_usual_ones() {
        assert_eq!(shape("aggregate", &[]).unwrap(), "aggregate/v2/64x32x3");
        assert_eq!(shape("aggregate", &[("triangles", 8)]).unwrap(), "aggregate/v2/64x8x3");
        assert_eq!(shape("reading", &[]).unwrap(), "reading/v2");
        assert!(matches!(shape("aggregate", &[("capacity", usize::MAX)]), Err(ShapeArgsError::Shape(_))));
        assert!(matches!(shape("reading", &[("capacity", 1)]), Err(ShapeArgsError::NoSize { .. })));
    }

    #[test]
    fn every_statement_of_the_list_has_its_options() {
        for known in FAMILIES {
            let sizes: Vec<_> = known.sizes().iter().map(|size| (size.name, size.usual as usize)).collect();
            assert!(shape(known.family().name(), &sizes).unwrap().starts_with(&known.title()));
        }
        <ShapeArgs as clap::Args>::augment_args(Command::new("shape")).debug_assert();
    }
}
