//! The reference system of a document, which RFC 7946 no longer has and other programs still write.

use serde_json::value::RawValue;

use super::super::OutlineError;

/// A named system.
#[derive(serde::Deserialize)]
#[serde(expecting = "a reference system by its name, an object")]
struct Named {
    #[serde(rename = "type")]
    kind: String,
    properties: Name,
}

#[derive(serde::Deserialize)]
#[serde(expecting = "an object with a name")]
struct Name {
    name: String,
}

/// Refuses a member `crs` that is not WGS 84 in degrees; `null`, or none, is what RFC 7946 says.
pub(super) fn check(crs: Option<&RawValue>) -> Result<(), OutlineError> {
    let Some(raw) = crs else { return Ok(()) };
    match serde_json::from_str::<Named>(raw.get()) {
        Ok(Named { kind, properties: Name { name } }) if kind == "name" && raw.get().starts_with('{') => {
            if is_wgs84(&name) {
                Ok(())
            } else {
                Err(OutlineError::Crs { got: super::shown(&name) })
            }
        }
        _ => Err(OutlineError::Crs { got: super::shown(raw.get()) }),
    }
}

/// Longitude and latitude on WGS 84: as the OGC names it, or the EPSG, whose order of axes GeoJSON never had.
fn is_wgs84(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let rest = ["urn:ogc:def:crs:", "http://www.opengis.net/def/crs/", "https://www.opengis.net/def/crs/"];
    let name = rest.iter().find_map(|start| name.strip_prefix(start)).unwrap_or(&name);
    let parts: Vec<&str> = name.split([':', '/']).collect();
    // An authority, a version or none, and a code.
    match parts[..] {
        [authority, code] | [authority, _, code] => {
            matches!((authority, code), ("ogc", "crs84") | ("epsg", "4326"))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wgs84_has_many_names() {
        for name in [
            "urn:ogc:def:crs:OGC:1.3:CRS84",
            "urn:ogc:def:crs:OGC::CRS84",
            "urn:ogc:def:crs:EPSG::4326",
            "urn:ogc:def:crs:EPSG:6.6:4326",
            "EPSG:4326",
            "epsg:4326",
            "OGC:CRS84",
            "http://www.opengis.net/def/crs/OGC/1.3/CRS84",
        ] {
            assert!(is_wgs84(name), "{name}");
        }
        for name in [
            "urn:ogc:def:crs:EPSG::4230",
            "EPSG:3857",
            "EPSG:43260",
            "CRS84",
            "4326",
            "",
            "urn:ogc:def:crs:EPSG::4326:1",
            "urn:ogc:def:crs:OGC::4326",
        ] {
            assert!(!is_wgs84(name), "{name}");
        }
    }
}
