//! The gas table of docs/contracts.md, the line of the README, and docs/gas.svg, from measured figures.

use plotters::prelude::*;
use zksensor::estimate::{CAPACITIES, FeedGas, GasEstimate};
use zksensor::solidity::gas::Gas;

use crate::file::{Generated, grouped, with_table};

/// The page for contract developers.
const PAGE: &str = "docs/contracts.md";
const CHART: &str = "docs/gas.svg";
pub(crate) const MARKERS: (&str, &str) = ("<!-- gas begin -->", "<!-- gas end -->");
const FEED_MARKERS: (&str, &str) = ("<!-- feed gas begin -->", "<!-- feed gas end -->");
/// Capacities of the chart, from a proof of one reading to the largest.
const CHARTED: [u64; 8] = [1, 4, 16, 64, 256, 1024, 2048, 4096];
const SIZE: (u32, u32) = (960, 420);
const POLYGON: RGBColor = RGBColor(0x6c, 0x2b, 0xd9);
const ETHEREUM: RGBColor = RGBColor(0x55, 0x6b, 0x7d);

/// A statement's title and its gas.
pub(crate) type Figures = (String, GasEstimate);

/// The page with its tables, and the chart. `page` is what the file holds now.
pub(crate) fn all(page: &str, figures: &[Figures], feed: &FeedGas) -> Result<Vec<Generated>, String> {
    let (_, aggregate) = figures.first().ok_or("no gas was measured")?;
    let mut svg = String::new();
    chart(&mut svg, aggregate).map_err(|error| format!("{CHART} cannot be drawn: {error}"))?;
    let page = with_table(PAGE, page, MARKERS, &table(figures))?;
    Ok(vec![
        Generated::new(PAGE, with_table(PAGE, &page, FEED_MARKERS, &feed_table(feed))?),
        Generated::new(CHART, svg + "\n"),
    ])
}

/// The paragraph of the README.
pub(crate) fn paragraph(figures: &[Figures]) -> Result<String, String> {
    let (title, gas) = figures.first().ok_or("no gas was measured")?;
    let [verify, on_ethereum] = [gas.polygon.verify, gas.ethereum.verify].map(|gas| grouped(gas as usize));
    let readings: Vec<String> = CAPACITIES
        .iter()
        .map(|capacity| {
            format!(
                "{} for each of {}",
                grouped(gas.per_reading(*capacity) as usize),
                grouped(*capacity as usize)
            )
        })
        .collect();
    let last = gas.polygon.batch.len() - 1;
    let (size, share) = (gas.polygon.batch[last].0, grouped(each(&gas.polygon, last) as usize));
    Ok(format!(
        "On Polygon, with its own gas schedule (PIP-88) and for the whole transaction, a verified `{title}` costs {verify} gas,\n\
         whatever its capacity (Ethereum: {on_ethereum}). That is {} readings.\n\
         In a batch of {size}, a proof costs {share}.\n",
        readings.join(", ")
    ))
}

/// Where the table goes.
pub(crate) fn page() -> &'static str {
    PAGE
}

fn table(figures: &[Figures]) -> String {
    let mut table = String::from(
        "Whole transactions, measured in an EVM with each chain's schedule (`zksensor estimate --gas` measures them on your \
         machine):\n\n| statement | call | Polygon | Ethereum |\n|---|---|---|---|\n",
    );
    for (title, gas) in figures {
        let mut row = |call: &str, of: &dyn Fn(&Gas) -> u64| {
            let [polygon, ethereum] = [&gas.polygon, &gas.ethereum].map(|gas| grouped(of(gas) as usize));
            table.push_str(&format!("| `{title}` | {call} | {polygon} | {ethereum} |\n"));
        };
        row("`verify`", &|gas| gas.verify);
        row("`verify`, keyed", &|gas| gas.verify_keyed);
        for (index, (size, _)) in gas.polygon.batch.iter().enumerate() {
            row(&format!("`verifyBatch` of {size}, a proof"), &|gas| each(gas, index));
        }
        row("deployment", &|gas| gas.deploy);
        row("deployment of key and keyed verifier", &|gas| gas.deploy_keyed);
    }
    let (_, aggregate) = &figures[0];
    table.push_str("\n| readings of a proof | gas of a reading, Polygon | Ethereum |\n|---|---|---|\n");
    for capacity in CAPACITIES {
        let polygon = grouped(aggregate.per_reading(capacity) as usize);
        let ethereum = grouped(aggregate.ethereum.verify.div_ceil(capacity) as usize);
        table.push_str(&format!("| {capacity} | {polygon} | {ethereum} |\n"));
    }
    table
}

