use k256::sha2::{Digest, Sha256};
use zksensor_testkit::{Fleet, FleetOptions, IN_HOLE, OUTSIDE};

use super::*;

/// A made-up fleet of sixteen with two readings left out.
fn page() -> Page {
    let fleet = Fleet::new(&FleetOptions::default());
    let mark = |(latitude, longitude), outcome| Mark {
        location: Location::from_e7(latitude, longitude).unwrap(),
        outcome,
    };
    let counted =
        (0..16).map(|index| Mark { location: fleet.reading(index).location, outcome: Outcome::Counted });
    let left_out = [IN_HOLE, OUTSIDE].map(|place| mark(place, Outcome::LeftOut(Rule::FENCE)));
    let marks = counted.chain(left_out).collect();
    Page {
        title: "Title".to_owned(),
        summary: "Summary".to_owned(),
        private: Private {
            fence: fleet.fence.clone(),
            policy: fleet.policy,
            epoch: Fleet::EPOCH,
            marks,
            noised: None,
            made_up: true,
        },
        public: None,
        phases: [700, 0, 100, 300, 595, 5]
            .map(Duration::from_millis)
            .into_iter()
            .zip([
                Phase::Compile,
                Phase::Setup,
                Phase::Witness,
                Phase::Transform,
                Phase::Multiexp,
                Phase::Verify,
            ])
            .map(|(time, phase)| (phase, time))
            .collect(),
        attacks: vec![RefusedAttack {
            name: "forged signature".to_owned(),
            stage: "check and circuit".to_owned(),
            rule: Some("C3".to_owned()),
            tried: "a value changed after it was signed".to_owned(),
        }],
    }
}

/// What a page for everybody would have: the proof, its public inputs and its key. It is another document.
#[test]
fn the_page_of_the_prover_has_its_places_and_nothing_public() {
    let page = page();
    let html = page.to_html();
    for mark in &page.private.marks {
        for units in [mark.location.latitude(), mark.location.longitude()] {
            assert!(html.contains(&units.to_string()), "{units}");
        }
    }
    let longest = html.split(|letter: char| !letter.is_ascii_hexdigit()).map(str::len).max();
    assert!(longest < Some(16), "{longest:?} digits could be of a proof");
    for absent in ["id=\"public\"", "<a ", "<script", "Verify"] {
        assert!(!html.contains(absent), "{absent}");
    }
    let linked = Page { public: Some("javascript:alert('1')\"".to_owned()), ..page }.to_html();
    assert_eq!(linked.matches("<a ").count(), 1);
    assert!(
        linked.contains("<a href=\"./javascript%3Aalert%28%271%27%29%22\">javascript:alert("),
        "{linked}"
    );
    assert!(!linked.contains("'1')\""), "the name is not escaped");
}

#[test]
fn everything_is_escaped() {
    let hostile = "<script>alert('1')</script>\"onload=\"x";
    let mut page = page();
    page.title = hostile.to_owned();
    page.summary = hostile.to_owned();
    for attack in &mut page.attacks {
        attack.name = hostile.to_owned();
        attack.stage = hostile.to_owned();
        attack.tried = hostile.to_owned();
        attack.rule = Some(hostile.to_owned());
    }
    page.public = Some(hostile.to_owned());
    let html = page.to_html();
    assert!(!html.contains("<script") && !html.contains("\"onload"), "{html}");
    assert_eq!(
        html.matches("&#60;script&#62;").count(),
        8,
        "title twice, summary, four of the attack, the name of the other page"
    );
}

#[test]
fn the_page_needs_nothing_else() {
    let html = page().to_html();
    for wanted in
        ["http:", "https:", "src=", "@import", "<link", "<script", "<iframe", " style=", "javascript:"]
    {
        assert!(!html.contains(wanted), "{wanted}");
    }
    // The one address in it is a name of the sheet's own pattern.
    assert_eq!(html.matches("url(").count(), html.matches("url(#hatch)").count());
    assert_eq!(html.matches("<!DOCTYPE html>").count(), 1);
    assert!(html.contains("content=\"default-src 'none'; style-src 'sha256-"));
}

#[test]
fn the_policy_admits_the_style_sheet() {
    let wanted = format!("sha256-{}", base64::encode(&Sha256::digest(view::STYLE)));
    assert_eq!(view::STYLE_HASH, wanted, "the style sheet changed: its hash in view.rs has to be this");
    // What a browser hashes is what stands between the tags.
    let html = page().to_html();
    let (_, rest) = html.split_once("<style>").unwrap();
    assert_eq!(rest.split_once("</style>").unwrap().0, view::STYLE);
    assert!(html.contains(&format!("style-src '{wanted}'")), "{wanted}");
}

#[test]
fn the_phases_fill_the_bar() {
    let html = page().to_html();
    let bar = html.split_once("class=\"bar\"").unwrap().1.split_once("</svg>").unwrap().0;
    let number = |rect: &str, name: &str| -> f64 {
        rect.split_once(&format!("{name}=\"")).unwrap().1.split('"').next().unwrap().parse().unwrap()
    };
    let rects: Vec<(f64, f64)> =
        bar.split("<rect").skip(1).map(|rect| (number(rect, "x"), number(rect, "width"))).collect();
    assert_eq!(rects, [(0.0, 100.0), (100.0, 300.0), (400.0, 595.0), (995.0, 5.0)]);
    assert!(
        html.contains("1.00 s for the proof") && html.contains("compile 700 ms, setup 0.0 ms."),
        "{html}"
    );
    let silent = Page { phases: Vec::new(), attacks: Vec::new(), ..page() }.to_html();
    assert!(!silent.contains("Where the time went") && !silent.contains("tried"));
}

#[test]
fn whose_places_they_are_is_said() {
    let mut page = page();
    assert!(page.to_html().contains("This fleet is made up"));
    page.private.made_up = false;
    assert!(page.to_html().contains("This file holds private places."));
}

#[test]
fn a_page_that_is_there_stays() {
    let path = std::env::temp_dir().join(format!("zksensor-page-{}.html", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let page = page();
    Page::stage(&path, Overwrite::Never).map(drop).unwrap();
    page.save(&path, Overwrite::Never).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), page.to_html());
    for refused in [Page::stage(&path, Overwrite::Never).map(drop), page.save(&path, Overwrite::Never)] {
        let error = refused.unwrap_err();
        assert!(matches!(error.reason, crate::files::Reason::Exists { kind: Kind::Page }), "{error}");
        assert!(error.help().contains("--force"), "{}", error.help());
    }
    Page::stage(&path, Overwrite::Replace).map(drop).unwrap();
    page.save(&path, Overwrite::Replace).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    std::fs::remove_file(&path).unwrap();
    let nowhere = path.with_extension("missing").join("page.html");
    assert!(Page::stage(&nowhere, Overwrite::Replace).map(drop).unwrap_err().help().contains("is not there"));
}
