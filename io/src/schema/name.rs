//! Names, units and lines about them: short, and nothing in them that looks like something else or moves a terminal.

use super::SchemaTomlError;

/// The most bytes of a name.
const LONGEST_NAME: usize = 32;
/// The most bytes of a unit.
const LONGEST_UNIT: usize = 16;
/// The most characters of a line about something.
const LONGEST_ABOUT: usize = 120;

/// A name: `[a-z][a-z0-9_]*`.
pub(super) fn name_of(key: &'static str, text: String) -> Result<String, SchemaTomlError> {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let is_name = text.as_bytes().first().is_some_and(u8::is_ascii_lowercase)
        && text.bytes().all(is_inner)
        && text.len() <= LONGEST_NAME;
    if is_name { Ok(text) } else { Err(SchemaTomlError::Name { key, got: cut(&text) }) }
}

/// A unit: what SenML and UCUM write units with.
pub(super) fn unit_of(text: String) -> Result<String, SchemaTomlError> {
    let is_of_units = |byte: u8| byte.is_ascii_alphanumeric() || b"/%.^*()-_[]{}".contains(&byte);
    let is_unit = (1..=LONGEST_UNIT).contains(&text.len()) && text.bytes().all(is_of_units);
    if is_unit { Ok(text) } else { Err(SchemaTomlError::Unit { got: cut(&text) }) }
}

/// A line about something, printable ASCII; `otherwise` if there is none.
pub(super) fn about_of(text: Option<String>, otherwise: &str) -> Result<String, SchemaTomlError> {
    let Some(text) = text else { return Ok(otherwise.to_owned()) };
    let is_printable = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    let is_line = text.len() <= LONGEST_ABOUT && is_printable;
    if is_line { Ok(text) } else { Err(SchemaTomlError::About { got: cut(&text) }) }
}

/// What came, escaped and cut to 40 characters.
fn cut(text: &str) -> String {
    text.escape_default().take(40).collect()
}
