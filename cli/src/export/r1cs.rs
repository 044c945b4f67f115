//! The command `export r1cs`.

use std::path::PathBuf;

use serde_json::json;
use zksensor::files::{Kind, Staged};
use zksensor_ceremony::write_r1cs;

use super::ExportError;
use crate::args::ForceArgs;
use crate::ceremony;
use crate::output::{Output, shown};
use crate::shape::{Family, ShapeArgs, compile};

/// Options of `export r1cs`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "`snarkjs r1cs info`, `snarkjs zkey verify` and every other tool of circom's reads the file. It has no program that \
                  computes a witness: that is `zksensor prove`."
)]
pub(crate) struct Args {
    /// Of what.
    #[arg(long, value_parser = Family::parser())]
    statement: Family,
    #[command(flatten)]
    shape: ShapeArgs,
    /// Where the rows (.r1cs) go.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Writes the rows of a circuit.
///
/// # Errors
/// [`ExportError`].
pub(super) fn run(args: &Args, output: &Output) -> Result<(), ExportError> {
    let statement = args.shape.statement(args.statement)?;
    let staged = Staged::create(&args.out, Kind::Circuit, args.force.overwrite())?;
    let spinner = output.spinner("the circuit");
    let circuit = compile(&statement).map_err(ceremony::CeremonyCommandError::from)?;
    ceremony::write(staged, &args.out, |writer| write_r1cs(&circuit, writer))?;
    spinner.finish_and_clear();
    let (id, rows) = (statement.id().to_string(), circuit.rows_digest().to_string());
    output.line(format_args!("statement      {id}"));
    output.line(format_args!("constraints    {}", circuit.constraints()));
    output.line(format_args!("wrote {}", args.out.display()));
    output.result(&json!({
        "statement": id, "rows": rows, "constraints": circuit.constraints(), "columns": circuit.columns(),
        "public_inputs": circuit.publics(), "file": shown(&args.out),
    }));
    Ok(())
}
