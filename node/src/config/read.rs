//! The values of the file and of the environment, each with its place, before anything is said of what they mean.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ValueKind;
use super::keys::{KEYS, Key, PREFIX};
use super::mistakes::{Mistakes, Place, shown};

/// The most bytes of a configuration.
const MAX_BYTES: usize = 1 << 18;
/// The most characters of a policy's name.
const NAME: usize = 64;

/// A value as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Raw {
    /// Text, of the file.
    Text(String),
    /// A number.
    Integer(u64),
    /// Texts.
    List(Vec<String>),
}

/// What came, by path; that of a policy has its name in the place of `*`.
#[derive(Debug, Default)]
pub(super) struct Values {
    found: BTreeMap<String, (Place, Raw)>,
    /// The sections that have a name, by what they are of (`policies`, `chains`), in the order of their names.
    named: BTreeMap<&'static str, BTreeSet<String>>,
}

/// What has sections with names, what one is of, and what the name is for.
const NAMED: [(&str, &str, &str); 2] = [
    ("policies", "policy", "rename the policy: its name is in URLs and metrics"),
    ("chains", "chain", "rename the chain: policies name it"),
];

impl Values {
    /// A value and its place.
    pub(super) fn get(&self, path: &str) -> Option<&(Place, Raw)> {
        self.found.get(path)
    }

    /// Where a key is, or that it is missing.
    pub(super) fn place(&self, path: &str) -> Place {
        self.get(path).map_or_else(|| Place::Missing { key: path.to_owned() }, |(place, _)| place.clone())
    }

    /// The names of the sections of `policies` or `chains`.
    pub(super) fn names(&self, of: &str) -> Vec<String> {
        self.named.get(of).into_iter().flatten().cloned().collect()
    }
}

/// Reads the file, then the environment, which comes before it.
pub(super) fn values(text: &str, environment: &[(String, String)], mistakes: &mut Mistakes) -> Values {
    let mut values = Values::default();
    if text.len() > MAX_BYTES {
        let what = format!("expected at most {MAX_BYTES} bytes, got {}", text.len());
        mistakes.add(Place::Whole, what, "leave comments out");
        return values;
    }
    let (document, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let line = error.span().map_or(1, |span| line_of(text, &span));
        let place = Place::File { line, key: String::new() };
        mistakes.add(place, shown(error.message()), "correct the TOML of this line");
    }
    let mut reader = Reader { text, values: &mut values, mistakes };
    reader.table("", document.get_ref());
    from_environment(environment, &mut values, mistakes);
    values
}

fn line_of(text: &str, span: &Range<usize>) -> usize {
    text.as_bytes().iter().take(span.start).filter(|byte| **byte == b'\n').count() + 1
}

struct Reader<'a> {
    text: &'a str,
    values: &'a mut Values,
    mistakes: &'a mut Mistakes,
}

impl Reader<'_> {
    /// A table whose keys begin with `section`, which ends in a point unless it is empty.
    fn table(&mut self, section: &str, table: &DeTable<'_>) {
        for (name, value) in table {
            let line = line_of(self.text, &name.span());
            let path = format!("{section}{}", name.get_ref());
            let place = Place::File { line, key: shown(&path) };
            match value.get_ref() {
                DeValue::Table(inner) if section.is_empty() && named(&path).is_some() => {
                    self.named(&path, inner);
                }
                DeValue::Table(inner) if section.is_empty() && is_section(&path) => {
                    self.table(&format!("{path}."), inner);
                }
                _ if is_section(&path) => {
                    self.mistakes.add(place, "expected a section", format!("write it as [{}]", shown(&path)));
                }
                _ => self.value(&path, &path, place, value),
            }
        }
    }

    fn named(&mut self, section: &str, tables: &DeTable<'_>) {
        let Some((section, one, help)) = named(section) else { return };
        for (name, value) in tables {
            let line = line_of(self.text, &name.span());
            let place = |key: &str| Place::File { line, key: format!("{section}.{}", shown(key)) };
            let DeValue::Table(table) = value.get_ref() else {
                let what = format!("expected a section for each {one}");
                let help = format!("write it as [{section}.NAME], with its keys below");
                self.mistakes.add(place(name.get_ref()), what, help);
                continue;
            };
            if !is_name(name.get_ref()) {
                let what =
                    format!("expected a name of a to z, 0 to 9, - and _, of {NAME} characters at most");
                self.mistakes.add(place(name.get_ref()), what, help);
                continue;
            }
            self.values.named.entry(section).or_default().insert(name.get_ref().to_string());
            for (key, value) in table {
                let path = format!("{section}.{}.{}", name.get_ref(), key.get_ref());
                let line = line_of(self.text, &key.span());
                let place = Place::File { line, key: shown(&path) };
                self.value(&path, &format!("{section}.*.{}", key.get_ref()), place, value);
            }
        }
    }

    fn value(&mut self, path: &str, pattern: &str, place: Place, value: &Spanned<DeValue<'_>>) {
        let Some(key) = KEYS.iter().find(|key| key.path == pattern) else {
            self.mistakes.add(place, "expected a key that there is", help_unknown(pattern));
            return;
        };
        match raw(key.kind, value.get_ref()) {
            Some(raw) => {
                self.values.found.insert(path.to_owned(), (place, raw));
            }
            None => {
                // The value itself is not shown: it may be a secret that was written here by mistake.
                let what = format!("expected {}, got {}", key.kind.wanted(), value.get_ref().type_str());
                self.mistakes.add(place, what, "correct the value");
            }
        }
    }
}

