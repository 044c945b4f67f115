//! TLS: who may send, who may look, and whom a handshake that does not come holds up.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::stage::*;
use crate::client::{Client, ClientError};
use crate::config::{KeySource, TlsSettings, Tokens};
use crate::http::Settings;
use crate::tls::{Authorities, Tls, TlsError, dial};

macro_rules! pem {
    ($name:literal) => {
        include_str!(concat!("../../../tests/tls/", $name))
    };
}

const AUTHORITY: &str = pem!("authority.pem");
const NODE: [&str; 2] = [pem!("node.pem"), pem!("node.key")];
const RENEWED: [&str; 2] = [pem!("renewed.pem"), pem!("renewed.key")];
const SENDER: [&str; 2] = [pem!("sender.pem"), pem!("sender.key")];
const OTHER: [&str; 2] = [pem!("other.pem"), pem!("other.key")];
/// Of an authority that the node does not know.
const UNKNOWN: [&str; 2] = [pem!("unknown.pem"), pem!("unknown.key")];
const EXPIRED: [&str; 2] = [pem!("expired.pem"), pem!("expired.key")];

/// A folder with the node's files.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Files {
        let folder = std::env::temp_dir().join(format!("zksensor-node-tls-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let files = Files(folder);
        files.show(NODE);
        fs::write(files.0.join("clients.pem"), AUTHORITY).unwrap();
        files
    }

    fn show(&self, [certificate, key]: [&str; 2]) {
        fs::write(self.0.join("node.pem"), certificate).unwrap();
        let path = self.0.join("node.key");
        fs::write(&path, key).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    fn settings(&self) -> TlsSettings {
        TlsSettings {
            certificate: self.0.join("node.pem"),
            key: KeySource::File(self.0.join("node.key")),
            clients: Some(self.0.join("clients.pem")),
        }
    }

    fn server(&self, lines: &str, tokens: Option<Tokens>) -> Server {
        let tls = Some(Tls::open(&self.settings()).unwrap());
        Server::with(Settings { tls, tokens, ..settings(lines) }, Fake::new(Does::Accept))
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn client(server: &Server, shows: Option<[&str; 2]>, token: Option<&str>) -> Client {
    let authorities = match shows {
        None => Authorities::trusting(AUTHORITY.as_bytes()),
        Some([certificate, key]) => {
            Authorities::trusting_and_showing(AUTHORITY.as_bytes(), certificate.as_bytes(), key)
        }
    };
    let url = format!("https://{}", server.address);
    Client::over_tls(&url, token, authorities.unwrap()).unwrap().patient(Duration::from_secs(10), 1)
}

/// The answer to a reading: whether it was accepted.
fn sends(client: &Client) -> Result<bool, ClientError> {
    run(client.readings(&[reading(1)])).map(|receipt| receipt.accepted == 1)
}

fn is_unauthorized(error: &ClientError) -> bool {
    matches!(error, ClientError::Refused { status: 401, .. })
}

/// A handshake failed; in TLS 1.3 the client hears of it after its own part.
fn is_broken(error: &ClientError) -> bool {
    matches!(error, ClientError::Handshake | ClientError::Connection)
}

#[test]
fn who_shows_no_certificate_may_look_and_not_send() {
    let files = Files::new("shows");
    let server = files.server("", None);
    let without = client(&server, None, None);
    assert!(run(without.is_ready()).unwrap());
    assert_eq!(run(without.status()).unwrap().view.accepted, 5);
    let refused = sends(&without).unwrap_err();
    assert!(is_unauthorized(&refused) && refused.to_string().contains("certificate"), "{refused}");
    for (shown, what) in [(UNKNOWN, "of a stranger"), (EXPIRED, "whose time is over")] {
        let with = client(&server, Some(shown), None);
        assert!(is_broken(&sends(&with).unwrap_err()), "{what}");
        assert!(is_broken(&run(with.status()).unwrap_err()), "{what}");
    }
    assert_eq!(server.fake.batches(), 0, "nothing was taken");
    for shown in [SENDER, OTHER] {
        assert_eq!(sends(&client(&server, Some(shown), None)), Ok(true));
    }
    assert_eq!(server.fake.batches(), 2);
}

#[test]
fn a_token_or_a_certificate_is_enough_where_both_are_asked_for() {
    let files = Files::new("either");
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let tokens = Tokens::parse(&format!("gateway {hash}")).unwrap();
    let server = files.server("", Some(tokens));
    for (shown, token, is_good) in [
        (None, None, false),
        (None, Some("guess"), false),
        (None, Some("test"), true),
        (Some(SENDER), None, true),
        (Some(SENDER), Some("guess"), true),
        (Some(SENDER), Some("test"), true),
    ] {
        match sends(&client(&server, shown, token)) {
            Ok(accepted) => assert!(accepted && is_good, "{token:?}"),
            Err(error) => assert!(is_unauthorized(&error) && !is_good, "{token:?}: {error}"),
        }
    }
}

#[test]
fn each_certificate_is_counted_by_itself() {
    let files = Files::new("counted");
    let server = files.server("limits.burst = 3\nlimits.requests_per_s = 1", None);
    let (sender, other) = (client(&server, Some(SENDER), None), client(&server, Some(OTHER), None));
    let answers: Vec<_> = (0..6).map(|_| sends(&sender)).collect();
    assert!(answers.iter().any(|answer| matches!(answer, Err(ClientError::Refused { status: 429, .. }))));
    assert_eq!(sends(&other), Ok(true), "of one address, and with another certificate");
}

#[test]
fn who_speaks_plain_http_or_nothing_is_left_and_holds_up_nobody() {
    let files = Files::new("silent");
    let server = files.server("limits.head_s = 1\nlimits.connections = 40", None);
    // A record that announces more than comes.
    let half = [22, 3, 1, 2, 0, 1, 0];
    let mut held: Vec<TcpStream> = [&b""[..], &half[..], &b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"[..]]
        .into_iter()
        .map(|bytes| {
            let mut stream = server.connect();
            stream.write_all(bytes).unwrap();
            stream
        })
        .collect();
    let start = Instant::now();
    assert_eq!(sends(&client(&server, Some(SENDER), None)), Ok(true));
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    for stream in &mut held {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(!answer.starts_with(b"HTTP"), "{answer:?}");
    }
    assert!(start.elapsed() < Duration::from_secs(8), "they were cut off");
}

#[test]
fn a_handshake_that_does_not_come_does_not_hold_up_the_end() {
    let files = Files::new("end");
    let mut server = files.server("limits.head_s = 60\nlimits.drain_s = 60", None);
    let _held = server.connect();
    sleep(Duration::from_millis(300));
    server.tell_to_stop();
    assert!(server.ended_within(Duration::from_secs(10)));
}

#[test]
fn handshakes_that_do_not_come_have_places_and_no_more_than_those_of_an_address() {
    let files = Files::new("places");
    let server = files.server("limits.head_s = 3\nlimits.connections = 8", None);
    // A quarter of all.
    let held = [server.connect(), server.connect()];
    sleep(Duration::from_millis(300));
    let mut third = server.connect();
    let mut answer = Vec::new();
    let _ = third.read_to_end(&mut answer);
    assert!(answer.is_empty(), "a third of one address was taken");
    drop(held);
    sleep(Duration::from_millis(300));
    assert_eq!(sends(&client(&server, Some(SENDER), None)), Ok(true));
}

/// What the node answers over a connection of its own, if it shows the certificate of these settings.
fn asked(server: &Server, settings: &TlsSettings, path: &str) -> Option<String> {
    let mut stream = dial(settings, server.connect()).unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.starts_with("HTTP/1.1 200").then_some(answer)
}

/// Whether the node shows the certificate in this file.
fn shows(server: &Server, files: &Files, certificate: &str) -> bool {
    let known = files.0.join("known.pem");
    fs::write(&known, certificate).unwrap();
    asked(server, &TlsSettings { certificate: known, ..files.settings() }, "/healthz").is_some()
}

#[test]
fn handshakes_of_an_address_have_a_rate_and_those_that_fail_are_counted() {
    let files = Files::new("rate");
    let server = files.server("limits.burst = 4\nlimits.requests_per_s = 1\nlimits.head_s = 1", None);
    // Plain HTTP, what is no TLS at all, and nothing until its time is over.
    let failed = [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0; 64][..], &b""[..]];
    let ended = failed.map(|bytes| {
        let mut stream = server.connect();
        stream.write_all(bytes).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
        stream
    });
    // A second or more was over: two or more of the four are left, and those beyond are cut off before any handshake.
    const ASKED: usize = 40;
    let is_taken = |_: &usize| asked(&server, &files.settings(), "/healthz").is_some();
    let taken = (0..ASKED).filter(is_taken).count();
    assert!((1..ASKED).contains(&taken), "{taken} of {ASKED} at once, where a burst is 4");
    drop(ended);
    sleep(Duration::from_secs(2));
    let metrics = asked(&server, &files.settings(), "/metrics").unwrap();
    assert!(metrics.contains("\nzksensor_tls_handshakes_failed_total 3\n"), "{metrics}");
    assert!(
        metrics.contains(&format!("\nzksensor_http_connections_refused_total {}\n", ASKED - taken)),
        "{metrics}"
    );
}

#[test]
fn a_certificate_that_is_renewed_is_shown_without_a_start_and_one_that_is_wrong_is_not() {
    let files = Files::new("renewed");
    let server = files.server("", None);
    assert!(shows(&server, &files, NODE[0]) && !shows(&server, &files, RENEWED[0]));
    sleep(Duration::from_millis(1100));
    files.show(RENEWED);
    assert!(shows(&server, &files, RENEWED[0]) && !shows(&server, &files, NODE[0]));
    for wrong in [[RENEWED[0], "none"], [NODE[0], RENEWED[1]], ["", RENEWED[1]]] {
        sleep(Duration::from_millis(1100));
        files.show(wrong);
        assert!(shows(&server, &files, RENEWED[0]), "the one before");
    }
    sleep(Duration::from_millis(1100));
    files.show(NODE);
    assert!(shows(&server, &files, NODE[0]));
}

#[test]
fn files_that_are_none_are_refused_by_their_keys_and_nothing_of_a_key_is_told() {
    let files = Files::new("wrong");
    let refused = |change: &dyn Fn(&Path)| {
        files.show(NODE);
        fs::write(files.0.join("clients.pem"), AUTHORITY).unwrap();
        change(&files.0);
        let mut wrong = Tls::open(&files.settings()).unwrap_err();
        let (Some(error), true) = (wrong.pop(), wrong.is_empty()) else { panic!("{wrong:?}") };
        assert!(!error.to_string().contains("MIG") && !error.to_string().contains("BEGIN"), "{error}");
        error
    };
    let put = |name: &'static str, text: &'static str| {
        move |folder: &Path| fs::write(folder.join(name), text).unwrap()
    };
    for (change, key) in [
        (put("node.pem", ""), "tls.certificate"),
        (put("node.pem", "hello"), "tls.certificate"),
        (put("node.pem", NODE[1]), "tls.certificate"),
        (put("node.pem", RENEWED[0]), "tls.certificate"),
        (put("node.key", "hello"), "tls.key"),
        (put("node.key", NODE[0]), "tls.key"),
        (put("clients.pem", "hello"), "tls.clients"),
    ] {
        assert_eq!(refused(&change).key(), key);
    }
    for name in ["node.pem", "node.key", "clients.pem"] {
        put(name, "hello")(&files.0);
    }
    let all = Tls::open(&files.settings()).unwrap_err();
    let keys: Vec<&str> = all.iter().map(TlsError::key).collect();
    assert_eq!(keys, ["tls.certificate", "tls.key", "tls.clients"], "all at once");
    let gone = refused(&|folder| fs::remove_file(folder.join("clients.pem")).unwrap());
    assert!(matches!(gone, TlsError::File { key: "tls.clients", .. }), "{gone}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let shared = |folder: &Path| {
            fs::set_permissions(folder.join("node.key"), fs::Permissions::from_mode(0o644)).unwrap();
        };
        assert!(refused(&shared).to_string().contains("chmod 600"));
    }
}

#[test]
fn no_session_goes_on_without_a_certificate_that_is_looked_at_again() {
    use rustls::{ClientConnection, HandshakeKind, StreamOwned};
    let files = Files::new("resumed");
    let server = files.server("", None);
    let [certificate, key] = SENDER;
    let authorities =
        Authorities::trusting_and_showing(AUTHORITY.as_bytes(), certificate.as_bytes(), key).unwrap();
    for _ in 0..3 {
        let name = rustls::pki_types::ServerName::try_from("localhost").unwrap();
        // One configuration, and so one store of sessions.
        let session = ClientConnection::new(authorities.config(), name).unwrap();
        let mut stream = StreamOwned::new(session, server.connect());
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.starts_with(b"HTTP/1.1 200"));
        assert_eq!(stream.conn.handshake_kind(), Some(HandshakeKind::Full));
        assert_eq!(stream.conn.tls13_tickets_received(), 0);
    }
}

#[test]
fn a_client_believes_no_other_node_and_wants_tls_by_name() {
    let files = Files::new("believes");
    let server = files.server("", None);
    let stranger = Authorities::trusting(include_bytes!("../../../tests/tls/stranger.pem")).unwrap();
    let url = format!("https://{}", server.address);
    let client = Client::over_tls(&url, None, stranger.clone()).unwrap().patient(Duration::from_secs(5), 1);
    assert_eq!(run(client.status()).unwrap_err(), ClientError::Handshake);
    assert_eq!(Client::new(&url, None).unwrap_err(), ClientError::Url, "no authority is built in");
    let plain = format!("http://{}", server.address);
    assert_eq!(Client::over_tls(&plain, None, stranger).unwrap_err(), ClientError::Url);
    let plain = Client::new(&plain, None).unwrap().patient(Duration::from_secs(5), 1);
    assert!(run(plain.status()).is_err());
}
