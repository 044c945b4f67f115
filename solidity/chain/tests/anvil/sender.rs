//! Who sends: a keystore of one of anvil's accounts, and an outbox of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use zksensor_chain::{ChainError, Event, Outbox, Sent, Setup, Signer, Waiting};

use crate::node::{Anvil, KEYS};
use crate::world::{CHAIN, LIMITS, node};

impl Anvil {
    /// A keystore with one of the keys, and the file of its password.
    pub(crate) fn keystore(&self, index: usize) -> (PathBuf, PathBuf) {
        let key: [u8; 32] = zksensor::hex::parse(&format!("0x{}", KEYS[index])).unwrap();
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("key-{index}-{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let mut rng = rand::thread_rng();
        eth_keystore::encrypt_key(&self.folder, &mut rng, key, "a password", Some(&name)).unwrap();
        let password = self.folder.join(format!("{name}.password"));
        fs::write(&password, "a password\n").unwrap();
        (self.folder.join(&name), password)
    }
}

/// What was said while something was under way.
pub(crate) type Said = Arc<Mutex<Vec<Event>>>;

/// How long tests wait.
pub(crate) const WAITING: Waiting = Waiting {
    total: Duration::from_secs(60),
    replace_after: Duration::from_secs(30),
    poll: Duration::from_millis(150),
    lock: Duration::from_millis(300),
};

/// An outbox of one of anvil's accounts, what it says, and what it brought to its end.
pub(crate) async fn outbox(
    anvil: &Anvil,
    index: usize,
    waiting: Waiting,
) -> Result<(Outbox, Said, Option<Sent>), ChainError> {
    let (keystore, password) = anvil.keystore(index);
    outbox_of(anvil, Signer::of_keystore(&keystore, &password)?, waiting).await
}

/// The same of whoever signs.
pub(crate) async fn outbox_of(
    anvil: &Anvil,
    signer: Signer,
    waiting: Waiting,
) -> Result<(Outbox, Said, Option<Sent>), ChainError> {
    let said = Said::default();
    let told = said.clone();
    let tell = Box::new(move |event: &Event| told.lock().unwrap().push(event.clone()));
    let folder: &Path = &anvil.folder.join("deployments");
    let setup = Setup { chain: CHAIN, signer, limits: LIMITS, waiting, folder, tell };
    let (outbox, finished) = Outbox::open(node(anvil), setup).await?;
    Ok((outbox, said, finished))
}
