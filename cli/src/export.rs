//! The commands `export`: what a chain needs, made without one.

mod calldata;
mod error;
mod folder;
mod key;
mod keyed;
mod r1cs;
mod snarkjs;
mod solidity;
mod standard_json;

use zksensor::solidity::{ContractKey, Sources, StatementContract, TestChains};

use crate::output::Output;
pub(crate) use error::ExportError;

/// What the headers of exported sources say made them.
const COMMAND: &str = "zksensor export solidity";

/// What to export.
#[derive(Debug, clap::Subcommand)]
#[command(
    after_help = "`solidity` is for one statement and one key, and the cheapest to call. `keyed` is one contract for all \
                  statements, with the key in a contract of its own. No compiler and no chain is needed: deployment.json has \
                  the data of the transaction that deploys."
)]
pub(crate) enum Command {
    /// Writes the contracts of a statement, and deployment.json: its verifier with this key, ready to deploy.
    Solidity(solidity::Args),
    /// Writes the verifier of every statement, and what deploys this key as a contract of its own.
    Keyed(keyed::Args),
    /// Gives the calldata that shows one proof, or a batch of them, to a verifier.
    Calldata(calldata::Args),
    /// Gives the compiler's input that Polygonscan takes to show a contract's source.
    StandardJson(standard_json::Args),
    /// Writes a key, and a proof with its public inputs, as the JSON files of snarkjs.
    Snarkjs(snarkjs::Args),
    /// Writes the rows of a statement's circuit, as circom's tools read them (.r1cs).
    R1cs(r1cs::Args),
}

/// Runs a command.
///
/// # Errors
/// [`ExportError`].
pub(crate) fn run(command: &Command, output: &Output) -> Result<(), ExportError> {
    match command {
        Command::Solidity(args) => solidity::run(args, output),
        Command::Keyed(args) => keyed::run(args, output),
        Command::Calldata(args) => calldata::run(args, output),
        Command::StandardJson(args) => standard_json::run(args, output),
        Command::Snarkjs(args) => snarkjs::run(args, output),
        Command::R1cs(args) => r1cs::run(args, output),
    }
}

/// The sources for the statement of a key.
fn sources_of_key(key: &ContractKey) -> Result<Sources, ExportError> {
    let contract = StatementContract::named(key.statement())?;
    Ok(Sources::statement(&contract, COMMAND, key.is_insecure())?)
}

/// The sources for a statement without a key.
fn sources_of_title(title: &str) -> Result<Sources, ExportError> {
    Ok(Sources::statement(&contract_of_title(title)?, COMMAND, false)?)
}

/// The contracts of a statement; `title` is its name and version.
fn contract_of_title(title: &str) -> Result<StatementContract, ExportError> {
    let mut all = StatementContract::all();
    let Some(found) = all.iter().position(|contract| contract.title() == title) else {
        let titles = all.iter().map(StatementContract::title).collect::<Vec<_>>().join(", ");
        return Err(ExportError::Title { titles, got: title.escape_default().take(80).collect() });
    };
    Ok(all.swap_remove(found))
}

/// Says what an insecure key is.
fn warn_insecure(output: &Output) {
    output.warn(format_args!(
        "the key is INSECURE: whoever ran its setup can forge; its contract says so and can be deployed on test chains only ({TestChains})"
    ));
}
