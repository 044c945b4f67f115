//! The member `format` of a JSON object, wherever in it: databases, jq and maps of Go order members as they like.

use crate::json;

/// What the object's own member `format` says, as far as `head` holds it. Nothing is built but that text. What is cut before
/// it, or has none, but has a secret by its name, is taken for the file of that secret, so that nobody quotes it.
pub(super) fn of(head: &[u8]) -> Option<String> {
    let head = super::text::without_mark(head);
    let mut at = head.iter().position(|byte| !byte.is_ascii_whitespace())?;
    if head[at] != b'{' {
        return None;
    }
    let (mut depth, mut key_follows, mut secret) = (0usize, false, None);
    while let Some(byte) = head.get(at) {
        let start = at;
        at += 1;
        match byte {
            b'"' => {
                at = json::string_end(head, at);
                if depth == 1 && key_follows {
                    let name = json::decoded(&head[start..at]);
                    if name == "format" {
                        return value(&head[at..]).or(secret);
                    }
                    secret = secret.or_else(|| secret_by_name(&name, &head[at..]));
                }
                key_follows = false;
            }
            b'{' | b'[' => {
                depth += 1;
                key_follows = *byte == b'{';
            }
            b'}' | b']' if depth == 1 => return secret,
            b'}' | b']' => depth -= 1,
            b',' => key_follows = true,
            _ => {}
        }
    }
    secret
}

/// The format of a file of secrets that has such a member.
fn secret_by_name(name: &str, rest: &[u8]) -> Option<String> {
    let format = match name {
        "seed" | "identity_secret" => "zksensor-device-key/",
        "salt" => "zksensor-opening/",
        _ => return None,
    };
    let value = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    value.starts_with(b"\"0x").then(|| format.to_owned())
}

/// The text after a colon.
fn value(rest: &[u8]) -> Option<String> {
    let rest = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let end = json::string_end(rest, usize::from(rest.first() == Some(&b'"')));
    serde_json::from_slice(&rest[..end]).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_wherever_it_is() {
        for text in [
            r#"{"format":"a"}"#,
            "\u{feff}\n { \"format\" : \"a\" , \"x\": 1",
            r#"{"x":{"format":"b"},"y":["format",{"format":"c"}],"format":"a"}"#,
            r#"{"x":"format","y":"\"format\":\"b\"","\u0066ormat":"\u0061"}"#,
            r#"{"x":[],"format":"a","format":"b"}"#,
        ] {
            assert_eq!(of(text.as_bytes()).as_deref(), Some("a"), "{text}");
        }
    }

    #[test]
    fn a_secret_is_known_by_its_name() {
        for text in
            [r#"{"leaf":{},"seed":"0x09"#, r#"{"identity_secret": "0x01"}"#, r#"{"seed":"0x","format":1}"#]
        {
            assert_eq!(of(text.as_bytes()).as_deref(), Some("zksensor-device-key/"), "{text}");
        }
        assert_eq!(of(br#"{"salt":"0x"#).as_deref(), Some("zksensor-opening/"));
        assert_eq!(of(br#"{"salt":35.1,"seed":{"seed":"0x"}}"#), None);
    }

    #[test]
    fn only_the_object_itself_has_one() {
        for text in [
            "",
            "{",
            "{}",
            "[{\"format\":\"a\"}]",
            r#"{"x":{"format":"a"}}"#,
            r#"{"x":"format"}"#,
            r#"{}{"format":"a"}"#,
            r#"{"format":1}"#,
            r#"{"format":"a"#,
            r#"{"format""#,
            r#"{"format":}"#,
            r#"{"format":["a"]}"#,
            "\"format\":\"a\"",
            r#"{"x":"#,
            "{\"\\",
            "}}{\"format\":\"a\"}",
        ] {
            assert_eq!(of(text.as_bytes()), None, "{text}");
        }
    }
}
