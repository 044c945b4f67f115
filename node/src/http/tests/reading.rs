//! What is shown, and to what names.

use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use super::limits::until;
use super::stage::*;
use crate::http::{ROUTES, Status};
use crate::view::View;

#[test]
fn the_status_is_the_view() {
    let server = Server::start("", Does::Accept);
    assert_eq!(server.post_readings(&readings(3)).status, 200);
    let reply = server.get("/v1/status");
    let status: Status = serde_json::from_str(&reply.body).unwrap();
    assert_eq!(status.view, *server.fake.view.lock().unwrap());
    assert_eq!(status.accepted_by_minute.iter().sum::<u64>(), 3);
}

#[test]
fn a_node_that_is_not_ready_says_what_is_missing() {
    let server = Server::start("", Does::Accept);
    assert_eq!(server.get("/readyz").status, 200);
    let waiting_for = vec!["a registry".to_owned(), "\r\nX-Injected: 1".to_owned()];
    *server.fake.view.lock().unwrap() = View { waiting_for, ..View::default() };
    std::thread::sleep(Duration::from_millis(600));
    let reply = server.get("/readyz");
    assert!(reply.is_problem(503, "not-ready").contains("a registry"));
    assert!(!reply.head.contains("x-injected"));
    assert_eq!(server.get("/healthz").body, "ok\n");
}

#[test]
fn a_store_that_hangs_holds_up_neither_health_nor_the_process() {
    let server = Server::start("", Does::Accept);
    *server.fake.view_waits.lock().unwrap() = true;
    let start = Instant::now();
    server.get("/v1/status").is_problem(503, "not-ready");
    assert_eq!(server.get("/healthz").status, 200);
    let metrics = server.get("/metrics");
    assert!(metrics.status == 200 && metrics.body.contains("zksensor_http_requests_total"));
    assert!(start.elapsed() < Duration::from_secs(10));
}

/// Who asks without end looks at the store once, and keeps nobody from knowing whether the node is ready.
#[test]
fn readiness_is_not_flooded_away() {
    let server = Server::start("limits.connections_per_client = 256", Does::Accept);
    let server = &server;
    let ready = || server.get("/readyz").status;
    assert_eq!(ready(), 200);
    std::thread::sleep(Duration::from_millis(600));
    *server.fake.view_waits.lock().unwrap() = true;
    std::thread::scope(|scope| {
        let looking = scope.spawn(|| server.get("/v1/status").status);
        until("one looks", || server.fake.looks.load(SeqCst) == 2);
        assert_eq!(ready(), 200, "the last view is for others");
        assert_eq!(looking.join().unwrap(), 503);
        // The store hangs, and the view is too old now.
        std::thread::sleep(Duration::from_millis(2000));
        let flood: Vec<_> = (0..60).map(|_| scope.spawn(ready)).collect();
        assert!(
            flood.into_iter().all(|asked| asked.join().unwrap() == 503),
            "it is not ready, which is never 429"
        );
        assert_eq!(server.fake.looks.load(SeqCst), 2);
    });
    *server.fake.view_waits.lock().unwrap() = false;
    drop(server.fake.open.lock().unwrap().take());
    until("it is ready again", || ready() == 200);
}

#[test]
fn proofs_come_in_parts() {
    let server = Server::start("limits.burst = 1000", Does::Accept);
    *server.fake.proofs.lock().unwrap() = (0..130).map(|chunk| chunk.to_string()).collect();
    let mut all = Vec::new();
    let mut next = Some(0);
    while let Some(from) = next {
        let reply = server.get(&format!("/v1/proofs/air/1?from={from}")).json();
        let proofs = reply["proofs"].as_array().unwrap();
        assert!(proofs.len() <= 64);
        all.extend(proofs.iter().map(|proof| proof.as_u64().unwrap()));
        next = reply["next"].as_u64();
    }
    assert_eq!(all, (0..130).collect::<Vec<u64>>());
    assert_eq!(server.get("/v1/proofs/air/1").json()["next"], 64);
    let none = server.get("/v1/proofs/air/1?from=4294967295");
    assert_eq!((none.status, &none.json()["next"]), (200, &serde_json::Value::Null));
    for query in ["from=x", "from=-1", "from=4294967296", "form=1", "from=1&from=2"] {
        server.get(&format!("/v1/proofs/air/1?{query}")).is_problem(404, "not-found");
    }
}

