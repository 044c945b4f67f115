//! Who drains a node, and what follows.

use super::stage::*;
use crate::config::Tokens;
use crate::http::Settings;
use crate::operator::{EpochLeft, Left, LeftState, OperatorToken};
use crate::seal::StoreKey;

fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

fn left(server: &Server, head: &str) -> Reply {
    server.raw(format!("GET /v1/left HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{head}\r\n").as_bytes())
}

#[test]
fn only_who_has_the_stores_key_drains_a_node() {
    let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let tokens = Tokens::parse(&format!("gateway {hash}")).unwrap();
    let server = Server::with(
        Settings { tokens: Some(tokens), ..settings("limits.burst = 1000") },
        Fake::new(Does::Accept),
    );
    let (right, of_sender) = (bearer(operator().text()), bearer("test"));
    let of_another = bearer(OperatorToken::of(&StoreKey::from_bytes(&[1; 32])).text());
    let twice = format!("{right}{right}");
    for head in ["", &of_sender, &of_another, &twice, &right.replace("Bearer", "Basic")] {
        for path in ["/v1/drain", "/v1/resume"] {
            let reply = server.post(path, BINARY, head, b"");
            reply.is_problem(401, "unauthorized");
            assert!(reply.head.contains("www-authenticate: bearer"), "{reply:?}");
        }
        left(&server, head).is_problem(401, "unauthorized");
    }
    assert_eq!(
        server.post("/v1/readings", BINARY, &of_sender, &readings(1)).status,
        200,
        "nothing was drained"
    );
    server.post("/v1/readings", BINARY, &right, &readings(1)).is_problem(401, "unauthorized");
    assert_eq!(server.post("/v1/drain", BINARY, &right, b"").json()["takes"], false);
    server.post("/v1/readings", BINARY, &of_sender, &readings(1)).is_problem(503, "draining");
}

#[test]
fn nobody_drains_a_node_without_a_token_of_operators() {
    let server = Server::with(Settings { operator: None, ..settings("") }, Fake::new(Does::Accept));
    for head in ["".to_owned(), bearer(""), bearer(operator().text())] {
        server.post("/v1/drain", BINARY, &head, b"").is_problem(401, "unauthorized");
    }
}

#[test]
fn a_node_that_is_drained_refuses_readings_says_so_and_takes_them_again() {
    let server = Server::start("", Does::Accept);
    let head = bearer(operator().text());
    assert_eq!(server.get("/readyz").status, 200);
    let epoch = EpochLeft {
        policy: "air".to_owned(),
        epoch: 3,
        state: LeftState::Proving,
        count: 2,
        closes: None,
        reason: Some("no memory".to_owned()),
    };
    *server.fake.left.lock().unwrap() = Ok(Left { takes: true, epochs: vec![epoch.clone()] });
    let of = |reply: Reply| serde_json::from_str::<Left>(&reply.body).unwrap();
    let drained = of(server.post("/v1/drain", BINARY, &head, b""));
    assert_eq!(drained, Left { takes: false, epochs: vec![epoch] });
    server.post_readings(&readings(1)).is_problem(503, "draining");
    assert_eq!(server.fake.batches(), 0, "it is refused before it is read");
    server.get("/readyz").is_problem(503, "not-ready");
    assert_eq!((server.get("/healthz").status, server.get("/v1/status").status), (200, 200));
    assert_eq!(of(left(&server, &head)), drained);
    assert_eq!(of(server.post("/v1/drain", BINARY, &head, b"")), drained, "twice is once");
    assert!(of(server.post("/v1/resume", BINARY, &head, b"")).takes);
    assert_eq!((server.get("/readyz").status, server.post_readings(&readings(1)).status), (200, 200));
}

#[test]
fn what_the_store_says_is_for_the_log() {
    let server = Server::start("", Does::Accept);
    *server.fake.left.lock().unwrap() = Err("/srv/node/data: no space".to_owned());
    let detail = server.post("/v1/drain", BINARY, &bearer(operator().text()), b"").is_problem(500, "store");
    assert!(!detail.contains("/srv"), "{detail}");
    server.post_readings(&readings(1)).is_problem(503, "draining");
}

#[test]
fn who_guesses_is_limited_and_takes_nothing_from_the_operator() {
    let server = Server::start("limits.burst = 8\nlimits.requests_per_s = 1", Does::Accept);
    let guess = || server.post("/v1/drain", BINARY, &bearer("0"), b"").status;
    assert!((0..20).map(|_| guess()).any(|status| status == 429));
    let head = bearer(operator().text());
    assert_eq!(server.post("/v1/drain", BINARY, &head, b"").status, 200);
    // Whoever has it has a number, too.
    assert!((0..40).any(|_| left(&server, &head).status == 429));
}
