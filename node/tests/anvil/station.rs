//! The town's node, an hour after which its devices have sent.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use zksensor::model::registry::Registry;
use zksensor_chain::{Coins, Gwei, Limits, Node, Signer};
use zksensor_node::clock::{Clock, SetClock};
use zksensor_node::core::Core;
use zksensor_node::intake::{Answer, Intake, Item};
use zksensor_node::place::{Account, AccountSettings, ChainFeed};
use zksensor_node::prove::Local;
use zksensor_node::registries::KnownRegistries;
use zksensor_node::seal::StoreKey;
use zksensor_node::served::{Served, Times};
use zksensor_node::store::Store;
use zksensor_node::view::{EpochState, EpochView, Show};

use crate::node::{ACCOUNTS, Anvil, START_S};
use crate::town::K;
use crate::world::{CHAIN, GWEI, World};

const NAME: &str = "town";
pub(crate) const TIMES: Times = Times { grace_ms: 60_000, retention_ms: 86_400_000, ahead_ms: 300_000 };
pub(crate) const COIN: u128 = GWEI * GWEI;

/// The town on its chain, and what its node is made with.
pub(crate) struct Station {
    pub(crate) world: &'static World,
    pub(crate) anvil: Anvil,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) url: String,
    pub(crate) cost: Coins,
    pub(crate) a_day: Coins,
    pub(crate) replace_after: Duration,
    /// What was said of transactions.
    pub(crate) said: Arc<Mutex<Vec<String>>>,
    pub(crate) registry: Arc<Registry>,
}

impl Station {
    /// At 15:50, ten minutes before the first epoch.
    pub(crate) fn new(name: &str, behind: u32) -> Option<Station> {
        let anvil = World::get().on_chain(name, behind)?;
        Some(Station::on(anvil, World::get().town.registry.clone()))
    }

    /// The same of a registry that is posted to this chain.
    pub(crate) fn on(anvil: Anvil, registry: Registry) -> Station {
        fs::write(anvil.folder.join("keystore.json"), include_str!("keystore.json")).unwrap();
        let station = Station {
            world: World::get(),
            url: anvil.url.clone(),
            anvil,
            clock: Arc::new(SetClock::at(0)),
            cost: Coins(COIN),
            a_day: Coins(10 * COIN),
            replace_after: Duration::from_secs(30),
            said: Arc::default(),
            registry: Arc::new(registry),
        };
        station.at(15, 50);
        station
    }

    /// Lets time go on, of the chain and of the node.
    pub(crate) fn at(&self, hour: u64, minute: u64) {
        self.anvil.at(hour, minute);
        self.clock.set(1000 * (START_S + 3600 * (hour - 14) + 60 * minute));
    }

    pub(crate) fn account(&self) -> Arc<Account> {
        let said = self.said.clone();
        Account::open(AccountSettings {
            chain: CHAIN,
            node: Node::new(&self.url, Duration::from_secs(2)).unwrap(),
            signer: Signer::of_keystore_with(&self.anvil.folder.join("keystore.json"), "a password").unwrap(),
            aggregator: None,
            limits: Limits { fee: Gwei(500 * GWEI), cost: self.cost },
            a_day: self.a_day,
            replace_after: self.replace_after,
            gather: Duration::from_secs(300),
            folder: self.anvil.folder.join("deployments"),
            clock: self.clock.clone() as Arc<dyn Clock>,
            tell: Arc::new(move |text| said.lock().unwrap().push(text.to_owned())),
        })
        .unwrap()
    }

    pub(crate) fn feed(&self) -> ChainFeed {
        ChainFeed::new(self.account(), self.world.address("feed").0, self.world.key_id)
    }

    /// The node as it starts.
    pub(crate) fn start(&self) -> Core {
        self.start_of(vec![self.served(self.account())])
    }

    /// A node that serves these policies.
    pub(crate) fn start_of(&self, served: Vec<Served>) -> Core {
        let store = Store::open(&self.path(), &StoreKey::from_bytes(&[0x5a; 32])).unwrap();
        let registries = Box::new(KnownRegistries(vec![(0, self.registry.clone())]));
        Core::new(store, served, registries, self.clock.clone() as Arc<dyn Clock>, 10_000)
    }

