//! The charts: time by threads, time by size, and the share of each phase.

use plotters::coord::Shift;
use plotters::prelude::*;
use zksensor_peers::Peer;

use super::BenchError;
use super::figures::Figures;
use super::plan::THREADS;
use super::table::seconds;

const SIZE: (u32, u32) = (960, 610);
/// Height of the bar of phases, with its caption and its legend.
const BAR: u32 = 140;
const INK: RGBColor = RGBColor(0x1c, 0x1f, 0x24);
/// Of phases, in turn.
const SHADES: [RGBColor; 4] = [
    RGBColor(0xa9, 0xcf, 0xcb),
    RGBColor(0x5c, 0x9c, 0xa0),
    RGBColor(0x0b, 0x55, 0x63),
    RGBColor(0xd9, 0xa6, 0x4f),
];

type Drawn = Result<(), Box<dyn std::error::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn colour(peer: Peer) -> RGBColor {
    match peer {
        Peer::Zksensor => RGBColor(0x6c, 0x2b, 0xd9),
        Peer::Ark => RGBColor(0x55, 0x6b, 0x7d),
        Peer::Taceo => RGBColor(0xc0, 0x6a, 0x1a),
    }
}

/// All charts in one SVG.
///
/// # Errors
/// [`BenchError::Chart`].
pub(super) fn all(figures: &Figures) -> Result<String, BenchError> {
    let mut svg = String::new();
    draw(&mut svg, figures).map_err(|error| BenchError::Chart { reason: error.to_string() })?;
    Ok(svg + "\n")
}

fn draw(svg: &mut String, figures: &Figures) -> Drawn {
    let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let (top, bottom) = root.split_vertically(SIZE.1 - BAR);
    let (left, right) = top.split_horizontally(SIZE.0 / 2);
    by_threads(&left, figures)?;
    by_size(&right, figures)?;
    by_phase(&bottom, figures)?;
    root.present()?;
    Ok(())
}

/// Seconds of each of them by something.
type Points = Vec<(f64, f64)>;

fn by_threads(area: &Area<'_>, figures: &Figures) -> Drawn {
    let size = format!("2^{}", figures.dense);
    let points = |peer: Peer| -> Points {
        let of = figures.work.iter().filter(|work| (work.name, &work.size) == ("dense", &size));
        of.filter_map(|work| Some((work.threads as f64, *work.seconds.get(&peer)?))).collect()
    };
    lines(area, &format!("A proof of {size} dense constraints"), "threads", &points, &|x| format!("{x:.0}"))
}

fn by_size(area: &Area<'_>, figures: &Figures) -> Drawn {
    let points = |peer: Peer| -> Points {
        let of = figures.work.iter().filter(|work| (work.name, work.threads) == ("dense", THREADS));
        let point = |work: &super::figures::Work| {
            let bits: u32 = work.size.strip_prefix("2^")?.parse().ok()?;
            Some((f64::from(1 << bits.min(30)), *work.seconds.get(&peer)?))
        };
        of.filter_map(point).collect()
    };
    let title = format!("A proof on {THREADS} threads");
    lines(area, &title, "dense constraints", &points, &|x| format!("2^{:.0}", x.log2()))
}

/// A chart of all three, both axes logarithmic: what doubles at each step is a straight line.
fn lines(
    area: &Area<'_>,
    title: &str,
    across: &str,
    points: &dyn Fn(Peer) -> Points,
    label: &dyn Fn(&f64) -> String,
) -> Drawn {
    let all: Points = Peer::ALL.into_iter().flat_map(points).collect();
    let bounds = |of: fn(&(f64, f64)) -> f64| {
        let values = all.iter().map(of);
        values.fold((f64::INFINITY, 0f64), |(least, most), value| (least.min(value), most.max(value)))
    };
    let ((left, right), (low, high)) = (bounds(|point| point.0), bounds(|point| point.1));
    if all.is_empty() || low <= 0.0 {
        return Ok(());
    }
    let mut builder = ChartBuilder::on(area);
    builder.margin(14).x_label_area_size(44).y_label_area_size(64).caption(title, ("sans-serif", 18));
    let mut labelled: Vec<f64> = all.iter().map(|point| point.0).collect();
    labelled.sort_by(f64::total_cmp);
    labelled.dedup();
    let across_range = (left..right.max(left * 2.0)).log_scale().base(2.0).with_key_points(labelled);
    let mut axes = builder.build_cartesian_2d(across_range, (low / 1.5..high * 4.0).log_scale())?;
    axes.configure_mesh()
        .x_desc(across)
        .x_label_formatter(label)
        .y_label_formatter(&|time| seconds(*time))
        .light_line_style(TRANSPARENT)
        .draw()?;
    for peer in Peer::ALL {
        let line = LineSeries::new(points(peer), colour(peer).stroke_width(2)).point_size(4);
        axes.draw_series(line)?
            .label(peer.name())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour(peer).stroke_width(2)));
    }
    axes.configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE.mix(0.9))
        .border_style(INK.mix(0.3))
        .draw()?;
    Ok(())
}

/// One bar: where the time of our proof of the aggregate goes.
fn by_phase(area: &Area<'_>, figures: &Figures) -> Drawn {
    let (margin, width) = (24, SIZE.0 as i32 - 48);
    let total: f64 = figures.phases.iter().map(|(_, time)| time.as_secs_f64()).sum();
    let title = format!("Our proof of {} on {THREADS} threads: {}", figures.aggregate, seconds(total));
    area.draw(&Text::new(title, (margin, 10), ("sans-serif", 18).into_font().color(&INK)))?;
    let (mut start, mut legend) = (0.0, margin);
    for (index, (phase, time)) in figures.phases.iter().enumerate() {
        let share = if total > 0.0 { time.as_secs_f64() / total } else { 0.0 };
        let at = |share: f64| margin + (share * f64::from(width)).round() as i32;
        let shade = SHADES[index % SHADES.len()].filled();
        area.draw(&Rectangle::new([(at(start), 44), (at(start + share), 84)], shade))?;
        area.draw(&Rectangle::new([(legend, 104), (legend + 14, 118)], shade))?;
        let text = format!("{phase} {}, {:.0} %", seconds(time.as_secs_f64()), share * 100.0);
        area.draw(&Text::new(text, (legend + 20, 104), ("sans-serif", 14).into_font().color(&INK)))?;
        (start, legend) = (start + share, legend + width / 4);
    }
    Ok(())
}
