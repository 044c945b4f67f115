//! Reads CloudEvents, and tells the kinds of data apart.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::BufRead;
use std::time::Duration;

use serde_json::value::RawValue;
use zksensor_model::reading::PayloadHash;
use zksensor_model::schema::Schema;

use super::error::DimoError;
use super::ruptela;
use super::signals::{self, AUTOPI, DEFAULT_MODULE};
use crate::import::document::{Documents, Text, parse};
use crate::import::target::{Drafted, Finisher};
use crate::import::{
    AttestationError, Attested, ImportError, RangeError, RecordError, Row, Rows, Scheme, Target, verify,
};

/// How much older than its fix a signal may be, unless somebody says otherwise.
const MAX_AGE: Duration = Duration::from_secs(60);

/// Reads documents one after the other, each on one line or on many; the number of a row is that of its document. After a
/// refused document, or a refused fix of one, reading goes on.
pub struct DimoReader<R> {
    documents: Documents<R>,
    finisher: Finisher,
    range_error: RangeError,
    device: Option<[u8; 20]>,
    max_age: Duration,
    schemes: Vec<Scheme>,
    ready: VecDeque<Drafted>,
}

/// What the fixes of a document share.
pub(super) struct Context {
    pub(super) row: u64,
    pub(super) schema: &'static Schema,
    pub(super) range_error: RangeError,
    pub(super) payload_hash: PayloadHash,
    /// How much older than a fix its signals may be.
    pub(super) max_age: Duration,
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
            max_age: MAX_AGE,
            schemes: Vec::new(),
            ready: VecDeque::new(),
        }
    }

    /// Demands of every document a signature by the key of this Ethereum address, over the bytes of its `data`.
    #[must_use]
    pub fn attested_by(self, device: [u8; 20]) -> DimoReader<R> {
        DimoReader { device: Some(device), ..self }
    }

    /// How much older than its fix a signal may be that is taken for the fix's; a minute without it.
    #[must_use]
    pub fn with_max_age(self, max_age: Duration) -> DimoReader<R> {
        DimoReader { max_age, ..self }
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
        let refused = |reason| ImportError::Record { row, reason };
        if document.starts_with(b"[") {
            let wanted = "a CloudEvent of DIMO, an object, got a list: write its items one after the other";
            return Err(refused(RecordError::Kind { wanted }));
        }
        let event: Event<'_> = parse(row, document, "a CloudEvent of DIMO")?;
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
            max_age: self.max_age,
        };
        let kind: Kind<'_> =
            parse(row, data.as_bytes(), "the data of an AutoPi, a Ruptela or the default module")?;
        match kind {
            Kind { vehicle: Some(vehicle), .. } => {
                let Vehicle { signals } = parse(
                    row,
                    vehicle.get().as_bytes(),
                    "`vehicle` with signals of timestamp, name and value",
                )?;
                signals::drafts(&context, &AUTOPI, signals)
            }
            Kind { location: Some(location), .. } => ruptela::locations(&context, location),
            // An old position with a new time would be on nobody's word.
            Kind { pos: Some(_), .. } if self.device.is_some() => {
                Err(refused(DimoError::Unsigned { field: "time" }.into()))
            }
            Kind { pos: Some(pos), signals, .. } => {
                let time = event.time.ok_or(refused(RecordError::Missing { field: "time" }))?;
                Ok(VecDeque::from([ruptela::status(&context, &time, pos, signals)]))
            }
            Kind { signals: Some(list), .. } => signals::drafts(&context, &DEFAULT_MODULE, list),
            _ => Err(refused(RecordError::Kind {
                wanted: "data with `vehicle` (AutoPi v2), `pos` (Ruptela r/v0/s), `location` (Ruptela r/v0/loc) or `signals` \
                         (the default module)",
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

impl<R: BufRead> Rows for DimoReader<R> {
    fn schemes(&self) -> &[Scheme] {
        DimoReader::schemes(self)
    }
}

/// Checks the signature of a CloudEvent over the bytes of its data.
fn attested(
    data: &[u8],
    signature: Option<&RawValue>,
    device: &[u8; 20],
) -> Result<Attested, AttestationError> {
    let signature = signature.ok_or(AttestationError::None { wanted: *device })?;
    let text = serde_json::from_str::<Text<'_>>(signature.get()).map_err(|_| AttestationError::Form)?;
    let signature = crate::hex::parse(&text.0).map_err(|_| AttestationError::Form)?;
    verify(data, &signature, device)
}

/// What is looked at in a CloudEvent.
#[derive(serde::Deserialize)]
#[serde(expecting = "an object with data")]
struct Event<'a> {
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    signature: Option<&'a RawValue>,
    #[serde(borrow)]
    time: Option<Cow<'a, str>>,
}

/// What an AutoPi says of its vehicle.
#[derive(serde::Deserialize)]
#[serde(expecting = "an object with signals")]
struct Vehicle<'a> {
    #[serde(borrow)]
    signals: &'a RawValue,
}

/// What tells the kinds of data apart.
#[derive(serde::Deserialize)]
#[serde(expecting = "an object with vehicle, location, pos or signals")]
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
