use zksensor_model::fence::Triangle;
use zksensor_testkit::{Fleet, FleetOptions};

use super::super::Mark;
use super::*;

fn private(corners: [[i32; 2]; 3], marks: &[(i32, i32)]) -> Private {
    let fleet = Fleet::new(&FleetOptions { devices: 1, ..FleetOptions::default() });
    let mark = |&(latitude, longitude): &(i32, i32)| Mark {
        location: Location::from_e7(latitude, longitude).unwrap(),
        outcome: Outcome::LeftOut(Rule::FENCE),
    };
    Private {
        fence: Fence::new(vec![Triangle::try_from(corners).unwrap()]).unwrap(),
        policy: fleet.policy,
        epoch: 0,
        marks: marks.iter().map(mark).collect(),
        noised: None,
        made_up: true,
    }
}

fn at(dot: &Dot) -> (f64, f64) {
    (dot.x.parse().unwrap(), dot.y.parse().unwrap())
}

/// A degree square's half, its south-west corner at 60 N, 10 E: there a degree of longitude is half as wide.
const NORTH: [[i32; 2]; 3] =
    [[600_000_000, 100_000_000], [600_000_000, 110_000_000], [610_000_000, 110_000_000]];

#[test]
fn north_is_up_east_is_right_and_distances_are_true() {
    let marks = [(600_000_000, 100_000_000), (602_000_000, 100_000_000), (600_000_000, 104_000_000)];
    let map = Map::of(&private(NORTH, &marks));
    let [origin, north, east] = [0, 1, 2].map(|index| at(&map.dots[index]));
    assert!(north.1 < origin.1 && east.0 > origin.0);
    assert_eq!((north.0, east.1), (origin.0, origin.1));
    // 0.2 degrees of latitude, and 0.4 of longitude at 60.5 N, are almost the same distance.
    let (up, right) = (origin.1 - north.1, east.0 - origin.0);
    assert!((up / right - 0.5 / 60.5f64.to_radians().cos()).abs() < 0.01, "{up} {right}");
    // 22.24 km up.
    let (length, label) = &map.scale;
    let kilometres: f64 = label.trim_end_matches(" km").parse().unwrap();
    let length: f64 = length.parse().unwrap();
    assert!((up / length * kilometres - 22.24).abs() < 0.1, "{up} {length} {label}");
    assert!(length <= WIDTH / 4.0);
}

#[test]
fn everything_is_in_the_drawing_but_what_is_far_away() {
    let near = [(595_000_000, 105_000_000), (610_000_000, 115_000_000)];
    let far = [(0, 0), (-899_999_999, 179_000_000), (700_000_000, 100_000_000)];
    let map = Map::of(&private(NORTH, &[&near[..], &far].concat()));
    assert_eq!((map.dots.len(), map.beyond), (2, 3));
    let height: f64 = map.height.parse().unwrap();
    assert!((ASPECT.0 * WIDTH - 1.0..=ASPECT.1 * WIDTH + 1.0).contains(&height), "{height}");
    for (x, y) in map.dots.iter().map(at) {
        assert!((0.0..=WIDTH).contains(&x) && (0.0..=height).contains(&y), "{x} {y}");
    }
    // Without them the map is of the fence.
    let alone = Map::of(&private(NORTH, &far));
    assert_eq!((alone.dots.len(), alone.beyond), (0, 3));
}

#[test]
fn few_are_drawn_over_many() {
    let mut private = private(NORTH, &[(600_000_000, 105_000_000); FEW + 1]);
    let outcomes = [Outcome::LeftOut(Rule::VALUE), Outcome::Counted, Outcome::Spare];
    let first = private.marks[0];
    private.marks.splice(0..0, outcomes.map(|outcome| Mark { outcome, ..first }));
    let drawn: Vec<Outcome> = Map::of(&private).dots.iter().map(|dot| dot.outcome).collect();
    assert_eq!(drawn[0], Outcome::Spare);
    assert_eq!(drawn[1..FEW + 2], [Outcome::LeftOut(Rule::FENCE); FEW + 1]);
    assert_eq!(drawn[FEW + 2..], [Outcome::Counted, Outcome::LeftOut(Rule::VALUE)]);
}

#[test]
fn a_fence_across_the_antimeridian_is_in_one_piece() {
    let corners =
        [[-180_000_000, 1_790_000_000], [-180_000_000, -1_790_000_000], [-170_000_000, 1_790_000_000]];
    // Such a triangle goes around the world the other way: a fence there is two, one on either side.
    let fence = |[a, b, c]: [[i32; 2]; 3]| Triangle::try_from([a, b, c]).unwrap();
    assert!(Triangle::try_from(corners).is_err());
    let mut both = private(NORTH, &[(-175_000_000, 1_799_000_000), (-175_000_000, -1_799_000_000)]);
    both.fence = Fence::new(vec![
        fence([[-180_000_000, 1_790_000_000], [-180_000_000, 1_800_000_000], [-170_000_000, 1_800_000_000]]),
        fence([
            [-180_000_000, -1_800_000_000],
            [-180_000_000, -1_790_000_000],
            [-170_000_000, -1_800_000_000],
        ]),
    ])
    .unwrap();
    let map = Map::of(&both);
    let [west, east] = [0, 1].map(|index| at(&map.dots[index]));
    assert!(west.0 < east.0 && east.0 - west.0 < WIDTH / 4.0, "{west:?} {east:?}");
    let labels: Vec<&str> = map.meridians.iter().map(|line| line.label.as_str()).collect();
    assert!(
        labels.iter().any(|label| label.ends_with(" E")) && labels.iter().any(|label| label.ends_with(" W")),
        "{labels:?}"
    );
}

#[test]
fn a_grid_is_round_and_within_its_bounds() {
    for (low, high) in [(48.09, 48.18), (-0.004, 0.003), (-90.0, 90.0), (11.4, 13.9), (1.0, 1.000_02)] {
        let lines = grid(low, high, |degrees, decimals| {
            assert!((low..=high).contains(&degrees), "{degrees}");
            Line { at: short(degrees), label: named(degrees, decimals, ["S", "N"]) }
        });
        assert!((2..=8).contains(&lines.len()), "{low} {high}: {}", lines.len());
        let mut labels: Vec<String> = lines.into_iter().map(|line| line.label).collect();
        let count = labels.len();
        labels.dedup();
        assert_eq!(labels.len(), count, "{labels:?}");
    }
    assert_eq!(named(-0.5, 1, ["S", "N"]), "0.5° S");
    assert_eq!(named(0.0, 1, ["S", "N"]), "0.0°");
    for (value, wanted) in [(0.99, 0.5), (1.0, 1.0), (4.9, 2.0), (0.0021, 0.002), (7_000.0, 5_000.0)] {
        assert_eq!(round_below(value).to_string(), wanted.to_string());
    }
}

#[test]
fn a_fence_of_a_centimetre_and_one_of_the_world_are_drawn() {
    let tiny = [[0, 0], [0, 1], [1, 1]];
    let world = [[-900_000_000, -1_800_000_000], [-900_000_000, 1_800_000_000], [900_000_000, 0]];
    for corners in [tiny, world] {
        let map = Map::of(&private(corners, &[(0, 0)]));
        for text in [&map.height, &map.triangles, &map.outline, &map.scale.0, &map.dots[0].x] {
            assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        }
    }
}
