//! Times as other software writes them, as Unix milliseconds. Exactly: what is below a millisecond is cut.
//!
//! A time is text with its zone, or a number whose unit somebody names. Nothing is guessed: text without a zone is refused
//! unless it is said to be UTC, and a number that would be a time before 2000 is one of another unit.

use std::fmt;

use zksensor_model::policy::time::{TimeError, parse_rfc3339_millis};
use zksensor_model::reading::UnixMillis;

use super::{Decimal, DecimalError, Rounding};

/// 2000-01-01T00:00:00Z. What this crate reads was measured later; what seems older is of another unit, or of a clock that
/// nobody set.
const YEAR_2000_MS: u64 = 946_684_800_000;
/// 2100-01-01T00:00:00Z. A number that would be a later time is no count, but a date in digits: `20260101021500`.
const YEAR_2100_MS: u64 = 4_102_444_800_000;
/// The most digits of a fraction of a second that are looked at.
const MAX_FRACTION: usize = 40;

/// What a number that is a time counts, from 1970 on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeUnit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Microseconds.
    Microseconds,
    /// Nanoseconds.
    Nanoseconds,
}

/// Every unit, the coarse ones first.
pub(super) const UNITS: [TimeUnit; 4] =
    [TimeUnit::Seconds, TimeUnit::Milliseconds, TimeUnit::Microseconds, TimeUnit::Nanoseconds];

impl TimeUnit {
    /// How a mapping names it: `time_s` is a time in seconds.
    pub fn symbol(self) -> &'static str {
        match self {
            TimeUnit::Seconds => "s",
            TimeUnit::Milliseconds => "ms",
            TimeUnit::Microseconds => "us",
            TimeUnit::Nanoseconds => "ns",
        }
    }

    /// The number in milliseconds, cut.
    fn millis(self, number: &Decimal) -> Result<u64, DecimalError> {
        let cut = Rounding::TowardsZero;
        let millis = match self {
            TimeUnit::Seconds => number.to_fixed(3, cut)?,
            TimeUnit::Milliseconds => number.to_fixed(0, cut)?,
            TimeUnit::Microseconds => number.to_fixed_ratio(1, 1000, 0, cut)?,
            TimeUnit::Nanoseconds => number.to_fixed_ratio(1, 1_000_000, 0, cut)?,
        };
        Ok(u64::try_from(millis).unwrap_or(0))
    }
}

impl fmt::Display for TimeUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            TimeUnit::Seconds => "Unix seconds",
            TimeUnit::Milliseconds => "Unix milliseconds",
            TimeUnit::Microseconds => "Unix microseconds",
            TimeUnit::Nanoseconds => "Unix nanoseconds",
        })
    }
}

/// What a number may be that is no time in the unit that was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LooksLike {
    /// A time from 2000 to 2100 in another unit.
    Unit(TimeUnit),
    /// The days of a spreadsheet.
    SpreadsheetDays,
    /// A date whose digits stand together: `20260101` or `20260101021500`.
    DateInDigits,
}

/// Why something is not a time, or not one that is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClockError {
    /// Text of another form.
    #[error("expected a time like `2026-01-01T02:15:00Z` or `2026-01-01T03:15:00.25+01:00`{}", or(*number))]
    Form {
        /// The unit of a number that would do as well, if one would.
        number: Option<TimeUnit>,
    },
    /// Something else than a number, where a unit is named.
    #[error("expected a number of {unit}")]
    Number {
        /// The unit.
        unit: TimeUnit,
    },
    /// A time of day without the place where the clock showed it.
    #[error(
        "expected a time with its zone, `Z` or an offset such as `+01:00`; without one it may be off by hours"
    )]
    Zone,
    /// An offset that is none.
    #[error("expected an offset from UTC of less than 24 hours, such as `+01:00`")]
    Offset,
    /// A part beyond its range: the 30th of February, a leap second.
    #[error(transparent)]
    Part(#[from] TimeError),
    /// Text, or a date, before 2000.
    #[error("expected a time from 2000 on; was the clock not set, or did its week number roll over?")]
    Old,
    /// A number that would be a time before 2000, or from 2100 on.
    #[error("expected {unit} of the years 2000 to 2099{}", which(*looks))]
    Unit {
        /// The unit that was wanted.
        unit: TimeUnit,
        /// What the number looks like, if it looks like something.
        looks: Option<LooksLike>,
    },
}

fn or(number: Option<TimeUnit>) -> String {
    number.map_or_else(String::new, |unit| format!(", or a number of {unit}"))
}

