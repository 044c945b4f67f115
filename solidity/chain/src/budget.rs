//! What the transactions of a day may cost together, in a file: a program that was ended counts on.
//!
//! Before one is sent the most that it can cost is reserved, and when it is final what it did cost takes the place of that. What became of one
//! that never was final nobody says here: it counts as the most.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zksensor_solidity::Address;

use crate::error::{ChainError, Coins};
use crate::lock;

const FORMAT: &str = "zksensor-budget/v1";
/// The most bytes of the file, which has three numbers.
const MOST_BYTES: u64 = 4096;
/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;

/// A budget of a day (UTC).
#[derive(Debug)]
pub struct Budget {
    path: PathBuf,
    a_day: Coins,
    /// The day that is counted, since 1970; one before it, as a clock says that was set back, is taken for it.
    day: u64,
    spent: Coins,
    reserved: Coins,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    format: String,
    day: u64,
    spent_wei: String,
    reserved_wei: String,
}

impl Budget {
    /// That of an account on a chain, in the folder of its lock.
    ///
    /// # Errors
    /// As [`Budget::open`].
    pub fn of_account(folder: &Path, chain: u64, account: Address, a_day: Coins) -> Result<Self, ChainError> {
        Budget::open(&lock::of_account(folder, chain, account, "spent.json"), a_day)
    }

    /// The budget that is counted in a file, which is made when something is spent.
    ///
    /// # Errors
    /// [`ChainError::File`], [`ChainError::OtherFile`].
    pub fn open(path: &Path, a_day: Coins) -> Result<Self, ChainError> {
        let mut budget = Budget { path: path.to_owned(), a_day, day: 0, spent: Coins(0), reserved: Coins(0) };
        let failed = |source| ChainError::File { path: path.to_owned(), action: "read", source };
        let mut text = Vec::new();
        match File::open(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(budget),
            file => file.map_err(failed)?.take(MOST_BYTES).read_to_end(&mut text).map_err(failed)?,
        };
        let other = || ChainError::OtherFile { path: path.to_owned(), wanted: "what was spent in a day" };
        let document: Document = serde_json::from_slice(&text).map_err(|_| other())?;
        if document.format != FORMAT {
            return Err(other());
        }
        let wei = |text: &str| text.parse().map(Coins).map_err(|_| other());
        budget.day = document.day;
        budget.spent = wei(&document.spent_wei)?;
        budget.reserved = wei(&document.reserved_wei)?;
        Ok(budget)
    }

    /// What may still be spent at a time, in milliseconds since 1970.
    pub fn left(&self, now_ms: u64) -> Coins {
        let (_, spent) = self.today(now_ms);
        Coins(self.a_day.0.saturating_sub(spent.0).saturating_sub(self.reserved.0))
    }

    /// The most of a day.
    pub fn a_day(&self) -> Coins {
        self.a_day
    }

    /// The most that what is under way can cost.
    pub fn reserved(&self) -> Coins {
        self.reserved
    }

    /// Reserves the most that a transaction can cost. It is kept before this returns.
    ///
    /// # Errors
    /// [`ChainError::File`]; then nothing is reserved, and nothing is to be sent.
    pub fn reserve(&mut self, now_ms: u64, most: Coins) -> Result<(), ChainError> {
        let (day, spent) = self.today(now_ms);
        self.keep(day, spent, most)
    }

    /// What is under way came to its end, or was never sent: it cost so much, now. What is not known costs what was reserved.
    ///
    /// # Errors
    /// [`ChainError::File`]; then it is reserved still.
    pub fn settle(&mut self, now_ms: u64, cost: Option<Coins>) -> Result<(), ChainError> {
        let cost = cost.unwrap_or(self.reserved);
        let (day, spent) = self.today(now_ms);
        self.keep(day, Coins(spent.0.saturating_add(cost.0)), Coins(0))
    }

    /// The day that counts at a time, and what was spent in it. After a clock that was days ahead it is this day again, with all that was spent:
    /// that makes no money, and the next midnight is one.
    fn today(&self, now_ms: u64) -> (u64, Coins) {
        let day = now_ms / DAY_MS;
        match self.day {
            before if day > before => (day, Coins(0)),
            ahead if ahead > day + 1 => (day, self.spent),
            same => (same, self.spent),
        }
    }

