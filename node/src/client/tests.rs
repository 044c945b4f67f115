use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;

use super::*;
use crate::config::Tokens;
use crate::http::Settings;
use crate::http::tests::stage::{Does, Fake, Server, frame, reading, settings};
use crate::intake::{Answer, IntakeError, Item};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn client(server: &Server) -> Client {
    let url = format!("http://{}", server.address);
    Client::new(&url, None).unwrap().patient(Duration::from_secs(5), 2)
}

/// Answers each connection with one of the texts, then is gone; how many there were is told by the end.
fn answers(texts: Vec<String>) -> (Client, thread::JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = thread::spawn(move || {
        let mut count = 0;
        for text in texts {
            let (mut stream, _) = listener.accept().unwrap();
            count += 1;
            let mut head = [0; 4096];
            let _ = stream.read(&mut head).unwrap();
            let _ = stream.write_all(text.as_bytes());
        }
        count
    });
    (Client::new(&url, None).unwrap().patient(Duration::from_secs(2), 3), served)
}

fn text(status: &str, more: &str, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{more}\r\n{body}", body.len())
}

#[test]
fn what_is_sent_is_what_the_intake_has() {
    let server = Server::start("", Does::Accept);
    let client = client(&server);
    let receipt = run(client.readings(&[reading(1), reading(2)])).unwrap();
    assert_eq!((receipt.accepted, receipt.answers), (2, vec![Answer::Accepted; 2]));
    assert_eq!(run(client.frames(&[frame(3)])).unwrap().accepted, 1);
    let items = [
        vec![Item::Reading(reading(1).encode().to_vec()), Item::Reading(reading(2).encode().to_vec())],
        vec![Item::Frame(frame(3).encode())],
    ];
    assert!(*server.fake.taken.lock().unwrap() == items);

    let status = run(client.status()).unwrap();
    assert_eq!(
        (status.view, status.accepted_by_minute.iter().sum()),
        (server.fake.view.lock().unwrap().clone(), 3)
    );
    assert!(run(client.is_ready()).unwrap());
    assert!(run(client.proofs("air", 1)).unwrap().is_none());
    *server.fake.proofs.lock().unwrap() = vec!["{\"chunk\":0}".to_owned()];
    assert_eq!(run(client.proofs("air", 1)).unwrap().unwrap().proofs[0].get(), "{\"chunk\":0}");
    *server.fake.proofs.lock().unwrap() = (0..130).map(|chunk| chunk.to_string()).collect();
    let all = run(client.proofs("air", 1)).unwrap().unwrap().proofs;
    assert_eq!((all.len(), all[129].get()), (130, "129"), "all of its parts");
    assert!(matches!(run(client.proofs("../x", 1)), Err(ClientError::Policy)));
    assert!(matches!(run(client.readings(&[])), Err(ClientError::Refused { status: 400, .. })));
}

#[test]
fn a_token_is_sent_and_not_shown() {
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let tokens = Tokens::parse(&format!("gateway {hash}")).unwrap();
    let server = Server::with(Settings { tokens: Some(tokens), ..settings("") }, Fake::new(Does::Accept));
    let url = format!("http://{}/", server.address);
    let with = Client::new(&url, Some("test")).unwrap();
    assert_eq!(run(with.readings(&[reading(1)])).unwrap().accepted, 1);
    assert!(!format!("{with:?}").contains("test"));
    let without = Client::new(&url, None).unwrap();
    assert!(matches!(run(without.readings(&[reading(1)])), Err(ClientError::Refused { status: 401, .. })));
}

#[test]
fn what_passes_is_waited_for_and_what_does_not_is_told_at_once() {
    let good = text(
        "200",
        "",
        "{\"accepted\":1,\"duplicates\":0,\"refused\":0,\"answers\":[{\"answer\":\"accepted\"}]}",
    );
    let (client, served) = answers(vec![text("429", "Retry-After: 1\r\n", "{}"), String::new(), good]);
    let start = std::time::Instant::now();
    assert_eq!(run(client.readings(&[reading(1)])).unwrap().accepted, 1);
    assert!(start.elapsed() >= Duration::from_secs(1), "as long as the node asks for");
    assert_eq!(served.join().unwrap(), 3);

    let (client, served) = answers(vec![text("413", "", "{\"detail\":\"too\\nmuch\"}")]);
    let refused = run(client.readings(&[reading(1)])).unwrap_err();
    assert_eq!(refused, ClientError::Refused { status: 413, detail: "too\\nmuch".to_owned() });
    assert_eq!(served.join().unwrap(), 1);

    let server = Server::start("", Does::Fail(IntakeError::Draining));
    let refused = run(self::client(&server).readings(&[reading(1)])).unwrap_err();
    assert!(matches!(refused, ClientError::Refused { status: 503, .. }));
    assert_eq!(server.fake.batches(), 2, "as often as it was told");
}

#[test]
fn nobody_there_and_nobody_who_is_a_node() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Client::new(&format!("http://{free}"), None).unwrap().patient(Duration::from_millis(500), 1);
    assert_eq!(run(client.status()).unwrap_err(), ClientError::Connection);
    for body in ["", "{}", "no json", "[1]"] {
        let (client, _) = answers(vec![text("200", "", body)]);
        assert_eq!(run(client.readings(&[reading(1)])).unwrap_err(), ClientError::Form, "{body:?}");
    }
    // One answer to two readings says of neither which it is of.
    let one = "{\"accepted\":1,\"duplicates\":0,\"refused\":0,\"answers\":[{\"answer\":\"accepted\"}]}";
    let (client, _) = answers(vec![text("200", "", one)]);
    assert_eq!(run(client.readings(&[reading(1), reading(2)])).unwrap_err(), ClientError::Form);
    // One that never answers is left.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let client = Client::new(&url, None).unwrap().patient(Duration::from_millis(300), 1);
    assert_eq!(run(client.status()).unwrap_err(), ClientError::Silent { seconds: 0 });
}

#[test]
fn urls_are_those_of_a_node() {
    for url in [
        "",
        "http://",
        "https://x",
        "ftp://x",
        "x:80",
        "http://x/path",
        "http://x?y",
        "http://user:password@x",
        "http://x y",
    ] {
        assert_eq!(Client::new(url, None).unwrap_err(), ClientError::Url, "{url}");
    }
    for (url, host, port) in
        [("http://x", "x", 80), ("http://[::1]:9/", "::1", 9), ("http://10.0.0.1:8080", "10.0.0.1", 8080)]
    {
        let client = Client::new(url, None).unwrap();
        assert_eq!((&*client.host, client.port), (host, port));
    }
    assert_eq!(Client::new("http://x", Some("a\r\nX: y")).unwrap_err(), ClientError::Token);
}
