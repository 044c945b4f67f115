//! Records of SenML and their base fields (RFC 8428 sections 4.1 to 4.4).

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::import::document::Text;
use crate::import::target::wrong;
use crate::import::time::of_number;
use crate::import::{CellError, Decimal, ImportError, RecordError, TimeUnit};

/// The fields of RFC 8428, in the order of [`Record::fields`].
const FIELDS: [&str; 15] =
    ["bver", "bn", "bt", "bu", "bv", "bs", "n", "u", "t", "ut", "v", "vs", "vb", "vd", "s"];
/// Of the resolved name (section 4.5.1).
const NAME: CellError = CellError::Form {
    wanted: "a name of letters, digits, and - : . / _ that begins with a letter, a digit or /",
};
/// The version of RFC 8428.
const VERSION: &str = "10";

/// The fields that are known, as they are written.
pub(super) struct Record<'a> {
    fields: [Option<&'a RawValue>; FIELDS.len()],
}

impl<'a> Record<'a> {
    fn raw(&self, name: &str) -> Option<&'a RawValue> {
        FIELDS.iter().position(|field| *field == name).and_then(|index| self.fields[index])
    }
}

impl<'de> Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Record<'de>, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Record<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a SenML record")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Record<'de>, A::Error> {
                let mut record = Record { fields: [None; FIELDS.len()] };
                while let Some((Text(name), value)) = members.next_entry::<Text<'de>, &'de RawValue>()? {
                    if let Some(index) = FIELDS.iter().position(|field| *field == name) {
                        record.fields[index] = Some(value);
                    } else if name.ends_with('_') {
                        let shown: String = name.chars().take(40).collect();
                        return Err(A::Error::custom(format_args!(
                            "the field `{shown}` must be understood (RFC 8428 section 4.4), and is not"
                        )));
                    }
                }
                Ok(record)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// The base fields so far.
#[derive(Default)]
pub(super) struct Base<'a> {
    name: Cow<'a, str>,
    time: Option<(Decimal, &'a str)>,
    unit: Option<Cow<'a, str>>,
    value: Option<(Decimal, &'a str)>,
}

/// A record with its base fields.
pub(super) struct Resolved<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) time: Time<'a>,
    pub(super) unit: Option<Cow<'a, str>>,
    /// The number and its text, if the value is one.
    pub(super) value: Option<(Decimal, &'a str)>,
    /// The value if it is text.
    pub(super) text: Option<Cow<'a, str>>,
}

/// The time of a record: the sum of its own and that of its base, and what it was read from.
pub(super) struct Time<'a> {
    pub(super) seconds: Decimal,
    /// The field that says most of it, and its text.
    pub(super) field: &'static str,
    pub(super) found: &'a str,
}

impl<'a> Base<'a> {
    /// The record with its base fields; `None` if it has no value and sets base fields alone.
    pub(super) fn resolve(
        &mut self,
        row: u64,
        record: &Record<'a>,
        place: &impl Fn(&str) -> String,
    ) -> Result<Option<Resolved<'a>>, ImportError> {
        let number = |field: &str| -> Result<Option<(Decimal, &'a str)>, ImportError> {
            let read = |raw: &'a RawValue| match raw.get().parse() {
                Ok(number) => Ok((number, raw.get())),
                Err(reason) => Err(wrong(row, place(field), raw.get(), CellError::Decimal(reason))),
            };
            record.raw(field).map(read).transpose()
        };
        let text_or = |field: &str, wanted: CellError| -> Result<Option<Cow<'a, str>>, ImportError> {
            let read = |raw: &'a RawValue| match serde_json::from_str::<Text<'a>>(raw.get()) {
                Ok(Text(text)) => Ok(text),
                Err(_) => Err(wrong(row, place(field), raw.get(), wanted)),
            };
            record.raw(field).map(read).transpose()
        };
        let text = |field: &str| text_or(field, NAME);
        if record.raw("bver").is_some_and(|version| version.get() != VERSION) {
            let wanted = "SenML of version 10 (RFC 8428); bver is another";
            return Err(ImportError::Record { row, reason: RecordError::Kind { wanted } });
        }
        self.name = text("bn")?.unwrap_or(std::mem::take(&mut self.name));
        self.time = number("bt")?.or(self.time);
        self.unit = text("bu")?.or(self.unit.take());
        self.value = number("bv")?.or(self.value);
        // Sums are checked and passed over.
        number("bs")?;
        number("ut")?;
        let sum = number("s")?;
        let others = ["vs", "vb", "vd"].into_iter().filter(|field| record.raw(field).is_some()).count();
        let own = number("v")?;
        if others + usize::from(own.is_some()) > 1 {
            return Err(ImportError::Record { row, reason: RecordError::Repeated { field: place("v") } });
        }
        let sum_of = |one: &Decimal, other: &Decimal, field: &str| {
            one.plus(other).map_err(|reason| wrong(row, place(field), "", CellError::Decimal(reason)))
        };
        let value = match (own, self.value) {
            _ if others > 0 => None,
            (Some((own, found)), Some((base, _))) => Some((sum_of(&own, &base, "v")?, found)),
            (own, base) => own.or(base.filter(|_| sum.is_none())),
        };
        if value.is_none() && others == 0 {
            return Ok(None);
        }
        let zero = (Decimal::whole(0), "");
        let (base, own) = (self.time.unwrap_or(zero), number("t")?.unwrap_or(zero));
        // With a base that is a time of its own, what is added to it is what is wrong.
        let is_time = of_number(&base.0, TimeUnit::Seconds).is_ok() && !own.0.is_zero();
        let (field, found) = if base.0.is_zero() || is_time { ("t", own.1) } else { ("bt", base.1) };
        let time = Time { seconds: sum_of(&base.0, &own.0, "t")?, field, found };
        let name = match (text("n")?, self.name.as_ref()) {
            (Some(name), "") => name,
            (Some(name), base) => format!("{base}{name}").into(),
            (None, _) => self.name.clone(),
        };
        // A path of LwM2M begins with a slash, which RFC 8428 does not foresee.
        let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'/');
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-:./_".contains(&byte);
        if !first || !name.bytes().all(allowed) {
            return Err(wrong(row, place("n"), &name, NAME));
        }
        let unit = text("u")?.or_else(|| self.unit.clone());
        Ok(Some(Resolved {
            name,
            time,
            unit,
            value,
            text: text_or("vs", CellError::Form { wanted: "text" })?,
        }))
    }
}
