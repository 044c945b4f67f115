//! Signed readings, as bytes and as lines.

use std::path::Path;

use zksensor::files::ReadingsReader;
use zksensor::model::reading::SignedReading;

use super::memory::bounded;

pub(crate) fn bytes(input: &[u8]) {
    if let Ok(reading) = bounded(input, SignedReading::decode) {
        assert_eq!(reading.encode(), input);
    }
}

pub(crate) fn file(input: &[u8]) {
    let read = |input: &[u8]| {
        let Ok(reader) = ReadingsReader::new(Path::new("fuzz"), std::io::Cursor::new(input.to_vec())) else {
            return;
        };
        for reading in reader.filter_map(Result::ok) {
            let json = serde_json::to_vec(&reading).expect("readings are JSON");
            assert_eq!(serde_json::from_slice::<SignedReading>(&json).expect("as it was written"), reading);
        }
    };
    bounded(input, read);
}
