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

#[test]
fn bodies_that_are_stored_hold_the_queue_and_nothing_else() {
    let server = Server::start("limits.queue = 2", Does::Wait);
    thread::scope(|scope| {
        let waiting: Vec<_> = (0..2).map(|_| scope.spawn(|| server.post_readings(&readings(1)))).collect();
        until("two are in the intake", || server.fake.batches() == 2);
        let reply = server.post_readings(&readings(1));
        reply.is_problem(429, "too-many");
        assert!(reply.head.contains("retry-after: 1\r\n"));
        assert_eq!((server.get("/healthz").status, server.get("/readyz").status), (200, 200));
        assert_eq!(metric(&server, "zksensor_http_taking"), 2);
        drop(server.fake.open.lock().unwrap().take());
        assert!(waiting.into_iter().all(|waiting| waiting.join().unwrap().status == 200));
    });
    until("the queue is free again", || metric(&server, "zksensor_http_taking") == 0);
    assert_eq!(metric(&server, "zksensor_http_buffered_bytes"), 0);
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
        "limits.body_bytes = 1_048_576\nlimits.buffered_bytes = 1_048_576\nlimits.items = 100_000",
        Does::Wait,
    );
    thread::scope(|scope| {
        let first = scope.spawn(|| server.post_readings(&readings(1).repeat(3000)));
        until("it is in the intake", || server.fake.batches() == 1);
        server.post_readings(&readings(1).repeat(3000)).is_problem(429, "too-many");
        drop(server.fake.open.lock().unwrap().take());
        assert_eq!(first.join().unwrap().status, 200);
    });
    until("the memory is free again", || metric(&server, "zksensor_http_buffered_bytes") == 0);
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
    let server = Server::start("limits.connections = 2\nlimits.head_s = 1", Does::Accept);
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