#[test]
fn proofs_come_as_they_are_and_names_never_reach_the_store() {
    let server = Server::start("", Does::Accept);
    server.get("/v1/proofs/air/1").is_problem(404, "not-found");
    let files = ["{\"format\":\"zksensor-proof/v1\", \"chunk\":0}", "{\"chunk\":1}"];
    *server.fake.proofs.lock().unwrap() = files.map(str::to_owned).to_vec();
    let reply = server.get("/v1/proofs/air/4294967295");
    assert_eq!(reply.status, 200);
    assert!(files.iter().all(|file| reply.body.contains(file)), "{reply:?}");
    assert_eq!((&reply.json()["policy"], &reply.json()["epoch"]), (&"air".into(), &u32::MAX.into()));
    assert_eq!(server.fake.asked.lock().unwrap().len(), 2);
    for path in [
        "/v1/proofs/sea/1",
        "/v1/proofs/../1",
        "/v1/proofs/..%2f..%2fetc%2fpasswd/1",
        "/v1/proofs/air%2f../1",
        "/v1/proofs/air%00/1",
        "/v1/proofs/air%0d%0aX-Injected:%201/1",
        "/v1/proofs/AIR/1",
        "/v1/proofs/%ff%fe/1",
        "/v1/proofs//1",
        "/v1/proofs/air/",
        "/v1/proofs/air/-1",
        "/v1/proofs/air/+1",
        "/v1/proofs/air/1%20",
        "/v1/proofs/air/1.0",
        "/v1/proofs/air/4294967296",
        "/v1/proofs/air/1/..",
        "/v1/proofs/air",
        "/../etc/passwd",
        "/v1",
    ] {
        let reply = server.get(path);
        reply.is_problem(404, "not-found");
        assert!(!reply.head.contains("x-injected"), "{path}");
    }
    assert_eq!(
        server.fake.asked.lock().unwrap().len(),
        2,
        "the store was asked for what is of the configuration alone"
    );
    let broken = server.get("/v1/proofs/broken/1").is_problem(500, "store");
    assert!(!broken.contains("/srv"), "paths are for the log: {broken}");
    *server.fake.proofs.lock().unwrap() = vec!["no json".to_owned()];
    server.get("/v1/proofs/air/1").is_problem(500, "store");
}

#[test]
fn metrics_have_no_more_names_than_routes() {
    let server = Server::start("limits.burst = 1000", Does::Accept);
    (0..50).for_each(|number| drop(server.get(&format!("/made/up/{number}"))));
    (0..50).for_each(|number| drop(server.get(&format!("/v1/proofs/x{number}/1"))));
    let text = server.get("/metrics").body;
    assert!(text.contains("zksensor_http_requests_total{route=\"other\",status=\"404\"} 50\n"), "{text}");
    assert!(text.contains("{route=\"/v1/proofs/{policy}/{epoch}\",status=\"404\"} 50\n"), "{text}");
    assert!(!text.contains("/made") && !text.contains("x49"));
}

/// The document is held to the routes, and the routes to what answers.
#[test]
fn the_interface_is_the_one_of_its_document() {
    let server = Server::start("limits.burst = 1000", Does::Accept);
    let document = server.get("/openapi.json").json();
    let mut count = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            assert!(
                ROUTES.iter().any(|route| route.path == path && route.method == method),
                "{method} {path}"
            );
            assert!(operation["summary"].is_string() && operation["responses"].is_object(), "{path}");
            count += 1;
        }
    }
    assert_eq!(count, ROUTES.len());
    for route in ROUTES {
        let path = route.path.replace("{policy}", "air").replace("{epoch}", "1");
        let reply = match route.method {
            "post" => server.post(&path, BINARY, "", b"x"),
            _ => server.get(&path),
        };
        let documented = &document["paths"][route.path][route.method]["responses"];
        assert!(
            documented[reply.status.to_string()].is_object(),
            "{} {path}: {}",
            route.method,
            reply.status
        );
        assert!(reply.head.contains("content-security-policy: default-src 'none'"), "{path}");
        assert!(reply.head.contains("x-content-type-options: nosniff"), "{path}");
        let other = if route.method == "get" { "DELETE" } else { "GET" };
        let wrong =
            server.raw(format!("{other} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes());
        wrong.is_problem(405, "method");
    }
}

#[test]
fn every_problem_is_documented() {
    let page = include_str!("../../../../docs/node.md");
    for (_, word, status, title) in super::super::problem::PROBLEMS {
        let row = format!("| <a id=\"{word}\"></a>`{word}` | {} | {title} |", status.as_u16());
        assert!(page.contains(&row), "docs/node.md has to have a row that begins\n{row}");
    }
}
