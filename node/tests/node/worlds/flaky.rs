//! A network between the node and the place of its proofs: it says nothing, or what it says is lost.

use std::sync::{Arc, Mutex};

use rand_chacha::ChaCha8Rng;
use zksensor::model::claim::{Binding, StatementId};
use zksensor::rand::{Rng, SeedableRng};
use zksensor_node::place::{Brought, NotBrought, Parcel, Place, Whereabouts};

/// What goes wrong, by a seed. Clones are the same.
#[derive(Clone)]
pub(super) struct Trouble(Arc<Mutex<Option<ChaCha8Rng>>>);

impl Trouble {
    pub(super) fn new(seed: u64) -> Self {
        Trouble(Arc::new(Mutex::new(Some(ChaCha8Rng::seed_from_u64(seed)))))
    }

    /// From now on everything is answered.
    pub(super) fn end(&self) {
        *self.0.lock().unwrap() = None;
    }

    fn comes(&self, how_often: f64) -> bool {
        self.0.lock().unwrap().as_mut().is_some_and(|rng| rng.gen_bool(how_often))
    }
}

/// A place behind it.
pub(super) struct Flaky {
    pub(super) place: Box<dyn Place>,
    pub(super) trouble: Trouble,
}

fn silence() -> NotBrought {
    NotBrought::Later("no answer".to_owned())
}

impl Place for Flaky {
    fn binding(&self, statement: &StatementId) -> Binding {
        self.place.binding(statement)
    }

    fn bring(&mut self, parcels: &[Parcel<'_>]) -> Vec<Result<Brought, NotBrought>> {
        let all = |why: fn() -> NotBrought| parcels.iter().map(|_| Err(why())).collect();
        if self.trouble.comes(0.1) {
            return all(silence);
        }
        // Another transaction of the account is on its way.
        if self.trouble.comes(0.1) {
            return all(|| NotBrought::Busy);
        }
        let brought = self.place.bring(parcels);
        // It was brought, and nobody hears of it: of all, or of some.
        let is_lost = self.trouble.comes(0.2);
        let heard = |brought| if is_lost || self.trouble.comes(0.1) { Err(silence()) } else { brought };
        brought.into_iter().map(heard).collect()
    }

    fn look(&mut self, parcel: &Parcel<'_>, receipt: &str) -> Result<Whereabouts, NotBrought> {
        match self.trouble.comes(0.2) {
            // One of several nodes, which is behind.
            true if self.trouble.comes(0.5) => Ok(Whereabouts::Lost),
            true => Err(silence()),
            false => self.place.look(parcel, receipt),
        }
    }
}