    fn keep(&mut self, day: u64, spent: Coins, reserved: Coins) -> Result<(), ChainError> {
        let document = Document {
            format: FORMAT.to_owned(),
            day,
            spent_wei: spent.0.to_string(),
            reserved_wei: reserved.0.to_string(),
        };
        lock::write_whole(&self.path, &serde_json::to_vec(&document).expect("texts are JSON"))?;
        (self.day, self.spent, self.reserved) = (day, spent, reserved);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: u64 = 20_000 * DAY_MS + DAY_MS / 2;

    fn path(name: &str) -> PathBuf {
        std::env::temp_dir().join(format!("zksensor-budget-{}-{name}", std::process::id())).join("spent.json")
    }

    #[test]
    fn a_day_is_counted_in_the_file_and_the_next_begins_anew() {
        let path = path("day");
        let mut budget = Budget::open(&path, Coins(100)).unwrap();
        assert_eq!(budget.left(NOON), Coins(100));
        budget.reserve(NOON, Coins(60)).unwrap();
        assert_eq!(budget.left(NOON), Coins(40));
        // A program that was ended here does not know whether it was sent: it counts as the most until it does.
        budget = Budget::open(&path, Coins(100)).unwrap();
        assert_eq!((budget.left(NOON), budget.reserved()), (Coins(40), Coins(60)));
        assert_eq!(budget.left(NOON + DAY_MS), Coins(40), "what is under way may be paid tomorrow");
        budget.settle(NOON, Some(Coins(7))).unwrap();
        budget = Budget::open(&path, Coins(100)).unwrap();
        assert_eq!((budget.left(NOON), budget.left(NOON + DAY_MS)), (Coins(93), Coins(100)));
        // A clock that was set back makes no money.
        assert_eq!(budget.left(NOON - DAY_MS), Coins(93));
        budget.reserve(NOON - DAY_MS, Coins(10)).unwrap();
        budget.settle(NOON - DAY_MS, None).unwrap();
        assert_eq!(budget.left(NOON), Coins(83));
        budget.reserve(NOON + DAY_MS, Coins(5)).unwrap();
        assert_eq!(budget.left(NOON + DAY_MS), Coins(95));
        // Sent before midnight and paid after it counts for the day in which it was paid.
        budget.settle(NOON + 2 * DAY_MS, Some(Coins(4))).unwrap();
        assert_eq!(budget.left(NOON + 2 * DAY_MS), Coins(96));
        // A smaller budget than what was spent leaves nothing.
        assert_eq!(Budget::open(&path, Coins(3)).unwrap().left(NOON + 2 * DAY_MS), Coins(0));
    }

    #[test]
    fn a_clock_that_was_years_ahead_stops_nothing_for_years() {
        let path = path("ahead");
        let mut budget = Budget::open(&path, Coins(100)).unwrap();
        let ahead = NOON + 1500 * DAY_MS;
        budget.reserve(ahead, Coins(30)).unwrap();
        budget.settle(ahead, Some(Coins(30))).unwrap();
        assert_eq!(budget.left(NOON), Coins(70), "what was spent is spent");
        budget.reserve(NOON, Coins(20)).unwrap();
        budget.settle(NOON, Some(Coins(20))).unwrap();
        budget = Budget::open(&path, Coins(100)).unwrap();
        assert_eq!((budget.left(NOON), budget.left(NOON + DAY_MS)), (Coins(50), Coins(100)));
    }

    #[test]
    fn a_file_that_is_none_is_refused_and_stays() {
        let path = path("other");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let good = r#"{"format":"zksensor-budget/v1","day":1,"spent_wei":"1","reserved_wei":"0"}"#;
        std::fs::write(&path, good).unwrap();
        assert!(Budget::open(&path, Coins(1)).is_ok());
        for wrong in ["", "{}", &good.replace("v1", "v2"), &good.replace(":\"1\"", ":\"-1\""), &good[..40]] {
            std::fs::write(&path, wrong).unwrap();
            let error = Budget::open(&path, Coins(1)).unwrap_err();
            assert!(matches!(error, ChainError::OtherFile { .. }), "{wrong}: {error}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), wrong);
        }
    }
}
