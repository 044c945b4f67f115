//! `node worker-key`: a new secret of the workers, or what is sealed for one that there is.

use std::path::{Path, PathBuf};

use serde_json::json;
use zksensor::files::{self, Kind, Overwrite};
use zksensor_node::cluster::WorkerSecret;
use zksensor_node::config::KeySource;

use super::NodeError;
use super::init::key_line;
use crate::output::{Output, shown};

/// Options of `node worker-key`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Workers have the file, and nobody else: whoever has it reads the witnesses of all jobs that were sealed for it. The node has the \
                        public key, in `nats.workers`."
)]
pub(crate) struct Args {
    /// The file of the secret. One that is there is read, and not changed.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

pub(super) fn run(args: &Args, output: &Output) -> Result<(), NodeError> {
    let is_new = !args.file.exists();
    if is_new {
        make(&args.file)?;
    }
    let secret = KeySource::File(args.file.clone()).key()?;
    let public = WorkerSecret::from_bytes(&secret).public().to_string();
    let what = if is_new { "made" } else { "read" };
    output.line(format_args!("{what}        {}", args.file.display()));
    output.line(format_args!("public key  {public}"));
    output.result(&json!({ "file": shown(&args.file), "made": is_new, "workers": public }));
    Ok(())
}

fn make(path: &Path) -> Result<(), NodeError> {
    let text = key_line(&WorkerSecret::random_bytes());
    Ok(files::write(path, Kind::Typed, Overwrite::Never, text.as_bytes())?)
}
