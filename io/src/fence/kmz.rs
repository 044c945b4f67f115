//! KMZ (OGC 12-007, annex C): the [KML](super::kml) in a zip archive, read with `rawzip` and `miniz_oxide`.
//!
//! The document is `doc.kml` in the root of the archive or, without one, the first file there whose name ends in `.kml`; no
//! other is opened. Entries are stored or deflated, as geobrowsers have it. Nothing is written to disk, and what the archive
//! says of sizes is compared, never trusted: the document has at most 16 MiB, whatever is claimed.
//!
//! ```
//! use zksensor_io::fence::{FenceDocument, KmzError, OutlineError};
//! let cut = FenceDocument::parse(b"PK\x03\x04", None);
//! assert_eq!(cut, Err(OutlineError::Kmz(KmzError::Archive)));
//! ```

use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_with_limit};
use rawzip::{CompressionMethod, ZipArchive, ZipFileHeaderRecord, ZipSliceArchive};

use super::{FenceDocument, OutlineError, document, geojson, kml};

/// The most bytes of a document, as of one that is in no archive.
const MAX_DOCUMENT: usize = 1 << 24;

/// The name that annex C has for the document.
const DOCUMENT: &[u8] = b"doc.kml";

/// Why bytes are not an archive with the KML of a fence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KmzError {
    /// No directory, or one that does not fit the file.
    #[error("expected a zip archive with its directory at the end, got a damaged one or a part of one")]
    Archive,
    /// No document.
    #[error("expected a file with a name such as doc.kml in the root of the archive, got none among {got}")]
    NoDocument {
        /// Entries of the archive.
        got: u64,
    },
    /// Two documents of one name.
    #[error("expected `{name}` once in the archive, got it again")]
    Again {
        /// Its name.
        name: String,
    },
    /// A document that needs a password.
    #[error("expected a document without a password, got `{name}` encrypted")]
    Encrypted {
        /// Its name.
        name: String,
    },
    /// A document in another compression.
    #[error("expected `{name}` stored or deflated (zip methods 0 and 8), got method {got}")]
    Method {
        /// Its name.
        name: String,
        /// What came.
        got: u16,
    },
    /// A document that is larger than a fence may be.
    #[error("expected `{name}` to have at most {MAX_DOCUMENT} bytes unpacked, got more")]
    TooLarge {
        /// Its name.
        name: String,
    },
    /// A document that is not what the directory says of it.
    #[error("expected `{name}` with the size, checksum and name that the directory says, got other bytes")]
    Damaged {
        /// Its name.
        name: String,
    },
}

/// Whether bytes begin as an archive does: with an entry, or with the end of an empty directory.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// The fence of the document in an archive.
pub(super) fn read(bytes: &[u8], feature: Option<&str>) -> Result<FenceDocument, OutlineError> {
    let (name, unpacked) = unpack(bytes)?;
    let fence = document::text(&unpacked).and_then(|text| kml::read(text, feature));
    fence.map_err(|source| OutlineError::Archived { name, source: Box::new(source) })
}

/// Name and bytes of the document.
fn unpack(bytes: &[u8]) -> Result<(String, Vec<u8>), KmzError> {
    let archive = ZipArchive::from_slice(bytes).map_err(|_| KmzError::Archive)?;
    let entry = find(&archive)?;
    let path = entry.file_path();
    let name = geojson::shown(&String::from_utf8_lossy(path.as_bytes()));
    if entry.flags().is_encrypted() || entry.flags().has_strong_encryption() {
        return Err(KmzError::Encrypted { name });
    }
    let method = entry.compression_method();
    let packed = archive.get_entry(entry.wayfinder()).map_err(|_| KmzError::Archive)?;
    let unpacked = match method {
        CompressionMethod::STORE if packed.data().len() <= MAX_DOCUMENT => packed.data().to_vec(),
        CompressionMethod::STORE => return Err(KmzError::TooLarge { name }),
        CompressionMethod::DEFLATE => match decompress_to_vec_with_limit(packed.data(), MAX_DOCUMENT) {
            Ok(unpacked) => unpacked,
            Err(error) if error.status == TINFLStatus::HasMoreOutput => {
                return Err(KmzError::TooLarge { name });
            }
            Err(_) => return Err(KmzError::Damaged { name }),
        },
        other => return Err(KmzError::Method { name, got: other.as_u16() }),
    };
    // The header before the data is what a reader of streams goes by: both have to mean the same.
    let same_name = packed.local_header().file_path().as_bytes() == path.as_bytes();
    let said = packed.claim_verifier();
    let is_so = said.crc == rawzip::crc32(&unpacked) && said.uncompressed_size == unpacked.len() as u64;
    if same_name && is_so { Ok((name, unpacked)) } else { Err(KmzError::Damaged { name }) }
}

/// The entry of the document.
fn find<'a>(archive: &'a ZipSliceArchive<&[u8]>) -> Result<ZipFileHeaderRecord<'a>, KmzError> {
    let (mut count, mut found): (u64, Option<ZipFileHeaderRecord<'a>>) = (0, None);
    let mut again = false;
    for entry in archive.entries() {
        let entry = entry.map_err(|_| KmzError::Archive)?;
        count += 1;
        let path = entry.file_path().as_bytes();
        let is_root = !path.contains(&b'/') && !path.contains(&b'\\');
        if !is_root || !path.to_ascii_lowercase().ends_with(b".kml") {
            continue;
        }
        match &found {
            Some(first) if first.file_path().as_bytes() == path => again = true,
            Some(_) if path != DOCUMENT => {}
            _ => (found, again) = (Some(entry), false),
        }
    }
    if count != archive.entries_hint() {
        return Err(KmzError::Archive);
    }
    match found {
        None => Err(KmzError::NoDocument { got: count }),
        Some(entry) if again => {
            let name = geojson::shown(&String::from_utf8_lossy(entry.file_path().as_bytes()));
            Err(KmzError::Again { name })
        }
        Some(entry) => Ok(entry),
    }
}

#[cfg(test)]
mod tests;
