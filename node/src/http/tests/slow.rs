//! Time: of heads, bodies, readers and connections, and the end.

use std::io::{Read, Write};
use std::thread;
use std::time::{Duration, Instant};

use super::limits::{metric, until};
use super::stage::*;

const HEAD: &str = "POST /v1/readings HTTP/1.1\r\nHost: x\r\nContent-Type: application/octet-stream\r\nContent-Length: 221\r\n";

#[test]
fn a_head_that_drips_is_cut_off_and_holds_up_nobody() {
    let server = Server::start("limits.head_s = 1", Does::Accept);
    let mut streams: Vec<_> = (0..20).map(|_| server.connect()).collect();
    let start = Instant::now();
    let mut bytes = format!("{HEAD}X-Pad: {}", "a".repeat(1000)).into_bytes().into_iter();
    while start.elapsed() < Duration::from_millis(1500) {
        let next = [bytes.next().unwrap()];
        streams.iter_mut().for_each(|stream| drop(stream.write_all(&next)));
        thread::sleep(Duration::from_millis(20));
        assert_eq!(server.get("/healthz").status, 200);
    }
    for stream in &mut streams {
        let closed = start.elapsed();
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
        assert!(start.elapsed() < closed + Duration::from_secs(2), "it is closed already");
    }
    until("none is left", || metric(&server, "zksensor_http_connections") == 1);
}

#[test]
fn a_connection_that_says_nothing_is_closed_before_and_after_a_request() {
    let server = Server::start("limits.head_s = 1", Does::Accept);
    for before in ["", "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"] {
        let mut stream = server.connect();
        stream.write_all(before.as_bytes()).unwrap();
        let start = Instant::now();
        let reply = Reply::read(&mut stream);
        assert!(start.elapsed() < Duration::from_secs(5), "{before}");
        assert_eq!(reply.status == 200, !before.is_empty(), "{reply:?}");
    }
}

#[test]
fn a_head_that_has_no_end_is_refused() {
    let server = Server::start("", Does::Accept);
    let long = format!("{HEAD}X-Pad: {}\r\n\r\n", "a".repeat(64 << 10));
    assert_eq!(server.raw(long.as_bytes()).status, 431);
    let many = format!("{HEAD}{}\r\n", "X: y\r\n".repeat(200));
    assert_eq!(server.raw(many.as_bytes()).status, 431);
    for garbage in [
        &b"\0\0\0\0\r\n\r\n"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        assert!(server.raw(garbage).status != 200);
    }
    assert_eq!(server.get("/healthz").status, 200);
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for() {
    let server = Server::start("limits.body_s = 1", Does::Accept);
    let start = Instant::now();
    let slow = format!("{HEAD}Connection: close\r\n\r\nhalf");
    let reply = server.raw(slow.as_bytes());
    reply.is_problem(408, "too-slow");
    assert!(start.elapsed() < Duration::from_secs(6));
    assert_eq!(server.fake.batches(), 0);
    assert_eq!(metric(&server, "zksensor_http_buffered_bytes"), 0);
}

#[test]
fn half_a_body_stores_nothing() {
    let server = Server::start("", Does::Accept);
    let mut stream = server.connect();
    stream.write_all(format!("{HEAD}\r\n").as_bytes()).unwrap();
    stream.write_all(&readings(1)[..100]).unwrap();
    drop(stream);
    let mut stream = server.connect();
    let chunked = HEAD.replace("Content-Length: 221", "Transfer-Encoding: chunked");
    stream.write_all(format!("{chunked}\r\ndd\r\n").as_bytes()).unwrap();
    stream.write_all(&readings(1)).unwrap();
    drop(stream);
    until("both are gone", || metric(&server, "zksensor_http_connections") == 1);
    assert_eq!(server.fake.batches(), 0);
    assert_eq!(metric(&server, "zksensor_http_buffered_bytes"), 0);
}

#[test]
fn one_who_does_not_read_the_answer_is_left() {
    let server =
        Server::start("limits.body_s = 1\nlimits.requests_per_s = 1000\nlimits.burst = 1000", Does::Accept);
    *server.fake.proofs.lock().unwrap() = vec![format!("\"{}\"", "x".repeat(1 << 20)); 32];
    let mut stream = server.connect();
    stream.write_all(b"GET /v1/proofs/air/1 HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    until("it is under way", || metric(&server, "zksensor_http_connections") == 2);
    until("it is left", || metric(&server, "zksensor_http_connections") == 1);
    // One who reads gets all of it.
    assert!(server.get("/v1/proofs/air/1").body.len() > 32 << 20);
}

#[test]
fn who_is_there_at_the_end_has_an_answer() {
    let mut server = Server::start("limits.drain_s = 10", Does::Wait);
    let mut stream = server.connect();
    stream.write_all(&request("/v1/readings", BINARY, "", &readings(1))).unwrap();
    until("it is in the intake", || server.fake.batches() == 1);
    let mut other = server.connect();
    other.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut first = [0; 12];
    other.read_exact(&mut first).unwrap();
    server.tell_to_stop();
    assert!(!server.ended_within(Duration::from_millis(300)), "it waits for the intake");
    assert!(std::net::TcpStream::connect(server.address).is_err(), "nobody new comes in");
    drop(server.fake.open.lock().unwrap().take());
    assert_eq!(Reply::read(&mut stream).status, 200);
    assert!(server.ended_within(Duration::from_secs(5)), "an idle connection holds nobody up");
}

#[test]
fn the_end_comes_in_time_whatever_the_intake_does() {
    let mut server = Server::start("limits.drain_s = 1", Does::Wait);
    let mut stream = server.connect();
    stream.write_all(&request("/v1/readings", BINARY, "", &readings(1))).unwrap();
    until("it is in the intake", || server.fake.batches() == 1);
    server.tell_to_stop();
    assert!(server.ended_within(Duration::from_secs(5)));
}
