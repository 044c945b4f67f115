//! `node export`: what an auditor may see of a node that does not run.

use std::path::PathBuf;

use serde_json::json;
use zeroize::Zeroizing;
use zksensor::files::{Kind, StagedFolder};
use zksensor::model::hex;
use zksensor_node::log::Log;
use zksensor_node::run;
use zksensor_node::view::Show;

use super::run::{NotRunning, mocks};
use super::{NodeError, check};
use crate::output::{Output, shown};

/// Options of `node export`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The folder has status.json, with every epoch and its state, and proofs/POLICY/EPOCH-N.json, as `zksensor verify` takes them. Nothing of it \
                  is secret. The node has to be stopped meanwhile."
)]
pub(crate) struct Args {
    /// The configuration that the node runs with.
    #[arg(long, value_name = "FILE", default_value = "node.toml")]
    config: PathBuf,
    /// Writes evidence.json, too: of each device that signed two contents with one sequence number, both readings, with place and value. It is as
    /// secret as readings are.
    #[arg(long)]
    evidence: bool,
    /// Where it goes: a folder that is new or empty.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

pub(super) fn run(args: &Args, output: &Output) -> miette::Result<()> {
    let checked = check::read(&args.config)?;
    let core = run::open(&checked, mocks(), &Log::to_stderr(false)).map_err(NotRunning)?;
    let staged = StagedFolder::create(&args.folder, Kind::Project).map_err(NodeError::File)?;
    let view = core.view_of_all();
    let status = serde_json::to_vec_pretty(&view).unwrap_or_default();
    staged.put("status.json", &status).map_err(NodeError::File)?;
    let mut proofs = 0usize;
    for epoch in &view.epochs {
        let files = core.proofs(&epoch.policy, epoch.epoch);
        let files = files.map_err(|what| NodeError::Store { what })?;
        for (number, file) in files.iter().enumerate() {
            let name = format!("proofs/{}/{}-{number}.json", epoch.policy, epoch.epoch);
            staged.put(&name, file.as_bytes()).map_err(NodeError::File)?;
            proofs += 1;
        }
    }
    let mut equivocations = 0;
    if args.evidence {
        let found = core.evidence().map_err(|error| NodeError::Store { what: error.to_string() })?;
        equivocations = found.len();
        let both: Vec<_> = found.iter().map(|both| both.each_ref().map(|bytes| hex::encode(bytes))).collect();
        let text = Zeroizing::new(serde_json::to_vec(&both).unwrap_or_default());
        staged.put_secret("evidence.json", &text).map_err(NodeError::File)?;
    }
    staged.commit().map_err(NodeError::File)?;
    output.line(format_args!(
        "wrote       {} epochs and {proofs} proofs to {}",
        view.epochs.len(),
        args.folder.display()
    ));
    output.result(&json!({
        "folder": shown(&args.folder), "epochs": view.epochs.len(), "proofs": proofs, "evidence": equivocations
    }));
    Ok(())
}
