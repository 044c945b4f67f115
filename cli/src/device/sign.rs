//! The command `device sign`: a file that other software wrote in, a file of signed readings or frames out, record by record.

use std::io::BufReader;
use std::path::PathBuf;

use serde_json::{Value, json};
use zksensor::files::{self, DeviceFile};
use zksensor::import::{ImportError, Rows, Scheme, Setting, Settings};
use zksensor::model::hex;
use zksensor::model::policy::Policy;
use zksensor::model::reading::Network;
use zksensor::model::schema::Schema;

use super::DeviceError;
use super::frames::{FrameArgs, Sink};
use super::source::{SourceArgs, SourceError};
use crate::args::{self, ForceArgs};
use crate::output::{Output, shown};

/// Options of `device sign`.
#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("where").required(true).args(["policy", "network_chain_id"]),
    group = clap::ArgGroup::new("profile").args(["schema", "schema_file"])
)]
pub(crate) struct Args {
    /// The key of the device.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Takes network and schema from a policy.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["network_chain_id", "registry_address", "schema", "schema_file"])]
    policy: Option<PathBuf>,
    /// The fence of the policy, unless the policy names its root and, for a track, its scales.
    #[arg(long, value_name = "FILE", requires = "policy")]
    fence: Option<PathBuf>,
    /// The feature of a GeoJSON collection that is the fence. Without it all features together are.
    #[arg(long, value_name = "NAME", requires = "fence")]
    feature: Option<String>,
    /// Chain of the registry contract.
    #[arg(long, value_name = "N", requires = "registry_address", requires = "profile")]
    network_chain_id: Option<u64>,
    /// Address of the registry contract.
    #[arg(long, value_name = "HEX", value_parser = args::address, requires = "network_chain_id")]
    registry_address: Option<[u8; 20]>,
    /// The sensor profile: its name in the registry of schemas, or its number.
    #[arg(long, value_name = "NAME|N", value_parser = super::source::schema)]
    schema: Option<u32>,
    /// In its place, a schema of your own, in TOML: `zksensor schema show --help` has an example.
    #[arg(long, value_name = "FILE", requires = "network_chain_id")]
    schema_file: Option<PathBuf>,
    #[command(flatten)]
    source: SourceArgs,
    /// Sequence number of the first record, unless records have their own; with --frame, of the first frame, unless --append
    /// goes on with a greater one.
    #[arg(long, value_name = "N", default_value_t = 0)]
    first_sequence: u64,
    /// Leaves records out that cannot be read, and reports them.
    #[arg(long)]
    skip_bad_rows: bool,
    #[command(flatten)]
    frames: FrameArgs,
    /// Where the signed readings or frames go: one JSON document a line.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    force: ForceArgs,
}

/// Bad rows that are reported one by one.
const SHOWN: usize = 1000;
/// Bad rows that are named after the first, where one is enough to sign nothing.
const NAMED: usize = 20;

/// Signs the records.
///
/// # Errors
/// [`DeviceError`]; nothing is written then, but into a pipe or a device what was signed before.
pub(crate) fn run(args: &Args, output: &Output) -> Result<(), DeviceError> {
    let (network, schema, policy) = network(args, output)?;
    // Frames have sequence numbers of their own.
    let first_sequence = if args.frames.is_asked() { 0 } else { args.first_sequence };
    let settings = args.source.settings(network, schema, first_sequence)?;
    let device = DeviceFile::load(&args.key)?;
    let input = BufReader::new(files::open_table(args.source.path())?);
    let signing = Signing { args, output, device: &device, policy };
    let mut rows = args.source.format().open(Box::new(input), &settings).map_err(|error| match error {
        ImportError::Settings(error) => SourceError::from(error).into(),
        error => signing.wrong(error),
    })?;
    let mut result = json!({ "out": shown(&args.out) });
    signing.assumed(&settings, &mut result);
    signing.sign(&mut *rows, &mut result)?;
    if args.source.format().about().takes.contains(&Setting::Device) {
        signing.attested(settings.device, rows.schemes(), &mut result);
    }
    output.result(&result);
    Ok(())
}

/// What signing takes beside the records.
struct Signing<'a> {
    args: &'a Args,
    output: &'a Output,
    device: &'a DeviceFile,
    policy: Option<Policy>,
}

