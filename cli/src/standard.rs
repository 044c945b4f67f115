//! `-` for a file: the standard input where one is read, the standard output where one is written.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{ArgMatches, CommandFactory, FromArgMatches};

/// The options that name a file to write, by command; `*` is every one.
const OUTPUTS: [(&str, &str); 10] = [
    ("*", "out"),
    ("new", "leaf_out"),
    ("prove", "opening"),
    ("prove", "seal_out"),
    ("fence", "triangles_out"),
    ("demo", "html"),
    ("demo", "private"),
    ("report", "html"),
    ("bench", "html"),
    ("bench", "svg"),
];
/// The options that name what has to be a file: it is changed in its place, read twice, or is a folder.
const FILES: [(&str, &str); 9] = [
    ("*", "out_dir"),
    ("inspect", "file"),
    ("prove", "seal"),
    ("*", "ptau"),
    ("*", "zkey"),
    ("new", "folder"),
    ("init", "folder"),
    ("check", "config"),
    ("new", "zksensor_path"),
];

fn is_among(options: &[(&str, &str)], command: &str, id: &str) -> bool {
    options.iter().any(|(of, option)| *option == id && (*of == "*" || *of == command))
}

/// A command line, and whether its standard output is that of a file.
///
/// # Errors
/// Options that do not parse, and `-` where it cannot be.
pub(crate) fn parse<C: CommandFactory + FromArgMatches>() -> Result<(C, bool), clap::Error> {
    let mut command = C::command();
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    let data = check(&matches).map_err(|message| command.error(ErrorKind::ValueValidation, message))?;
    C::from_arg_matches(&matches).map(|parsed| (parsed, data))
}

/// Whether a file goes to the standard output.
fn check(matches: &ArgMatches) -> Result<bool, &'static str> {
    let mut named = Vec::new();
    dashes("", matches, &mut named);
    if named.iter().any(|(command, id)| is_among(&FILES, command, id)) {
        return Err(
            "`-` is the standard input or output, and this has to be a file or a folder: ./- names one",
        );
    }
    let outputs = named.iter().filter(|(command, id)| is_among(&OUTPUTS, command, id)).count();
    if named.len() - outputs > 1 {
        return Err("`-` names the standard input once: pass files for the rest");
    }
    if outputs > 1 {
        return Err("`-` names the standard output once: pass files for the rest");
    }
    if outputs == 1 && json(matches) {
        return Err("with --json the standard output is the result's: pass a file for what is written");
    }
    Ok(outputs == 1)
}

/// Commands and options whose value is `-`, once for each time.
fn dashes<'m>(command: &'m str, matches: &'m ArgMatches, named: &mut Vec<(&'m str, &'m str)>) {
    for id in matches.ids() {
        // What is no path, such as a group, has none.
        if matches.try_get_many::<PathBuf>(id.as_str()).is_ok()
            && let Ok(Some(values)) = matches.try_get_raw(id.as_str())
        {
            named.extend(values.filter(|value| *value == OsStr::new("-")).map(|_| (command, id.as_str())));
        }
    }
    if let Some((command, matches)) = matches.subcommand() {
        dashes(command, matches, named);
    }
}

fn json(matches: &ArgMatches) -> bool {
    let here = matches.try_get_one::<bool>("json").ok().flatten().copied().unwrap_or(false);
    here || matches.subcommand().is_some_and(|(_, matches)| json(matches))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Commands with their options that take a value.
    fn options(command: &clap::Command, found: &mut Vec<(String, String)>) {
        let takes = command.get_arguments().filter(|option| option.get_action().takes_values());
        found.extend(takes.map(|option| (command.get_name().to_owned(), option.get_id().to_string())));
        command.get_subcommands().for_each(|command| options(command, found));
    }

    #[test]
    fn every_option_that_names_an_output_is_known_and_there() {
        let mut found = Vec::new();
        options(&crate::Cli::command(), &mut found);
        for (command, id) in &found {
            let is_output = id.ends_with("out") || id == "html" || id == "svg";
            assert!(!is_output || is_among(&OUTPUTS, command, id), "{command} --{id}");
            assert!(!id.ends_with("dir") || is_among(&FILES, command, id), "{command} --{id}");
        }
        for (command, id) in OUTPUTS.iter().chain(&FILES) {
            assert!(
                found.iter().any(|(of, option)| option == id && (of == command || *command == "*")),
                "{id}"
            );
        }
    }
}
