//! The command `device sign`: a CSV table in, a file of signed readings out, row by row.

use std::path::PathBuf;

use serde_json::{Value, json};
use zksensor::circuits::reading::Network;
use zksensor::files::{self, DeviceFile, ReadingsWriter};
use zksensor::import::{Columns, CsvReader, ImportError, Mapping};

use super::DeviceError;
use crate::args::{self, ForceArgs};
use crate::output::Output;

/// Options of `device sign`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("where").required(true).args(["policy", "network_chain_id"]))]
pub(crate) struct Args {
    /// The key of the device.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Takes network and schema from a policy.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["network_chain_id", "registry_address", "schema"])]
    policy: Option<PathBuf>,
    /// The fence of the policy, unless the policy names its root.
    #[arg(long, value_name = "FILE", requires = "policy")]
    fence: Option<PathBuf>,
    /// Chain of the registry contract.
    #[arg(long, value_name = "N", requires = "registry_address", requires = "schema")]
    network_chain_id: Option<u64>,
    /// Address of the registry contract.
    #[arg(long, value_name = "HEX", value_parser = args::address, requires = "network_chain_id")]
    registry_address: Option<[u8; 20]>,
    /// The sensor profile.
    #[arg(long, value_name = "N")]
    schema: Option<u32>,
    /// The table, with a header.
    #[arg(long, value_name = "FILE")]
    csv: PathBuf,
    /// Which column is what: time=..,lat=..,lon=..,accuracy_m=..,value=.. by their names in the header. Times are RFC 3339 in
    /// UTC or Unix milliseconds, coordinates decimal degrees (rounded to 1e-7, half away from zero), accuracy_m metres
    /// (rounded up to the millimetre; accuracy_mm for millimetres; unknown without a column or in an empty cell). value1,
    /// value2, value3 and sequence may be mapped, too.
    #[arg(long, value_name = "MAP")]
    columns: Columns,
    /// Decimal places of the values: a cell is multiplied by 10^N and has to be a whole number then.
    #[arg(long, value_name = "N", default_value_t = 0)]
    scale: u32,
    /// Sequence number of the first row, unless a column has it.
    #[arg(long, value_name = "N", default_value_t = 0)]
    first_sequence: u64,
    /// Leaves rows out that cannot be read, and reports them.
    #[arg(long)]
    skip_bad_rows: bool,
    /// Where the signed readings go: one JSON document a line.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Bad rows that are reported one by one.
const SHOWN: usize = 1000;

/// Signs the rows.
///
/// # Errors
/// [`DeviceError`]; nothing is written then.
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), DeviceError> {
    let device = DeviceFile::load(&args.key)?;
    let (network, schema) = network(args)?;
    let mapping = Mapping {
        columns: args.columns.clone(),
        scale: args.scale,
        network,
        schema,
        first_sequence: args.first_sequence,
    };
    let path = args.csv.clone();
    let file = files::open_table(&path)?;
    let wrong = |source| DeviceError::Import { path: path.clone(), source: Box::new(source) };
    let rows = CsvReader::new(file, &mapping).map_err(wrong)?;
    let mut writer = ReadingsWriter::create(&args.out, args.force.overwrite())?;
    let spinner = output.spinner("signing");
    let (mut signed, mut bad, mut skipped) = (0u64, 0u64, Vec::<Value>::new());
    for row in rows {
        match row {
            Ok(row) => {
                let sign = device.key().sign(&row.reading);
                writer.push(&sign.map_err(|source| DeviceError::Sign { row: row.number, source })?)?;
                signed += 1;
            }
            Err(error) if args.skip_bad_rows && !matches!(error, ImportError::Table { .. }) => {
                bad += 1;
                if skipped.len() < SHOWN {
                    output.note(format_args!("left out: {error}"));
                    skipped.push(error.to_string().into());
                }
            }
            Err(error) => return Err(wrong(error)),
        }
        spinner.inc(1);
    }
    writer.finish()?;
    spinner.finish_and_clear();
    output.line(format_args!("signed {signed} readings into {}, left out {bad} rows", args.out.display()));
    output.result(&json!({ "out": args.out, "signed": signed, "skipped": bad, "why": skipped }));
    Ok(())
}

/// The network and the schema that readings are signed for.
fn network(args: &Args) -> Result<(Network, u32), DeviceError> {
    match (&args.policy, args.network_chain_id, args.registry_address, args.schema) {
        (Some(policy), ..) => {
            let (policy, _) = args::load_policy(policy, args.fence.as_deref())?;
            Ok((policy.parts().network, policy.parts().schema))
        }
        (None, Some(chain), Some(registry), Some(schema)) => Ok((Network::new(chain, registry), schema)),
        _ => unreachable!("the option parser wants a policy, or chain, address and schema"),
    }
}
