//! JSON without surprises: a document that says a key twice is refused.
//!
//! RFC 8259 leaves open what such a document means: one program takes the first value, another the last. What is signed or
//! proven has one meaning.
//!
//! ```
//! use zksensor_io::json::refuse_duplicate_keys;
//! let error = refuse_duplicate_keys(b"{\"speed\": 1,\n \"speed\": 2}").unwrap_err();
//! assert_eq!((error.key.as_str(), error.line, error.column), ("speed", 2, 2));
//! ```

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};

/// Objects and arrays within each other whose keys are looked at: as many as `serde_json` reads. What is deeper it can only
/// skip.
const MAX_DEPTH: usize = 128;

/// The most characters of a key that an error shows.
const SHOWN: usize = 40;

/// A key that an object has twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected every key of an object once, got `{key}` again at line {line}, column {column}")]
#[non_exhaustive]
pub struct DuplicateKey {
    /// The key, its first 40 characters; control characters as they are escaped.
    pub key: String,
    /// Line where it comes again, from 1.
    pub line: usize,
    /// Column of its opening quote, from 1, in bytes.
    pub column: usize,
}

/// Refuses `text` if an object in it has a key twice, `"a"` and `"\u0061"` being the same key. Text that is no JSON is left
/// to whoever parses it. It may hold several documents, one after the other.
///
/// Memory is 64 bits or so for each key of the objects that are open: their hashes, keyed by chance. Two keys are taken for
/// one with a probability of 2^-64.
///
/// # Errors
/// [`DuplicateKey`], the first one.
pub fn refuse_duplicate_keys(text: &[u8]) -> Result<(), DuplicateKey> {
    let hasher = RandomState::new();
    // The hashes of the keys of an object; `None` is an array.
    let mut open: Vec<Option<HashSet<u64>>> = Vec::new();
    let mut deeper = 0usize;
    let (mut at, mut key_follows) = (0, false);
    while let Some(byte) = text.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' => {
                at = string_end(text, at);
                if let (true, 0, Some(Some(keys))) = (key_follows, deeper, open.last_mut()) {
                    let key = decoded(&text[start..at]);
                    if !keys.insert(hasher.hash_one(&key)) {
                        return Err(duplicate(text, start, &key));
                    }
                }
                key_follows = false;
            }
            b'{' | b'[' => {
                if open.len() < MAX_DEPTH {
                    open.push((*byte == b'{').then(HashSet::new));
                } else {
                    deeper += 1;
                }
                key_follows = *byte == b'{';
            }
            b'}' | b']' if deeper > 0 => deeper -= 1,
            b'}' | b']' => {
                open.pop();
            }
            // In an array what follows is no key, and the top of `open` says so.
            b',' => key_follows = true,
            _ => {}
        }
    }
    Ok(())
}

/// The index after the closing quote of the string whose opening quote is before `at`, or the end of the text.
pub(crate) fn string_end(text: &[u8], mut at: usize) -> usize {
    while let Some(byte) = text.get(at) {
        at += if *byte == b'\\' { 2 } else { 1 };
        if *byte == b'"' {
            return at;
        }
    }
    text.len()
}

/// What a string with its quotes stands for. A string that stands for nothing, such as half of a surrogate pair, is taken
/// as it is written.
pub(crate) fn decoded(string: &[u8]) -> Cow<'_, str> {
    let decoded = serde_json::from_slice::<Key<'_>>(string).map(|key| key.0);
    decoded.unwrap_or_else(|_| String::from_utf8_lossy(string))
}

#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

