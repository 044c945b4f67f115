//! The exit status of every command: what a script can tell apart without reading a message.

use std::process::ExitCode;

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Something that should not happen.
    Other,
    /// Options that do not parse, or do not fit each other.
    Usage,
    /// A file that is not what was wanted, or is there already.
    File,
    /// A proof, or an opening, that does not hold.
    False,
    /// A proof that holds, but not of what was expected.
    Unexpected,
    /// A claim that no proof can be made of.
    Claim,
    /// The system: no such file, no permission, no space.
    System,
    /// Standard output did not take what was written.
    Output,
    /// A node or signer, and not what was asked of it.
    Node,
    /// What a contract does not take, or a limit of the command.
    Refused,
}

/// The number of each, and what is said of it. 0 is success.
const TABLE: [(Exit, u8, &str); 10] = [
    (Exit::Other, 1, "something that should not happen; please report it"),
    (Exit::Usage, 2, "options that do not parse, or do not fit each other or this machine"),
    (Exit::File, 3, "a file that is not what was wanted: damaged, of another kind, or there already"),
    (Exit::False, 4, "a proof or a ceremony that does not hold, or an opening that is not of its commitment"),
    (Exit::Unexpected, 5, "a proof that holds, but not of what --expect, --require-secure or a policy wants"),
    (Exit::Claim, 6, "a claim that no proof can be made of: too few readings, a rule that is broken"),
    (
        Exit::System,
        7,
        "the system: no such file, no permission, no space on the disk, a registry that others hold",
    ),
    (Exit::Output, 8, "standard output did not take what was written; a closed pipe is no failure"),
    (
        Exit::Node,
        9,
        "a node or signer that does not answer, or what is not final yet: the same command later goes on",
    ),
    (
        Exit::Refused,
        10,
        "what a contract refuses, or a limit of gas or cost; nothing was sent unless it says so",
    ),
];

/// Which codes of diagnostics end how; what is not here is [`Exit::Other`].
const CODES: [(&str, Exit); 24] = [
    ("zksensor::usage", Exit::Usage),
    ("zksensor::source", Exit::Usage),
    ("zksensor::shape", Exit::Usage),
    ("zksensor::schema", Exit::Usage),
    ("zksensor::setup::insecure", Exit::Usage),
    ("zksensor::export::statement", Exit::Usage),
    ("zksensor::file", Exit::File),
    ("zksensor::import", Exit::File),
    ("zksensor::key", Exit::File),
    ("zksensor::policy", Exit::File),
    ("zksensor::registry", Exit::File),
    ("zksensor::export::calldata", Exit::File),
    ("zksensor::verify", Exit::False),
    ("zksensor::open", Exit::False),
    ("zksensor::ceremony", Exit::False),
    ("zksensor::expect", Exit::Unexpected),
    ("zksensor::rule", Exit::Claim),
    ("zksensor::system", Exit::System),
    ("zksensor::output", Exit::Output),
    ("zksensor::chain::node", Exit::Node),
    ("zksensor::node::left", Exit::Node),
    ("zksensor::chain::refused", Exit::Refused),
    ("zksensor::prove", Exit::Other),
    ("zksensor::doctor", Exit::Other),
];

impl Exit {
    /// How a diagnostic of this code ends a command.
    pub(crate) fn of(code: &str) -> Exit {
        CODES.iter().find(|(other, _)| *other == code).map_or(Exit::Other, |(_, exit)| *exit)
    }

    fn number(self) -> u8 {
        TABLE.iter().find(|(exit, ..)| *exit == self).map_or(1, |(_, number, _)| *number)
    }

    /// What `--help` says of all of them.
    pub(crate) fn help() -> String {
        let lines = TABLE.iter().map(|(_, number, what)| format!("\n  {number}  {what}"));
        format!("Exit status:\n  0  success{}", lines.collect::<String>())
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.number())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_has_a_number_of_its_own() {
        for (index, (exit, number, what)) in TABLE.iter().enumerate() {
            assert_eq!((usize::from(*number), exit.number()), (index + 1, *number));
            assert!(Exit::help().contains(what));
        }
    }

    /// The book has the same table, with the codes of each.
    #[test]
    fn the_table_is_documented() {
        let page = include_str!("../../docs/errors.md");
        for (exit, number, what) in TABLE {
            let codes = CODES.iter().filter(|(_, of)| *of == exit).map(|(code, _)| format!("`{code}`"));
            let row = format!("\n| {number} | {what} | {} |\n", codes.collect::<Vec<_>>().join(", "));
            assert!(page.contains(&row), "docs/errors.md has to have the row {row}");
        }
    }
}
