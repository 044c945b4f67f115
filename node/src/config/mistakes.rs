//! What is wrong with a configuration: all of it, each mistake with its place and what to do.

use std::fmt;

use zksensor::files::FileError;

/// Where a mistake is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the file.
    File {
        /// Its line, from 1.
        line: usize,
        /// Its key; empty if the line has none.
        key: String,
    },
    /// In a variable of the environment.
    Environment {
        /// Its name.
        name: String,
    },
    /// Of a key that is not there.
    Missing {
        /// The key.
        key: String,
    },
    /// Of the whole.
    Whole,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::File { line, key } if key.is_empty() => write!(f, "line {line}"),
            Place::File { line, key } => write!(f, "line {line}, `{key}`"),
            Place::Environment { name } => write!(f, "environment, {name}"),
            Place::Missing { key } => write!(f, "`{key}`"),
            Place::Whole => f.write_str("the configuration"),
        }
    }
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// What was wanted and what came.
    pub what: String,
    /// What to do.
    pub help: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.what, self.help)
    }
}

/// All that is wrong: one at least.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mistakes(Vec<Mistake>);

/// The most that are named: a file of anything else has one in each line.
const SHOWN: usize = 64;

impl Mistakes {
    /// The mistakes, in the order of the file, then those of the environment and of what is missing.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.0.iter()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, place: Place, what: impl Into<String>, help: impl Into<String>) {
        if self.0.len() < SHOWN {
            self.0.push(Mistake { place, what: what.into(), help: help.into() });
        }
    }

    pub(super) fn in_order(mut self) -> Mistakes {
        self.0.sort_by(|one, other| one.place.cmp(&other.place));
        self
    }

    /// That the file itself cannot be read.
    pub(super) fn of_file(error: &FileError) -> Mistakes {
        let mut mistakes = Mistakes::default();
        mistakes.add(Place::Whole, error.to_string(), error.help());
        mistakes
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        write!(f, "expected a configuration without a mistake, got {count}:")?;
        self.0.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
    }
}

impl std::error::Error for Mistakes {}

/// What came, for a message: escaped, and cut to 80 characters.
pub(super) fn shown(came: &str) -> String {
    came.escape_debug().take(80).collect()
}
