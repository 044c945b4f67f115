use std::io::Write;

use miniz_oxide::deflate::compress_to_vec;
use proptest::prelude::*;
use rawzip::ZipArchiveWriter;

use super::*;
use crate::fence::{FenceDocument, from_kml};

const KML: &str = "<kml xmlns='http://www.opengis.net/kml/2.2'><Placemark><name>pier</name><Polygon><outerBoundaryIs><LinearRing>\
    <coordinates>0,0 9,0 9,9 0,9 0,0</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></kml>";

/// An archive of these names and contents, deflated or stored.
fn archive(entries: &[(&str, &[u8], bool)]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut bytes);
    for (name, content, deflated) in entries {
        let method = if *deflated { CompressionMethod::DEFLATE } else { CompressionMethod::STORE };
        let (mut entry, config) = archive.new_file(*name).compression_method(method).start().unwrap();
        let mut plain = config.wrap(Vec::new());
        plain.write_all(content).unwrap();
        let (content, descriptor) = plain.finish().unwrap();
        let packed = if *deflated { compress_to_vec(&content, 9) } else { content };
        entry.write_all(&packed).unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    bytes
}

/// The document in an archive that Info-ZIP's zip 3.0 made, with its extra fields.
const OF_ZIP: &[u8] = include_bytes!("pier.kmz");

/// Where the header of the first entry in the directory begins.
fn directory(bytes: &[u8]) -> usize {
    bytes.windows(4).position(|four| four == b"PK\x01\x02").unwrap()
}

/// A good archive whose directory says otherwise, from that place in a header on.
fn claiming(at: usize, with: &[u8]) -> Vec<u8> {
    let mut bytes = archive(&[("doc.kml", KML.as_bytes(), true)]);
    let at = directory(&bytes) + at;
    bytes[at..at + with.len()].copy_from_slice(with);
    bytes
}

