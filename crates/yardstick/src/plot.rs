//! Draws how cost grows: rate and p95 against the dossiers that are there, and against the clients
//! that play, for both databases.
//! Does not know: how it was measured.
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::{
    ChartBuilder, Circle, DrawingArea, IntoDrawingArea, IntoLogRange, LineSeries, PathElement,
    RGBColor, SVGBackend, SeriesLabelPosition,
};
use plotters::style::{BLACK, Color, ShapeStyle, WHITE};
use serde_json::Value;

/// Width and height of a picture, as wide as a page of the documentation.
const SIZE: (u32, u32) = (760, 640);
/// The databases, their names in the legend, and colours that the colour-blind tell apart.
const ENGINES: [(&str, &str, RGBColor); 2] = [
    ("sqlite", "SQLite", RGBColor(0, 90, 181)),
    ("postgres", "PostgreSQL", RGBColor(220, 100, 0)),
];
/// What it is drawn against: the name in the lines, the axis, the base of its steps.
const AXES: [(&str, &str, f64); 2] = [
    ("dossiers", "dossiers in the database", 10.0),
    ("clients", "clients at the same time", 2.0),
];
/// What is drawn: the name in the lines, and the title.
const PLAYS: [(&str, &str); 2] = [
    ("lifecycles", "Whole lifecycles"),
    ("search", "Search by name, 16 officers"),
];
/// The figures of one run, their axis, and where the curves leave room for the legend.
const FIGURES: [(&str, &str, SeriesLabelPosition); 2] = [
    (
        "lifecycles_per_s",
        "a second",
        SeriesLabelPosition::LowerRight,
    ),
    (
        "p95_ms",
        "p95 of a request, ms",
        SeriesLabelPosition::UpperLeft,
    ),
];
/// Room above the highest point: the legend fits there.
const HEADROOM: f64 = 1.3;

/// Points of one database.
struct Curve {
    label: &'static str,
    colour: RGBColor,
    points: Vec<(f64, f64)>,
}

/// Reads lines of JSON and draws a picture for each play and axis that occur in them.
///
/// # Errors
/// When the lines cannot be read or a picture cannot be written.
pub fn draw(lines: &Path, folder: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(lines);
    let text = text.map_err(|error| format!("{}: {error}", lines.display()))?;
    let runs: Vec<Value> = text
        .lines()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    for (play, title) in PLAYS {
        for axis in AXES {
            let of = |figure: &str| curves(&runs, play, axis.0, figure);
            let panels = FIGURES.map(|(figure, label, legend)| Panel {
                label,
                legend,
                curves: of(figure),
            });
            if panels.iter().all(|panel| panel.curves.is_empty()) {
                continue;
            }
            let file = folder.join(format!("{play}-by-{}.svg", axis.0));
            let drawn = picture(&file, title, axis, &panels);
            drawn.map_err(|error| format!("{}: {error}", file.display()))?;
            println!("{}", file.display());
        }
    }
    Ok(())
}

fn curves(runs: &[Value], play: &str, against: &str, figure: &str) -> Vec<Curve> {
    let mut curves = Vec::new();
    for (engine, label, colour) in ENGINES {
        let same = runs.iter().filter(|run| {
            run["what"] == *play && run["against"] == *against && run["engine"] == *engine
        });
        let point = |run: &Value| Some((run["at"].as_f64()?, run["run"][figure].as_f64()?));
        let mut points: Vec<(f64, f64)> = same.filter_map(point).collect();
        points.sort_by(|one, other| one.0.total_cmp(&other.0));
        if !points.is_empty() {
            curves.push(Curve {
                label,
                colour,
                points,
            });
        }
    }
    curves
}

/// One half of a picture.
struct Panel {
    label: &'static str,
    legend: SeriesLabelPosition,
    curves: Vec<Curve>,
}

type Drawn = Result<(), Box<dyn std::error::Error>>;

fn picture(file: &Path, title: &str, axis: (&str, &str, f64), panels: &[Panel]) -> Drawn {
    let area = SVGBackend::new(file, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let area = area.margin(12, 4, 0, 0).titled(title, ("sans-serif", 22))?;
    let halves = area.split_evenly((panels.len(), 1));
    for (half, panel) in halves.iter().zip(panels) {
        draw_panel(half, panel, axis)?;
    }
    area.present()?;
    Ok(())
}

fn draw_panel(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    panel: &Panel,
    (_, along, base): (&str, &str, f64),
) -> Drawn {
    let points = || panel.curves.iter().flat_map(|curve| &curve.points);
    let first = points().map(|point| point.0).fold(f64::MAX, f64::min);
    let last = points().map(|point| point.0).fold(first, f64::max);
    let most = points().map(|point| point.1).fold(0.0, f64::max) * HEADROOM;
    let across = (first..last.max(first * base)).log_scale().base(base);
    let mut chart = ChartBuilder::on(area)
        .margin(10)
        .margin_right(50)
        .x_label_area_size(48)
        .y_label_area_size(78)
        .build_cartesian_2d(across, 0.0..most.max(1.0))?;
    chart
        .configure_mesh()
        .light_line_style(WHITE)
        .bold_line_style(BLACK.mix(0.15))
        .x_desc(along)
        .y_desc(panel.label)
        .y_labels(6)
        .label_style(("sans-serif", 15))
        .axis_desc_style(("sans-serif", 16))
        .x_label_formatter(&|at| grouped(*at))
        .y_label_formatter(&|at| grouped(*at))
        .draw()?;
    for curve in &panel.curves {
        let style = ShapeStyle::from(curve.colour).filled().stroke_width(2);
        let line = LineSeries::new(curve.points.iter().copied(), style);
        chart
            .draw_series(line)?
            .label(curve.label)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        chart.draw_series(curve.points.iter().map(|at| Circle::new(*at, 4, style)))?;
    }
    chart
        .configure_series_labels()
        .position(panel.legend.clone())
        .background_style(WHITE.mix(0.8))
        .border_style(BLACK.mix(0.3))
        .label_font(("sans-serif", 15))
        .draw()?;
    Ok(())
}

/// `1,000,000`.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_measured_is_drawn_and_nothing_else() {
        let folder = std::env::temp_dir().join(format!("yardstick-plot-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let lines = folder.join("lines");
        let run = |at: u64, engine: &str| {
            format!(
                "{{\"what\":\"lifecycles\",\"against\":\"dossiers\",\"at\":{at},\
                 \"engine\":\"{engine}\",\"run\":{{\"lifecycles_per_s\":300.5,\"p95_ms\":12}}}}"
            )
        };
        let text = [
            run(1_000, "sqlite"),
            run(100_000, "sqlite"),
            "no JSON".to_owned(),
        ];
        std::fs::write(&lines, text.join("\n")).expect("written");
        draw(&lines, &folder).expect("drawn");
        let picture = std::fs::read_to_string(folder.join("lifecycles-by-dossiers.svg"));
        let picture = picture.expect("a picture");
        assert!(picture.contains("SQLite") && !picture.contains("PostgreSQL"));
        assert!(picture.contains("100,000") && picture.contains("a second"));
        assert!(!folder.join("lifecycles-by-clients.svg").exists());
        std::fs::remove_dir_all(&folder).expect("removed");
    }
}
