//! `setup` with mocks: no randomness, no waiting, and nothing that proves.

use std::time::Instant;

use serde_json::json;
use zksensor::files::Kind;
use zksensor::mock::{Mock, MockKey, files};
use zksensor::model::known::KnownStatement;

use super::{Args, Paths, SetupError, Stage, report, stage_as};
use crate::output::Output;

/// Writes the same key under both names, as other proof systems have two.
pub(super) fn run(args: &Args, statement: &KnownStatement, output: &Output) -> Result<(), SetupError> {
    let start = Instant::now();
    let names = files::key_file_names(&statement.id());
    let Stage { proving, verifying, layout } = stage_as(args, statement, names, [Kind::MockKey; 2])?;
    let key = MockKey::new(&statement.id());
    let paths = Paths {
        proving: proving.path().to_owned(),
        verifying: verifying.path().to_owned(),
        layout: layout.commit()?,
    };
    files::write_key(proving, &key)?;
    files::write_key(verifying, &key)?;
    report::<Mock>(&key, &paths, start.elapsed().as_millis(), json!({}), output);
    Ok(())
}
