//! Files with readings, of every format in the list.

use std::io::{BufRead, BufReader};
use std::str::{self, FromStr};

use zksensor::import::{Columns, Format, ImportError, Place, Row, Rows, Setting, Settings};
use zksensor::model::reading::Network;
use zksensor::model::schema::{ABSENT, SCHEMAS, Schema};

use super::memory::bounded;

/// Reads a file for every schema, at once and in pieces of 7 bytes, with the same result; and with signatures demanded, where
/// the format has them.
pub(crate) fn read(format: &dyn Format, input: &[u8]) {
    for schema in SCHEMAS {
        let whole = bounded(input, |input| {
            let (settings, file) = told(format, schema, input)?;
            Some(count(format, Box::new(file), &settings, schema))
        });
        let Some((settings, file)) = told(format, schema, input) else { return };
        let pieces = Box::new(BufReader::with_capacity(7, file));
        assert_eq!(
            Some(count(format, pieces, &settings, schema)),
            whole,
            "the size of pieces does not matter"
        );
        if format.about().takes.contains(&Setting::Device) {
            // An address of which nobody has the key.
            let demanding = Settings { device: Some([0x5a; 20]), ..settings };
            let mut rows = opened(format, Box::new(file), &demanding).expect("it was opened without");
            assert!(rows.all(|row| row.is_err()), "nobody could sign");
        }
    }
}

/// What the reader is told, and the file. Of a format with a mapping the first line is the mapping; `None` if it is none.
fn told<'a>(format: &dyn Format, schema: &Schema, input: &'a [u8]) -> Option<(Settings, &'a [u8])> {
    let takes = format.about().takes;
    let mut settings = Settings::new(Network::new(137, [0x11; 20]), schema.id, u64::MAX);
    let own_scale = schema.channels[0].quantity.is_some();
    settings.scale = (takes.contains(&Setting::Scale) && !own_scale).then_some(3);
    let (columns, fields) = (takes.contains(&Setting::Columns), takes.contains(&Setting::Fields));
    if !columns && !fields {
        return Some((settings, input));
    }
    let end = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let mapping: Columns = str::from_utf8(&input[..end]).ok()?.parse().ok()?;
    let station = Place::from_str("48.1,11.5").expect("it is a place");
    settings.place = mapping.position.is_none().then_some(station);
    settings.columns = columns.then(|| mapping.clone());
    settings.fields = fields.then_some(mapping);
    Some((settings, input.get(end + 1..).unwrap_or_default()))
}

/// Opens a file; `None` if its header is refused.
fn opened<'a>(
    format: &dyn Format,
    input: Box<dyn BufRead + 'a>,
    settings: &Settings,
) -> Option<Box<dyn Rows + 'a>> {
    match format.open(input, settings) {
        Ok(rows) => Some(rows),
        Err(error) => {
            // Columns may be those of another schema.
            let mapped = settings.columns.is_some() || settings.fields.is_some();
            let fits = mapped || !matches!(error, ImportError::Settings(_));
            assert!(fits, "{error}");
            assert!(error.is_last() && !error.to_string().is_empty(), "{error}");
            None
        }
    }
}

/// How many records there are, good or bad; `None` if the header is refused.
fn count(
    format: &dyn Format,
    input: Box<dyn BufRead + '_>,
    settings: &Settings,
    schema: &Schema,
) -> Option<u64> {
    let (mut count, mut last) = (0, false);
    for row in opened(format, input, settings)? {
        assert!(!last, "nothing is read after what is_last");
        count += 1;
        match row {
            Ok(row) => good(&row, settings, schema),
            Err(error) => {
                assert!(!matches!(error, ImportError::Settings(_) | ImportError::Header(_)), "{error}");
                let message = error.to_string();
                // The names of columns are the caller's, and as long as these like.
                let named = settings.columns.is_some() || settings.fields.is_some();
                assert!(!message.is_empty() && (named || message.len() < 4000), "{message}");
                last = error.is_last();
            }
        }
    }
    Some(count)
}

/// What an importer gives can be signed and is plausible.
fn good(row: &Row, settings: &Settings, schema: &Schema) {
    let reading = &row.reading;
    reading.check().expect("an importer gives readings that can be signed");
    assert_eq!((reading.network, reading.schema), (settings.network, settings.schema));
    assert!(reading.channels.iter().any(|value| *value != ABSENT));
    for (channel, value) in schema.channels.iter().zip(reading.channels) {
        if let (Some(quantity), true) = (channel.quantity, value != ABSENT) {
            assert!((quantity.low..=quantity.high).contains(&value), "{}", channel.name);
        }
    }
}
