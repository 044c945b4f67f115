//! `node drain`: a node that runs is emptied, before an upgrade or before it moves to another machine.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use zksensor_node::operator::{EpochLeft, Left, LeftState, OperatorToken};
use zksensor_node::seal::StoreKey;

use super::check;
use super::door::{At, ask};
use crate::error::{Advice, diagnostic};
use crate::output::Output;

/// Options of `node drain`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The node takes no readings from then on, and goes on proving and bringing proofs. An epoch that is open for readings is named, and gone on with \
                  after the next start. What is drained is the process: one that is started anew takes readings. The command has what lets it do this of the \
                  store's key, which the configuration names."
)]
pub(crate) struct Args {
    /// The configuration that the node runs with.
    #[arg(long, value_name = "FILE", default_value = "node.toml")]
    config: PathBuf,
    /// How long to wait until nothing is left to prove or to bring.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    wait: u64,
    /// Lets the node take readings again.
    #[arg(long, conflicts_with = "wait")]
    undo: bool,
}

/// How long it waits between two looks.
const PAUSE: Duration = Duration::from_secs(1);
/// Epochs that people are shown.
const SHOWN: usize = 10;

/// Why a node is not empty.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DrainError {
    /// Nobody answers.
    #[error("expected a node that answers on {address}, but: {source}")]
    Silent {
        /// Where it listens by its configuration.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// It does not know the token.
    #[error(
        "expected a node on {address} whose store has the key of this configuration, got one with another"
    )]
    Token {
        /// Where it listens by its configuration.
        address: SocketAddr,
    },
    /// Something else answers, or it answers otherwise.
    #[error("expected a node on {address} to say what it has left to do, got {}", said(*status))]
    Other {
        /// Where it listens by its configuration.
        address: SocketAddr,
        /// The status of its answer; 0 if it has none.
        status: u16,
    },
    /// It was told otherwise meanwhile.
    #[error(
        "expected the node to stay drained, but it takes readings: it was started anew, or somebody undid it"
    )]
    Undone,
    /// It took too long.
    #[error(
        "expected nothing left to prove or to bring after {waited} s, got {}; the node stays drained",
        names(left)
    )]
    Late {
        /// How long it was waited for.
        waited: u64,
        /// What is left.
        left: Vec<EpochLeft>,
    },
}

impl DrainError {
    fn advice(&self) -> Advice {
        match self {
            DrainError::Silent { .. } => Advice::new(
                "zksensor::system",
                "start it with `zksensor node run`, or name the configuration that it runs with; one that has ended has nothing to drain",
            ),
            DrainError::Token { .. } | DrainError::Other { .. } => Advice::new(
                "zksensor::system",
                "name the configuration that the node runs with; a node of an earlier release cannot be drained",
            ),
            DrainError::Undone => Advice::new("zksensor::node::left", "run the command again to drain it"),
            DrainError::Late { .. } => Advice::new(
                "zksensor::node::left",
                "run the command again to wait on, see `zksensor node status`, or `--undo` to take readings again; nothing is lost if the node is stopped now",
            ),
        }
    }
}
diagnostic!(DrainError);

fn said(status: u16) -> String {
    if status == 0 { "something that is no HTTP".to_owned() } else { format!("the status {status}") }
}

/// The first of what is left to do now, and how much more there is.
fn names(left: &[EpochLeft]) -> String {
    let now: Vec<String> =
        left.iter().filter(|epoch| epoch.state != LeftState::Open).map(EpochLeft::to_string).collect();
    let more = now.len().saturating_sub(SHOWN);
    let shown = now[..now.len() - more].join("; ");
    if more == 0 { shown } else { format!("{shown}; and {more} epochs more") }
}

/// A node, and what it knows its operator by.
struct Operated<'c> {
    at: At<'c>,
    token: OperatorToken,
}

impl Operated<'_> {
    /// What is left, after a request.
    ///
    /// # Errors
    /// [`DrainError::Silent`], [`DrainError::Token`] and [`DrainError::Other`].
    fn left(&self, what: &str) -> Result<Left, DrainError> {
        let address = self.at.address;
        let answered = ask(self.at, what, Some(self.token.text()))
            .map_err(|source| DrainError::Silent { address, source })?;
        match answered.status {
            200 => {
                serde_json::from_slice(&answered.body).map_err(|_| DrainError::Other { address, status: 200 })
            }
            401 => Err(DrainError::Token { address }),
            status => Err(DrainError::Other { address, status }),
        }
    }

    /// Drains it, and waits until nothing is left that can be done now. One that is too busy to say is asked again.
    fn drain(&self, wait: Duration) -> Result<Left, DrainError> {
        let (start, mut asked) = (Instant::now(), "POST /v1/drain");
        loop {
            let is_over = start.elapsed() >= wait;
            match self.left(asked) {
                Ok(left) if left.takes => return Err(DrainError::Undone),
                Ok(left) if left.is_done() => return Ok(left),
                Ok(Left { epochs, .. }) if is_over => {
                    return Err(DrainError::Late { waited: wait.as_secs(), left: epochs });
                }
                // Whoever undoes it meanwhile means it.
                Ok(_) => asked = "GET /v1/left",
                Err(DrainError::Other { status: 429 | 500..=599, .. }) if !is_over => {}
                Err(error) => return Err(error),
            }
            sleep(PAUSE.min(wait.saturating_sub(start.elapsed())));
        }
    }
}

