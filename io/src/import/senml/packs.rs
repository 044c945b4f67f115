//! Packs of a file, in the form that its first byte says.

use std::io::BufRead;

use super::cbor;
use super::error::SenmlError;
use crate::import::document::{Documents, fill};
use crate::import::{ImportError, RecordError, TableError};

/// Packs in JSON or CBOR, one after the other.
pub(super) enum Packs<R> {
    /// Nothing was read.
    New(Option<R>),
    Json(Documents<R>),
    Cbor(cbor::CborPacks<R>),
}

impl<R: BufRead> Packs<R> {
    pub(super) fn new(input: R) -> Packs<R> {
        Packs::New(Some(input))
    }

    /// Number of the pack that was read last, from 1.
    pub(super) fn row(&self) -> u64 {
        match self {
            Packs::New(_) => 0,
            Packs::Json(documents) => documents.row,
            Packs::Cbor(items) => items.row,
        }
    }

    /// The next pack, as JSON.
    pub(super) fn next(&mut self) -> Option<Result<Vec<u8>, ImportError>> {
        match self {
            Packs::New(input) => {
                let mut input = input.take()?;
                match fill(&mut input).map(|bytes| bytes.first().copied()) {
                    Ok(Some(byte)) if cbor::begins(byte) => *self = Packs::Cbor(cbor::CborPacks::new(input)),
                    Ok(_) => *self = Packs::Json(Documents::new(input)),
                    Err(reason) => {
                        let reason = TableError::Io { reason };
                        return Some(Err(ImportError::Table { row: 1, reason }));
                    }
                }
                self.next()
            }
            Packs::Json(documents) => documents.next(),
            Packs::Cbor(items) => {
                let refused = |row, reason: SenmlError| ImportError::Record { row, reason: reason.into() };
                let item = items.next()?;
                Some(item.and_then(|item| {
                    cbor::to_json(&item).map_err(|reason| refused(items.row, reason.into()))
                }))
            }
        }
    }

    /// An error about the JSON that a pack in CBOR became: its lines and columns are nobody's.
    pub(super) fn explain(&self, error: ImportError) -> ImportError {
        match (self, error) {
            (Packs::Cbor(_), ImportError::Record { row, reason: RecordError::Json { what, .. } }) => {
                ImportError::Record { row, reason: SenmlError::Pack { what }.into() }
            }
            (Packs::Cbor(_), ImportError::Record { row, reason: RecordError::DuplicateKey { key, .. } }) => {
                ImportError::Record { row, reason: RecordError::Repeated { field: key } }
            }
            (_, error) => error,
        }
    }
}
