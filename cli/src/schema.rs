//! The commands `schema list` and `schema show`: what the channels of a reading mean.

use serde_json::{Value, json};
use zksensor::model::schema::{Channel, FIRST_OWN, Quantity, SCHEMAS, Schema};

use crate::error::{Advice, diagnostic};
use crate::output::Output;

/// What to do with schemas.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Lists the schemas: numbers, names, channels with their units.
    List,
    /// Shows the channels of a schema: unit, decimal places, plausible range.
    Show(ShowArgs),
}

/// Options of `schema show`.
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// Name or number of the schema.
    #[arg(value_name = "NAME|NUMBER")]
    schema: String,
}

/// Why there is no schema to show.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemaError {
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
            SchemaError::Unknown { .. } => "`zksensor schema list` shows them",
            SchemaError::Own { .. } => "ask the project whose number it is what its channels mean",
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
        Command::List => list(output),
        Command::Show(args) => show(find(&args.schema)?, output),
    }
    Ok(())
}

fn find(text: &str) -> Result<&'static Schema, SchemaError> {
    let number = text.parse::<u32>().ok();
    let schema = number.map_or_else(|| Schema::named(text), Schema::numbered);
    schema.ok_or_else(|| match number {
        Some(found @ FIRST_OWN..) => SchemaError::Own { got: found },
        _ => SchemaError::Unknown { got: text.escape_debug().to_string() },
    })
}

fn list(output: &Output) {
    output.line(format_args!("{:<8}{:<14}channels", "number", "name"));
    for schema in SCHEMAS {
        let channels: Vec<String> = schema.channels.iter().map(with_unit).collect();
        output.line(format_args!("{:<8}{:<14}{}", schema.id, schema.name, channels.join(", ")));
    }
    output.line(format_args!("{FIRST_OWN} and above are for schemas of your own"));
    let schemas: Vec<Value> = SCHEMAS.iter().map(facts).collect();
    output.result(&json!({ "schemas": schemas, "first_own": FIRST_OWN }));
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
    json!({ "number": schema.id, "name": schema.name, "about": schema.about, "channels": channels })
}
