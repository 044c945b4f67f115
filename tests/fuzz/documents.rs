//! Documents that people write or carry about: device files, policies, fences.

use std::path::Path;
use std::str;
use std::sync::OnceLock;

use zksensor::files::{DeviceFile, FenceFile, OpeningFile};
use zksensor::io::fence::FenceDocument;
use zksensor::io::policy::PolicyTomlError;
use zksensor::model::fence::{Fence, Triangle};
use zksensor::model::policy::Policy;

use super::memory::{BASE, bounded, bounded_by};

pub(crate) fn device_file(input: &[u8]) {
    let path = Path::new("fuzz");
    if let Ok(device) = bounded(input, |input| DeviceFile::from_json(path, input)) {
        let again = DeviceFile::from_json(path, &device.to_json()).expect("as it was written");
        assert_eq!(again.leaf(), device.leaf());
        assert_eq!(again.to_json(), device.to_json());
    }
}

pub(crate) fn opening(input: &[u8]) {
    let path = Path::new("fuzz");
    if let Ok(opening) = bounded(input, |input| OpeningFile::from_json(path, input)) {
        let again = OpeningFile::from_json(path, &opening.to_json()).expect("as it was written");
        assert_eq!((again.commitment(), again.signed()), (opening.commitment(), opening.signed()));
        assert_eq!(again.to_json(), opening.to_json());
    }
}

pub(crate) fn policy(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Ok(policy) = bounded(input, |_| zksensor::io::policy::from_toml(text, None)) {
        assert_eq!(Policy::new(*policy.parts()).as_ref(), Ok(&policy));
        // Its text names a fence: no other one is taken for it.
        let other = zksensor::io::policy::from_toml(text, Some(other_fence()));
        assert!(matches!(other, Err(PolicyTomlError::OtherFence { .. })), "{other:?}");
    }
}

pub(crate) fn schema(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    // Not kept: an input more is a schema more.
    if let Ok(schema) = bounded(input, |_| zksensor::io::schema::parse(text)) {
        assert_eq!(zksensor::io::schema::parse(text), Ok(schema));
    }
    if let Ok(Some(file)) = bounded(input, |_| zksensor::io::policy::schema_file(text)) {
        assert_eq!(Path::new(&file).file_name(), Some(file.as_ref()), "beside the policy");
    }
}

/// A fence that no policy of the seeds has.
fn other_fence() -> &'static Fence {
    static FENCE: OnceLock<Fence> = OnceLock::new();
    FENCE.get_or_init(|| {
        let triangle = Triangle::try_from([[0, 0], [0, 1], [1, 0]]).expect("has an area");
        Fence::new(vec![triangle]).expect("one triangle")
    })
}

/// What a fence may take beside its input: more where few bytes say much. An archive has a document of up to 16 MiB, whose
/// buffer doubles as it grows; a coarse H3 cell beside a fine one has as many corners as the outline of cells may have.
fn base(input: &[u8]) -> usize {
    let text = input.trim_ascii_start();
    match text.first() {
        _ if text.starts_with(b"PK") => 40 << 20,
        Some(b'[' | b'0'..=b'9') => 4 << 20,
        _ => BASE,
    }
}

/// Triangles with their root; an outline in any format, as a whole and for the feature `pier`, which some seeds have.
pub(crate) fn fence(input: &[u8]) {
    let path = Path::new("fuzz");
    if let Ok(file) = bounded(input, |input| FenceFile::from_json(path, input)) {
        let again = FenceFile::from_json(path, file.to_json().as_bytes()).expect("as it was written");
        assert_eq!((again.root(), &again), (file.fence().root(), &file));
    }
    let whole = bounded_by(base(input), input, |input| FenceDocument::parse(input, None));
    let picked = bounded_by(base(input), input, |input| FenceDocument::parse(input, Some("pier")));
    for document in [&whole, &picked] {
        match document {
            Ok(FenceDocument { fence, .. }) => {
                let json = serde_json::to_vec(fence).expect("a fence is JSON");
                assert_eq!(serde_json::from_slice::<Fence>(&json).as_ref().ok(), Some(fence));
            }
            Err(error) => assert!(error.to_string().len() < 2000, "{error}"),
        }
    }
    if let (Ok(whole), Ok(picked)) = (whole, picked) {
        assert_eq!(picked.features, 1);
        let united = whole.fence.triangles();
        assert!(picked.fence.triangles().iter().all(|triangle| united.contains(triangle)));
    }
}
