//! What is taken, and what is none.

use super::stage::*;
use crate::http::gzip::tests::gzip;
use crate::intake::{Answer, IntakeError, Item};

fn refused(rule: &str) -> Answer {
    Answer::Refused { rule: rule.to_owned(), reason: "why".to_owned() }
}

fn lines(items: &[String]) -> Vec<u8> {
    let mut text = "{\"format\":\"zksensor-readings/v2\"}\n".to_owned();
    items.iter().for_each(|item| text.push_str(&format!("{item}\n")));
    text.into_bytes()
}

fn line(sequence: u64) -> String {
    serde_json::to_string(&reading(sequence)).unwrap()
}

#[test]
fn each_reading_has_its_answer_in_its_place() {
    let answers = vec![Answer::Accepted, Answer::Duplicate, refused("C3")];
    let server = Server::start("", Does::Answer(answers.clone()));
    let reply = server.post_readings(&readings(3));
    assert_eq!(reply.status, 200, "{reply:?}");
    let json = reply.json();
    assert_eq!((&json["accepted"], &json["duplicates"], &json["refused"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!(json["answers"], serde_json::to_value(answers).unwrap());
    let wanted: Vec<_> = (0..3).map(|sequence| Item::Reading(reading(sequence).encode().to_vec())).collect();
    assert!(*server.fake.taken.lock().unwrap() == [wanted]);
}

#[test]
fn lines_and_bytes_are_the_same_items_and_a_line_that_is_none_keeps_its_place() {
    let server = Server::start("", Does::Answer(vec![Answer::Accepted, Answer::Duplicate]));
    let forged = line(1).replace("2150", "9999");
    let elsewhere = line(1).replace("481500000", "9999999999").replace("48.15", "99999.15");
    assert_ne!(elsewhere, line(1));
    let text = lines(&[line(0), forged, elsewhere, line(1)]);
    let reply = server.post("/v1/readings", LINES, "", &text);
    let answers: Vec<String> = reply.json()["answers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|answer| {
            format!("{} {}", answer["answer"].as_str().unwrap(), answer["rule"].as_str().unwrap_or(""))
        })
        .collect();
    assert_eq!(answers, ["accepted ", "refused C3", "refused malformed", "duplicate "]);
    for (index, number) in [(1, "line 3: "), (2, "line 4: ")] {
        let reason = reply.json()["answers"][index]["reason"].as_str().unwrap().to_owned();
        assert!(reason.starts_with(number), "{reason}");
        assert!(
            !["9999", "48", "2150"].into_iter().any(|part| reason.contains(part)),
            "nothing of the line: {reason}"
        );
    }
    let counted = [("C3".to_owned(), 1), ("malformed".to_owned(), 1)];
    assert_eq!(*server.fake.refused.lock().unwrap(), counted, "the intake counts what the door refuses");
    let wanted: Vec<_> = (0..2).map(|sequence| Item::Reading(reading(sequence).encode().to_vec())).collect();
    assert!(*server.fake.taken.lock().unwrap() == [wanted]);

    // If nothing is one, the store is not asked.
    let reply = server.post("/v1/readings", LINES, "", &lines(&["{}".to_owned()]));
    assert_eq!((reply.status, &reply.json()["refused"]), (200, &1.into()));
    assert_eq!(server.fake.batches(), 1);
}

#[test]
fn frames_follow_each_other_by_their_counts() {
    let server = Server::start("", Does::Accept);
    let (one, other) = (frame(1).encode(), frame(9).encode());
    let both = [one.clone(), other.clone()].concat();
    assert_eq!(server.post("/v1/frames", BINARY, "", &both).status, 200);
    assert!(*server.fake.taken.lock().unwrap() == [[Item::Frame(one.clone()), Item::Frame(other.clone())]]);
    let mut text = b"{\"format\":\"zksensor-frames/v1\"}\n".to_vec();
    text.extend(serde_json::to_vec(&frame(9)).unwrap());
    assert_eq!(server.post("/v1/frames", LINES, "", &text).status, 200);
    assert!(server.fake.taken.lock().unwrap()[1] == [Item::Frame(other)]);

    for length in 1..both.len() {
        if length != one.len() && (length % 37 == 0 || length < 3) {
            let detail = server.post("/v1/frames", BINARY, "", &both[..length]).is_problem(400, "malformed");
            assert!(detail.contains("frame ") && detail.contains("nothing was stored"), "{detail}");
        }
    }
    for count in [0u16, 1002, u16::MAX] {
        let mut wrong = one.clone();
        wrong[50..52].copy_from_slice(&count.to_be_bytes());
        server.post("/v1/frames", BINARY, "", &wrong).is_problem(400, "malformed");
    }
    assert_eq!(server.fake.batches(), 2);
}

#[test]
fn bytes_that_are_no_whole_items_are_refused_as_a_whole() {
    let server = Server::start("limits.items = 3", Does::Accept);
    let good = readings(2);
    for wrong in [&good[..220], &good[..222], &good[1..], &[0u8; 1][..]] {
        let detail = server.post_readings(wrong).is_problem(400, "malformed");
        assert!(detail.contains("multiple of 221 bytes"), "{detail}");
    }
    server.post_readings(b"").is_problem(400, "malformed");
    server.post("/v1/readings", LINES, "", b"").is_problem(400, "malformed");
    server.post("/v1/readings", LINES, "", &lines(&[])).is_problem(400, "malformed");
    server.post("/v1/readings", LINES, "", line(0).as_bytes()).is_problem(400, "malformed");
    server.post("/v1/frames", LINES, "", &lines(&[line(0)])).is_problem(400, "malformed");
    server.post("/v1/readings", LINES, "", &[0xff; 300]).is_problem(400, "malformed");
    server.post_readings(&readings(4)).is_problem(413, "too-large");
    server
        .post("/v1/readings", LINES, "", &lines(&[line(0), line(1), line(2), line(3)]))
        .is_problem(413, "too-large");
    assert_eq!(server.fake.batches(), 0);
    assert_eq!(server.post_readings(&readings(3)).status, 200);
}

#[test]
fn types_that_nobody_knows_are_named() {
    let server = Server::start("", Does::Accept);
    for content in
        ["application/json", "text/plain", "", "application/octet-stream, x", "multipart/form-data"]
    {
        server.post("/v1/readings", content, "", &readings(1)).is_problem(415, "media-type");
    }
    for encoding in ["br", "gzip, gzip", "deflate", ""] {
        let head = format!("Content-Encoding: {encoding}\r\n");
        server.post("/v1/readings", BINARY, &head, &readings(1)).is_problem(415, "media-type");
    }
    let good = server.post(
        "/v1/readings",
        "Application/X-NDJSON; charset=utf-8",
        "Content-Encoding: identity\r\n",
        &lines(&[line(0)]),
    );
    assert_eq!(good.status, 200, "{good:?}");
    assert_eq!(
        server.get("/v1/readings").is_problem(405, "method"),
        "expected the method that /openapi.json has for this path, got another"
    );
}

#[test]
fn gzip_is_unpacked_within_the_limit() {
    let server = Server::start("limits.body_bytes = 100_000\nlimits.items = 1_000", Does::Accept);
    let gzipped = "Content-Encoding: gzip\r\n";
    assert_eq!(server.post("/v1/readings", BINARY, gzipped, &gzip(&readings(40))).status, 200);
    assert!(server.fake.taken.lock().unwrap()[0].len() == 40);
    let bomb = gzip(&vec![0; 50 << 20]);
    assert!(bomb.len() < 100_000);
    let detail = server.post("/v1/readings", BINARY, gzipped, &bomb).is_problem(413, "too-large");
    assert!(detail.contains("after it is unpacked"), "{detail}");
    for wrong in [&b"no gzip at all"[..], &gzip(&readings(1))[..60], &[]] {
        server.post("/v1/readings", BINARY, gzipped, wrong).is_problem(400, "malformed");
    }
    assert_eq!(server.fake.batches(), 1);
}

#[test]
fn a_store_that_takes_nothing_says_when_to_come_again_and_no_more() {
    use std::time::Duration;
    let full = Does::Fail(IntakeError::Full { retry_after: Duration::from_millis(1200) });
    let reply = Server::start("", full).post_readings(&readings(1));
    reply.is_problem(429, "too-many");
    assert!(reply.head.contains("retry-after: 2\r\n"), "{reply:?}");
    Server::start("", Does::Fail(IntakeError::Draining))
        .post_readings(&readings(1))
        .is_problem(503, "draining");
    let secret = IntakeError::Store("/srv/secret/path: no space".to_owned());
    let reply = Server::start("", Does::Fail(secret)).post_readings(&readings(1));
    assert!(!reply.is_problem(500, "store").contains("secret"));
}

#[test]
fn an_intake_that_breaks_its_word_breaks_nothing_else() {
    for does in [Does::Answer(vec![]), Does::Answer(vec![Answer::Accepted; 3]), Does::Panic] {
        let server = Server::start("limits.queue = 1", does);
        for _ in 0..3 {
            server.post_readings(&readings(2)).is_problem(500, "store");
        }
        assert_eq!(server.get("/healthz").status, 200);
    }
}
