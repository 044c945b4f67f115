//! RFC 3339 timestamps in UTC, to and from Unix milliseconds.
//!
//! One strict form, `YYYY-MM-DDTHH:MM:SS[.mmm]Z`: no offsets, no lower case, no leap second, years 1970 to 9999.

use alloc::format;
use alloc::string::String;
use core::str::FromStr;

use crate::reading::UnixMillis;

/// Why text is not a timestamp.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// Not of the one accepted form.
    #[error(
        "expected a UTC time like `2014-09-10T04:30:00Z` or `2014-09-10T04:30:00.250Z`, got {length} bytes of another form"
    )]
    Form {
        /// Length of the text that came, in bytes.
        length: usize,
    },
    /// A part lies outside its range: the 30th of February, 24 o'clock, a leap second.
    #[error("expected {part} from {low} to {high}, got {got}")]
    Range {
        /// Which part.
        part: &'static str,
        /// Smallest value allowed.
        low: u64,
        /// Largest value allowed.
        high: u64,
        /// Value that came.
        got: u64,
    },
}

const MILLIS_PER_SECOND: u64 = 1000;
const SECONDS_PER_DAY: u64 = 86_400;

/// Unix milliseconds of a timestamp `YYYY-MM-DDTHH:MM:SS[.mmm]Z`.
///
/// ```
/// use zksensor_model::policy::time::parse_rfc3339_millis;
/// assert_eq!(parse_rfc3339_millis("2014-09-10T04:30:00Z"), Ok(1_410_323_400_000));
/// ```
///
/// # Errors
/// [`TimeError::Form`] or [`TimeError::Range`].
pub fn parse_rfc3339_millis(text: &str) -> Result<u64, TimeError> {
    let wrong = || TimeError::Form { length: text.len() };
    let template: &[u8] = match text.len() {
        20 => b"0000-00-00T00:00:00Z",
        24 => b"0000-00-00T00:00:00.000Z",
        _ => return Err(wrong()),
    };
    let fits = |(byte, wanted): (u8, &u8)| {
        if *wanted == b'0' { byte.is_ascii_digit() } else { byte == *wanted }
    };
    if !text.bytes().zip(template).all(fits) {
        return Err(wrong());
    }
    let digits = |from: usize, to: usize| {
        text.as_bytes()[from..to].iter().fold(0, |number, digit| 10 * number + u64::from(digit - b'0'))
    };
    let year = within("a year", 1970, 9999, digits(0, 4))?;
    let month = within("a month", 1, 12, digits(5, 7))?;
    let day = within("a day of that month", 1, days_in_month(year, month), digits(8, 10))?;
    let hour = within("an hour", 0, 23, digits(11, 13))?;
    let minute = within("a minute", 0, 59, digits(14, 16))?;
    let second = within("a second (leap seconds have no Unix time)", 0, 59, digits(17, 19))?;
    let millis = if text.len() == 24 { digits(20, 23) } else { 0 };
    let seconds = days_before(year, month) + day - 1;
    let seconds = seconds * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    Ok(seconds * MILLIS_PER_SECOND + millis)
}

/// Of the form of [`parse_rfc3339_millis`].
///
/// ```
/// use zksensor_model::reading::UnixMillis;
/// let time: UnixMillis = "2014-09-10T04:30:00Z".parse()?;
/// assert_eq!(time.get(), 1_410_323_400_000);
/// # Ok::<(), zksensor_model::policy::time::TimeError>(())
/// ```
impl FromStr for UnixMillis {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<UnixMillis, TimeError> {
        let millis = parse_rfc3339_millis(text)?;
        Ok(UnixMillis::new(millis).expect("the year 9999 is before 2^48 milliseconds"))
    }
}

/// The timestamp of Unix milliseconds, with milliseconds only where they are not 0. From the year 10000 on, which the form
/// cannot say, the number itself followed by ` ms`.
pub fn format_rfc3339_millis(millis: u64) -> String {
    let (seconds, millis_left) = (millis / MILLIS_PER_SECOND, millis % MILLIS_PER_SECOND);
    let (days, second_of_day) = (seconds / SECONDS_PER_DAY, seconds % SECONDS_PER_DAY);
    if days >= days_before(10_000, 1) {
        return format!("{millis} ms");
    }
    let year = (1970..=1970 + days / 365)
        .rev()
        .find(|year| days_before(*year, 1) <= days)
        .expect("1970 begins on day 0");
    let month =
        (1..=12).rev().find(|month| days_before(year, *month) <= days).expect("January is the first month");
    let day = days - days_before(year, month) + 1;
    let (hour, minute, second) = (second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
    let fraction = if millis_left == 0 { String::new() } else { format!(".{millis_left:03}") };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

fn within(part: &'static str, low: u64, high: u64, found: u64) -> Result<u64, TimeError> {
    if (low..=high).contains(&found) {
        Ok(found)
    } else {
        Err(TimeError::Range { part, low, high, got: found })
    }
}

fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_month(year: u64, month: u64) -> u64 {
    match month {
        2 => 28 + u64::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to the first of the month.
fn days_before(year: u64, month: u64) -> u64 {
    let leap_days = |year: u64| year / 4 - year / 100 + year / 400;
    let years = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    years + (1..month).map(|month| days_in_month(year, month)).sum::<u64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_times() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T00:00:00.001Z", 1),
            ("2000-02-29T12:34:56.789Z", 951_827_696_789),
            ("2014-09-10T04:54:07Z", 1_410_324_847_000),
            ("2100-03-01T00:00:00Z", 4_107_542_400_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] {
            assert_eq!(parse_rfc3339_millis(text), Ok(millis), "{text}");
            assert_eq!(format_rfc3339_millis(millis), text);
        }
        assert_eq!(format_rfc3339_millis(253_402_300_800_000), "253402300800000 ms");
    }

    #[test]
    fn impossible_times_are_refused() {
        for text in [
            "2023-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2024-04-31T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2016-12-31T23:59:60Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert!(matches!(parse_rfc3339_millis(text), Err(TimeError::Range { .. })), "{text}");
        }
        for text in [
            "",
            "2024-01-01",
            "2024-01-01t00:00:00z",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00:00+00:00",
            "2024-01-01T00:00:00.5Z",
            "2024-01-01T00:00:00.1234Z",
            "+024-01-01T00:00:00Z",
            "2024-01-01T00:00:0\u{e9}",
        ] {
            assert!(matches!(parse_rfc3339_millis(text), Err(TimeError::Form { .. })), "{text}");
        }
    }

    proptest! {
        #[test]
        fn text_and_number_round_trip(millis in 0u64..253_402_300_800_000) {
            prop_assert_eq!(parse_rfc3339_millis(&format_rfc3339_millis(millis)), Ok(millis));
        }

        #[test]
        fn arbitrary_text_never_panics(text in ".{0,26}", shaped in "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z") {
            let _ = parse_rfc3339_millis(&text);
            let _ = parse_rfc3339_millis(&shaped);
        }
    }
}