/// What a feed costs, beside what it is meant to cost at the most.
fn feed_table(feed: &FeedGas) -> String {
    let mut table = String::from("| call | gas on Polygon | meant to be at most |\n|---|---|---|\n");
    for figure in &feed.figures {
        let gas = grouped(figure.gas as usize);
        let target = figure.target.map(|target| grouped(target as usize)).unwrap_or_default();
        table.push_str(&format!("| {} | {gas} | {target} |\n", figure.about));
    }
    table
}

/// Gas of one proof of the batch of this index.
fn each(gas: &Gas, index: usize) -> u64 {
    let (size, total) = gas.batch[index];
    total.div_ceil(size as u64)
}

/// Left: gas of a reading by the readings of a proof. Right: gas of a proof by the size of its batch. Both on both chains.
fn chart(svg: &mut String, gas: &GasEstimate) -> Result<(), Box<dyn std::error::Error>> {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (left, right) = root.split_horizontally(SIZE.0 / 2);

    let by_capacity =
        |gas: &Gas| CHARTED.map(|readings| (readings as f64, gas.verify as f64 / readings as f64)).to_vec();
    let mut area = ChartBuilder::on(&left);
    area.margin(14)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .caption("Gas of a reading", ("sans-serif", 18));
    let mut axes = area.build_cartesian_2d((1f64..4096f64).log_scale(), (50f64..500_000f64).log_scale())?;
    axes.configure_mesh()
        .x_desc("readings of a proof (aggregate/v2)")
        .x_label_formatter(&|x| grouped(x.round() as usize))
        .y_label_formatter(&|y| grouped(y.round() as usize))
        .light_line_style(TRANSPARENT)
        .draw()?;
    series(&mut axes, "Polygon", POLYGON, &by_capacity(&gas.polygon))?;
    series(&mut axes, "Ethereum", ETHEREUM, &by_capacity(&gas.ethereum))?;
    axes.configure_series_labels().background_style(WHITE.mix(0.9)).border_style(ETHEREUM).draw()?;

    let by_batch = |gas: &Gas| {
        let batches = gas.batch.iter().map(|(size, total)| (*size as f64, *total as f64 / *size as f64));
        std::iter::once((1.0, gas.verify as f64)).chain(batches).collect::<Vec<_>>()
    };
    let mut area = ChartBuilder::on(&right);
    area.margin(14).x_label_area_size(44).y_label_area_size(64).caption("Gas of a proof", ("sans-serif", 18));
    let mut axes = area.build_cartesian_2d((1f64..50f64).log_scale(), 0f64..400_000f64)?;
    axes.configure_mesh()
        .x_desc("proofs of a transaction (1: verify; more: verifyBatch)")
        .x_label_formatter(&|x| grouped(x.round() as usize))
        .y_label_formatter(&|y| grouped(y.round() as usize))
        .light_line_style(TRANSPARENT)
        .draw()?;
    series(&mut axes, "Polygon", POLYGON, &by_batch(&gas.polygon))?;
    series(&mut axes, "Ethereum", ETHEREUM, &by_batch(&gas.ethereum))?;
    axes.configure_series_labels().background_style(WHITE.mix(0.9)).border_style(ETHEREUM).draw()?;
    root.present()?;
    drop(axes);
    Ok(())
}

/// One line with its points.
fn series<'a, DB: DrawingBackend + 'a, X, Y>(
    axes: &mut ChartContext<'a, DB, Cartesian2d<X, Y>>,
    name: &str,
    colour: RGBColor,
    points: &[(f64, f64)],
) -> Result<(), Box<dyn std::error::Error>>
where
    X: Ranged<ValueType = f64>,
    Y: Ranged<ValueType = f64>,
    DB::ErrorType: 'static,
{
    axes.draw_series(LineSeries::new(points.iter().copied(), colour.stroke_width(2)).point_size(4))?
        .label(name)
        .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    Ok(())
}
