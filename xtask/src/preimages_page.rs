//! The tables in `docs/preimages.md`, one for each preimage.

use zksensor_model::layout::{Field, Width};
use zksensor_model::preimages::{Lane, PACKED, PREIMAGES, Preimage};

/// The page.
pub(crate) const PATH: &str = "docs/preimages.md";
/// Around the tables.
pub(crate) const MARKERS: (&str, &str) = ("<!-- preimages begin -->", "<!-- preimages end -->");

/// The tables.
pub(crate) fn tables() -> String {
    let hashed = PREIMAGES.iter().map(|Preimage { name, about, domain, lanes }| {
        let tag = match domain.name() {
            "" => "tag 0".to_owned(),
            name => format!("tag `{name}`"),
        };
        format!("\n### `{name}`\n\n{} Poseidon of {}, {tag}.\n\n{}", about.trim(), count(lanes), table(lanes))
    });
    let packed = PACKED.iter().map(|lane| {
        let about = lane.about.trim();
        format!("\n### `{}`\n\n{about} One element, not hashed.\n\n{}", lane.name, table(&[*lane]))
    });
    hashed.chain(packed).collect()
}

fn count(lanes: &[Lane]) -> String {
    if lanes.len() == 1 { String::from("1 lane") } else { format!("{} lanes", lanes.len()) }
}

fn table(lanes: &[Lane]) -> String {
    let mut table = String::from("| lane | part | bits | stored as | what |\n|---|---|---|---|---|\n");
    for (index, lane) in lanes.iter().enumerate() {
        for (Field { name, width, offset, solidity }, about) in lane.parts() {
            let bits = match width {
                Width::Element => String::from("element"),
                Width::Bits(bits) => bits.to_string(),
            };
            let stored = match (width, offset) {
                (Width::Element, _) => String::from("itself"),
                (_, None) => format!("`{solidity}`"),
                (_, Some(offset)) => format!("`{solidity}` + 2^{offset}"),
            };
            table.push_str(&format!("| {index} | `{name}` | {bits} | {stored} | {} |\n", about.trim()));
        }
    }
    table
}