fn is_section(path: &str) -> bool {
    KEYS.iter().any(|key| {
        let section = key.parts().0;
        section.split('.').next() == Some(path) && !section.is_empty()
    })
}

fn named(section: &str) -> Option<(&'static str, &'static str, &'static str)> {
    NAMED.into_iter().find(|(of, ..)| *of == section)
}

pub(super) fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=NAME).contains(&name.len()) && name.bytes().all(is_allowed)
}

/// The keys of the section, for who mistyped one.
fn help_unknown(pattern: &str) -> String {
    let section = pattern.rsplit_once('.').map_or("", |(section, _)| section);
    let names: Vec<_> =
        KEYS.iter().map(Key::parts).filter(|(of, _)| *of == section).map(|(_, name)| name).collect();
    match names.is_empty() {
        true => "take it out: there is no such section".to_owned(),
        false => format!("correct the name, or take it out; there are {}", names.join(", ")),
    }
}

fn raw(kind: ValueKind, value: &DeValue<'_>) -> Option<Raw> {
    match (kind, value) {
        (ValueKind::Integer { .. }, DeValue::Integer(number)) => {
            u64::from_str_radix(number.as_str(), number.radix()).ok().map(Raw::Integer)
        }
        (ValueKind::Addresses, DeValue::Array(list)) => {
            let texts = list.iter().map(|value| value.get_ref().as_str().map(str::to_owned));
            texts.collect::<Option<Vec<_>>>().map(Raw::List)
        }
        (ValueKind::Ratio, DeValue::Float(number)) => Some(Raw::Text(number.as_str().to_owned())),
        (ValueKind::Ratio, DeValue::Integer(number)) => Some(Raw::Text(number.as_str().to_owned())),
        (ValueKind::Integer { .. } | ValueKind::Addresses | ValueKind::Ratio, _) => None,
        (_, DeValue::String(text)) => Some(Raw::Text(text.to_string())),
        _ => None,
    }
}

fn from_environment(environment: &[(String, String)], values: &mut Values, mistakes: &mut Mistakes) {
    for (name, value) in environment.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
        let place = Place::Environment { name: shown(name) };
        let Some(key) = KEYS.iter().find(|key| key.environment().as_ref() == Some(name)) else {
            let help = "correct the name, or unset it; docs/node.md lists the names, and policies are set in the file alone";
            mistakes.add(place, "expected a name that there is", help);
            continue;
        };
        let raw = match key.kind {
            ValueKind::Integer { .. } => value.trim().parse().ok().map(Raw::Integer),
            ValueKind::Addresses => {
                let parts = value.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(Raw::List(parts.map(str::to_owned).collect()))
            }
            _ => Some(Raw::Text(value.clone())),
        };
        match raw {
            Some(raw) => {
                values.found.insert(key.path.to_owned(), (place, raw));
            }
            None => mistakes.add(
                place,
                format!("expected {}", key.kind.wanted()),
                "correct the value, or unset it",
            ),
        }
    }
}
