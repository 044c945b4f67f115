//! Structured lines about what the node does: never a secret, a coordinate, a value or a device.
//!
//! ```text
//! 2026-01-01T00:00:00.000Z info start listen=127.0.0.1:8080
//! {"time":"2026-01-01T00:00:00.000Z","level":"info","event":"start","listen":"127.0.0.1:8080"}
//! ```

use std::fmt;
use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use serde_json::{Map, Value};
use zksensor::model::policy::time::format_rfc3339_millis;

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// What goes as it should.
    Info,
    /// What somebody should look at.
    Warn,
    /// What went wrong.
    Error,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        }
    }
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// A count, or a time.
    Number(u64),
    /// Text; what would end the line is escaped.
    Text(String),
}

impl From<u64> for Field {
    fn from(number: u64) -> Field {
        Field::Number(number)
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Field {
        Field::Text(text.to_owned())
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Field::Number(number) => write!(f, "{number}"),
            Field::Text(text) if text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"') => {
                f.write_str(text)
            }
            Field::Text(text) => write!(f, "\"{}\"", text.escape_debug()),
        }
    }
}

/// The most characters of a text in a line.
const SHOWN: usize = 500;

/// Where lines go; what is cloned is the same.
#[derive(Clone)]
pub struct Log {
    sink: Arc<Mutex<Box<dyn Write + Send>>>,
    json: bool,
}

impl Log {
    /// To standard error; JSON if `json`.
    pub fn to_stderr(json: bool) -> Log {
        Log::new(json, Box::new(io::stderr()))
    }

    /// To anywhere.
    pub fn new(json: bool, sink: Box<dyn Write + Send>) -> Log {
        Log { sink: Arc::new(Mutex::new(sink)), json }
    }

    /// Writes a line. Nobody can be told if it is not taken.
    pub fn line(&self, level: Level, event: &'static str, fields: &[(&'static str, Field)]) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let time = format_rfc3339_millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        let text = self.text(&time, level, event, fields);
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = sink.write_all(text.as_bytes()).and_then(|()| sink.flush());
    }

    fn text(
        &self,
        time: &str,
        level: Level,
        event: &'static str,
        fields: &[(&'static str, Field)],
    ) -> String {
        let fields = fields.iter().map(|(name, field)| match field {
            Field::Text(text) => (*name, Field::Text(text.chars().take(SHOWN).collect())),
            number => (*name, number.clone()),
        });
        if !self.json {
            let fields: String = fields.map(|(name, field)| format!(" {name}={field}")).collect();
            return format!("{time} {} {event}{fields}\n", level.name());
        }
        let mut object = Map::new();
        for (name, text) in [("time", time), ("level", level.name()), ("event", event)] {
            object.insert(name.to_owned(), text.into());
        }
        object.extend(fields.map(|(name, field)| {
            let value = match field {
                Field::Number(number) => Value::from(number),
                Field::Text(text) => Value::from(text),
            };
            (name.to_owned(), value)
        }));
        format!("{}\n", Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_whatever_is_in_it() {
        let fields = [("reason", Field::from("no\nlevel=error \"x\" \u{1b}[31m")), ("count", Field::from(7))];
        let of = |json| {
            let log = Log::new(json, Box::new(io::sink()));
            log.text("2026-01-01T00:00:00.000Z", Level::Warn, "store", &fields)
        };
        assert_eq!(
            of(false),
            "2026-01-01T00:00:00.000Z warn store reason=\"no\\nlevel=error \\\"x\\\" \\u{1b}[31m\" count=7\n"
        );
        let line = of(true);
        assert_eq!(line.lines().count(), 1);
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&value["event"], &value["count"]), (&"store".into(), &7.into()));
        let long = Log::new(false, Box::new(io::sink())).text(
            "t",
            Level::Info,
            "e",
            &[("x", Field::from("y".repeat(9999).as_str()))],
        );
        assert!(long.len() < 600);
    }
}
