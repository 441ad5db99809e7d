//! Lines over two logarithmic axes: what is linear rises by 45 degrees, decade for decade.

use super::svg::{Anchor, Svg, colour};

/// A plot of measurements against a size.
pub(crate) struct LogLog<'a> {
    pub(crate) title: &'a str,
    pub(crate) subtitle: &'a str,
    pub(crate) x: Axis<'a>,
    pub(crate) y: Axis<'a>,
    pub(crate) lines: Vec<Line>,
}

/// What an axis shows.
pub(crate) struct Axis<'a> {
    pub(crate) label: &'a str,
    /// The base unit, to which prefixes go: `B`, `s`. Values are in it.
    pub(crate) unit: &'a str,
}

/// Measurements of one thing, by rising `x`. Neither coordinate may be 0 or less; such points are left out.
pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 840.0;
const LEFT: f64 = 76.0;
const RIGHT: f64 = 24.0;
const BOTTOM: f64 = 48.0;
const PLOT: f64 = 380.0;

impl LogLog<'_> {
    /// The file.
    pub(crate) fn draw(&self) -> String {
        let mut svg = Svg::new();
        svg.text(16.0, 28.0, Anchor::Start, "h", self.title);
        svg.text(16.0, 48.0, Anchor::Start, "s", self.subtitle);
        let names: Vec<_> = self.lines.iter().map(|line| line.label.as_str()).collect();
        let top = 88.0 + svg.legend(&names, 16.0, WIDTH - 16.0, 72.0);
        let x = Scale::new(self.points().map(|point| point.0), LEFT, WIDTH - RIGHT);
        let y = Scale::new(self.points().map(|point| point.1), top + PLOT, top);

        for decade in x.decades() {
            let at = x.place_of(decade);
            svg.line((at, top), (at, top + PLOT), "g");
            let text = quantity(decade, self.x.unit);
            svg.text(at, top + PLOT + 16.0, Anchor::Middle, "t", &text);
        }
        for decade in y.decades() {
            let at = y.place_of(decade);
            svg.line((LEFT, at), (WIDTH - RIGHT, at), "g");
            let text = quantity(decade, self.y.unit);
            svg.text(LEFT - 8.0, at + 4.0, Anchor::End, "t", &text);
        }
        let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
        svg.text(middle, top + PLOT + 36.0, Anchor::Middle, "s", self.x.label);
        svg.text(16.0, top - 8.0, Anchor::Start, "s", self.y.label);
        for (series, line) in self.lines.iter().enumerate() {
            let points = line.points.iter().filter(|point| drawable(point));
            let points: Vec<_> = points.map(|(a, b)| (x.place(*a), y.place(*b))).collect();
            svg.curve(&points, colour(series));
        }
        svg.finish(WIDTH, top + PLOT + BOTTOM, self.title)
    }

    fn points(&self) -> impl Iterator<Item = &(f64, f64)> {
        let lines = self.lines.iter();
        lines.flat_map(|line| line.points.iter().filter(|point| drawable(point)))
    }
}

fn drawable((x, y): &(f64, f64)) -> bool {
    *x > 0.0 && *y > 0.0 && x.is_finite() && y.is_finite()
}

/// Whole decades of an axis, and where they are in the picture.
struct Scale {
    first: i32,
    last: i32,
    from: f64,
    to: f64,
}

impl Scale {
    fn new(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (low, high) = values.fold((f64::MAX, f64::MIN_POSITIVE), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        let (low, high) = (low.min(high), high);
        #[expect(clippy::cast_possible_truncation, reason = "exponents of f64")]
        let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
        Self {
            first,
            last: last.max(first + 1),
            from,
            to,
        }
    }

    fn decades(&self) -> impl Iterator<Item = i32> + use<> {
        self.first..=self.last
    }

    fn place(&self, value: f64) -> f64 {
        self.at(value.log10())
    }

    fn place_of(&self, decade: i32) -> f64 {
        self.at(f64::from(decade))
    }

    fn at(&self, exponent: f64) -> f64 {
        let share = (exponent - f64::from(self.first)) / f64::from(self.last - self.first);
        self.from + share * (self.to - self.from)
    }
}

/// A power of ten with a unit: `10 ms`.
fn quantity(decade: i32, unit: &str) -> String {
    const PREFIXES: [&str; 8] = ["p", "n", "µ", "m", "", "k", "M", "G"];
    let power = decade.div_euclid(3) + 4;
    let digits = "1".to_owned() + &"0".repeat(usize::try_from(decade.rem_euclid(3)).unwrap_or(0));
    match usize::try_from(power).ok().and_then(|at| PREFIXES.get(at)) {
        Some(prefix) => format!("{digits} {prefix}{unit}"),
        None => format!("1e{decade} {unit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_ten_have_their_prefix() {
        assert_eq!(quantity(-9, "s"), "1 ns");
        assert_eq!(quantity(-2, "s"), "10 ms");
        assert_eq!(quantity(0, "B"), "1 B");
        assert_eq!(quantity(8, "B"), "100 MB");
    }

    #[test]
    fn ten_times_as_much_is_as_far_on_either_axis_as_a_decade() {
        let scale = Scale::new([2.0, 400.0].into_iter(), 0.0, 300.0);
        assert!((scale.place(20.0) - scale.place(2.0) - 100.0).abs() < 1e-9);
        assert!((scale.place(1000.0) - 300.0).abs() < 1e-9);
    }

    #[test]
    fn a_point_without_a_logarithm_is_left_out() {
        let axis = |label| Axis { label, unit: "s" };
        let plot = LogLog {
            title: "",
            subtitle: "",
            x: axis("x"),
            y: axis("y"),
            lines: vec![Line {
                label: "a".to_owned(),
                points: vec![(0.0, 1.0), (10.0, 1.0), (20.0, 5.0)],
            }],
        };
        let text = plot.draw();
        assert_eq!(text.matches("<circle").count(), 2);
        assert!(!text.contains("NaN") && !text.contains("inf"));
    }
}
