//! What the name of a record says: which device, and which of its quantities.
//!
//! The objects of LwM2M have numbers, `/3303/0/5700` being the value of the first temperature sensor (OMA-TS-LightweightM2M and
//! the OMA LwM2M registry). Of their resources those are read that a schema has a channel for.

/// What a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity<'a> {
    /// A channel, or a name that no schema has.
    Named(&'a str),
    /// A channel whose unit the object fixes.
    InUnit(&'static str, &'static str),
}

/// A name in its parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Path<'a> {
    /// What stands before the quantity; nothing where the name is a path of LwM2M alone.
    pub(super) device: &'a str,
    pub(super) quantity: Quantity<'a>,
    /// Object and instance, if it is a path of LwM2M whose object is known.
    pub(super) instance: Option<&'a str>,
}

/// Number of an object, number of its resource, and what that is. Units are those of the registry; a sensor of the IPSO
/// objects says its own.
const RESOURCES: [(&str, &str, Quantity<'static>); 9] = [
    ("6", "0", Quantity::InUnit("latitude", "lat")),
    ("6", "1", Quantity::InUnit("longitude", "lon")),
    ("6", "2", Quantity::InUnit("altitude", "m")),
    ("6", "3", Quantity::InUnit("accuracy", "m")),
    ("6", "6", Quantity::InUnit("speed", "m/s")),
    ("3303", "5700", Quantity::Named("temperature")),
    ("3304", "5700", Quantity::Named("humidity")),
    ("3336", "5514", Quantity::InUnit("latitude", "lat")),
    ("3336", "5515", Quantity::InUnit("longitude", "lon")),
];

/// The resource of an IPSO object that says the unit of its value, as text.
pub(super) const SENSOR_UNITS: &str = "5701";

impl<'a> Path<'a> {
    pub(super) fn of(name: &'a str) -> Path<'a> {
        if let Some(path) = Path::of_lwm2m(name) {
            return path;
        }
        let quantity = name.rsplit([':', '/']).next().unwrap_or(name);
        let device = &name[..name.len() - quantity.len()];
        Path { device, quantity: Quantity::Named(quantity), instance: None }
    }

    /// The path if it ends in `/object/instance/resource` of a known object, or is nothing else, of any object.
    fn of_lwm2m(name: &'a str) -> Option<Path<'a>> {
        let (before, resource) = name.rsplit_once('/')?;
        let (rest, number) = before.rsplit_once('/')?;
        let (device, object) = rest.rsplit_once('/')?;
        let is_number =
            |text: &str| (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let known = RESOURCES.iter().any(|(known, ..)| *known == object);
        let alone = device.is_empty() && name.starts_with('/') && is_number(object);
        if !(known || alone) || !is_number(number) {
            return None;
        }
        let resource_of = |(of, number, _): &&(&str, &str, _)| *of == object && *number == resource;
        let quantity = RESOURCES.iter().find(resource_of).map_or(Quantity::Named(resource), |found| found.2);
        Some(Path { device, quantity, instance: Some(before) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_ends_in_a_quantity_and_begins_with_a_device() {
        let path = |name| {
            let Path { device, quantity, instance } = Path::of(name);
            (device, quantity, instance)
        };
        let named = Quantity::Named;
        for (name, wanted) in [
            ("no2", ("", named("no2"), None)),
            ("urn:dev:ow:1:no2", ("urn:dev:ow:1:", named("no2"), None)),
            ("street/12/no2", ("street/12/", named("no2"), None)),
            ("/3303/0/temperature", ("", named("temperature"), Some("/3303/0"))),
            ("/3303/12/5700", ("", named("temperature"), Some("/3303/12"))),
            ("urn:dev:os:1/3303/0/5700", ("urn:dev:os:1", named("temperature"), Some("urn:dev:os:1/3303/0"))),
            (
                "urn:dev:os:1:/6/0/0",
                ("urn:dev:os:1:", Quantity::InUnit("latitude", "lat"), Some("urn:dev:os:1:/6/0")),
            ),
            ("/6/0/5", ("", named("5"), Some("/6/0"))),
            ("/3/0/9", ("", named("9"), Some("/3/0"))),
            // No object that is known: who is to say that 12 is none of the device's names?
            ("/street/12/no2", ("/street/12/", named("no2"), None)),
            ("a/3/0/9", ("a/3/0/", named("9"), None)),
            ("bldg/1/2/temperature", ("bldg/1/2/", named("temperature"), None)),
            ("bldg/3303/x/temperature", ("bldg/3303/x/", named("temperature"), None)),
            ("/3303/0/", ("", named(""), Some("/3303/0"))),
            ("/", ("/", named(""), None)),
            ("/no2", ("/", named("no2"), None)),
            ("", ("", named(""), None)),
        ] {
            assert_eq!(path(name), wanted, "{name}");
        }
    }
}
