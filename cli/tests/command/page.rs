//! `demo --html`: what the page holds, and that the public half of it is public.

use std::collections::BTreeSet;
use std::fs;

use crate::workshop::Workshop;

/// From the tag of this id to the end of its section.
fn section<'a>(html: &'a str, id: &str) -> &'a str {
    let start = html.find(&format!("id=\"{id}\"")).unwrap();
    &html[start..start + html[start..].find("</section>").unwrap()]
}

/// Every run of at least 16 hexadecimal digits.
fn long_hex(text: &str) -> BTreeSet<&str> {
    text.split(|letter: char| !letter.is_ascii_hexdigit()).filter(|run| run.len() >= 16).collect()
}

/// Latitude and longitude of every reading, in units of 1e-7 degree.
fn places(html: &str) -> Vec<[i32; 2]> {
    let values = section(html, "private").split("<data value=\"").skip(1);
    let pair = |value: &str| {
        let (latitude, longitude) = value.split('"').next().unwrap().split_once(',').unwrap();
        [latitude, longitude].map(|units| units.parse().unwrap())
    };
    values.map(pair).collect()
}

#[test]
fn the_demo_writes_a_page_of_what_it_says() {
    let workshop = Workshop::new("page");
    workshop.put("page.html", "old");
    let message = workshop.refused("demo --html page.html");
    assert!(message.ends_with("page.html: expected a new file for a page, but this one exists"), "{message}");
    assert_eq!(workshop.text("page.html"), "old");
    let message = workshop.refused("demo --html missing/page.html");
    assert!(message.contains("expected to write a page"), "{message}");

    let demo = workshop.good("demo --html page.html --force");
    assert_eq!(demo["html"], "page.html");
    let html = workshop.text("page.html");
    let attacks = demo["refused"].as_array().unwrap();
    assert!(attacks.len() >= 7);
    for attack in attacks {
        let name = attack["attack"].as_str().unwrap().replace('_', " ");
        assert!(html.contains(&format!("<th scope=\"row\">{name}</th>")), "{name}");
    }
    let public = section(&html, "public");
    let places = places(&html);
    assert_eq!(places.len() as u64, demo["readings"].as_u64().unwrap() + 4, "four are left out");
    for units in places.iter().flatten() {
        let degrees = format!("{}.{:07}", units / 10_000_000, units % 10_000_000);
        assert!(!public.contains(&units.to_string()) && !public.contains(degrees.trim_end_matches('0')));
        assert!(section(&html, "private").contains(&degrees), "{degrees}");
    }
    // Nothing that could be a key, but what is public.
    assert!(long_hex(&demo.to_string()).is_empty(), "{demo}");
    assert_eq!(long_hex(&html), long_hex(public));
    workshop.done();
}

/// Keys and secrets of the demo are random, so nobody has canaries of them: every number that is long enough to be one has to
/// be of the public half.
#[test]
fn the_demo_shows_no_number_as_long_as_a_secret_but_public_ones() {
    let workshop = Workshop::new("demo-secrets");
    let output = workshop.run("demo --html page.html");
    assert!(output.status.success());
    let (shown, warned) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let html = workshop.text("page.html");
    let public = long_hex(section(&html, "public"));
    let said = long_hex(&shown);
    assert!(said.len() >= 4 && said.is_subset(&public), "{shown}");
    assert!(long_hex(&warned).is_empty(), "{warned}");
    for [latitude, longitude] in places(&html) {
        for units in [latitude, longitude] {
            let degrees = format!("{}.{:07}", units / 10_000_000, units % 10_000_000);
            assert!(!shown.contains(&units.to_string()) && !shown.contains(&degrees), "{degrees}");
        }
    }
    assert_eq!(fs::read_dir(&workshop.0).unwrap().count(), 3, "policy, fence and page");
    workshop.done();
}

#[test]
fn the_page_for_everybody_has_nothing_that_only_the_prover_sees() {
    let workshop = Workshop::new("page-public");
    let demo = workshop.good("demo --html private.html --report public.html");
    assert_eq!((&demo["html"], &demo["report"]), (&"private.html".into(), &"public.html".into()));
    let public = workshop.text("public.html");
    assert!(public.contains("id=\"verify\"") && public.contains("a made-up fence"));
    for units in places(&workshop.text("private.html")).iter().flatten() {
        let degrees = format!("{}.{:07}", units / 10_000_000, units % 10_000_000);
        // The lines of the map's grid have few digits, and some reading may lie on one.
        let is_of_the_grid = degrees.ends_with("00000");
        assert!(!public.contains(&units.to_string()) && !public.contains(&degrees), "{degrees}");
        assert!(is_of_the_grid || !public.contains(degrees.trim_end_matches('0')), "{degrees}");
    }
    let survey = workshop.good("demo --statement survey --report survey.html");
    assert!(workshop.text("survey.html").contains("id=\"verify\"") && survey["html"].is_null());

    for (line, said) in [
        ("demo --html one.html --report one.html", "are one place"),
        ("demo --report public.html", "this one exists"),
        ("demo --statement track --html page.html", "whose page is not made yet"),
    ] {
        let message = workshop.refused(line);
        assert!(message.contains(said), "{line}: {message}");
    }
    assert!(!workshop.0.join("one.html").exists());
    workshop.done();
}
