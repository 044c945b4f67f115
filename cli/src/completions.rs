//! The command `completions`.

use clap::CommandFactory;
use clap_complete::Shell;
use serde_json::json;

use crate::output::Output;

/// Options of `completions`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell.
    shell: Shell,
}

/// Writes the completions of the command line `C`.
pub(crate) fn run<C: CommandFactory>(args: &Args, output: &Output) {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut C::command(), "zksensor", &mut script);
    let script = String::from_utf8_lossy(&script);
    output.answer(script.trim_end());
    output.result(&json!({ "shell": args.shell.to_string(), "script": script }));
}
