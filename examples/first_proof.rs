//! A first proof, in the six words of `zksensor::prelude`: the mean temperature of a town, of five stations, and nothing else.
//!
//! ```text
//! cargo run --release --example first_proof
//! ```
//!
//! The README and the book show the lines between the two marks, and a test below compares them. In a real network they run in four places: the
//! registrar's, each device's, the aggregator's, and whoever trusts no one.

#[rustfmt::skip]
#[expect(clippy::print_stdout, reason = "an example says what it proves")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    // first proof begins
    use zksensor::prelude::*;
    const TOWN: &str = r#"{"type":"Polygon","coordinates":[[[11.5,48.1],[11.6,48.1],[11.6,48.2],[11.5,48.2],[11.5,48.1]]]}"#;

    let policy = Policy::on_chain(80_002, [0x11; 20]).mean(air_quality::TEMPERATURE).between("-40", "60")
        .inside(Fence::geojson(TOWN)?).hourly("2026-01-01T00:00:00Z").at_least(5).build()?;
    let devices: Vec<Device> = (0..5).map(|_| Device::generate()).collect();
    let mut registry = Registry::new();
    registry.enrol_all(devices.iter().map(Device::leaf))?;

    let mut aggregator = Aggregator::insecure_setup(&policy, &registry, 2)?; // epoch 2 is from 02:00 until 03:00
    let key = aggregator.verifying_key();
    for device in &devices {
        let reading = device.reading(&policy).at("2026-01-01T02:15:00Z".parse()?).location_degrees("48.15", "11.55")?;
        let refusal = aggregator.offer(reading.set("temperature", "21.50")?.sign()?);
        assert_eq!(refusal, None);
    }
    for proof in aggregator.prove_all_chunks()?.proven {
        let expect = Expect::new(&policy).registry_root(registry.root()).epoch(2).binding(Binding::NONE);
        let fact = expect.key_id(key.key_id()).verify(&key, &proof)?;
        println!("{} of {} devices {}", fact.mean(), fact.devices(), fact.interval()); // 21.50 Cel of 5 devices from ..
    }
    // first proof ends
    Ok(())
}

#[cfg(test)]
mod tests {
    /// The lines of this file that the README shows, and how far they are moved to the right.
    fn lines() -> String {
        let file = include_str!("first_proof.rs");
        let (_, rest) = file.split_once("    // first proof begins\n").expect("a mark where they begin");
        let (lines, _) = rest.split_once("    // first proof ends\n").expect("a mark where they end");
        lines.lines().map(|line| format!("{}\n", line.strip_prefix("    ").unwrap_or(line))).collect()
    }

    #[test]
    fn the_readme_shows_the_lines_that_prove() {
        let readme = include_str!("../README.md");
        assert!(readme.contains(&format!("```rust\n{}```\n", lines())), "copy the lines to the README");
        let chapter = include_str!("../docs/first-proof-rust.md");
        let indented =
            lines().lines().map(|line| format!("    {line}\n").replace("    \n", "\n")).collect::<String>();
        assert!(chapter.contains(&indented), "copy the lines to the chapter");
        let code = lines().lines().filter(|line| !line.is_empty()).count();
        assert!(code < 20, "a first proof has less than 20 lines, got {code}");
        super::main().expect("they prove");
    }
}
