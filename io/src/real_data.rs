//! Real telemetry and outlines for tests, read from `../shared/data` beside the workspace. They are other people's files
//! and are not in the repository.

use std::io::Write;
use std::path::Path;

/// The text of `name`, or `None` after saying so on standard error.
///
/// # Panics
/// If the file is absent and the environment variable `ZKSENSOR_REQUIRE` contains `data`.
pub(crate) fn read(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data").join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            let required = std::env::var("ZKSENSOR_REQUIRE").is_ok_and(|value| value.contains("data"));
            assert!(!required, "ZKSENSOR_REQUIRE asks for data, but {}: {error}", path.display());
            // Straight to standard error: libtest captures `eprintln!`.
            writeln!(std::io::stderr(), "skipped: what needs {name}: {}: {error}", path.display()).unwrap();
            None
        }
    }
}
