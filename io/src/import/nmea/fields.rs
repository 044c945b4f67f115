//! Fields of sentences, exactly: degrees and minutes, times and dates.

use zksensor_model::policy::time::parse_rfc3339_millis;
use zksensor_model::reading::UnixMillis;

use crate::import::time::of_millis;
use crate::import::{CellError, ClockError, Decimal, Rounding};

const DEGREES_MINUTES: CellError =
    CellError::Form { wanted: "degrees and minutes like 4807.038 and N, S, E or W" };
const SENTENCE_TIME: CellError =
    CellError::Form { wanted: "a UTC time like 223745.00 and a date like 110720" };

/// Year, month, day.
pub(super) type Date = (u32, u32, u32);

/// `ddmm.mmmm` and a hemisphere, in 1e-7 degree, up to `limit` degrees.
pub(super) fn coordinate(text: &str, hemisphere: &str, limit: u32) -> Result<i32, CellError> {
    let negative = match (limit, hemisphere) {
        (90, "N") | (180, "E") => false,
        (90, "S") | (180, "W") => true,
        _ => return Err(DEGREES_MINUTES),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    // Two digits of minutes, and as many of degrees as the limit has.
    let width = if limit == 90 { 2 } else { 3 };
    if whole.len() != width + 2 || !whole.bytes().chain(fraction.bytes()).all(|digit| digit.is_ascii_digit())
    {
        return Err(DEGREES_MINUTES);
    }
    let part = |text: &str| text.parse::<u32>().map_err(|_| DEGREES_MINUTES);
    let (degrees, minutes) = (part(&whole[..width])?, part(&whole[width..])?);
    if minutes >= 60 {
        return Err(DEGREES_MINUTES);
    }
    let minutes: Decimal = format!("{}.{fraction}", degrees * 60 + minutes).parse()?;
    let units = minutes.to_fixed_ratio(1, 60, 7, Rounding::HalfAwayFromZero)?;
    let units = i32::try_from(units).ok().filter(|units| units.unsigned_abs() <= limit * 10_000_000);
    let units = units.ok_or(CellError::Range { low: -i64::from(limit), high: limit.into() })?;
    Ok(if negative { -units } else { units })
}

/// `ddmmyy`; the century is that of `known`, if that is the same day, else the year is 1983 to 2082.
pub(super) fn date(text: &str, known: Option<Date>) -> Result<Date, CellError> {
    if text.len() != 6 {
        return Err(SENTENCE_TIME);
    }
    let [day, month, short] = [0, 2, 4].map(|at| two(text.get(at..at + 2).unwrap_or_default()));
    let (day, month, short) = (day?, month?, short?);
    let known = known.filter(|known| (known.0 % 100, known.1, known.2) == (short, month, day));
    Ok(known.unwrap_or((if short >= 83 { 1900 + short } else { 2000 + short }, month, day)))
}

/// The date of a ZDA: day, month and year in its fields 2 to 4. `None` if they are not.
pub(super) fn zda_date(fields: &[String]) -> Option<Date> {
    let field = |index: usize| fields.get(index).map_or("", String::as_str);
    let year = field(4).parse().ok().filter(|_| field(4).len() == 4)?;
    Some((year, two(field(3)).ok()?, two(field(2)).ok()?))
}

/// A date and `hhmmss[.sss]`; what is below a millisecond is cut.
pub(super) fn instant(date: Date, text: &str) -> Result<UnixMillis, CellError> {
    let [hour, minute, second, millis] = clock(text).ok_or(SENTENCE_TIME)?;
    let (year, month, day) = date;
    let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z");
    Ok(of_millis(parse_rfc3339_millis(&text).map_err(ClockError::from)?)?)
}

/// Milliseconds since midnight of `hhmmss[.sss]`; `None` of other text. Not looked at is whether the hour and the others are
/// within their range.
pub(super) fn time_of_day(text: &str) -> Option<u32> {
    let [hour, minute, second, millis] = clock(text)?;
    Some(((hour * 60 + minute) * 60 + second) * 1000 + millis)
}

/// Hour, minute, second and millisecond of `hhmmss[.sss]`, however many digits a fraction has.
fn clock(text: &str) -> Option<[u32; 4]> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.len() != 6 || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let part = |at: usize| two(whole.get(at..at + 2).unwrap_or_default()).ok();
    let millis =
        fraction.bytes().chain(*b"000").take(3).fold(0, |sum, digit| 10 * sum + u32::from(digit - b'0'));
    Some([part(0)?, part(2)?, part(4)?, millis])
}

/// Whether two positions are one, as far as the sentence with fewer places says: its last place may be cut or rounded.
pub(super) fn agree(one: (&str, i32), other: (&str, i32)) -> bool {
    let places = |text: &str| text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let places = u32::try_from(places(one.0).min(places(other.0)).min(9)).expect("at most 9");
    // A unit of the last place of minutes, in 1e-7 degree, and one for the rounding of either.
    let unit = 10_000_000 / (60 * 10_i64.pow(places)) + 2;
    (i64::from(one.1) - i64::from(other.1)).abs() <= unit
}

/// Two digits.
fn two(text: &str) -> Result<u32, CellError> {
    let digits = text.len() == 2 && text.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| digits).ok_or(SENTENCE_TIME)
}
