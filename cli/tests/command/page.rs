//! `demo --html` and `demo --private`: what each page holds, and that the public one is public.

use std::collections::BTreeSet;
use std::fs;

use crate::workshop::Workshop;

/// Every run of at least 16 hexadecimal digits.
fn long_hex(text: &str) -> BTreeSet<&str> {
    text.split(|letter: char| !letter.is_ascii_hexdigit()).filter(|run| run.len() >= 16).collect()
}

/// Latitude and longitude of every reading, in units of 1e-7 degree.
fn places(private: &str) -> Vec<[i32; 2]> {
    let pair = |value: &str| {
        let (latitude, longitude) = value.split('"').next().unwrap().split_once(',').unwrap();
        [latitude, longitude].map(|units| units.parse().unwrap())
    };
    private.split("<data value=\"").skip(1).map(pair).collect()
}

/// Units as the digits of degrees.
fn degrees(units: i32) -> String {
    format!("{}.{:07}", units / 10_000_000, units % 10_000_000)
}

/// No place of the private page is in this text, in no form.
fn has_no_place(text: &str, private: &str) {
    for units in places(private).into_iter().flatten() {
        let degrees = degrees(units);
        // The lines of the map's grid have few digits, and some reading may lie on one.
        let is_of_the_grid = degrees.ends_with("00000");
        assert!(!text.contains(&units.to_string()) && !text.contains(&degrees), "{degrees}");
        assert!(is_of_the_grid || !text.contains(degrees.trim_end_matches('0')), "{degrees}");
    }
}

#[test]
fn the_demo_writes_pages_of_what_it_says() {
    let workshop = Workshop::new("page");
    for option in ["html", "private"] {
        workshop.put("page.html", "old");
        let message = workshop.refused(&format!("demo --{option} page.html"));
        assert!(message.contains("page.html: expected a new file for a "), "{message}");
        assert!(message.ends_with("but this one exists"), "{message}");
        assert_eq!(workshop.text("page.html"), "old");
        let message = workshop.refused(&format!("demo --{option} missing/page.html"));
        assert!(message.contains("expected to write a "), "{message}");
    }

    let demo = workshop.good("demo --html public.html --private page.html --force");
    assert_eq!((&demo["html"], &demo["private"]), (&"public.html".into(), &"page.html".into()));
    let (public, private) = (workshop.text("public.html"), workshop.text("page.html"));
    let attacks = demo["refused"].as_array().unwrap();
    assert!(attacks.len() >= 7);
    for attack in attacks {
        let name = attack["attack"].as_str().unwrap().replace('_', " ");
        assert!(private.contains(&format!("<th scope=\"row\">{name}</th>")), "{name}");
    }
    let places = places(&private);
    assert_eq!(places.len() as u64, demo["readings"].as_u64().unwrap() + 4, "four are left out");
    for units in places.into_iter().flatten() {
        assert!(private.contains(&degrees(units)), "{}", degrees(units));
    }
    has_no_place(&public, &private);
    // Nothing that could be a key, a proof or a secret.
    assert!(long_hex(&demo.to_string()).is_empty(), "{demo}");
    assert!(long_hex(&private).is_empty(), "{private}");
    // From the private page there is a way to the public one, and none back.
    assert!(private.contains("<a href=\"./public.html\">") && !public.contains("page.html"));
    workshop.done();
}

/// Keys and secrets of the demo are random, so nobody has canaries of them: every number that is long enough to be one has to
/// be of the public page.
#[test]
fn the_demo_shows_no_number_as_long_as_a_secret_but_public_ones() {
    let workshop = Workshop::new("demo-secrets");
    fs::create_dir(workshop.0.join("elsewhere")).unwrap();
    let output = workshop.run("demo --html elsewhere/public.html --private private.html");
    assert!(output.status.success());
    let (shown, warned) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let (public, private) = (workshop.text("elsewhere/public.html"), workshop.text("private.html"));
    let said = long_hex(&shown);
    assert!(said.len() >= 4 && said.is_subset(&long_hex(&public)), "{shown}");
    assert!(long_hex(&warned).is_empty() && long_hex(&private).is_empty(), "{warned}");
    assert!(!private.contains("<a "), "the other page is in another folder");
    has_no_place(&shown, &private);
    has_no_place(&public, &private);
    assert_eq!(fs::read_dir(&workshop.0).unwrap().count(), 4, "policy, fence, folder and page");
    workshop.done();
}

#[test]
fn each_page_is_asked_for_by_itself() {
    let workshop = Workshop::new("page-public");
    let demo = workshop.good("demo --private private.html");
    assert_eq!((&demo["private"], demo["html"].is_null()), (&"private.html".into(), true));
    assert!(!workshop.text("private.html").contains("<a "));
    for story in ["survey", "aggregate"] {
        let demo = workshop.good(&format!("demo --statement {story} --html {story}.html"));
        assert!(demo["private"].is_null());
        let html = workshop.text(&format!("{story}.html"));
        assert!(html.contains("id=\"verify\"") && html.contains("a made-up fence"), "{story}");
        assert!(!html.contains("<data value="), "{story} has a place");
    }
    for (line, said) in [
        ("demo --html one.html --private one.html", "are one place"),
        ("demo --html survey.html", "this one exists"),
        ("demo --statement track --private page.html", "there is no such page"),
    ] {
        let message = workshop.refused(line);
        assert!(message.contains(said), "{line}: {message}");
    }
    assert!(!workshop.0.join("one.html").exists());
    workshop.done();
}