fn which(looks: Option<LooksLike>) -> String {
    match looks {
        Some(LooksLike::Unit(unit)) => format!("; the number looks like {unit}"),
        Some(LooksLike::SpreadsheetDays) => "; the number looks like the days of a spreadsheet".to_owned(),
        Some(LooksLike::DateInDigits) => "; the number looks like the digits of a date".to_owned(),
        None => String::new(),
    }
}

/// What text without a zone is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    /// Refused.
    #[default]
    Written,
    /// In UTC: somebody says so.
    Utc,
}

/// A time as text, or as a number of this unit. Where no unit is named both will do, and a number counts milliseconds.
pub(super) fn either(text: &str, unit: Option<TimeUnit>, zone: Zone) -> Result<UnixMillis, ClockError> {
    let number = text.parse::<Decimal>();
    match (number, unit) {
        (Ok(number), unit) => of_number(&number, unit.unwrap_or(TimeUnit::Milliseconds)),
        (Err(_), Some(unit)) => Err(ClockError::Number { unit }),
        (Err(_), None) => of_text(text, zone).map_err(or_a_number),
    }
}

/// A time in JSON: text, or a number of this unit. Where no unit is named a number counts milliseconds, and text is a date.
#[cfg(feature = "formats")]
pub(super) fn of_json(
    raw: &serde_json::value::RawValue,
    unit: Option<TimeUnit>,
    zone: Zone,
) -> Result<UnixMillis, ClockError> {
    match (serde_json::from_str::<super::document::Text<'_>>(raw.get()), unit) {
        // Digits in quotes are a number of the unit that is named, and of none otherwise.
        (Ok(text), None) => of_text(&text.0, zone).map_err(or_a_number),
        (Ok(text), Some(unit)) => either(&text.0, Some(unit), zone),
        (Err(_), unit) => either(raw.get(), unit, zone),
    }
}

/// The time unit of a field that is called `time`, or `time_s`, `time_ms`, `time_us`, `time_ns`.
pub(super) fn unit_of_field(name: &str) -> Option<Option<TimeUnit>> {
    match name.strip_prefix("time")? {
        "" => Some(None),
        symbol => UNITS.into_iter().find(|unit| symbol.strip_prefix('_') == Some(unit.symbol())).map(Some),
    }
}

fn or_a_number(error: ClockError) -> ClockError {
    match error {
        ClockError::Form { .. } => ClockError::Form { number: Some(TimeUnit::Milliseconds) },
        error => error,
    }
}

/// A number that counts from 1970 on.
pub(super) fn of_number(number: &Decimal, unit: TimeUnit) -> Result<UnixMillis, ClockError> {
    let read = |unit: TimeUnit| {
        unit.millis(number).ok().filter(|millis| (YEAR_2000_MS..YEAR_2100_MS).contains(millis))
    };
    let time = read(unit).and_then(|millis| UnixMillis::new(millis).ok());
    time.ok_or_else(|| {
        let other = UNITS.into_iter().find(|unit| read(*unit).is_some()).map(LooksLike::Unit);
        let whole = number.to_fixed(0, Rounding::TowardsZero).unwrap_or(0);
        // Days from 2000 to 2100, and the digits of a date: its day, its minute, its second.
        let days = (36_526..73_051).contains(&whole).then_some(LooksLike::SpreadsheetDays);
        let digits =
            [1, 10_000, 1_000_000].into_iter().any(|unit| (20_000_101..21_000_101).contains(&(whole / unit)));
        ClockError::Unit { unit, looks: other.or(days).or(digits.then_some(LooksLike::DateInDigits)) }
    })
}

/// Milliseconds of a date that was put together.
pub(super) fn of_millis(millis: u64) -> Result<UnixMillis, ClockError> {
    if millis < YEAR_2000_MS {
        return Err(ClockError::Old);
    }
    UnixMillis::new(millis).map_err(|_| ClockError::Old)
}

