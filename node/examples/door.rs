//! The node's HTTP interface over a node that is made up: what `.ci/node` looks at in a browser. It prints its address and serves until its
//! standard input ends. Names in it would run if a page took them for more than text.
#![allow(clippy::print_stdout, reason = "the address is what it is started for")]

use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use zksensor_node::config::Config;
use zksensor_node::http::{Door, Settings, serve};
use zksensor_node::intake::{Answer, Intake, IntakeError, Item};
use zksensor_node::log::Log;
use zksensor_node::operator::{Left, Operate};
use zksensor_node::trace::Trace;
use zksensor_node::view::{EpochState, EpochView, ProofView, Show, View};

const HOSTILE: &str = "<img src=x onerror=window.pwned=1>'\"&</script>";

/// A node that stores nothing.
#[derive(Default)]
struct MadeUp {
    accepted: AtomicU64,
}

impl Intake for MadeUp {
    fn take(&self, items: Vec<Item>) -> Result<Vec<Answer>, IntakeError> {
        self.accepted.fetch_add(items.len() as u64, Relaxed);
        Ok(vec![Answer::Accepted; items.len()])
    }

    fn refused(&self, _: &str, _: u64) {}
}

impl Operate for MadeUp {
    fn quiesce(&self) {}

    fn resume(&self) {}

    fn is_quiesced(&self) -> bool {
        false
    }

    fn left(&self) -> Result<Left, String> {
        Ok(Left::default())
    }
}

impl Show for MadeUp {
    fn view(&self) -> View {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let policies = ["air", "traffic-noise-of-a-name-that-is-as-long-as-a-name-may-be-64-long", HOSTILE];
        let epochs = policies.iter().flat_map(|policy| (0..64).map(|back| epoch(policy, 500_000 - back)));
        let proofs = policies.iter().enumerate().map(|(index, policy)| ProofView {
            policy: (*policy).to_owned(),
            epoch: 499_996,
            chunk: 3,
            at: now - 60,
            millis: 12_345,
            gas: (index != 1).then_some(301_234),
            fee_gwei: (index == 0).then_some(9_337_000),
        });
        View {
            ready: false,
            waiting_for: vec![HOSTILE.to_owned()],
            now,
            accepted: self.accepted.load(Relaxed),
            duplicates: 12,
            refused: [("C3".to_owned(), 41), (HOSTILE.to_owned(), 2), ("malformed".to_owned(), 7)].into(),
            equivocations: 1,
            queue: 3,
            outbox: 2,
            epochs: epochs.collect(),
            proofs: proofs.collect(),
        }
    }

    fn proofs(&self, _: &str, epoch: u32) -> Result<Vec<String>, String> {
        Ok(vec![format!("{{\"epoch\":{epoch}}}")])
    }

    fn proofs_from(
        &self,
        policy: &str,
        epoch: u32,
        from: u32,
        most: usize,
    ) -> Result<Vec<(u32, String)>, String> {
        Ok((0..).zip(self.proofs(policy, epoch)?).skip(from as usize).take(most).collect())
    }
}

fn epoch(policy: &str, epoch: u32) -> EpochView {
    let state = match 500_000 - epoch {
        0 => EpochState::Open,
        1 => EpochState::Grace,
        2 => EpochState::Proving,
        3 => EpochState::Proven,
        back if back % 17 == 16 => EpochState::Ended,
        _ => EpochState::Final,
    };
    let is_done = matches!(state, EpochState::Proven | EpochState::Final);
    let reason = (state == EpochState::Ended).then(|| format!("3 devices of 5 {HOSTILE}"));
    EpochView {
        policy: policy.to_owned(),
        epoch,
        state,
        readings: 1234,
        late: u64::from(epoch % 5),
        proven: if is_done { 4 } else { 0 },
        chunks: 4,
        reason,
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let config = Config::parse("[policies.air]\npolicy = \"air.toml\"\n", Path::new(""), &[])?;
    let settings = Settings {
        limits: config.limits,
        trusted_proxies: Vec::new(),
        tokens: None,
        tls: None,
        operator: None,
        policies: vec!["air".to_owned()],
        trace: Trace::default(),
    };
    let made_up = Arc::new(MadeUp::default());
    let door = Door::new(settings, made_up.clone(), made_up.clone(), made_up, Log::to_stderr(true));
    let (stop, stopped) = oneshot::channel::<()>();
    thread::spawn(move || {
        // Whatever comes, the end is what is waited for.
        let _ = io::copy(&mut io::stdin().lock().take(u64::MAX), &mut io::sink());
        drop(stop);
    });
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        serve(listener, door, async move { drop(stopped.await) }).await;
        Ok(())
    })
}
