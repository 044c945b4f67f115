//! Tracks, logs and documents with readings: every importer that has units.

use std::io::BufRead;

use zksensor::import::{
    DimoReader, GpxReader, ImportError, NdjsonReader, NmeaReader, RangeError, Row, Scheme, SenmlReader,
    Target, recover, verify,
};
use zksensor::model::reading::Network;
use zksensor::model::schema::{ABSENT, Schema};

use super::memory::bounded;

fn target(schema: &str) -> Target {
    let schema = Schema::named(schema).expect("a schema of the registry");
    Target { network: Network::new(137, [0x11; 20]), schema, first_sequence: u64::MAX }
}

/// Reads all, in pieces of 7 bytes and at once, with the same result.
#[expect(clippy::needless_lifetimes, reason = "the argument of `open` lives as long as the input")]
fn read<'a, I, F>(input: &'a [u8], target: &Target, open: F)
where
    I: Iterator<Item = Result<Row, ImportError>>,
    F: Fn(Box<dyn BufRead + 'a>) -> I,
{
    let rows = bounded(input, |_| {
        let mut last = false;
        let mut count = 0u64;
        for row in open(Box::new(input)) {
            assert!(!last, "nothing is read after what is_last");
            count += 1;
            match row {
                Ok(row) => good(&row, target),
                Err(error) => {
                    let message = error.to_string();
                    assert!(!message.is_empty() && message.len() < 4000, "{message}");
                    last = error.is_last();
                }
            }
        }
        count
    });
    let pieces = std::io::BufReader::with_capacity(7, input);
    assert_eq!(open(Box::new(pieces)).count() as u64, rows, "the size of pieces does not matter");
}

/// What an importer gives can be signed and is plausible.
fn good(row: &Row, target: &Target) {
    let reading = &row.reading;
    reading.check().expect("an importer gives readings that can be signed");
    assert_eq!((reading.network, reading.schema), (target.network, target.schema.id));
    assert!(reading.channels.iter().any(|value| *value != ABSENT));
    for (channel, value) in target.schema.channels.iter().zip(reading.channels) {
        if let (Some(quantity), true) = (channel.quantity, value != ABSENT) {
            assert!((quantity.low..=quantity.high).contains(&value), "{}", channel.name);
        }
    }
}

pub(crate) fn gpx(input: &[u8]) {
    let target = target("gnss_station");
    read(input, &target, |input| GpxReader::new(input, &target, RangeError::default()));
}

pub(crate) fn nmea(input: &[u8]) {
    let target = target("gnss_station");
    read(input, &target, |input| NmeaReader::new(input, &target, RangeError::default()));
}

pub(crate) fn senml(input: &[u8]) {
    let target = target("air_quality");
    read(input, &target, |input| SenmlReader::new(input, &target));
}

pub(crate) fn ndjson(input: &[u8]) {
    for schema in ["vehicle", "generic"] {
        let target = target(schema);
        read(input, &target, |input| NdjsonReader::new(input, &target));
    }
}

pub(crate) fn dimo(input: &[u8]) {
    let target = target("vehicle");
    read(input, &target, |input| DimoReader::new(input, &target, RangeError::default()));
    // An address of which nobody has the key.
    let attested = DimoReader::new(input, &target, RangeError::default()).attested_by([0x5a; 20]);
    assert!(attested.into_iter().all(|row| row.is_err()), "nobody could sign");
}

/// 65 bytes of a signature, then what was signed.
pub(crate) fn attestation(input: &[u8]) {
    let Some((signature, data)) = input.split_first_chunk::<65>() else { return };
    // One scheme for each input: recovering a key takes a millisecond, and altered inputs have tests of their own.
    let scheme = if data.len() % 2 == 0 { Scheme::Keccak256 } else { Scheme::Eip191 };
    let Ok(address) = bounded(input, |_| recover(data, signature, scheme)) else { return };
    let attested = verify(data, signature, &address).expect("whose key was recovered signed");
    assert_eq!((attested.address, attested.scheme), (address, scheme));
}
