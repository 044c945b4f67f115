//! The queue on NATS JetStream (2.10 or later; tests run on 2.15).
//!
//! | what | name | kept |
//! | --- | --- | --- |
//! | jobs, by key and id: one of each | stream `ZKSENSOR_JOBS`, subjects `zksensor.jobs.KEY.ID` | until they are acknowledged |
//! | sealed witnesses, by id | object store `ZKSENSOR_WITNESSES` | until the job is done, a day at the most |
//! | what came of jobs, by id; and how often workers left one, by `ID.left` | bucket `ZKSENSOR_OUTCOMES` | a day |
//! | jobs that nobody can prove, with the reason | stream `ZKSENSOR_DEAD`, subjects `zksensor.dead.KEY.ID` | 30 days |
//! | readings and frames that devices publish | streams `ZKSENSOR_READINGS` and `ZKSENSOR_FRAMES`, the subjects of the configuration | until they are stored |
//!
//! What is not there is made; what is there is used as it is, so that an operator may have it replicated.

mod dead;
mod jobs;
mod published;
mod work;

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::object_store::ObjectStore;
use async_nats::jetstream::stream::{self, DiscardPolicy, RetentionPolicy, Stream};
use async_nats::jetstream::{self, Context, kv, object_store};
use async_nats::{Client, ConnectOptions, Event};
use tokio::runtime::Runtime;
use tokio::sync::OnceCell;

pub use self::dead::DeadLetter;
pub use self::published::Taken;
pub use self::work::Queue;
use super::bus::BusError;
use super::{DEAD_SUBJECTS, JOB_SUBJECTS};
use crate::service::Tell;

const JOBS: &str = "ZKSENSOR_JOBS";
const WITNESSES: &str = "ZKSENSOR_WITNESSES";
const OUTCOMES: &str = "ZKSENSOR_OUTCOMES";
const DEAD: &str = "ZKSENSOR_DEAD";
const READINGS: &str = "ZKSENSOR_READINGS";
const FRAMES: &str = "ZKSENSOR_FRAMES";

const DAY: Duration = Duration::from_secs(86_400);
const DEAD_DAYS: u32 = 30;
/// The most bytes of all dead letters, and of all readings that wait.
const DEAD_BYTES: i64 = 64 << 20;
const PUBLISHED_BYTES: i64 = 1 << 30;
/// The most jobs that wait.
const JOBS_MOST: i64 = 1_000_000;
/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a look waits for something to come.
const LOOK: Duration = Duration::from_secs(1);

/// Where the server is, and as whom to connect.
#[derive(Clone)]
pub struct Settings {
    /// `nats://HOST:PORT` or `tls://HOST:PORT`, several with commas between; it may have a name and a password in it, and is not in `Debug`.
    pub url: String,
    /// A file of credentials (`.creds`), if the server asks for them.
    pub credentials: Option<PathBuf>,
    /// What connections are called in the server's lists.
    pub name: String,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("credentials", &self.credentials)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A connection, which is made by the first who needs it, and comes again by itself when the server was away. Calls are made from threads of
/// their own, never from tasks.
pub struct Nats {
    runtime: Runtime,
    settings: Settings,
    tell: Tell,
    context: OnceCell<Context>,
    jobs: OnceCell<Stream>,
    dead: OnceCell<Stream>,
    witnesses: OnceCell<ObjectStore>,
    outcomes: OnceCell<kv::Store>,
}

/// What goes wrong, in words.
fn wrong(error: impl fmt::Display) -> BusError {
    BusError(error.to_string())
}

impl Nats {
    /// A connection to be made. `tell` hears when it comes and goes.
    ///
    /// # Errors
    /// [`BusError`] if the system starts no thread.
    pub fn new(settings: Settings, tell: Tell) -> Result<Arc<Self>, BusError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("nats")
            .enable_all()
            .build();
        let runtime = runtime.map_err(wrong)?;
        let (context, jobs, dead, witnesses, outcomes) = Default::default();
        Ok(Arc::new(Nats { runtime, settings, tell, context, jobs, dead, witnesses, outcomes }))
    }

    async fn context(&self) -> Result<&Context, BusError> {
        let made = async || {
            let mut context = jetstream::new(connect(&self.settings, self.tell.clone()).await?);
            context.set_timeout(PATIENCE);
            Ok(context)
        };
        self.context.get_or_try_init(made).await
    }

