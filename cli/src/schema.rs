//! The commands `schema list` and `schema show`: what the channels of a reading mean.

use std::path::PathBuf;

use serde_json::{Value, json};
use zksensor::files::{self, FileError};
use zksensor::io::schema;
use zksensor::model::hex;
use zksensor::model::schema::{Channel, FIRST_OWN, Quantity, SCHEMAS, Schema};

use crate::error::{Advice, diagnostic};
use crate::output::Output;

/// An example of a schema, for those who ask.
const EXAMPLE: &str = r#"Example of a schema of your own (TOML), which a policy names with schema_file = "mast.toml" in its section [reading]:
  number = 65_540                  # from 65536; a project gives each number out once
  name = "weather_mast"
  about = "a mast at the coast"    # optional

  [[channel]]                      # one to four, in the order that readings have them
  name = "gust"
  unit = "m/s"                     # as SenML or UCUM names it
  decimal_places = 2               # the channel holds the value times 10^2: 12.5 m/s is 1250
  lowest = 0                       # in that fixed point: what a working sensor stays in, and policies within
  highest = 12_000
  about = "strongest gust"         # optional

A proof has the number, and no name, unit or scale: take the file from whom you take the policy, and compare its digest."#;

/// What to do with schemas.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Lists the schemas: numbers, names, channels with their units.
    List(ListArgs),
    /// Shows the channels of a schema: unit, decimal places, plausible range.
    Show(ShowArgs),
}

/// Options of `schema list`.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// Schemas of your own, in TOML, beside those of the registry.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    schema_file: Vec<PathBuf>,
}

/// Options of `schema show`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLE, group = clap::ArgGroup::new("which").required(true).args(["schema", "schema_file"]))]
pub(crate) struct ShowArgs {
    /// Name or number of the schema.
    #[arg(value_name = "NAME|NUMBER")]
    schema: Option<String>,
    /// A schema of your own, in TOML: it is checked, and its digest told.
    #[arg(long, value_name = "FILE")]
    schema_file: Option<PathBuf>,
}

/// Why there is no schema to show.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemaError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Two schemas of one number.
    #[error("expected schemas of different numbers and names, but {one} and {other} have the same")]
    Same {
        /// Name of one.
        one: &'static str,
        /// Name of the other.
        other: &'static str,
    },
    /// No such name or number.
    #[error("expected one of {}, got `{got}`", known())]
    Unknown {
        /// What came.
        got: String,
    },
    /// A number that is a project's to define.
    #[error("expected one of {}, got {got}: from {FIRST_OWN} on, schemas are the projects' own", known())]
    Own {
        /// What came.
        got: u32,
    },
}

impl SchemaError {
    fn advice(&self) -> Advice {
        let help = match self {
            SchemaError::File(error) => return Advice::of_file(error),
            SchemaError::Same { .. } => {
                "give one of them another number: what is signed has the number, and no name"
            }
            SchemaError::Unknown { .. } => "`zksensor schema list` shows them",
            SchemaError::Own { .. } => {
                "ask the project whose number it is for its schema, and pass it with --schema-file"
            }
        };
        Advice::new("zksensor::schema", help)
    }
}
diagnostic!(SchemaError);

/// The names and numbers, for the middle of a sentence.
fn known() -> String {
    SCHEMAS.iter().map(|schema| format!("{} ({})", schema.name, schema.id)).collect::<Vec<_>>().join(", ")
}

/// Runs a command about schemas.
///
/// # Errors
/// [`SchemaError`].
pub(crate) fn run(command: &Command, output: &Output) -> Result<(), SchemaError> {
    match command {
        Command::List(args) => list(args, output),
        Command::Show(args) => {
            let schema = match (&args.schema, &args.schema_file) {
                (_, Some(path)) => files::load_schema(path)?,
                (Some(name), None) => find(name)?,
                (None, None) => unreachable!("the option parser wants one of the two"),
            };
            show(schema, output);
            Ok(())
        }
    }
}

/// A schema of a project's own, that no proof binds what it says, and what to compare.
pub(crate) fn said(own: &Schema) -> String {
    let (id, name, digest) = (own.id, own.name, digest_of(own));
    format!("of schema {id} ({name}), which the proof does not bind; its digest is {digest}")
}