/// A date and a time of day of RFC 3339: `T`, `t` or a space between, seconds with any fraction, and `Z`, `z`, `+hh:mm`,
/// `+hhmm` or `+hh`.
pub(super) fn of_text(text: &str, zone: Zone) -> Result<UnixMillis, ClockError> {
    const FORM: ClockError = ClockError::Form { number: None };
    let (civil, rest) = text.split_at_checked(19).ok_or(FORM)?;
    let (date, time) = (&civil.as_bytes()[..10], &civil.as_bytes()[11..]);
    if !matches!(civil.as_bytes()[10], b'T' | b't' | b' ') || !date.is_ascii() || !time.is_ascii() {
        return Err(FORM);
    }
    let (millis, rest) = fraction(rest).ok_or(FORM)?;
    let offset_ms = offset(rest.strip_prefix(' ').unwrap_or(rest), zone)?;
    let canonical = format!("{}T{}Z", &civil[..10], &civil[11..]);
    let seconds = parse_rfc3339_millis(&canonical).map_err(|error| match error {
        // Years before 1970 are no reason of their own.
        TimeError::Range { low: 1970, got: found, .. } if found < 1970 => ClockError::Old,
        TimeError::Range { .. } => ClockError::Part(error),
        _ => FORM,
    })?;
    // An offset is east of Greenwich: its clock is ahead.
    let local = i64::try_from(seconds + millis).expect("the year 9999 fits");
    of_millis(u64::try_from(local - offset_ms).unwrap_or(0))
}

/// The milliseconds of `.123456`, cut, and what follows.
fn fraction(text: &str) -> Option<(u64, &str)> {
    let Some(digits) = text.strip_prefix(['.', ',']) else { return Some((0, text)) };
    let length = digits.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=MAX_FRACTION).contains(&length) {
        return None;
    }
    let digit =
        |place: usize| digits.as_bytes()[..length].get(place).map_or(0, |digit| u64::from(digit - b'0'));
    Some((100 * digit(0) + 10 * digit(1) + digit(2), &digits[length..]))
}

