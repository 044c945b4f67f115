//! The file that `node init` writes: made of the table of keys, so that what it says of them is what holds.

use std::fmt::Write;

use super::keys::{KEYS, Key};

/// A configuration of one policy of this name, whose keys `set` has values for (in TOML, by path); the other keys have their defaults, or are
/// in comments.
///
/// ```
/// use zksensor_node::config::{Config, template};
/// let text = template("air", &[("policies.*.policy", "\"air.toml\"")]);
/// let config = Config::parse(&text, std::path::Path::new(""), &[])?;
/// assert_eq!(config.policies[0].name, "air");
/// # Ok::<(), zksensor_node::config::Mistakes>(())
/// ```
pub fn template(policy: &str, set: &[(&str, &str)]) -> String {
    let mut text = String::from(
        "# A node of zksensor: `zksensor node check` says whether it can run. Paths are relative to this file.\n\
         # A variable of the environment comes before its key here: ZKSENSOR_NODE_LISTEN before `listen`,\n\
         # ZKSENSOR_NODE_LIMITS_QUEUE before `queue` in [limits]. No secret is in this file.\n",
    );
    let mut section = "";
    for key in KEYS {
        let (of, name) = key.parts();
        let is_live = section_is_live(of, set);
        let mark = if is_live { "" } else { "# " };
        if of != section {
            section = of;
            let heading =
                if of == "chains.*" { "chains.amoy".to_owned() } else { section.replace('*', policy) };
            let _ = write!(text, "\n{}{mark}[{heading}]\n", about_section(section));
        } else if section.is_empty() {
            text.push('\n');
        }
        let value = set.iter().find(|(path, _)| *path == key.path).map(|(_, value)| *value);
        let _ = writeln!(text, "# {}", key.about);
        let _ = match value.or(key.default) {
            Some(value) => writeln!(text, "{mark}{name} = {value}"),
            None => writeln!(text, "# {name} = {}", key.sample),
        };
    }
    text
}

/// Whether a section is there: one that has no default and nothing set is in a comment.
fn section_is_live(section: &str, set: &[(&str, &str)]) -> bool {
    let mut keys = KEYS.iter().filter(|key| key.parts().0 == section);
    let is_named = section.contains('*');
    keys.any(|key: &Key| key.default.is_some() && !is_named || set.iter().any(|(path, _)| *path == key.path))
}

fn about_section(section: &str) -> &'static str {
    match section {
        "chains.*" => {
            "# A section for each chain, with the account that brings proofs to the feeds which policies name. Give the node an account of its own.\n"
        }
        "policies.*" => {
            "# A section for each policy; its name is in URLs and metrics: a to z, 0 to 9, - and _.\n"
        }
        _ => "",
    }
}
