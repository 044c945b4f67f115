//! Puts sentences of one talker and one time together.
//!
//! A receiver says a fix in several sentences; two receivers, or two systems of one, say theirs in between. What one talker
//! says of a time is one fix, and never what another says of it.

use super::fields::{Date, time_of_day, zda_date};

/// The most talkers at a time. There are about ten.
const MAX_TALKERS: usize = 16;
/// The most lines between the first and the last sentence of a fix: a time of day comes again after a day.
pub(super) const MAX_APART: u64 = 100;

/// A sentence: its line, and its fields, the first of which is talker and kind.
#[derive(Debug)]
pub(super) struct Sentence {
    pub(super) row: u64,
    pub(super) fields: Vec<String>,
}

impl Sentence {
    pub(super) fn text(&self, index: usize) -> &str {
        self.fields.get(index).map_or("", String::as_str)
    }

    /// The two letters before the kind.
    fn talker(&self) -> &str {
        self.text(0).get(..2).unwrap_or_default()
    }

    fn kind(&self) -> &str {
        self.text(0).get(2..).unwrap_or_default()
    }

    /// Milliseconds since midnight; `None` where no receiver knows the time.
    fn time(&self) -> Option<u32> {
        time_of_day(self.text(1))
    }
}

/// What a talker said of a time.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) talker: String,
    pub(super) time: Option<u32>,
    pub(super) row: u64,
    pub(super) rmc: Option<Sentence>,
    pub(super) gga: Option<Sentence>,
    /// The date of a ZDA.
    pub(super) date: Option<Date>,
}

impl Said {
    pub(super) fn is_complete(&self) -> bool {
        self.rmc.is_some() && self.gga.is_some()
    }

    /// Whether the sentence belongs to it.
    fn takes(&self, sentence: &Sentence) -> bool {
        let free = match sentence.kind() {
            "RMC" => self.rmc.is_none(),
            "GGA" => self.gga.is_none(),
            // Another ZDA of the same time of day is of another day, or says the same again.
            _ => self.date.is_none(),
        };
        free && self.time == sentence.time() && sentence.row - self.row <= MAX_APART
    }

    fn put(&mut self, sentence: Sentence) {
        match sentence.kind() {
            "RMC" => self.rmc = Some(sentence),
            "GGA" => self.gga = Some(sentence),
            _ => self.date = zda_date(&sentence.fields),
        }
    }
}

/// What is not yet said in full, by talker, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    open: Vec<Said>,
}

impl Pairs {
    /// Takes a sentence; gives what is complete with it, or what nothing can be added to any more.
    pub(super) fn take(&mut self, sentence: Sentence) -> Vec<Said> {
        let mut done = Vec::new();
        let of_talker = self.open.iter().position(|said| said.talker == sentence.talker());
        let index = match of_talker {
            Some(index) if self.open[index].takes(&sentence) => index,
            known => {
                if let Some(index) = known {
                    done.push(self.open.remove(index));
                } else if self.open.len() == MAX_TALKERS {
                    done.push(self.open.remove(0));
                }
                let (talker, time, row) = (sentence.talker().to_owned(), sentence.time(), sentence.row);
                self.open.push(Said { talker, time, row, rmc: None, gga: None, date: None });
                self.open.len() - 1
            }
        };
        self.open[index].put(sentence);
        if self.open[index].is_complete() {
            done.push(self.open.remove(index));
        }
        done
    }

    /// What is left at the end of the log.
    pub(super) fn finish(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.open)
    }
}
