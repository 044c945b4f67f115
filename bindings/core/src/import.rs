//! Tables and logs of other software, to signed readings.

use std::io::BufRead;
use std::str::FromStr;
use std::time::Duration;

use zksensor_io::hex;
use zksensor_io::import::{Decimal, FORMATS, ImportError, Place, Settings, Zone, format_named};
use zksensor_model::reading::Network;
use zksensor_model::schema::Schema;

use crate::error::{BindingError, refuse_secret};
use crate::sign::{Signer, text};

/// What a file is and what its readings are for, as text says it; empty text is none.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Name of the format, such as `csv`.
    pub format: String,
    /// Chain of the registry contract.
    pub chain_id: u64,
    /// Address of the registry contract.
    pub registry: String,
    /// Name or number of the schema.
    pub schema: String,
    /// Sequence number of the first record that has none of its own.
    pub first_sequence: u64,
    /// Which column of a table is what.
    pub columns: String,
    /// Which member of a record is what.
    pub fields: String,
    /// Decimal places of values without a unit.
    pub scale: Option<u32>,
    /// What a dilution of precision is multiplied by, in metres.
    pub uere_m: String,
    /// The Ethereum address whose signature records need.
    pub device_address: String,
    /// What stands between cells.
    pub delimiter: String,
    /// Numbers have a comma in the place of the point.
    pub decimal_comma: bool,
    /// Times without a zone are UTC.
    pub assume_utc: bool,
    /// Reads positions that were estimated, too.
    pub dead_reckoning: bool,
    /// How much older than its fix a signal may be, in seconds.
    pub max_age_s: Option<u32>,
    /// Where the device stands, as latitude and longitude in degrees: of records without a position.
    pub place: String,
    /// How well that place is known, in metres.
    pub place_accuracy_m: String,
    /// Leaves rows out that are not of the format.
    pub skip_bad_rows: bool,
}

/// What came of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// The signed readings, in JSON.
    pub readings: Vec<String>,
    /// Why rows were left out, of the first 1000; none unless that was asked for.
    pub left_out: Vec<String>,
    /// How many rows were left out.
    pub left_out_rows: usize,
}

/// The most reasons that are kept.
const SHOWN: usize = 1000;

/// Reads a file and signs every reading of it.
///
/// # Errors
/// [`BindingError`] for options that mean nothing, for the first row that is not of the format unless such rows are left out, and for a
/// file without a reading: success with nothing read is none.
pub fn import<'a>(
    signer: &Signer,
    mut input: Box<dyn BufRead + 'a>,
    options: &ImportOptions,
) -> Result<Imported, BindingError> {
    let head = input
        .fill_buf()
        .map_err(|source| BindingError::Read { path: "the first bytes of the file".to_owned(), source })?;
    refuse_secret(head, "a table or a log of readings")?;
    let format = format_named(&options.format).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.about().name).collect();
        wrong("format", format!("expected one of {}, got another name", names.join(", ")))
    })?;
    let mut rows = format.open(input, &options.settings()?)?;
    let mut imported = Imported::default();
    for row in &mut rows {
        match row {
            Ok(row) => imported.readings.push(text(&signer.sign_reading(&row.reading)?)),
            Err(error) if options.skip_bad_rows && !error.is_last() => {
                imported.left_out_rows += 1;
                if imported.left_out.len() < SHOWN {
                    imported.left_out.push(error.to_string());
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    if imported.readings.is_empty() {
        return Err(BindingError::Nothing {
            wanted: format.about().record,
            left_out: imported.left_out_rows,
        });
    }
    Ok(imported)
}

impl ImportOptions {
    fn settings(&self) -> Result<Settings, BindingError> {
        let schema = match Schema::named(&self.schema) {
            Some(schema) => schema.id,
            None => self
                .schema
                .parse()
                .map_err(|_| wrong("schema", "expected the name or number of a schema, got neither"))?,
        };
        let network = Network::new(self.chain_id, address("registry", &self.registry)?);
        let device = match self.device_address.is_empty() {
            true => None,
            false => Some(address("device_address", &self.device_address)?),
        };
        Ok(Settings {
            columns: given("columns", &self.columns)?,
            fields: given("fields", &self.fields)?,
            scale: self.scale,
            range_error: given("uere_m", &self.uere_m)?,
            device,
            delimiter: given("delimiter", &self.delimiter)?,
            decimal_comma: self.decimal_comma,
            place: self.place()?,
            dead_reckoning: self.dead_reckoning,
            max_age: self.max_age_s.map(|seconds| Duration::from_secs(seconds.into())),
            zone: if self.assume_utc { Zone::Utc } else { Zone::Written },
            ..Settings::new(network, schema, self.first_sequence)
        })
    }
}

impl ImportOptions {
    /// Where the device stands, if it was said.
    fn place(&self) -> Result<Option<Place>, BindingError> {
        let metres: Option<Decimal> = given("place_accuracy_m", &self.place_accuracy_m)?;
        match (given::<Place>("place", &self.place)?, metres) {
            (Some(place), Some(metres)) => {
                place.within(&metres).map(Some).map_err(|reason| wrong("place_accuracy_m", reason))
            }
            (None, Some(_)) => Err(wrong("place_accuracy_m", "expected it with `place`, got no place")),
            (place, None) => Ok(place),
        }
    }
}

fn address(name: &'static str, text: &str) -> Result<[u8; 20], BindingError> {
    hex::parse(text).map_err(|error| wrong(name, error))
}

fn given<T: FromStr<Err: std::fmt::Display>>(
    name: &'static str,
    text: &str,
) -> Result<Option<T>, BindingError> {
    match text.is_empty() {
        true => Ok(None),
        false => text.parse().map(Some).map_err(|error| wrong(name, error)),
    }
}

fn wrong(option: &'static str, reason: impl std::fmt::Display) -> BindingError {
    BindingError::Option { option, reason: reason.to_string() }
}

impl From<ImportError> for BindingError {
    fn from(error: ImportError) -> Self {
        BindingError::Import(Box::new(error))
    }
}
