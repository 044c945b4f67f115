//! The command `zksensor`: devices, registry, policy, keys, proofs, contracts.
//!
//! `zksensor demo` shows all of it without a file. Every command takes `--json`: one JSON object is then the last line of
//! standard output, and there is nothing else; an error is `{"error":{"message","help","code"}}` and an exit status that says of
//! which class it is, by the table in `exit.rs`.

mod args;
mod backend;
mod bench;
mod ceremony;
#[cfg(feature = "chain")]
mod chain;
mod completions;
mod demo;
#[cfg(feature = "chain")]
mod deploy;
mod device;
mod doctor;
mod error;
mod estimate;
mod exit;
mod export;
#[cfg(feature = "chain")]
mod feed;
mod folder;
mod inspect;
mod layout;
mod meaning;
mod new;
mod node;
mod open;
mod output;
mod policy;
mod prove;
mod registry;
mod report;
mod schema;
mod setup;
mod shape;
mod signals;
mod standard;
#[cfg(feature = "chain")]
mod submit;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::exit::Exit;
use crate::output::Output;

/// Zero-knowledge proofs about readings of physical sensors.
#[derive(Debug, Parser)]
#[command(name = "zksensor", version, arg_required_else_help = true, disable_help_subcommand = true, after_help = Exit::help())]
struct Cli {
    /// Ends with one JSON object on standard output, and prints nothing else there.
    #[arg(long, global = true)]
    json: bool,
    /// Prints what was asked for, warnings and errors only.
    #[arg(long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes devices, proves what they show, and shows attacks refused. Needs no file.
    Demo(demo::Args),
    /// Makes a project that builds and proves at once: a fleet, a station, or a contract that reads a mean.
    New(new::Args),
    /// A service that takes readings in, all day, and proves each epoch.
    #[command(subcommand)]
    Node(node::Command),
    /// Makes device keys and signs readings.
    #[command(subcommand)]
    Device(device::Command),
    /// Enrols and revokes devices, publishes the root.
    #[command(subcommand)]
    Registry(registry::Command),
    /// Checks a policy, gives its id.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Says what the channels of a reading mean: names, units, ranges.
    #[command(subcommand)]
    Schema(schema::Command),
    /// Makes the keys of a statement.
    Setup(setup::Args),
    /// Makes keys for production: powers of tau, and everybody who contributes.
    #[command(subcommand)]
    Ceremony(ceremony::Command),
    /// Proves what signed readings or frames show: many devices together, or the own one.
    Prove(Box<prove::Args>),
    /// Verifies a proof.
    Verify(verify::Args),
    /// Writes a page of a proof for everybody, that verifies it in the reader's browser.
    Report(report::Args),
    /// Says whether an opening is that of a proof's commitment, and shows what is asked for of the reading behind it.
    Open(open::Args),
    /// Writes what a chain needs: contracts, what deploys them, calldata of proofs, what explorers take.
    #[command(subcommand)]
    Export(export::Command),
    /// Deploys verifier, router, registry, feed and adapter to a chain, to addresses that are known before.
    #[cfg(feature = "chain")]
    Deploy(Box<deploy::Args>),
    /// Submits proofs to a feed on a chain.
    #[cfg(feature = "chain")]
    Submit(Box<submit::Args>),
    /// Reads a feed on a chain.
    #[cfg(feature = "chain")]
    #[command(subcommand)]
    Feed(feed::Command),
    /// Says what a file is and holds, or what the circuits cost.
    Inspect(inspect::Args),
    /// Measures what a statement costs: constraints, time and memory here, gas on Polygon and Ethereum.
    Estimate(estimate::Args),
    /// Measures this prover beside ark-groth16 and taceo-groth16, on the same circuits with the same keys.
    Bench(bench::Args),
    /// Says which arithmetic proves on this machine and why, and checks it.
    Doctor(doctor::Args),
    /// Writes the completions of a shell to standard output.
    Completions(completions::Args),
}

/// Runs the command that this process was started with: all of the binary `zksensor`.
pub fn main() -> ExitCode {
    let (cli, data) = match standard::parse::<Cli>() {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error),
    };
    signals::handle();
    let output = Output::new(cli.json, cli.quiet).beside_data(data);
    match run(&cli.command, &output) {
        Ok(()) => written(&output),
        Err(report) => {
            output.error(&report);
            Exit::of(&report.code().map(|code| code.to_string()).unwrap_or_default()).into()
        }
    }
}

/// Success, unless standard output did not take what was written.
fn written(output: &Output) -> ExitCode {
    let Some(error) = output::failed() else {
        return ExitCode::SUCCESS;
    };
    output.warn(format_args!("expected standard output to take what was written, but: {error}"));
    Exit::Output.into()
}

fn run(command: &Command, output: &Output) -> miette::Result<()> {
    backend::MadeWith::of_environment()?;
    match command {
        Command::Demo(args) => demo::run(args, output)?,
        Command::New(args) => new::run(args, output)?,
        Command::Node(command) => node::run(command, output)?,
        Command::Device(command) => device::run(command, output)?,
        Command::Registry(command) => registry::run(command, output)?,
        Command::Policy(command) => policy::run(command, output)?,
        Command::Schema(command) => schema::run(command, output)?,
        Command::Setup(args) => setup::run(args, output)?,
        Command::Ceremony(command) => ceremony::run(command, output)?,
        Command::Prove(args) => prove::run(args, output)?,
        Command::Verify(args) => verify::run(args, output)?,
        Command::Report(args) => report::run(args, output)?,
        Command::Open(args) => open::run(args, output)?,
        Command::Export(command) => export::run(command, output)?,
        #[cfg(feature = "chain")]
        Command::Deploy(args) => deploy::run(args, output)?,
        #[cfg(feature = "chain")]
        Command::Submit(args) => submit::run(args, output)?,
        #[cfg(feature = "chain")]
        Command::Feed(command) => feed::run(command, output)?,
        Command::Inspect(args) => inspect::run(args, output)?,
        Command::Estimate(args) => estimate::run(args, output)?,
        Command::Bench(args) => bench::run(args, output)?,
        Command::Doctor(args) => doctor::run(args, output)?,
        Command::Completions(args) => completions::run::<Cli>(args, output),
    }
    Ok(())
}

/// Options that do not parse; help and version, which clap calls errors, too.
fn usage(error: &clap::Error) -> ExitCode {
    let json = error.use_stderr() && std::env::args_os().any(|argument| argument == "--json");
    let output = Output::new(json, false);
    if !json {
        output::wrote(error.print());
    } else {
        let text = error.render().to_string();
        let message = text.trim().trim_start_matches("error: ");
        let help = Some("see zksensor --help".to_owned());
        output.failure(message, help, Some("zksensor::usage".to_owned()));
    }
    if error.use_stderr() { Exit::Usage.into() } else { written(&output) }
}
