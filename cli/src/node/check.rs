//! `node check`: every file that a configuration names is read, and nothing is started.

use std::path::PathBuf;

use serde_json::json;
use zksensor_node::config::{Checked, Config};

use super::NodeError;
use crate::output::{Output, shown};

/// Options of `node check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The configuration, as `node init` writes one.
    #[arg(long, value_name = "FILE", default_value = "node.toml")]
    config: PathBuf,
}

/// Reads a configuration and all that it names.
///
/// # Errors
/// [`NodeError::Config`] with every mistake. What needs the files comes once the text itself has none.
pub(crate) fn read(path: &std::path::Path) -> Result<Checked, NodeError> {
    let wrong = |mistakes| NodeError::Config { path: path.to_owned(), mistakes };
    Config::load(path).map_err(wrong)?.check().map_err(wrong)
}

pub(super) fn run(args: &Args, output: &Output) -> Result<(), NodeError> {
    let checked = read(&args.config)?;
    for warning in &checked.warnings {
        output.warn(warning);
    }
    output.line(format_args!("listens     {}", checked.config.listen));
    output.line(format_args!("devices     {}", checked.registry.journal().devices()));
    for policy in &checked.policies {
        output.line(format_args!("policy      {} {}", policy.settings.name, policy.document.policy.id()));
    }
    output.line("the node can run with it");
    let policies: Vec<_> = checked
        .policies
        .iter()
        .map(|policy| json!({ "name": policy.settings.name, "id": policy.document.policy.id().to_string() }))
        .collect();
    output.result(&json!({
        "config": shown(&args.config),
        "listen": checked.config.listen.to_string(),
        "devices": checked.registry.journal().devices(),
        "policies": policies,
        "warnings": checked.warnings,
    }));
    Ok(())
}
