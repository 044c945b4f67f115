//! Documents that people write or carry about: device files, policies, fences.

use std::path::Path;
use std::str;

use zksensor::circuits::fence::Fence;
use zksensor::circuits::policy::Policy;
use zksensor::files::DeviceFile;

use super::memory::bounded;

pub(crate) fn device_file(input: &[u8]) {
    let path = Path::new("fuzz");
    if let Ok(device) = bounded(input, |input| DeviceFile::from_json(path, input)) {
        let again = DeviceFile::from_json(path, &device.to_json()).expect("as it was written");
        assert_eq!(again.leaf(), device.leaf());
        assert_eq!(again.to_json(), device.to_json());
    }
}

pub(crate) fn policy(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Ok(policy) = bounded(input, |_| Policy::from_toml(text, None)) {
        assert_eq!(Policy::new(*policy.parts()).as_ref(), Ok(&policy));
        let fence = policy.parts().fence;
        assert_eq!(Policy::from_toml(text, Some(fence)).as_ref(), Ok(&policy));
    }
}

pub(crate) fn fence(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    if let Ok(fence) = bounded(input, |_| Fence::from_geojson(text)) {
        let json = serde_json::to_vec(&fence).expect("a fence is JSON");
        assert_eq!(serde_json::from_slice::<Fence>(&json).expect("every triangle is sound"), fence);
    }
}
