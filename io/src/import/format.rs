//! What a format of readings is.

use std::fmt;
use std::io::BufRead;

use zksensor_model::reading::Reading;

#[cfg(feature = "formats")]
use super::Scheme;
use super::{FORMATS, ImportError, Setting, Settings};

/// A format of readings: what it is, and how it is read.
pub trait Format: fmt::Debug + Sync {
    /// What it is.
    fn about(&self) -> &'static About;

    /// Opens a file of it.
    ///
    /// # Errors
    /// [`ImportError::Settings`] if the settings do not fit the format; [`ImportError::Header`] or [`ImportError::Table`] if
    /// a header does not fit the settings.
    fn open<'a>(&self, input: Box<dyn BufRead + 'a>, settings: &Settings) -> Opened<'a>;
}

/// The records of a file, or why there are none.
pub type Opened<'a> = Result<Box<dyn Rows + 'a>, ImportError>;

/// What a format is, for whoever chooses one. The texts are Markdown, and begin as a cell of a table does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// Its name, as the command line has it.
    pub name: &'static str,
    /// What kind of file.
    pub title: &'static str,
    /// What of the file becomes a reading.
    pub record: &'static str,
    /// Which channels it fills.
    pub channels: &'static str,
    /// Where the accuracy comes from.
    pub accuracy: &'static str,
    /// What can be set for it.
    pub takes: &'static [Setting],
}

/// The format of this name.
pub fn format_named(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.about().name == name)
}

/// The records of a file, one after the other.
pub trait Rows: Iterator<Item = Result<Row, ImportError>> {
    /// How many well-formed records of another kind were passed over so far, and what they are, if the format has such.
    fn passed_over(&self) -> Option<(u64, &'static str)> {
        None
    }

    /// In which ways devices themselves signed the records so far; none if their signatures are not looked at.
    #[cfg(feature = "formats")]
    fn schemes(&self) -> &[Scheme] {
        &[]
    }
}

/// A reading and where it came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Number of the row, from 1; the header of a table is not counted.
    pub number: u64,
    /// The reading.
    pub reading: Reading,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_format_says_what_it_is() {
        let names: HashSet<&str> = FORMATS.iter().map(|format| format.about().name).collect();
        assert_eq!(names.len(), FORMATS.len(), "a name means one format");
        for format in FORMATS {
            let About { name, title, record, channels, accuracy, .. } = *format.about();
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{name}");
            assert_eq!(format_named(name).expect("it is listed").about(), format.about());
            for text in [name, title, record, channels, accuracy] {
                assert!(
                    !text.is_empty() && !text.contains(['|', '\n']),
                    "{name}: `{text}` is a cell of a table"
                );
            }
        }
        assert!(format_named("kml").is_none());
    }
}
