//! The queue on NATS.

use super::super::mistakes::Place;
use super::super::{NatsSettings, NodeUrl};
use super::Typed;
use crate::cluster::{DEAD_SUBJECTS, JOB_SUBJECTS, WorkersKey};

/// The most characters of a subject.
const SUBJECT: usize = 128;
const URL: &str = "nats.url";
/// What nothing is done for without a server.
const NEEDS_URL: [&str; 4] = ["nats.credentials", "nats.workers", "nats.readings", "nats.frames"];

impl Typed<'_> {
    /// The server, if there is one; nothing if what says so is wrong.
    pub(super) fn nats(&mut self) -> Option<Option<NatsSettings>> {
        let jobs = self.size("nats.jobs");
        let patience = self.seconds("nats.patience_s");
        let credentials = self.optional("nats.credentials", Typed::path);
        let workers = self
            .optional("nats.workers", |typed, path| typed.parsed(path, |text| WorkersKey::parse(text).ok()));
        let [readings, frames] = ["nats.readings", "nats.frames"].map(|path| self.subject(path));
        if let (Some(Some(one)), Some(Some(other))) = (&readings, &frames)
            && one == other
        {
            let what = "expected another subject than that of `nats.readings`, got the same";
            self.mistakes.add(self.values.place("nats.frames"), what, "let devices publish frames elsewhere");
        }
        if self.values.get(URL).is_none() {
            let alone: Vec<&str> =
                NEEDS_URL.into_iter().filter(|path| self.values.get(path).is_some()).collect();
            for path in &alone {
                let what = "expected it beside `nats.url`, got it alone";
                self.mistakes.add(self.values.place(path), what, "name the server, or take it out");
            }
            return alone.is_empty().then_some(None);
        }
        let url = self.nats_url(URL);
        if let (Some(None), Some(None), Some(None)) = (&workers, &readings, &frames) {
            let what = "expected `nats.workers`, `nats.readings` or `nats.frames` beside it, got none";
            let help = "name the workers' key, or a subject that devices publish to, or take the server out";
            self.mistakes.add(self.values.place(URL), what, help);
        }
        Some(Some(NatsSettings {
            url: url?,
            credentials: credentials?,
            workers: workers?,
            jobs: jobs?,
            patience: patience?,
            readings: readings?,
            frames: frames?,
        }))
    }

    fn subject(&mut self, path: &str) -> Option<Option<String>> {
        self.optional(path, |typed, path| {
            typed.parsed(path, |text| is_subject(text).then(|| text.to_owned()))
        })
    }

    fn nats_url(&mut self, path: &str) -> Option<NodeUrl> {
        let (place, text): (Place, String) = self.text(path)?;
        if is_server(&text) {
            return Some(NodeUrl::Text(text));
        }
        if text.starts_with("file:") || text.starts_with("env:") {
            return self.secret(path).map(NodeUrl::Secret);
        }
        self.wrong(path, place);
        None
    }
}

/// Whether a text is where NATS is: `nats://HOST:PORT` or `tls://HOST:PORT`, or several with commas between.
pub fn is_server(text: &str) -> bool {
    let is_one = |url: &str| {
        let rest = url.strip_prefix("nats://").or_else(|| url.strip_prefix("tls://"));
        rest.is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'/')
        })
    };
    text.len() <= 2048 && text.split(',').all(is_one)
}

/// Words with points between, without the signs that stand for several subjects.
fn is_subject(text: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let is_ours = [JOB_SUBJECTS, DEAD_SUBJECTS].iter().any(|ours| text.starts_with(ours));
    text.len() <= SUBJECT && !is_ours && text.split('.').all(is_word)
}
