//! `node check`: every file that a configuration names is read, every feed is asked, and nothing is started.

use std::path::PathBuf;

use serde_json::json;
use zksensor::solidity::Address;
use zksensor_node::config::{Checked, Config};
use zksensor_node::run;

use super::NodeError;
use super::run::NotRunning;
use crate::output::{Output, shown};

/// Options of `node check`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The configuration, as `node init` writes one.
    #[arg(long, value_name = "FILE", default_value = "node.toml")]
    config: PathBuf,
    /// Asks no chain whether the feeds take what this node would bring.
    #[arg(long)]
    offline: bool,
}

/// Reads a configuration and all that it names.
///
/// # Errors
/// [`NodeError::Config`] with every mistake. What needs the files comes once the text itself has none.
pub(crate) fn read(path: &std::path::Path) -> Result<Checked, NodeError> {
    let wrong = |mistakes| NodeError::Config { path: path.to_owned(), mistakes };
    Config::load(path).map_err(wrong)?.check().map_err(wrong)
}

/// The same for whoever runs a node: its folders can be written to, too.
pub(super) fn read_to_run(path: &std::path::Path) -> Result<Checked, NodeError> {
    let checked = read(path)?;
    let wrong = |mistakes| NodeError::Config { path: path.to_owned(), mistakes };
    checked.try_folders().map_err(wrong)?;
    Ok(checked)
}

pub(super) fn run(args: &Args, output: &Output) -> miette::Result<()> {
    let mut checked = read_to_run(&args.config)?;
    if !args.offline {
        let examined = run::examine(&checked).map_err(NotRunning)?;
        if !examined.wrong.is_empty() {
            return Err(NodeError::Feeds { path: args.config.clone(), wrong: examined.wrong }.into());
        }
        checked.warnings.extend(examined.unknown);
    }
    for warning in &checked.warnings {
        output.warn(warning);
    }
    output.line(format_args!("listens     {}", checked.config.listen));
    output.line(format_args!("devices     {}", checked.registry.journal().devices()));
    for policy in &checked.policies {
        let settings = &policy.settings;
        let to = settings.feed.as_ref().map(|feed| format!(", to {} on {}", Address(feed.feed), feed.chain));
        let (name, to) = (&settings.name, to.unwrap_or_default());
        output.line(format_args!("policy      {name} {}{to}", policy.document.policy.id()));
    }
    output.line("the node can run with it");
    let policies: Vec<_> = checked
        .policies
        .iter()
        .map(|policy| {
            let feed = policy.settings.feed.as_ref();
            let feed = feed.map(|feed| json!({ "chain": feed.chain, "feed": Address(feed.feed).to_string() }));
            json!({ "name": policy.settings.name, "id": policy.document.policy.id().to_string(), "feed": feed })
        })
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
