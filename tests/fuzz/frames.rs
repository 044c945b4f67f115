//! Signed frames, as bytes and as lines.

use std::path::Path;

use zksensor::files::FramesReader;
use zksensor::model::frame::SignedFrame;

use super::memory::bounded;

pub(crate) fn bytes(input: &[u8]) {
    if let Ok(frame) = bounded(input, SignedFrame::decode) {
        assert_eq!(frame.encode(), input);
    }
}

pub(crate) fn file(input: &[u8]) {
    let read = |input: &[u8]| {
        let Ok(reader) = FramesReader::new(Path::new("fuzz"), std::io::Cursor::new(input.to_vec())) else {
            return;
        };
        for frame in reader.filter_map(Result::ok) {
            let json = serde_json::to_vec(&frame).expect("frames are JSON");
            assert_eq!(serde_json::from_slice::<SignedFrame>(&json).expect("as it was written"), frame);
        }
    };
    bounded(input, read);
}