pub(super) fn run(args: &Args, output: &Output) -> miette::Result<()> {
    let checked = check::read(&args.config)?;
    let token = OperatorToken::of(&StoreKey::from_bytes(&checked.store_key));
    let node = Operated { at: At::of(&checked.config), token };
    if args.undo {
        node.left("POST /v1/resume")?;
        output.line("the node takes readings");
        output.result(&json!({ "takes": true }));
        return Ok(());
    }
    let spinner = output.spinner("proving and bringing what is left");
    let left = node.drain(Duration::from_secs(args.wait));
    spinner.finish_and_clear();
    let left = left?;
    output.line("drained     nothing is left to prove or to bring; the node takes no readings");
    for epoch in left.epochs.iter().take(SHOWN) {
        output.line(format_args!("open        {epoch}: it is gone on with after the next start"));
    }
    if left.epochs.len() > SHOWN {
        output.line(format_args!("open        {} epochs more", left.epochs.len() - SHOWN));
    }
    let open: Vec<Value> = left
        .epochs
        .iter()
        .map(|epoch| json!({ "policy": epoch.policy, "epoch": epoch.epoch, "readings": epoch.count, "closes": epoch.closes }))
        .collect();
    output.result(&json!({ "takes": false, "open": open }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    use super::*;

    /// A door that answers so, one request after the other, and the lines that it was asked with.
    fn door(answers: Vec<(u16, String)>) -> (Operated<'static>, JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let served = thread::spawn(move || {
            let answer = |(status, body): &(u16, String)| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut asked = Vec::new();
                while !asked.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    stream.read_exact(&mut byte).unwrap();
                    asked.push(byte[0]);
                }
                let length = body.len();
                write!(stream, "HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
                let asked = String::from_utf8(asked).unwrap();
                assert!(asked.contains("Authorization: Bearer "), "{asked}");
                asked.lines().next().unwrap().to_owned()
            };
            answers.iter().map(answer).collect()
        });
        (
            Operated { at: At::plain(address), token: OperatorToken::of(&StoreKey::from_bytes(&[1; 32])) },
            served,
        )
    }

    fn left(takes: bool, states: &[LeftState]) -> (u16, String) {
        let epochs = (0..).zip(states).map(|(epoch, state)| EpochLeft {
            policy: "air".to_owned(),
            epoch,
            state: *state,
            count: 2,
            closes: None,
            reason: None,
        });
        (200, serde_json::to_string(&Left { takes, epochs: epochs.collect() }).unwrap())
    }

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn one_that_is_busy_is_asked_again_until_nothing_is_left() {
        let (proving, open) = ([LeftState::Open, LeftState::Proving], [LeftState::Open]);
        let busy = (503, "{}".to_owned());
        let (node, served) = door(vec![busy.clone(), left(false, &proving), busy, left(false, &open)]);
        assert_eq!(node.drain(LONG).unwrap().epochs.len(), 1);
        let (drain, look) = ("POST /v1/drain HTTP/1.1", "GET /v1/left HTTP/1.1");
        assert_eq!(served.join().unwrap(), [drain, drain, look, look]);
    }

    #[test]
    fn what_is_left_in_the_end_is_named_and_what_is_open_is_not() {
        let (node, _served) = door(vec![left(false, &[LeftState::Open, LeftState::Proving])]);
        let late = node.drain(Duration::ZERO).unwrap_err();
        assert_eq!(
            late.to_string(),
            "expected nothing left to prove or to bring after 0 s, got air 1 has 2 chunks to prove; the node stays drained"
        );
        assert_eq!(late.advice().code, "zksensor::node::left");
        let (node, _served) = door(vec![left(false, &[LeftState::Bringing; 12])]);
        let many = node.drain(Duration::ZERO).unwrap_err().to_string();
        assert!(many.contains("air 9 has 2 proofs to bring; and 2 epochs more"), "{many}");
    }

    #[test]
    fn one_that_takes_readings_again_or_knows_no_such_operator_is_not_waited_for() {
        let (node, _served) = door(vec![left(false, &[LeftState::Closing]), left(true, &[])]);
        assert!(matches!(node.drain(LONG), Err(DrainError::Undone)));
        let (node, _served) = door(vec![(401, "{}".to_owned())]);
        assert!(matches!(node.drain(LONG), Err(DrainError::Token { .. })));
        for answer in [(404, "{}".to_owned()), (200, "nothing".to_owned())] {
            let (node, _served) = door(vec![answer]);
            assert!(matches!(node.drain(LONG), Err(DrainError::Other { .. })));
        }
    }
}