fn duplicate(text: &[u8], at: usize, key: &str) -> DuplicateKey {
    let before = &text[..at];
    let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let key = key.chars().take(SHOWN).flat_map(char::escape_debug).take(SHOWN).collect();
    DuplicateKey { key, line, column: at - line_start + 1 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn refused(text: &str) -> Option<(String, usize, usize)> {
        refuse_duplicate_keys(text.as_bytes()).err().map(|error| (error.key, error.line, error.column))
    }

    #[test]
    fn a_key_twice_in_one_object_is_refused_wherever_it_is() {
        let found = |key: &str, line, column| Some((key.to_owned(), line, column));
        assert_eq!(refused(r#"{"a":1,"a":1}"#), found("a", 1, 8));
        assert_eq!(refused("[0, {\"b\": {\"a\": [],\n\t\"c\": 1,\n  \"a\":2}}]"), found("a", 3, 3));
        assert_eq!(refused(r#"{"x":[{"k":1},{"k":[{}]}],"x":"x"}"#), found("x", 1, 27));
        assert_eq!(refused(r#"{"a":1,"\u0061":1}"#), found("a", 1, 8));
        assert_eq!(refused(r#"{"\"":1,"\\":2,"\"":3}"#), found(r#"\""#, 1, 16));
        assert_eq!(refused(r#"{"":1e999,"":1}"#), found("", 1, 11));
        assert_eq!(refused("{\"a\":1}\n{\"b\":1,\"b\":2}"), found("b", 2, 8));
        assert_eq!(refused(r#"{"\ud800":1,"\ud800":2}"#), found(r#"\"\\ud800\""#, 1, 13));
        let long = "é\u{1}".repeat(99);
        let (key, ..) = refused(&format!("{{\"{long}\":1,\"{long}\":2}}")).unwrap();
        assert_eq!(key.chars().count(), 40);
    }

    #[test]
    fn the_same_key_in_other_objects_and_the_same_text_as_a_value_are_not() {
        for text in [
            r#"{"a":{"a":{"a":"a"}},"b":["a","a",{"a":"a"}]}"#,
            r#"[{"a":1},{"a":2}]"#,
            r#"{"a":"b","b":"a","c":"{\"a\":1,\"a\":2}"}"#,
            r#"{"A":1,"a":2,"a ":3}"#,
            r#"["a","a","b","b"]"#,
            "{\"a\":1}\n{\"a\":1}",
            "",
        ] {
            assert_eq!(refused(text), None, "{text}");
        }
    }

    #[test]
    fn text_that_is_no_json_is_left_to_the_parser() {
        for text in ["POLYGON((0 0))", "}}]]", "\"", "{\"a", "{\"a\\", "{,,,", "\u{feff}{}", "{\"a\":1,"] {
            assert_eq!(refused(text), None, "{text}");
        }
        assert_eq!(refuse_duplicate_keys(&[0xff, b'{', b'"', 0xfe, b'"', b':']), Ok(()));
    }

    #[test]
    fn what_is_skipped_as_too_deep_hides_nothing_behind_it() {
        let deep = format!("{}{}", "[".repeat(1000), "]".repeat(1000));
        assert_eq!(refused(&format!(r#"{{"x":{deep},"x":1}}"#)).unwrap().0, "x");
        assert_eq!(refused(&format!(r#"{{"x":{deep},"y":1}}"#)), None);
        let objects = format!("{}{}", "{\"a\":".repeat(128), "1".to_owned() + &",\"a\":1}".repeat(128));
        assert_eq!(refused(&objects).unwrap().0, "a");
    }

    proptest! {
        /// A document has no key twice exactly if serde_json keeps as many members as were written.
        #[test]
        fn agrees_with_what_serde_json_drops(
            objects in prop::collection::vec(prop::collection::vec(("[ab\\\\\"é]{0,2}", 0u8..4), 0..5), 1..4),
        ) {
            let object = |members: &Vec<(String, u8)>| {
                let member = |(key, value): &(String, u8)| {
                    let value = ["1", "\"a\"", "[{\"a\":1},\"b\"]", "{\"b\":[]}"][usize::from(*value)];
                    format!("{} : {value}", serde_json::to_string(key).unwrap())
                };
                format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
            };
            let text = format!("[{}]", objects.iter().map(object).collect::<Vec<_>>().join(","));
            let read: Vec<serde_json::Map<String, Value>> = serde_json::from_str(&text).unwrap();
            let dropped = read.iter().zip(&objects).any(|(read, written)| read.len() < written.len());
            prop_assert_eq!(refuse_duplicate_keys(text.as_bytes()).is_err(), dropped, "{}", text);
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[{}\\[\\]\",:\\\\ua0]{0,60}") {
            let _ = refuse_duplicate_keys(&bytes);
            let _ = refuse_duplicate_keys(text.as_bytes());
        }
    }
}
