//! Units as people write them beside a number, and how one becomes another.

/// What else a unit is called, and how SenML writes it.
const NAMES: [(&str, &str); 27] = [
    ("kmh", "km/h"),
    ("kph", "km/h"),
    ("kmph", "km/h"),
    ("mps", "m/s"),
    ("mi/h", "mph"),
    ("kt", "kn"),
    ("kts", "kn"),
    ("knot", "kn"),
    ("knots", "kn"),
    ("miles", "mi"),
    ("mile", "mi"),
    ("feet", "ft"),
    ("foot", "ft"),
    ("rpm", "1/min"),
    ("°C", "Cel"),
    ("ºC", "Cel"),
    ("degC", "Cel"),
    ("celsius", "Cel"),
    ("µg/m3", "ug/m3"),
    ("µg/m³", "ug/m3"),
    ("μg/m³", "ug/m3"),
    ("ug/m³", "ug/m3"),
    ("mg/m³", "mg/m3"),
    ("%rH", "%RH"),
    ("mbar", "hPa"),
    ("mm/hr", "mm/h"),
    ("in/hr", "in/h"),
];

/// Units that are written in the names of columns and become none of a schema's: a column that says one is refused, unless the mapping
/// says what it is in.
const FOREIGN: [&str; 13] =
    ["ppb", "ppm", "degF", "°F", "ºF", "F", "fahrenheit", "K", "kelvin", "inHg", "psi", "feet/s", "ft/s"];

/// One unit of the first in units of the second, as a fraction. `%` is that of SenML, a ratio (RFC 8428 section 12.1).
const RATIOS: [(&str, &str, u32, u32); 18] = [
    ("km/h", "m/s", 5, 18),
    // 1 kn is 1852 m in an hour, 1 mile 1609.344 m, 1 foot 0.3048 m.
    ("kn", "m/s", 463, 900),
    ("mph", "m/s", 1397, 3125),
    ("ft", "m", 381, 1250),
    ("mi", "m", 201_168, 125),
    ("km", "m", 1000, 1),
    ("cm", "m", 1, 100),
    ("mm", "m", 1, 1000),
    ("1/s", "1/min", 60, 1),
    ("mg/m3", "ug/m3", 1000, 1),
    ("%", "/", 1, 1),
    ("/100", "/", 1, 100),
    ("/", "/100", 100, 1),
    ("%", "/100", 100, 1),
    ("/", "%", 1, 1),
    ("Pa", "hPa", 1, 100),
    ("kPa", "hPa", 10, 1),
    // 1 inch is 25.4 mm.
    ("in/h", "mm/h", 127, 5),
];

/// One unit of `from` in units of `into`, as a fraction.
pub(super) fn conversion(from: &str, into: &str) -> Option<(u32, u32)> {
    if from == into {
        return Some((1, 1));
    }
    RATIOS.iter().find(|row| (row.0, row.1) == (from, into)).map(|row| (row.2, row.3))
}

/// The unit that a person means, as SenML writes it. `%` is none: people mean percent, and SenML a ratio.
pub(super) fn written(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let synonym = NAMES.iter().find(|(name, _)| *name == text).map(|(_, unit)| *unit);
    let units = RATIOS.iter().flat_map(|row| [row.0, row.1]).chain(["ug/m3", "Cel", "%RH", "count", "rad"]);
    synonym.or_else(|| units.into_iter().find(|unit| *unit == text)).filter(|unit| *unit != "%")
}

/// The units that become `into`, for people: those of [`written`].
pub(super) fn convertible(into: &str) -> String {
    let others = RATIOS.iter().filter(|row| row.1 == into && row.0 != "%").map(|row| row.0);
    std::iter::once(into).chain(others).collect::<Vec<_>>().join(", ")
}

/// The unit that the name of a column ends with, in any letters: `Speed (KM/H)`, `speed [kn]`, `speed_kmh`, `NO2 (ppb)`.
pub(super) fn in_name(column: &str) -> Option<&'static str> {
    for (open, close) in [('(', ')'), ('[', ']')] {
        if let Some((_, unit)) = column.strip_suffix(close).and_then(|rest| rest.rsplit_once(open)) {
            return named(unit.trim());
        }
    }
    // A single letter is as often the name of an axis.
    let (_, last) = column.rsplit_once(['_', ' ', '-', '.'])?;
    if last.len() < 2 { None } else { named(last) }
}

/// The unit of a column's numbers: the one that was said, else `wanted`, the schema's.
///
/// # Errors
/// The unit that the column's own name says, if that is another and none was said.
pub(super) fn of_column(
    column: &str,
    said: Option<&'static str>,
    wanted: &'static str,
) -> Result<&'static str, &'static str> {
    match (said, in_name(column)) {
        (Some(said), _) => Ok(said),
        (None, Some(got)) if got != wanted => Err(got),
        (None, _) => Ok(wanted),
    }
}

/// A unit in any letters, be it one that becomes a schema's or not.
fn named(text: &str) -> Option<&'static str> {
    let is_named = |name: &str| name.to_lowercase() == text.to_lowercase();
    let synonym = NAMES.iter().find(|(name, _)| is_named(name)).map(|(_, unit)| *unit);
    let units = RATIOS.iter().flat_map(|row| [row.0, row.1]).filter(|unit| !unit.starts_with(['/', '%']));
    let others = ["ug/m3", "Cel", "%RH"].into_iter().chain(FOREIGN);
    synonym.or_else(|| units.chain(others).find(|unit| is_named(unit)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_found_as_people_write_it() {
        for (text, wanted) in [
            ("km/h", Some("km/h")),
            ("kph", Some("km/h")),
            ("µg/m³", Some("ug/m3")),
            ("°C", Some("Cel")),
            ("/100", Some("/100")),
            ("%", None),
            ("furlong", None),
            ("mbar", Some("hPa")),
            ("", None),
        ] {
            assert_eq!(written(text), wanted, "{text}");
        }
        for (name, wanted) in [
            ("Speed (OBD)(km/h)", Some("km/h")),
            ("speed [kn]", Some("kn")),
            ("speed_kmh", Some("km/h")),
            ("GPS Speed KPH", Some("km/h")),
            ("Speed (KM/H)", Some("km/h")),
            ("Speed km/h", Some("km/h")),
            ("speed_kt", Some("kn")),
            ("altitude_ft", Some("ft")),
            ("Altitude (feet)", Some("ft")),
            ("NO2 (ppb)", Some("ppb")),
            ("Temperature (°F)", Some("°F")),
            ("kmh", None),
            ("axis_f", None),
            ("speed", None),
            ("temperature (outside)", None),
            ("humidity (%)", None),
            ("Pressure (mbar)", Some("hPa")),
            ("rain_mm/h", Some("mm/h")),
        ] {
            assert_eq!(in_name(name), wanted, "{name}");
        }
        assert_eq!(convertible("m/s"), "m/s, km/h, kn, mph");
        assert_eq!(conversion("mph", "m/s"), Some((1397, 3125)));
    }
}