/// The same for programs.
pub(crate) fn own_to_json(own: &Schema) -> Value {
    json!({ "number": own.id, "name": own.name, "digest": digest_of(own), "bound": false })
}

fn digest_of(own: &Schema) -> String {
    hex::encode(&schema::digest(own))
}

fn find(text: &str) -> Result<&'static Schema, SchemaError> {
    let number = text.parse::<u32>().ok();
    let schema = number.map_or_else(|| Schema::named(text), Schema::numbered);
    schema.ok_or_else(|| match number {
        Some(found @ FIRST_OWN..) => SchemaError::Own { got: found },
        _ => SchemaError::Unknown { got: text.escape_debug().to_string() },
    })
}

fn list(args: &ListArgs, output: &Output) -> Result<(), SchemaError> {
    let mut all: Vec<&'static Schema> = SCHEMAS.iter().collect();
    for path in &args.schema_file {
        let own = files::load_schema(path)?;
        if let Some(one) = all.iter().find(|one| one.id == own.id || one.name == own.name) {
            return Err(SchemaError::Same { one: one.name, other: own.name });
        }
        all.push(own);
    }
    output.line(format_args!("{:<8}{:<14}channels", "number", "name"));
    for schema in &all {
        let channels: Vec<String> = schema.channels.iter().map(with_unit).collect();
        output.line(format_args!("{:<8}{:<14}{}", schema.id, schema.name, channels.join(", ")));
    }
    output.line(format_args!("{FIRST_OWN} and above are for schemas of your own"));
    let schemas: Vec<Value> = all.iter().map(|schema| facts(schema)).collect();
    output.result(&json!({ "schemas": schemas, "first_own": FIRST_OWN }));
    Ok(())
}

fn with_unit(channel: &Channel) -> String {
    match channel.quantity {
        Some(quantity) => format!("{} [{}]", channel.name, quantity.unit),
        None => channel.name.to_owned(),
    }
}

fn show(schema: &Schema, output: &Output) {
    output.line(format_args!("schema {}: {}, {}", schema.id, schema.name, schema.about));
    let row = |[index, name, unit, places, range, about]: [&str; 6]| {
        output.line(format_args!("{index:<7}{name:<14}{unit:<7}{places:<16}{range:<22}{about}"));
    };
    row(["index", "channel", "unit", "decimal places", "plausible (in units)", "about"]);
    for (index, channel) in schema.channels.iter().enumerate() {
        let (unit, places, range) = match channel.quantity {
            Some(quantity) => (quantity.unit, quantity.scale.to_string(), range(&quantity)),
            None => ("-", "-".to_owned(), "-".to_owned()),
        };
        row([&index.to_string(), channel.name, unit, &places, &range, channel.about]);
    }
    if schema.id >= FIRST_OWN {
        output.line(format_args!("digest {}", digest_of(schema)));
    }
    output.result(&facts(schema));
}

fn range(quantity: &Quantity) -> String {
    format!("{} to {}", quantity.decimal(quantity.low), quantity.decimal(quantity.high))
}

fn facts(schema: &Schema) -> Value {
    let channels = schema.channels.iter().enumerate().map(|(index, channel)| {
        let quantity = channel.quantity;
        json!({
            "index": index, "name": channel.name, "about": channel.about,
            "unit": quantity.map(|quantity| quantity.unit),
            "decimal_places": quantity.map(|quantity| quantity.scale),
            // In fixed point, as policies have it; then in the unit.
            "low": quantity.map(|quantity| quantity.low),
            "high": quantity.map(|quantity| quantity.high),
            "low_in_units": quantity.map(|quantity| quantity.decimal(quantity.low)),
            "high_in_units": quantity.map(|quantity| quantity.decimal(quantity.high)),
        })
    });
    let channels: Vec<Value> = channels.collect();
    let digest = (schema.id >= FIRST_OWN).then(|| digest_of(schema));
    json!({ "number": schema.id, "name": schema.name, "about": schema.about, "channels": channels, "digest": digest })
}
