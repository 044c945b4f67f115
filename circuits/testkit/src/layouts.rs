//! The layouts of the public inputs as text: the golden that the contracts and other languages read.

use std::fmt::Write;

use zksensor_model::known::FAMILIES;
use zksensor_model::layout::{Layout, Width};

/// Every statement's public fields as JSON: for each `name/version` its number of `words` and, in order, each field's `name`,
/// `word`, `shift` and `width` in bits, `offset` (a signed field is stored as value + 2^offset; null if unsigned) and
/// `solidity` type. The width of a whole element is null.
pub fn layouts_json() -> String {
    let statements: Vec<String> =
        FAMILIES.iter().map(|known| statement_json(&known.title(), &known.layout())).collect();
    format!("{{\n{}\n}}\n", statements.join(",\n"))
}

fn statement_json(title: &str, layout: &Layout) -> String {
    let number = |value: Option<u32>| value.map_or(String::from("null"), |value| value.to_string());
    let mut json = format!("  \"{title}\": {{\n    \"words\": {},\n    \"fields\": [\n", layout.words());
    for (index, (field, at)) in layout.fields().iter().zip(layout.placements()).enumerate() {
        let width = match field.width {
            Width::Element => None,
            Width::Bits(width) => Some(width),
        };
        let separator = if index == 0 { "" } else { ",\n" };
        write!(
            json,
            "{separator}      {{ \"name\": \"{}\", \"word\": {}, \"shift\": {}, \"width\": {}, \"offset\": {}, \"solidity\": \"{}\" }}",
            field.name,
            at.word,
            at.shift,
            number(width),
            number(field.offset),
            field.solidity,
        )
        .expect("writing to a string does not fail");
    }
    json.push_str("\n    ]\n  }");
    json
}
