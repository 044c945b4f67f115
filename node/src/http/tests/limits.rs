//! Numbers: of requests, of clients, of bytes, of connections; and who may send.

use std::io::{Read, Write};
use std::thread;
use std::time::Duration;

use super::stage::*;
use crate::config::Tokens;

/// Waits until the condition holds.
#[track_caller]
pub(super) fn until(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..1000 {
        if condition() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("{what}");
}

pub(super) fn metric(server: &Server, name: &str) -> u64 {
    let text = server.get("/metrics").body;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{name}: {text}"))
}

#[test]
fn a_body_is_as_long_as_the_limit_and_no_longer() {
    let server = Server::start("limits.body_bytes = 2210", Does::Accept);
    assert_eq!(server.post_readings(&readings(10)).status, 200);
    server.post_readings(&readings(11)).is_problem(413, "too-large");
    // What is announced is refused before it comes.
    let head = "POST /v1/readings HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\n";
    let announced =
        server.raw(format!("{head}Connection: close\r\nContent-Length: 99999999999\r\n\r\n").as_bytes());
    announced.is_problem(413, "too-large");
    // And what is not announced is counted as it comes.
    let mut chunked = format!("{head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n").into_bytes();
    (0..100).for_each(|_| chunked.extend([b"dd\r\n", &readings(1)[..], b"\r\n"].concat()));
    server.raw(&chunked).is_problem(413, "too-large");
    // A request that says its length in two ways is no request.
    let smuggled = format!("{head}Content-Length: 221\r\nContent-Length: 0\r\n\r\n");
    assert_eq!(server.raw(smuggled.as_bytes()).status, 400);
    assert_eq!(server.fake.batches(), 1);
}

#[test]
fn a_client_has_a_burst_then_429_and_others_go_on() {
    let server = Server::start(
        "limits.requests_per_s = 1\nlimits.burst = 3\ntrusted_proxies = [\"127.0.0.1\"]",
        Does::Accept,
    );
    let of = |client: &str| {
        server.post("/v1/readings", BINARY, &format!("X-Forwarded-For: {client}\r\n"), &readings(1))
    };
    // On a slow machine a token or two come back meanwhile.
    let replies: Vec<_> = (0..30).map(|_| of("9.9.9.9")).take_while(|reply| reply.status == 200).collect();
    assert!((3..30).contains(&replies.len()), "{}", replies.len());
    let reply = (0..30).map(|_| of("1.2.3.4, 9.9.9.9")).find(|reply| reply.status != 200).unwrap();
    reply.is_problem(429, "too-many");
    assert!(reply.head.contains("retry-after: 1\r\n"), "{reply:?}");
    let before = server.fake.batches();
    assert_eq!(of("8.8.8.8").status, 200);
    assert_eq!(server.fake.batches(), before + 1);
    assert!(metric(&server, "zksensor_http_limited_total") >= 2);
    // Reading is counted, too; whether the node lives is not.
    assert!((0..6).any(|_| server.get("/v1/status").status == 429));
    assert!((0..20).all(|_| server.get("/healthz").status == 200));
}

#[test]
fn thousands_of_clients_share_a_bounded_table() {
    let lines =
        "limits.clients = 16\nlimits.requests_per_s = 1\nlimits.burst = 2\ntrusted_proxies = [\"127.0.0.1\"]";
    let server = Server::start(lines, Does::Accept);
    let mut stream = server.connect();
    let many = 3000u32;
    let reader = stream.try_clone().unwrap();
    let counted = thread::spawn(move || {
        let mut reader = reader;
        let mut bytes = Vec::new();
        reader.read_to_end(&mut bytes).unwrap();
        let all = String::from_utf8(bytes).unwrap();
        let count = |status: &str| all.matches(&format!("HTTP/1.1 {status}")).count();
        (count(""), count("429 "))
    });
    for number in 0..many {
        let last = if number + 1 == many { "Connection: close\r\n" } else { "" };
        let client = format!("10.{}.{}.1", number / 256, number % 256);
        let request =
            format!("GET /v1/status HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\n{last}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
    }
    let (answers, limited) = counted.join().unwrap();
    assert_eq!(answers, many as usize);
    assert!(limited > 2500, "{limited}");
    assert_eq!(server.get("/healthz").status, 200);
}

/// A request of a client behind the proxy that the tests are.
fn of(server: &Server, client: &str, body: &[u8]) -> Reply {
    server.post("/v1/readings", BINARY, &format!("X-Forwarded-For: {client}\r\n"), body)
}

const PROXY: &str = "trusted_proxies = [\"127.0.0.1\"]\n";

#[test]
fn bodies_that_are_stored_hold_the_queue_and_nothing_else() {
    let server = Server::start(&format!("{PROXY}limits.queue = 2"), Does::Wait);
    let server = &server;
    thread::scope(|scope| {
        let clients = ["1.1.1.1", "2.2.2.2"];
        let waiting = clients.map(|client| scope.spawn(move || of(server, client, &readings(1))));
        until("two are in the intake", || server.fake.batches() == 2);
        let reply = of(server, "3.3.3.3", &readings(1));
        reply.is_problem(429, "too-many");
        assert!(reply.head.contains("retry-after: 1\r\n"));
        assert_eq!((server.get("/healthz").status, server.get("/readyz").status), (200, 200));
        assert_eq!(metric(server, "zksensor_http_taking"), 2);
        drop(server.fake.open.lock().unwrap().take());
        assert!(waiting.into_iter().all(|waiting| waiting.join().unwrap().status == 200));
    });
    until("the queue is free again", || metric(server, "zksensor_http_taking") == 0);
    assert_eq!(metric(server, "zksensor_http_buffered_bytes"), 0);
}

/// With the default limits: what one client leaves behind is enough for the others.
#[test]
fn one_client_locks_nobody_out() {
    let server = Server::start(PROXY, Does::Wait);
    let server = &server;
    thread::scope(|scope| {
        let mut waiting: Vec<_> =
            (0..16).map(|_| scope.spawn(|| of(server, "9.9.9.9", &readings(1)))).collect();
        until("as many are in the intake as may", || server.fake.batches() == 16);
        assert!((0..8).all(|_| of(server, "9.9.9.9", &readings(1)).status == 429));
        waiting.push(scope.spawn(|| of(server, "8.8.8.8", &readings(1))));
        until("another one is taken", || server.fake.batches() == 17);
        drop(server.fake.open.lock().unwrap().take());
        assert!(waiting.into_iter().all(|waiting| waiting.join().unwrap().status == 200));
    });
}

/// Bodies that are sent slowly are held, and are a quarter of the memory at most.
#[test]
fn one_client_does_not_fill_the_memory() {
    let server = Server::start(
        &format!("{PROXY}limits.body_bytes = 262_144\nlimits.buffered_bytes = 1_048_576\nlimits.body_s = 60"),
        Does::Accept,
    );
    let half = |client: &str| {
        let mut stream = server.connect();
        let head = format!(
            "POST /v1/readings HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {client}\r\nContent-Type: {BINARY}\r\n\
             Content-Length: 250000\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&vec![0; 140_000]).unwrap();
        stream
    };
    let held = half("9.9.9.9");
    until("it is held", || metric(&server, "zksensor_http_buffered_bytes") >= 140_000);
    let mut more: Vec<_> = (0..6).map(|_| half("9.9.9.9")).collect();
    for stream in &mut more {
        Reply::read(stream).is_problem(429, "too-many");
    }
    assert!(metric(&server, "zksensor_http_buffered_bytes") <= 262_144);
    assert_eq!(of(&server, "8.8.8.8", &readings(900)).status, 200);
    drop(held);
}

#[test]
fn connections_of_one_address_are_a_quarter_of_all() {
    let server = Server::start("limits.connections = 8\nlimits.connections_per_client = 8", Does::Accept);
    let held: Vec<_> = (0..2).map(|_| server.connect()).collect();
    thread::sleep(Duration::from_millis(200));
    assert_eq!(server.get("/healthz").status, 0, "a third is closed");
    drop(held);
    until("places are free again", || server.get("/healthz").status == 200);
}

#[test]
fn items_are_counted_and_not_requests_alone() {
    let lines = "limits.items = 100\nlimits.items_per_s = 1\nlimits.items_burst = 100";
    let server = Server::start(&format!("{PROXY}{lines}"), Does::Accept);
    assert_eq!(of(&server, "9.9.9.9", &readings(90)).status, 200);
    let reply = of(&server, "9.9.9.9", &readings(90));
    assert!(reply.is_problem(429, "too-many").contains("nothing of this body was stored"));
    assert!(reply.head.contains("retry-after: "), "{reply:?}");
    assert_eq!(of(&server, "8.8.8.8", &readings(90)).status, 200);
    assert_eq!(server.fake.batches(), 2);
    // Lines are counted before a signature of them is checked.
    let text = format!("{{\"format\":\"zksensor-readings/v2\"}}\n{}", "{}\n".repeat(90));
    let lines = |client: &str| {
        server.post("/v1/readings", LINES, &format!("X-Forwarded-For: {client}\r\n"), text.as_bytes())
    };
    lines("9.9.9.9").is_problem(429, "too-many");
    assert_eq!(lines("7.7.7.7").status, 200);
}

#[test]
fn one_who_goes_away_leaves_no_place_behind() {
    let server = Server::start("limits.queue = 1", Does::Wait);
    let mut stream = server.connect();
    stream.write_all(&request("/v1/readings", BINARY, "", &readings(1))).unwrap();
    until("it is in the intake", || server.fake.batches() == 1);
    drop(stream);
    thread::sleep(Duration::from_millis(100));
    // The work goes on, and its place is taken until it is done.
    server.post_readings(&readings(1)).is_problem(429, "too-many");
    server.fake.open.lock().unwrap().as_ref().unwrap().send(()).unwrap();
    until("the queue is free again", || metric(&server, "zksensor_http_taking") == 0);
}

#[test]
fn all_bodies_together_are_bounded() {
    let server = Server::start(
        &format!(
            "{PROXY}limits.body_bytes = 262_144\nlimits.buffered_bytes = 1_048_576\nlimits.items = 4_000"
        ),
        Does::Wait,
    );
    let server = &server;
    let body = readings(1).repeat(1100);
    thread::scope(|scope| {
        let clients = ["1.1.1.1", "2.2.2.2", "3.3.3.3", "4.4.4.4"];
        let waiting = clients.map(|client| {
            let body = &body;
            scope.spawn(move || of(server, client, body))
        });
        until("they are in the intake", || server.fake.batches() == 4);
        of(server, "5.5.5.5", &body).is_problem(429, "too-many");
        drop(server.fake.open.lock().unwrap().take());
        assert!(waiting.into_iter().all(|waiting| waiting.join().unwrap().status == 200));
    });
    until("the memory is free again", || metric(server, "zksensor_http_buffered_bytes") == 0);
}

#[test]
fn an_address_has_so_many_connections() {
    let server = Server::start("limits.connections_per_client = 3", Does::Accept);
    let held: Vec<_> = (0..3).map(|_| server.connect()).collect();
    thread::sleep(Duration::from_millis(100));
    assert_eq!(server.get("/healthz").status, 0, "a fourth is closed");
    drop(held);
    until("places are free again", || server.get("/healthz").status == 200);
    assert!(metric(&server, "zksensor_http_connections_refused_total") >= 1);
}

#[test]
fn connections_beyond_the_limit_wait_for_a_place() {
    let server = Server::start(&format!("{PROXY}limits.connections = 2\nlimits.head_s = 1"), Does::Accept);
    let held: Vec<_> = (0..2).map(|_| server.connect()).collect();
    // Those that say nothing lose their place.
    assert_eq!(server.get("/healthz").status, 200);
    drop(held);
}

#[test]
fn who_has_no_token_does_not_send() {
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let tokens = Tokens::parse(&format!("gateway {hash}")).unwrap();
    let server = Server::with(
        super::super::Settings {
            tokens: Some(tokens),
            ..settings("limits.burst = 8\nlimits.requests_per_s = 1")
        },
        Fake::new(Does::Accept),
    );
    let with = |head: &str| server.post("/v1/readings", BINARY, head, &readings(1));
    for head in [
        "",
        "Authorization: Bearer\r\n",
        "Authorization: Bearer tes\r\n",
        "Authorization: Basic test\r\n",
        "Authorization: test\r\n",
        "Authorization: Bearer test\r\nAuthorization: Bearer test\r\n",
    ] {
        let reply = with(head);
        reply.is_problem(401, "unauthorized");
        assert!(reply.head.contains("www-authenticate: bearer"), "{reply:?}");
    }
    assert_eq!(server.fake.batches(), 0);
    assert_eq!(with("Authorization: Bearer test\r\n").status, 200);
    // Guessing is bounded, and takes nothing from who has a token.
    assert!((0..8).map(|_| with("").status).any(|status| status == 429));
    assert_eq!(with("authorization: bearer test\r\n").status, 200);
    assert_eq!(server.get("/healthz").status, 200);
}
