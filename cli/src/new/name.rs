//! The name of a project.

use std::path::Path;

use super::NewError;

/// The most characters, as the registry of crates has it.
const MOST: usize = 64;

/// Names that a crate with a program cannot have, or that mean something else in it: keywords of Rust that are names by their letters,
/// crates that are always there, folders of a build, and what the project depends on.
const TAKEN: [&str; 65] = [
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "build",
    "const",
    "continue",
    "core",
    "crate",
    "deps",
    "do",
    "dyn",
    "else",
    "enum",
    "examples",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "incremental",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "proc_macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "union",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "zksensor",
    "con",
    "nul",
];

/// A name that a crate may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name(String);

impl Name {
    /// That of a folder: the last name of its path.
    ///
    /// # Errors
    /// [`NewError::Name`].
    pub(super) fn of(folder: &Path) -> Result<Name, NewError> {
        let last = folder.file_name().unwrap_or(folder.as_os_str());
        let refused = |wanted| {
            let got = last.to_string_lossy().chars().take(80).collect::<String>().escape_debug().to_string();
            NewError::Name { wanted, got }
        };
        let name = last.to_str().ok_or_else(|| refused("text"))?;
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return Err(refused("a name that begins with a letter from a to z"));
        }
        let is_of_names = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if !name.chars().all(is_of_names) {
            return Err(refused("letters from a to z, digits, - and _"));
        }
        if name.len() > MOST {
            return Err(refused("at most 64 characters"));
        }
        if TAKEN.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(refused("a name that Rust, Cargo or a dependency has no other use for"));
        }
        Ok(Name(name.to_owned()))
    }

    /// The name.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_crates() {
        let longest = "a".repeat(64);
        for folder in ["fleet", "a", "Town-2_air", "there/is/fleet", "../fleet/", "self-service", &longest] {
            let name = Name::of(Path::new(folder)).unwrap();
            assert!(folder.contains(name.as_str()), "{folder}");
        }
        let long = "a".repeat(65);
        for (folder, wanted) in [
            ("", "begins with a letter"),
            ("/", "begins with a letter"),
            ("..", "begins with a letter"),
            ("2fleet", "begins with a letter"),
            ("-fleet", "begins with a letter"),
            ("_fleet", "begins with a letter"),
            ("ärger", "begins with a letter"),
            ("fle.et", "digits, - and _"),
            ("my fleet", "digits, - and _"),
            ("fl\"eet", "digits, - and _"),
            ("fleet{{", "digits, - and _"),
            ("flü", "digits, - and _"),
            (&long, "at most 64"),
            ("fn", "no other use"),
            ("Self", "no other use"),
            ("test", "no other use"),
            ("zksensor", "no other use"),
        ] {
            let error = Name::of(Path::new(folder)).unwrap_err().to_string();
            assert!(error.contains(wanted), "{folder}: {error}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_refused_without_its_bytes() {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"fleet\xff");
        let error = Name::of(Path::new(name)).unwrap_err().to_string();
        assert!(error.contains("expected text") && error.contains("fleet\u{fffd}"), "{error}");
    }
}