/// The milliseconds that a clock with this offset is ahead of UTC.
fn offset(text: &str, zone: Zone) -> Result<i64, ClockError> {
    if text.is_empty() {
        return if zone == Zone::Utc { Ok(0) } else { Err(ClockError::Zone) };
    }
    if matches!(text, "Z" | "z" | "UTC" | "GMT") {
        return Ok(0);
    }
    let sign = match text.as_bytes()[0] {
        b'+' => 1,
        b'-' => -1,
        _ => return Err(ClockError::Form { number: None }),
    };
    let (hours, minutes) = match text.as_bytes()[1..] {
        [a, b] => ([a, b], [b'0'; 2]),
        [a, b, c, d] | [a, b, b':', c, d] => ([a, b], [c, d]),
        _ => return Err(ClockError::Offset),
    };
    let number = |[tens, ones]: [u8; 2]| {
        let digits = tens.is_ascii_digit() && ones.is_ascii_digit();
        digits.then(|| 10 * i64::from(tens - b'0') + i64::from(ones - b'0'))
    };
    let hours = number(hours).filter(|hours| *hours < 24).ok_or(ClockError::Offset)?;
    let minutes = number(minutes).filter(|minutes| *minutes < 60).ok_or(ClockError::Offset)?;
    Ok(sign * (60 * hours + minutes) * 60_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zksensor_model::policy::time::format_rfc3339_millis;

    use super::*;

    fn text(text: &str) -> Result<u64, ClockError> {
        of_text(text, Zone::Written).map(UnixMillis::get)
    }

    #[test]
    fn one_instant_has_many_texts() {
        for written in [
            "2026-01-01T02:15:00.250Z",
            "2026-01-01 02:15:00.25z",
            "2026-01-01T03:15:00.250+01:00",
            "2025-12-31T20:45:00.2509999-05:30",
            "2026-01-01t02:15:00,25+0000",
            "2026-01-01 02:15:00.250 -00:00",
            "2026-01-01 04:15:00.250+02",
            "2026-01-01 02:15:00.250 UTC",
        ] {
            assert_eq!(text(written), Ok(1_767_233_700_250), "{written}");
        }
        assert_eq!(text("1999-12-31T23:30:00-01:00"), Ok(946_686_600_000), "it is 2000 in Greenwich");
        assert_eq!(text("2000-01-01T00:30:00+01:00"), Err(ClockError::Old));
        assert_eq!(text("1970-01-01T00:00:00+23:59"), Err(ClockError::Old));
        assert_eq!(text("1903-01-01T00:00:00Z"), Err(ClockError::Old));
        assert_eq!(text("2026-01-01T02:15:00"), Err(ClockError::Zone));
        assert_eq!(of_text("2026-01-01T02:15:00", Zone::Utc).unwrap().get(), 1_767_233_700_000);
        // What is written counts, whatever was said of those that say nothing.
        assert_eq!(of_text("2026-01-01T03:15:00+01:00", Zone::Utc).unwrap().get(), 1_767_233_700_000);
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_reason() {
        let form = ClockError::Form { number: None };
        for (written, wanted) in [
            ("", form),
            ("2026-01-01", form),
            ("2026-01-01T02:15Z", form),
            ("2026-01-01x02:15:00Z", form),
            ("2026-01-01T02:15:00.Z", form),
            ("2026-01-01T02:15:00ZZ", form),
            ("2026-01-01T02:15:00 CET", form),
            ("2026-01-01T02:15:0\u{e9}0Z", form),
            ("+026-01-01T02:15:00Z", form),
            ("2026-01-01T02:15:00+24:00", ClockError::Offset),
            ("2026-01-01T02:15:00+1", ClockError::Offset),
            ("2026-01-01T02:15:00+01:60", ClockError::Offset),
            ("2026-01-01T02:15:00+01-00", ClockError::Offset),
        ] {
            assert_eq!(text(written), Err(wanted), "{written}");
        }
        let message = text("2016-12-31T23:59:60Z").unwrap_err().to_string();
        assert_eq!(message, "expected a second (leap seconds have no Unix time) from 0 to 59, got 60");
        assert!(matches!(text("2026-02-29T00:00:00+01:00"), Err(ClockError::Part(_))));
    }

    #[test]
    fn a_number_of_another_unit_is_named() {
        let number = |text: &str, unit| either(text, unit, Zone::Written).map(UnixMillis::get);
        let refused = |text: &str, unit| number(text, unit).unwrap_err().to_string();
        assert_eq!(number("4102444799999", None), Ok(4_102_444_799_999));
        assert_eq!(number("1767232860000", None), Ok(1_767_232_860_000));
        assert_eq!(number("1767232860000.9", None), Ok(1_767_232_860_000), "cut");
        assert_eq!(number("1767232860.1239", Some(TimeUnit::Seconds)), Ok(1_767_232_860_123));
        assert_eq!(number("1.767232860e9", Some(TimeUnit::Seconds)), Ok(1_767_232_860_000));
        assert_eq!(number("1767232860123456", Some(TimeUnit::Microseconds)), Ok(1_767_232_860_123));
        assert_eq!(number("1767232860123456789", Some(TimeUnit::Nanoseconds)), Ok(1_767_232_860_123));
        for (text, unit, wanted) in [
            (
                "1767232860",
                None,
                "milliseconds of the years 2000 to 2099; the number looks like Unix seconds",
            ),
            ("1767232860.5", None, "looks like Unix seconds"),
            ("1767232860123456", None, "looks like Unix microseconds"),
            (
                "1767232860000",
                Some(TimeUnit::Seconds),
                "seconds of the years 2000 to 2099; the number looks like Unix mill",
            ),
            ("46023", None, "looks like the days of a spreadsheet"),
            ("46023.5", Some(TimeUnit::Seconds), "looks like the days of a spreadsheet"),
            (
                "20260101021500",
                None,
                "milliseconds of the years 2000 to 2099; the number looks like the digits of a date",
            ),
            ("202601010215", None, "looks like the digits of a date"),
            ("20260101", Some(TimeUnit::Seconds), "looks like the digits of a date"),
            ("4102444800000", None, "expected Unix milliseconds of the years 2000 to 2099"),
            ("0", None, "expected Unix milliseconds of the years 2000 to 2099"),
            ("-1767232860", None, "expected Unix milliseconds of the years 2000 to 2099"),
            ("9e99", None, "expected Unix milliseconds of the years 2000 to 2099"),
            ("2026-01-01T00:00:00Z", Some(TimeUnit::Seconds), "expected a number of Unix seconds"),
            ("soon", None, "+01:00`, or a number of Unix milliseconds"),
        ] {
            assert!(refused(text, unit).contains(wanted), "{text}: {}", refused(text, unit));
        }
    }

    proptest! {
        #[test]
        fn an_offset_is_taken_off(millis in 1_000_000_000_000u64..250_000_000_000_000, minutes in -1439i64..1440) {
            let local = u64::try_from(i64::try_from(millis).unwrap() + minutes * 60_000).unwrap();
            let written = format_rfc3339_millis(local);
            let (sign, ahead) = (if minutes < 0 { '-' } else { '+' }, minutes.abs());
            let written = format!("{}{sign}{:02}:{:02}", written.trim_end_matches('Z'), ahead / 60, ahead % 60);
            prop_assert_eq!(text(&written), Ok(millis), "{}", written);
        }

        #[test]
        fn arbitrary_text_never_panics(anything in ".{0,40}", shaped in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:]{8}[.,+Z:0-9é -]{0,12}") {
            for written in [anything, shaped] {
                for zone in [Zone::Written, Zone::Utc] {
                    let _ = either(&written, None, zone);
                    let _ = of_text(&written, zone);
                }
            }
        }
    }
}
