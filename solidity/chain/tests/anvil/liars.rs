//! Nodes that are none: silent, endless, garbled, or lying. No chain is needed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use zksensor::solidity::Address;
use zksensor_chain::{ChainError, HttpFault, Node};

use crate::run;

/// A server on this machine, and what it does with each connection after it has read the question.
pub(crate) fn server(answer: impl Fn(TcpStream, &str) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let mut question = vec![0; 65_536];
            let length = stream.read(&mut question).unwrap_or(0);
            answer(stream, &String::from_utf8_lossy(&question[..length]));
        }
    });
    url
}

pub(crate) fn json(mut stream: TcpStream, body: &str) {
    let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let _ = write!(stream, "{head}content-length: {}\r\n\r\n{body}", body.len());
}

fn chain_id(url: &str) -> ChainError {
    let node = Node::new(url, Duration::from_secs(1)).unwrap();
    run(node.chain_id()).unwrap_err()
}

#[test]
fn a_silent_node_is_given_up() {
    let kept = std::sync::Mutex::new(Vec::new());
    let url = server(move |stream, _| kept.lock().unwrap().push(stream));
    let start = Instant::now();
    let error = chain_id(&url);
    assert!(matches!(error, ChainError::Http { fault: HttpFault::Silent(1), attempts: 4, .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(20) && error.is_passing() && !error.help().is_empty());
}

#[test]
fn a_node_that_drips_is_given_up_too() {
    let url = server(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_millis(100));
        }
    });
    let error = chain_id(&url);
    assert!(
        matches!(error, ChainError::Http { fault: HttpFault::Silent(1) | HttpFault::Connection, .. }),
        "{error}"
    );
}

#[test]
fn an_endless_answer_is_cut_off() {
    let url = server(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        let block = vec![b'x'; 1 << 20];
        while stream.write_all(&block).is_ok() {}
    });
    let node = Node::new(&url, Duration::from_secs(30)).unwrap();
    let error = run(node.chain_id()).unwrap_err();
    assert!(matches!(error, ChainError::Http { fault: HttpFault::TooLarge(_), attempts: 1, .. }), "{error}");
}

#[test]
fn garbage_is_named_and_not_retried() {
    for body in [
        "",
        "{",
        "<html>\u{1b}[31m",
        "[]",
        "{\"result\":\"0xzz\"}",
        "{\"result\":{}}",
        "{\"result\":null}",
        "{}",
        "{\"result\":\"0xffffffffffffffffffffffff\"}",
        &"[".repeat(200_000),
    ] {
        let answer = body.to_owned();
        let error = chain_id(&server(move |stream, _| json(stream, &answer)));
        let shown = error.to_string();
        assert!(matches!(error, ChainError::Garbage { .. }), "{body:.20}: {error}");
        assert!(shown.len() < 500 && !shown.contains('\u{1b}'), "{shown}");
    }
}

#[test]
fn what_a_node_refuses_is_said_and_a_url_has_no_secrets_in_it() {
    let url = server(|stream, _| json(stream, r#"{"error":{"code":-32601,"message":"no\nsuch method"}}"#));
    let node = Node::new(&format!("{url}/v2/a-secret"), Duration::from_secs(1)).unwrap();
    let error = run(node.chain_id()).unwrap_err();
    assert!(
        matches!(&error, ChainError::Refused { code: -32601, message, .. } if message == "no\\nsuch method"),
        "{error}"
    );
    assert!(!format!("{error} {error:?} {node:?}").contains("a-secret"));
}

#[test]
fn another_status_is_an_error_and_one_that_passes_is_tried_again() {
    for (status, attempts) in [
        ("403 Forbidden", 1),
        ("429 Too Many Requests", 4),
        ("302 Found\r\nlocation: http://127.0.0.1:9/", 1),
    ] {
        let url = server(move |mut stream, _| {
            let _ = write!(stream, "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        });
        let error = chain_id(&url);
        let came = matches!(error, ChainError::Http { fault: HttpFault::Status(_), attempts: got, .. } if got == attempts);
        assert!(came, "{status}: {error}");
    }
}

/// It says of every contract that it answers with ones.
#[test]
fn a_contract_that_answers_nonsense_is_none() {
    let ones = "f".repeat(64);
    let url = server(move |stream, question| {
        let answer = if question.contains("eth_getCode") { "fe".to_owned() } else { ones.clone() };
        let is_id = question.contains("eth_chainId");
        let result = if is_id { "0x13882".to_owned() } else { format!("0x{answer}") };
        json(stream, &format!("{{\"result\":\"{result}\"}}"));
    });
    let node = Node::new(&url, Duration::from_secs(5)).unwrap();
    let error = run(node.feed(&Address([1; 20]), 3)).unwrap_err();
    assert!(matches!(error, ChainError::OtherContract { .. }), "{error}");
}
