//! Numbers, times and places as people read them.

use std::time::Duration;

use zksensor_model::policy::time::format_rfc3339_millis;
use zksensor_model::reading::Location;

/// An integer with commas between its thousands.
pub(super) fn grouped(integer: i128) -> String {
    let digits = integer.unsigned_abs().to_string();
    let mut text = String::from(if integer < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `value` divided by 10^`scale`, exactly. A scale of more than 18, which no schema has, is taken as 18.
pub(super) fn fixed_point(value: i128, scale: u32) -> String {
    let unit = 10i128.pow(scale.min(18));
    let sign = if value < 0 { "-" } else { "" };
    let (whole, part) = (grouped(value.abs() / unit), value.abs() % unit);
    if unit == 1 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{part:0width$}", width = scale.min(18) as usize)
}

/// A time in the unit that fits it.
pub(super) fn duration(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds >= 100.0 => format!("{seconds:.0} s"),
        seconds if seconds >= 1.0 => format!("{seconds:.2} s"),
        seconds if seconds >= 0.1 => format!("{:.0} ms", seconds * 1e3),
        seconds => format!("{:.1} ms", seconds * 1e3),
    }
}

/// Two times in Unix milliseconds; the day is said once if it is the same.
pub(super) fn between(start: u64, end: u64) -> String {
    let [start, end] = [start, end].map(|millis| format_rfc3339_millis(millis).replace('Z', " UTC"));
    match (start.split_once('T'), end.split_once('T')) {
        (Some((day, from)), Some((other, to))) => {
            let (from, day_after) = (from.trim_end_matches(" UTC"), if day == other { "" } else { other });
            format!("{day} {from} to {}", format!("{day_after} {to}").trim_start())
        }
        _ => format!("{start} to {end}"),
    }
}

/// Where the file of this name in the page's own folder is. Whatever the name is, no browser takes it for more than a name.
pub(super) fn url_of_sibling(name: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
    let each = name.bytes().map(|byte| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    format!("./{}", each.collect::<String>())
}

/// Latitude and longitude in degrees, to the last digit that a location has.
pub(super) fn place(location: &Location) -> String {
    let degrees = |units: i32| fixed_point(i128::from(units), 7);
    format!("{}, {}", degrees(location.latitude()), degrees(location.longitude()))
}

/// A distance in metres, a round one.
pub(super) fn distance(metres: f64) -> String {
    if metres >= 1000.0 {
        format!("{} km", metres / 1000.0)
    } else if metres >= 1.0 {
        format!("{metres} m")
    } else {
        format!("{} cm", (metres * 100.0).round())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_exact() {
        for (integer, wanted) in
            [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567"), (-12, "-12")]
        {
            assert_eq!(grouped(integer), wanted);
        }
        for (value, scale, wanted) in [
            (12_345, 3, "12.345"),
            (-5, 1, "-0.5"),
            (7, 0, "7"),
            (-1_234_000, 2, "-12,340.00"),
            (1, 7, "0.0000001"),
        ] {
            assert_eq!(fixed_point(value, scale), wanted);
        }
        assert_eq!(place(&Location::from_e7(481_050_000, -5).unwrap()), "48.1050000, -0.0000005");
    }

    #[test]
    fn times_and_distances_have_the_unit_that_fits() {
        let shown: Vec<String> =
            [250, 12_340, 345_678, 1_234_567, 123_456_789].map(Duration::from_micros).map(duration).into();
        assert_eq!(shown, ["0.2 ms", "12.3 ms", "346 ms", "1.23 s", "123 s"]);
        assert_eq!([0.5, 20.0, 5000.0].map(distance), ["50 cm", "20 m", "5 km"]);
        let noon = 1_410_350_400_000;
        assert_eq!(between(noon, noon + 3_600_000), "2014-09-10 12:00:00 to 13:00:00 UTC");
        assert_eq!(between(noon, noon + 86_400_000), "2014-09-10 12:00:00 to 2014-09-11 12:00:00 UTC");
    }

    #[test]
    fn a_name_is_a_name_and_no_address() {
        for (name, wanted) in [
            ("report.html", "./report.html"),
            ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
            ("\"><b>é", "./%22%3E%3Cb%3E%C3%A9"),
            ("//elsewhere.example/?#", "./%2F%2Felsewhere.example%2F%3F%23"),
        ] {
            assert_eq!(url_of_sibling(name), wanted);
        }
    }
}
