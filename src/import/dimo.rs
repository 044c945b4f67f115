//! Readings from what vehicles send to DIMO: CloudEvents of AutoPi dongles (status v2) and of Ruptela devices (status
//! `r/v0/s`, locations `r/v0/loc`).
//!
//! | channel | AutoPi signal | Ruptela |
//! |---|---|---|
//! | `speed` | `vehicleSpeed`, km/h | `pos.spd`, km/h; else signal 210 (1/256 km/h), 95 (km/h) |
//! | `odometer` | `odometer`, km | signal 645 (km), 114 (5 m) |
//! | `energy` | `fuelLevel`, `soc`, percent | signal 207 (0.4 %), 98 (100/255 %), 722 (1 %), 515, 720 (0.5 %) |
//! | `engine_speed` | `rpm` | signal 197 (1/8), 94 (1/4) |
//! | `satellites`, `hdop`, `altitude` | `nsat`, `hdop`, `altitude` (m) | `sat`, `hdop` (1/10), `alt` (0.1 m) |
//!
//! Latitude and longitude are what the device wrote times 10^7: rounded once, half away from zero, if it wrote more places.
//! The accuracy is hdop times the [`RangeError`], and unknown without an hdop or if it is 0. A number of Ruptela's with all
//! bits set is "not available"; signals are hexadecimal. Scales and signals are those of DIMO's public `model-garage`.
//!
//! An AutoPi signal has a time of its own. Each time that has a latitude and a longitude is a fix; its channels are the
//! signals of that time, or the newest before it in the same document. A fix that is redacted is refused. The payload
//! hash is keccak256, low 248 bits, of the bytes of `data` as they stand in the file; the fixes of a document share it.
//!
//! With [`DimoReader::attested_by`], every document has to carry the device's own signature over these bytes, and gives no
//! reading otherwise. The status of a Ruptela gives none in any case then: its time stands beside `data`, so nobody signed it.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::BufRead;

use serde_json::value::RawValue;
use zksensor_model::reading::PayloadHash;
use zksensor_model::schema::Schema;

use super::document::{Documents, Text, parse};
use super::target::{Drafted, Finisher};
use super::{AttestationError, Attested, ImportError, RangeError, RecordError, Row, Scheme, Target, verify};

mod autopi;
mod ruptela;

/// Reads documents one after the other, each on one line or on many; the number of a row is that of its document. After a
/// refused document, or a refused fix of one, reading goes on.
pub struct DimoReader<R> {
    documents: Documents<R>,
    finisher: Finisher,
    range_error: RangeError,
    device: Option<[u8; 20]>,
    schemes: Vec<Scheme>,
    ready: VecDeque<Drafted>,
}

/// What the fixes of a document share.
struct Context {
    row: u64,
    schema: &'static Schema,
    range_error: RangeError,
    payload_hash: PayloadHash,
}

impl<R: BufRead> DimoReader<R> {
    /// A reader of these documents that does not look at their signatures.
    pub fn new(input: R, target: &Target, range_error: RangeError) -> DimoReader<R> {
        let (documents, finisher) = (Documents::new(input), Finisher::new(target));
        DimoReader {
            documents,
            finisher,
            range_error,
            device: None,
            schemes: Vec::new(),
            ready: VecDeque::new(),
        }
    }

    /// Demands of every document a signature by the key of this Ethereum address, over the bytes of its `data`.
    #[must_use]
    pub fn attested_by(self, device: [u8; 20]) -> DimoReader<R> {
        DimoReader { device: Some(device), ..self }
    }

    /// In which ways the documents so far were signed; none if signatures are not looked at.
    pub fn schemes(&self) -> &[Scheme] {
        &self.schemes
    }

    fn draft(&mut self) -> Option<Drafted> {
        loop {
            if let Some(ready) = self.ready.pop_front() {
                return Some(ready);
            }
            let read = self.documents.next()?.and_then(|document| self.document(&document));
            match read {
                Ok(drafts) => self.ready = drafts,
                Err(error) => return Some(Err(error)),
            }
        }
    }

    fn document(&mut self, document: &[u8]) -> Result<VecDeque<Drafted>, ImportError> {
        let row = self.documents.row;
        let event: Event<'_> = parse(row, document, "a CloudEvent of DIMO")?;
        let refused = |reason| ImportError::Record { row, reason };
        let data = event.data.ok_or(refused(RecordError::Missing { field: "data" }))?.get();
        if let Some(device) = &self.device {
            let attested = attested(data.as_bytes(), event.signature, device);
            let scheme = attested.map_err(|reason| ImportError::Attestation { row, reason })?.scheme;
            if !self.schemes.contains(&scheme) {
                self.schemes.push(scheme);
            }
        }
        let context = Context {
            row,
            schema: self.finisher.target.schema,
            range_error: self.range_error,
            payload_hash: PayloadHash::of(data.as_bytes()),
        };
        let kind: Kind<'_> = parse(row, data.as_bytes(), "the data of an AutoPi or Ruptela")?;
        match kind {
            Kind { vehicle: Some(vehicle), .. } => autopi::drafts(&context, vehicle),
            Kind { location: Some(location), .. } => ruptela::locations(&context, location),
            // An old position with a new time would be on nobody's word.
            Kind { pos: Some(_), .. } if self.device.is_some() => {
                Err(refused(RecordError::Unsigned { field: "time" }))
            }
            Kind { pos: Some(pos), signals, .. } => {
                let time = event.time.ok_or(refused(RecordError::Missing { field: "time" }))?;
                Ok(VecDeque::from([ruptela::status(&context, &time, pos, signals)]))
            }
            _ => Err(refused(RecordError::Kind {
                wanted: "data with `vehicle` (AutoPi v2), `pos` (Ruptela r/v0/s) or `location` (Ruptela r/v0/loc)",
            })),
        }
    }
}

impl<R: BufRead> Iterator for DimoReader<R> {
    type Item = Result<Row, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        let drafted = self.draft()?;
        Some(self.finisher.finish(drafted))
    }
}

/// Checks the signature of a CloudEvent over the bytes of its data.
fn attested(
    data: &[u8],
    signature: Option<&RawValue>,
    device: &[u8; 20],
) -> Result<Attested, AttestationError> {
    let signature = signature.ok_or(AttestationError::None { expected: *device })?;
    let text = serde_json::from_str::<Text<'_>>(signature.get()).map_err(|_| AttestationError::Form)?;
    let signature = crate::hex::parse(&text.0).map_err(|_| AttestationError::Form)?;
    verify(data, &signature, device)
}

/// What is looked at in a CloudEvent.
#[derive(serde::Deserialize)]
struct Event<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    signature: Option<&'a RawValue>,
    #[serde(borrow)]
    time: Option<Cow<'a, str>>,
}

/// What tells the kinds of data apart.
#[derive(serde::Deserialize)]
struct Kind<'a> {
    #[serde(borrow)]
    vehicle: Option<&'a RawValue>,
    #[serde(borrow)]
    location: Option<&'a RawValue>,
    #[serde(borrow)]
    pos: Option<&'a RawValue>,
    #[serde(borrow)]
    signals: Option<&'a RawValue>,
}

#[cfg(test)]
mod tests;
