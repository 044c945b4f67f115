//! `prove --take`: which of a device's good readings of an epoch counts, and that the others are passed over and not refused.

use super::workshop::{Workshop, device, keys, policy, prove_line};

#[test]
fn the_reading_that_is_asked_for_is_taken() {
    let workshop = Workshop::new("take");
    workshop.put("policy.toml", policy("aggregate", 1) + "insecure_small_k = true\n");
    device(&workshop, 0, "2026-01-01T02:30:00Z,48.11,11.55,2,21.5");
    // Of 02:10, 02:31 and 02:50, not in this order, and one outside.
    workshop.put(
        "0.csv",
        "when,y,x,acc,celsius\n2026-01-01T02:50:00Z,48.11,11.55,2,9\n2026-01-01T02:10:00Z,48.11,11.55,2,5\n\
         2026-01-01T02:31:00Z,48.11,11.55,2,7\n2026-01-01T02:32:00Z,50.11,11.55,2,7\n",
    );
    let sign = "device sign --key d0.json --policy policy.toml --csv 0.csv --scale 3 --fence fence.geojson \
                --columns time=when,lat=y,lon=x,accuracy_m=acc,value=celsius --out r0.ndjson --force";
    assert_eq!(workshop.good(sign)["signed"], 4);
    for (option, sum) in [("", "5000"), ("first", "5000"), ("middle", "7000"), ("last", "9000")] {
        let take = if option.is_empty() { String::new() } else { format!("--take {option} ") };
        let proved = workshop.good(&prove_line("r0.ndjson", &format!("{take}--force")));
        assert_eq!(proved["fields"]["sum"], sum, "{option}: {proved}");
        assert_eq!((&proved["passed_over"], &proved["refused"]), (&2.into(), &1.into()), "{option}");
    }
    let said =
        String::from_utf8(workshop.run(&prove_line("r0.ndjson", "--take last --force")).stdout).unwrap();
    let wanted = "; 1 readings were refused (C5: 1); 2 more were passed over, as a device counts with one reading an epoch\n";
    assert!(said.contains(wanted), "{said}");
    let message = workshop.refused(&prove_line("r0.ndjson", "--take newest --force"));
    assert!(message.contains("first, last, middle"), "{message}");
    let frames = format!(
        "prove --key {}/aggregate-v2-8x8x3.INSECURE.pk --policy policy.toml --fence fence.geojson --registry reg.bin --frames \
         r0.ndjson --epoch 2 --take last --out none.json",
        keys()
    );
    let message = workshop.refused(&frames);
    assert!(message.contains("--take") && message.contains("--frames"), "{message}");
    workshop.done();
}