fn refused(bytes: &[u8]) -> KmzError {
    match FenceDocument::parse(bytes, None) {
        Err(OutlineError::Kmz(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_document_of_an_archive_is_its_fence() {
    let fence = from_kml(KML).unwrap();
    let (kml, other) = (KML.as_bytes(), b"<kml/>".as_slice());
    for entries in [
        &[("doc.kml", kml, true)][..],
        &[("doc.kml", kml, false)],
        &[("Zones.KML", kml, true), ("more.kml", other, true)],
        &[("more.kml", other, true), ("doc.kml", kml, true), ("z.kml", other, true)],
        &[("files/a.kml", other, true), ("images/pin.png", &[0xff; 300], false), ("z.kml", kml, true)],
        &[("files\\a.kml", other, true), (".kml/doc.kml", other, true), ("é.kml", kml, true)],
        &[("more.kml", other, true), ("more.kml", other, true), ("doc.kml", kml, true)],
    ] {
        let bytes = archive(entries);
        let document = FenceDocument::parse(&bytes, None).unwrap();
        assert_eq!((document.fence.root(), document.features), (fence.root(), 1), "{entries:?}");
        assert!(FenceDocument::parse(&bytes, Some("pier")).is_ok());
        assert!(matches!(FenceDocument::parse(&bytes, Some("quay")), Err(OutlineError::Archived { .. })));
        // A line end after the archive, as some transfers leave it.
        assert_eq!(FenceDocument::parse([&bytes[..], b"\r\n"].concat(), None).unwrap().fence, fence);
    }
    let marked = archive(&[("doc.kml", format!("\u{feff}{KML}").as_bytes(), true)]);
    assert_eq!(FenceDocument::parse(&marked, None).unwrap().fence, fence);
    assert_eq!(FenceDocument::parse(OF_ZIP, None).unwrap().fence, fence);
}

#[test]
fn what_is_wrong_in_the_document_names_it() {
    let of = |content: &[u8]| {
        FenceDocument::parse(archive(&[("a\nb.kml", content, true)]), None).unwrap_err().to_string()
    };
    assert_eq!(
        of(KML.replace("9,9", "9;9").as_bytes()),
        "`a\\nb.kml` in the archive: line 1, column 132: expected positions such as 11.5,48.1 or 11.5,48.1,520, with commas \
         within and white space between them, got `9;9`"
    );
    assert!(of(b"{}").contains(
        "`a\\nb.kml` in the archive: line 1, column 1: expected the element <kml> around all others"
    ));
    assert!(
        of(&[0xff, 0xfe, b'<', 0])
            .contains("in the archive: expected text in UTF-8, or a KMZ archive, got UTF-16")
    );
    // An archive in an archive is no document.
    let nested = archive(&[("doc.kml", KML.as_bytes(), true)]);
    assert!(of(&nested).contains("in the archive: "));
}

#[test]
fn an_archive_without_a_document_that_can_be_read_is_refused() {
    let kml = KML.as_bytes();
    let name = || "doc.kml".to_owned();
    assert_eq!(refused(&archive(&[])), KmzError::NoDocument { got: 0 });
    let elsewhere = archive(&[("files/doc.kml", kml, true), ("doc.kmz", kml, true), ("kml", kml, true)]);
    assert_eq!(refused(&elsewhere), KmzError::NoDocument { got: 3 });
    assert_eq!(
        refused(&archive(&[("doc.kml", kml, true), ("doc.kml", kml, true)])),
        KmzError::Again { name: name() }
    );
    assert_eq!(
        refused(&archive(&[("a.kml", kml, true), ("a.kml", kml, true)])),
        KmzError::Again { name: "a.kml".to_owned() }
    );
    // Flags, method, checksum, sizes and name, as the directory has them.
    assert_eq!(refused(&claiming(8, &[0x09, 0])), KmzError::Encrypted { name: name() });
    assert_eq!(refused(&claiming(8, &[0x48, 0])), KmzError::Encrypted { name: name() });
    assert_eq!(refused(&claiming(10, &[93, 0])), KmzError::Method { name: name(), got: 93 });
    assert_eq!(refused(&claiming(10, &[0, 0])), KmzError::Damaged { name: name() });
    assert_eq!(refused(&claiming(16, &[1, 2, 3, 4])), KmzError::Damaged { name: name() });
    assert_eq!(refused(&claiming(20, &[9, 0, 0, 0])), KmzError::Damaged { name: name() });
    assert_eq!(refused(&claiming(20, &[0xff, 0xff, 0xff, 0x7f])), KmzError::Archive);
    assert_eq!(refused(&claiming(24, &[9, 0, 0, 0])), KmzError::Damaged { name: name() });
    assert_eq!(refused(&claiming(46, b"DOC")), KmzError::Damaged { name: "DOC.kml".to_owned() });
    assert_eq!(refused(&claiming(42, &[0xff, 0xff, 0xff, 0x7f])), KmzError::Archive);
    let message = refused(&claiming(8, &[0x09, 0])).to_string();
    assert_eq!(message, "expected a document without a password, got `doc.kml` encrypted");
}

/// What unpacks to more than a fence may have is refused, whatever its headers say, and never built.
#[test]
fn a_bomb_is_refused() {
    let filled = |count: usize| [KML.as_bytes(), &vec![b' '; count - KML.len()]].concat();
    let whole = archive(&[("doc.kml", &filled(MAX_DOCUMENT), true)]);
    assert!(whole.len() < 20_000 && FenceDocument::parse(&whole, None).is_ok());
    let mut bomb = archive(&[("doc.kml", &filled(MAX_DOCUMENT + 1), true)]);
    let too_large = KmzError::TooLarge { name: "doc.kml".to_owned() };
    assert_eq!(refused(&bomb), too_large);
    let at = directory(&bomb) + 24;
    bomb[at..at + 4].copy_from_slice(&500u32.to_le_bytes());
    assert_eq!(refused(&bomb), too_large);
    assert_eq!(refused(&archive(&[("doc.kml", &filled(MAX_DOCUMENT + 1), false)])), too_large);
}

#[test]
fn a_cut_archive_is_refused_wherever_it_is_cut() {
    let bytes = archive(&[("doc.kml", KML.as_bytes(), true), ("pin.png", &[7; 99], false)]);
    for end in 4..bytes.len() {
        assert!(FenceDocument::parse(&bytes[..end], None).is_err(), "{end} of {}", bytes.len());
    }
}

proptest! {
    #[test]
    fn damaged_archives_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        for deflated in [true, false] {
            let mut bytes = archive(&[("doc.kml", KML.as_bytes(), deflated), ("b.kml", b"<kml/>", deflated)]);
            for (at, with) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *with;
            }
            // A document that is read in spite of it is the one that was written.
            if let Ok(document) = FenceDocument::parse(&bytes, None) {
                prop_assert_eq!(document.fence, from_kml(KML).unwrap());
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = FenceDocument::parse([b"PK\x03\x04".as_slice(), &bytes].concat(), None);
        let _ = FenceDocument::parse([b"PK\x05\x06".as_slice(), &bytes].concat(), None);
    }
}