impl Signing<'_> {
    /// Signs all records, and writes the file if none was refused.
    fn sign(&self, rows: &mut dyn Rows, result: &mut Value) -> Result<(), DeviceError> {
        let (args, output) = (self.args, self.output);
        let mut sink = self.sink()?;
        let spinner = output.spinner("signing");
        let (mut signed, mut bad, mut skipped) = (0u64, 0u64, Vec::<Value>::new());
        let mut leave_out = |reason: String| {
            bad += 1;
            if skipped.len() < SHOWN {
                output.note(format_args!("left out: {reason}"));
                skipped.push(reason.into());
            }
        };
        while let Some(row) = rows.next() {
            match row {
                Ok(row) => match sink.push(&row) {
                    Ok(()) => signed += 1,
                    Err(error) if args.skip_bad_rows && error.is_of_a_row() => leave_out(error.to_string()),
                    Err(error) => {
                        spinner.finish_and_clear();
                        return Err(error);
                    }
                },
                Err(error) if args.skip_bad_rows && !error.is_last() => leave_out(error.to_string()),
                Err(error) => {
                    spinner.finish_and_clear();
                    self.name_others(rows);
                    return Err(self.wrong(error));
                }
            }
            spinner.inc(1);
        }
        spinner.finish_and_clear();
        if signed == 0 {
            let (path, wanted) = (args.source.path().clone(), args.source.format().about().record);
            return Err(DeviceError::Nothing { path, wanted, left_out: bad, passed: rows.passed_over() });
        }
        sink.finish(&args.out, (signed, bad), output, result)?;
        result["skipped"] = bad.into();
        result["why"] = skipped.into();
        Ok(())
    }

    /// Where what is signed goes.
    fn sink(&self) -> Result<Sink<'_>, DeviceError> {
        let Args { out, force, frames, first_sequence, .. } = self.args;
        let (overwrite, key) = (force.overwrite(), self.device.key());
        match frames.is_asked() {
            true => Sink::frames(out, overwrite, key, frames, self.policy, *first_sequence),
            false => Sink::readings(out, overwrite, key),
        }
    }

    /// Names what else is wrong, so that one attempt shows all; nothing is signed any more.
    fn name_others(&self, rows: &mut dyn Rows) {
        // What has no end that is known of, such as a pipe, is not waited for.
        if !std::fs::metadata(self.args.source.path()).is_ok_and(|input| input.is_file()) {
            return;
        }
        let mut bad = 0;
        for error in rows.filter_map(Result::err) {
            bad += 1;
            if bad <= NAMED {
                self.output.note(format_args!("also: {error}"));
            }
        }
        if bad > NAMED {
            self.output.note(format_args!("and {} more", bad - NAMED));
        }
    }

    /// Says which units were taken for granted.
    fn assumed(&self, settings: &Settings, result: &mut Value) {
        let schema = settings.described();
        let Some((columns, schema)) = settings.columns.as_ref().or(settings.fields.as_ref()).zip(schema)
        else {
            return;
        };
        let mut assumed = serde_json::Map::new();
        for (channel, unit) in columns.assumed(schema) {
            assumed.insert(channel.to_string(), unit.into());
            self.output.note(format_args!(
                "{channel} is taken to be in {unit}; {channel}:UNIT=.. in the mapping says another, or that it is"
            ));
        }
        if !assumed.is_empty() {
            result["assumed_units"] = assumed.into();
        }
    }

    /// Says on whose word the readings were signed.
    fn attested(&self, device: Option<[u8; 20]>, schemes: &[Scheme], result: &mut Value) {
        let Some(device) = device else {
            result["device_signatures"] = "not checked".into();
            return;
        };
        let schemes: Vec<String> = schemes.iter().map(ToString::to_string).collect();
        let address = hex::encode(&device);
        self.output.line(format_args!("a gateway key signed the readings on the word of device {address}"));
        result["attested_by"] = address.into();
        result["scheme"] = schemes.join(", ").into();
    }

    fn wrong(&self, reason: ImportError) -> DeviceError {
        DeviceError::Import { path: self.args.source.path().clone(), reason: Box::new(reason) }
    }
}

/// The network and the schema that readings are signed for, and the policy that says so, if there is one.
fn network(args: &Args, output: &Output) -> Result<(Network, Profile, Option<Policy>), DeviceError> {
    if let Some(policy) = &args.policy {
        let fence = args::load_fence(args.fence.as_deref(), args.feature.as_deref(), output)?;
        let policy = args::policy_of(policy, fence)?.0.policy;
        let parts = policy.parts();
        return Ok((parts.network, (parts.schema, policy.own_schema()), Some(policy)));
    }
    let (Some(chain), Some(registry)) = (args.network_chain_id, args.registry_address) else {
        unreachable!("the option parser wants a policy, or chain and address")
    };
    let profile = match (args.schema, &args.schema_file) {
        (_, Some(path)) => {
            let own = files::load_schema(path)?;
            (own.id, Some(own))
        }
        (Some(schema), None) => (schema, None),
        (None, None) => unreachable!("the option parser wants a schema with a chain"),
    };
    Ok((Network::new(chain, registry), profile, None))
}

/// The number of a schema, and what a project says of it, if it is its own.
type Profile = (u32, Option<&'static Schema>);
