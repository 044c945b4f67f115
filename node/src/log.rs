//! Structured lines about what the node does: never a secret, a coordinate, a value or a device.
//!
//! ```text
//! 2026-01-01T00:00:00.000Z info start listen=127.0.0.1:8080
//! {"time":"2026-01-01T00:00:00.000Z","level":"info","event":"start","listen":"127.0.0.1:8080"}
//! ```

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

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

/// Lines that wait for who takes them; what comes beyond is left out, and counted.
const WAITING: usize = 1024;
/// How long the last lines are waited for at the end.
const END: Duration = Duration::from_secs(1);

/// Where lines go; what is cloned is the same. Lines are written by a thread of their own, so that nobody waits for who reads them: not a request,
/// if the other end of standard error is full. When the last clone is dropped, what waits is written, for a second at most.
#[derive(Clone)]
pub struct Log {
    writer: Arc<Writer>,
    json: bool,
}

struct Writer {
    lines: Option<SyncSender<String>>,
    lost: Arc<AtomicU64>,
    /// Gone when all is written.
    done: Mutex<Receiver<()>>,
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.lines.take());
        let done = self.done.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Whoever does not take lines now is not waited for.
        let _ = done.recv_timeout(END);
    }
}

impl Log {
    /// To standard error; JSON if `json`.
    pub fn to_stderr(json: bool) -> Log {
        Log::new(json, Box::new(io::stderr()))
    }

    /// To anywhere.
    pub fn new(json: bool, mut sink: Box<dyn Write + Send>) -> Log {
        let (lines, waiting) = sync_channel::<String>(WAITING);
        let (finished, done) = sync_channel::<()>(0);
        let write = move || {
            let _finished = finished;
            for line in waiting {
                // Nobody can be told if it is not taken.
                let _ = sink.write_all(line.as_bytes()).and_then(|()| sink.flush());
            }
        };
        // A system that starts no thread starts no node: then every line counts as lost.
        let started = thread::Builder::new().name("log".to_owned()).spawn(write).is_ok();
        let writer = Writer { lines: started.then_some(lines), lost: Arc::default(), done: Mutex::new(done) };
        Log { writer: Arc::new(writer), json }
    }

    /// Lines that were left out, as those before them were not taken in time.
    pub fn lost(&self) -> u64 {
        self.writer.lost.load(Relaxed)
    }

    /// Writes a line, or counts it if too many wait. It never blocks.
    pub fn line(&self, level: Level, event: &'static str, fields: &[(&'static str, Field)]) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let time = format_rfc3339_millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
        let text = self.text(&time, level, event, fields);
        let taken = self.writer.lines.as_ref().is_some_and(|lines| lines.try_send(text).is_ok());
        self.writer.lost.fetch_add(u64::from(!taken), Relaxed);
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

    /// Takes nothing until its gate is open.
    struct Stuck(Receiver<()>, Arc<Mutex<Vec<u8>>>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            self.1.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn who_does_not_read_lines_holds_nobody_up_and_what_is_left_out_is_counted() {
        let (open, gate) = sync_channel::<()>(0);
        let written = Arc::new(Mutex::new(Vec::new()));
        let log = Log::new(false, Box::new(Stuck(gate, written.clone())));
        let lines = WAITING as u64 + 500;
        (0..lines).for_each(|number| log.line(Level::Info, "test", &[("number", number.into())]));
        let lost = log.lost();
        assert!((499..=500).contains(&lost), "one may be with the writer: {lost}");
        drop(open);
        drop(log);
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert_eq!(text.lines().count() as u64, lines - lost, "what waits is written before the end");
    }

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