    /// Waits for an answer, no longer than it may take.
    fn wait<T>(
        &self,
        within: Duration,
        answer: impl Future<Output = Result<T, BusError>>,
    ) -> Result<T, BusError> {
        let late = || {
            BusError(format!("expected an answer within {} s, got none; see that it runs", within.as_secs()))
        };
        self.runtime
            .block_on(async { tokio::time::timeout(within, answer).await.unwrap_or_else(|_| Err(late())) })
    }

    async fn stream(&self, config: stream::Config) -> Result<Stream, BusError> {
        self.context().await?.get_or_create_stream(config).await.map_err(wrong)
    }

    async fn jobs(&self) -> Result<&Stream, BusError> {
        let made = async || {
            let config = stream::Config {
                name: JOBS.to_owned(),
                subjects: vec![format!("{JOB_SUBJECTS}.*.*")],
                retention: RetentionPolicy::WorkQueue,
                discard: DiscardPolicy::New,
                discard_new_per_subject: true,
                max_messages_per_subject: 1,
                max_messages: JOBS_MOST,
                ..stream::Config::default()
            };
            self.stream(config).await
        };
        self.jobs.get_or_try_init(made).await
    }

    async fn dead(&self) -> Result<&Stream, BusError> {
        let made = async || {
            let config = stream::Config {
                name: DEAD.to_owned(),
                subjects: vec![format!("{DEAD_SUBJECTS}.*.*")],
                max_bytes: DEAD_BYTES,
                max_age: DAY * DEAD_DAYS,
                ..stream::Config::default()
            };
            self.stream(config).await
        };
        self.dead.get_or_try_init(made).await
    }

    async fn witnesses(&self) -> Result<&ObjectStore, BusError> {
        let made = async || {
            let context = self.context().await?;
            if let Ok(store) = context.get_object_store(WITNESSES).await {
                return Ok(store);
            }
            let config =
                object_store::Config { bucket: WITNESSES.to_owned(), max_age: DAY, ..Default::default() };
            context.create_object_store(config).await.map_err(wrong)
        };
        self.witnesses.get_or_try_init(made).await
    }

    async fn outcomes(&self) -> Result<&kv::Store, BusError> {
        let made = async || {
            let context = self.context().await?;
            if let Ok(store) = context.get_key_value(OUTCOMES).await {
                return Ok(store);
            }
            let config =
                kv::Config { bucket: OUTCOMES.to_owned(), max_age: DAY, history: 1, ..Default::default() };
            context.create_key_value(config).await.map_err(wrong)
        };
        self.outcomes.get_or_try_init(made).await
    }

    /// The consumer of a subject, which all who ask for it share.
    async fn consumer(
        stream: &Stream,
        name: String,
        subject: String,
        ack_wait: Duration,
    ) -> Result<jetstream::consumer::Consumer<pull::Config>, BusError> {
        let config = pull::Config {
            durable_name: Some(name.clone()),
            filter_subject: subject,
            ack_wait,
            ..pull::Config::default()
        };
        stream.get_or_create_consumer(&name, config).await.map_err(wrong)
    }
}

async fn connect(settings: &Settings, tell: Tell) -> Result<Client, BusError> {
    let mut options = ConnectOptions::new()
        .name(settings.name.as_str())
        .retry_on_initial_connect()
        .connection_timeout(PATIENCE)
        .request_timeout(Some(PATIENCE))
        .event_callback(move |event| {
            let tell = tell.clone();
            async move {
                match event {
                    Event::Connected => tell("connected to NATS"),
                    Event::Disconnected => tell("the connection to NATS is lost; it is tried again"),
                    _ => {}
                }
            }
        });
    if let Some(path) = &settings.credentials {
        let read = options.credentials_file(path).await;
        // Everybody sees it with the job that waits: it says no path.
        options = read.map_err(|_| {
            BusError("expected the file of `nats.credentials`, got none, or something else".to_owned())
        })?;
    }
    let servers = settings.url.split(',').map(|url| url.trim().parse::<async_nats::ServerAddr>());
    let servers = servers.collect::<Result<Vec<_>, _>>();
    // What it says could show a password.
    let servers = servers.map_err(|_| {
        BusError("expected URLs such as nats://127.0.0.1:4222, got something else".to_owned())
    })?;
    options.connect(servers).await.map_err(wrong)
}

impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nats").finish_non_exhaustive()
    }
}