    /// The town's policy, whose proofs the account brings.
    pub(crate) fn served(&self, account: Arc<Account>) -> Served {
        let policy = &self.world.town.policy;
        let prover = Arc::new(Local(self.world.town.prover.clone()));
        let parts = (*policy.model(), policy.fence().model().clone());
        let feed = ChainFeed::new(account, self.world.address("feed").0, self.world.key_id);
        Served::new(NAME, parts, TIMES, prover, Box::new(feed)).unwrap()
    }

    fn path(&self) -> PathBuf {
        let folder: &Path = &self.anvil.folder;
        folder.join("node.redb")
    }

    /// Five devices of each of so many chunks measure and send, and the hour passes, with its grace.
    pub(crate) fn hour(&self, core: &Core, chunks: usize) {
        self.at(16, 30);
        self.send(core, chunks);
        self.at(17, 2);
    }

    /// Both chunks once more, to a node that has nothing: the chain's time goes on meanwhile.
    pub(crate) fn hour_again(&self, core: &Core) {
        let now = self.clock.now_ms();
        self.clock.set(1000 * (START_S + 9000));
        self.send(core, 2);
        self.clock.set(now);
    }

    fn send(&self, core: &Core, chunks: usize) {
        let policy = &self.world.town.policy;
        let time = policy.interval(0).unwrap().start();
        for devices in &self.world.town.chunks[..chunks] {
            for device in &devices[..K] {
                let reading = device.reading(policy).at(time).location_degrees("48.15", "11.55").unwrap();
                let signed = reading.set("temperature", "21.50").unwrap().sign().unwrap();
                let answers = core.take(vec![Item::Reading(signed.encode().to_vec())]).unwrap();
                assert_eq!(answers, [Answer::Accepted]);
            }
        }
    }

    /// Steps until something is so. The node's clock goes on meanwhile.
    pub(crate) fn until(&self, core: &Core, what: &str, is_so: impl Fn(&Core) -> bool) {
        let start = Instant::now();
        while !is_so(core) {
            let said = self.said.lock().unwrap().join("\n");
            assert!(start.elapsed() < Duration::from_secs(90), "{what}: {:?}\n{said}", core.view());
            core.step().unwrap();
            sleep(Duration::from_millis(100));
            self.clock.set(self.clock.now_ms() + 200);
        }
    }

    /// Steps until the first epoch has ended, one way or another.
    pub(crate) fn end(&self, core: &Core) -> EpochView {
        let has_ended = |core: &Core| matches!(epoch(core).state, EpochState::Final | EpochState::Ended);
        self.until(core, "the epoch does not end", has_ended);
        epoch(core)
    }

    /// Waits until something was said of a transaction.
    pub(crate) fn has_said(&self, what: &str) -> bool {
        self.said.lock().unwrap().iter().any(|said| said.contains(what))
    }

    /// The file of what was spent.
    pub(crate) fn budget(&self) -> PathBuf {
        let folder = fs::read_dir(self.anvil.folder.join("deployments")).unwrap();
        let mut paths = folder.flatten().map(|entry| entry.path());
        paths.find(|path| path.to_string_lossy().ends_with(".spent.json")).unwrap()
    }

    /// Wei that the account spent, by that file, which has nothing reserved.
    pub(crate) fn spent(&self) -> u128 {
        let document: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(self.budget()).unwrap()).unwrap();
        assert_eq!(document["reserved_wei"], "0", "{document}");
        document["spent_wei"].as_str().unwrap().parse().unwrap()
    }

    /// Transactions of the account that are in blocks, since the chain was made for the town.
    pub(crate) fn sent(&self) -> u64 {
        let count = self.anvil.ask("eth_getTransactionCount", serde_json::json!([ACCOUNTS[0], "latest"]));
        u64::from_str_radix(count.as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
    }
}

/// The first epoch.
pub(crate) fn epoch(core: &Core) -> EpochView {
    core.view().epochs.into_iter().find(|epoch| epoch.epoch == 0).unwrap()
}
