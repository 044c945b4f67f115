//! Signed frames.

use serde_json::Value;
use zksensor_model::frame::{FrameBuilder, SignedFrame, signed_frame_length};
use zksensor_model::hex;

use super::signed::{bytes, device, element};
use super::{text, vectors};

#[test]
fn signed_frames_are_what_is_published() {
    let vectors = vectors("signed_frames");
    let mut of_both_forms = 0;
    for case in &vectors.good {
        let signed = SignedFrame::decode(&bytes(text(case, "binary"))).unwrap();
        let (frame, key) = (signed.frame(), device(text(case, "device")));
        assert_eq!(signed.encode().len(), signed_frame_length(frame.samples().len()));
        assert_eq!(hex::encode(&signed.encode()), text(case, "binary"));
        if case.get("json").is_some() {
            assert_eq!(serde_json::from_str::<SignedFrame>(text(case, "json")).unwrap(), signed);
            assert_eq!(serde_json::to_string(&signed).unwrap(), text(case, "json"));
            of_both_forms += 1;
        }
        assert_eq!(frame.summary().chain(), element(case, "chain"));
        assert_eq!(frame.message(), element(case, "message"));
        // As a device does it that keeps no sample.
        let mut builder = FrameBuilder::new(*frame.header());
        frame.samples().iter().for_each(|sample| builder.push(sample).unwrap());
        assert_eq!(key.seal(builder.finish().unwrap()), signed.seal());
        assert_eq!(key.sign_frame(frame.clone()), signed);
    }
    assert!(of_both_forms > 3 && of_both_forms < vectors.good.len());
    for case in &vectors.bad {
        let refused = match (case.get("binary"), case.get("json")) {
            (Some(Value::String(binary)), None) => SignedFrame::decode(&bytes(binary)).is_err(),
            (None, Some(Value::String(json))) => serde_json::from_str::<SignedFrame>(json).is_err(),
            _ => panic!("{case} has one form"),
        };
        assert!(refused, "{case}");
    }
}
