//! Members of a record by their path.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::import::RecordError;
use crate::import::document::Text;

/// Names with points between. A point after a backslash is part of a name.
#[derive(Debug, Clone)]
pub(super) struct Path(String);

impl Path {
    /// The path that text says.
    pub(super) fn new(text: &str) -> Path {
        Path(text.to_owned())
    }

    /// As it was written.
    pub(super) fn text(&self) -> &str {
        &self.0
    }

    /// What stands there in a record; `None` if nothing does, or `null`.
    ///
    /// # Errors
    /// [`RecordError::Kind`] for an object on the way with a name that is no text: what cannot be read is not absent.
    pub(super) fn find<'a>(&self, record: &'a RawValue) -> Result<Option<&'a RawValue>, RecordError> {
        let (mut found, mut rest) = (record, Some(self.text()));
        while let Some(path) = rest {
            if !found.get().starts_with(['{', '[']) {
                return Ok(None);
            }
            let (name, after) = step(path);
            let mut reader = serde_json::Deserializer::from_str(found.get());
            let member = Member(&name).deserialize(&mut reader);
            let member =
                member.map_err(|_| RecordError::Kind { wanted: "names of members that are text" })?;
            let Some(member) = member else { return Ok(None) };
            (found, rest) = (member, after);
        }
        Ok((found.get() != "null").then_some(found))
    }
}

/// The first name of a path, and the path from there, if it goes on.
fn step(path: &str) -> (String, Option<&str>) {
    let (mut name, mut escaped) = (String::new(), false);
    for (at, character) in path.char_indices() {
        match (character, escaped) {
            ('\\', false) => {
                escaped = true;
                continue;
            }
            ('.', false) => return (name, Some(&path[at + 1..])),
            (other, _) => name.push(other),
        }
        escaped = false;
    }
    (name, None)
}

/// The member of this name, or the item of this number.
struct Member<'p>(&'p str);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(Text(name)) = members.next_key()? {
            if name == self.0 {
                found = Some(members.next_value()?);
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(found)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let Ok(wanted) = self.0.parse::<usize>() else {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(None);
        };
        let (mut found, mut index) = (None, 0);
        while let Some(item) = items.next_element()? {
            if index == wanted {
                found = Some(item);
            }
            index += 1;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_a_member() {
        let text = r#"{"a":{"b":[{"c":1},{"c":"x"}],"":2,"d.e":3,"n":null},"\u0066":4}"#;
        let record: &RawValue = serde_json::from_str(text).unwrap();
        let find = |path: &str| Path::new(path).find(record).unwrap().map(RawValue::get);
        for (path, wanted) in [
            ("a.b.0.c", Some("1")),
            ("a.b.1.c", Some("\"x\"")),
            ("a.", Some("2")),
            ("a.d\\.e", Some("3")),
            ("f", Some("4")),
            ("a.b.2.c", None),
            ("a.b.c", None),
            ("a.n", None),
            ("a.n.x", None),
            ("f.x", None),
            ("", None),
        ] {
            assert_eq!(find(path), wanted, "{path}");
        }
        // Half of a pair of surrogates is no text: what stands beside it is not absent.
        let record: &RawValue = serde_json::from_str(r#"{"gps":{"\ud800":0,"acc":500}}"#).unwrap();
        assert!(Path::new("gps.acc").find(record).is_err());
    }
}
