//! Horizontal bars in groups, each with its number.

use super::svg::{Anchor, Svg, colour, width_of};

/// A chart of bars. Shorter is better, which is for the subtitle to say.
pub(crate) struct Bars<'a> {
    pub(crate) title: &'a str,
    pub(crate) subtitle: &'a str,
    /// Names of the series, for the legend; a bar refers to one by its place here.
    pub(crate) series: &'a [&'a str],
    /// Side by side.
    pub(crate) panels: Vec<Panel<'a>>,
    /// Where bars are cut off, with their number behind them still.
    pub(crate) limit: f64,
    /// A value that a line through the chart marks: 1 for ratios.
    pub(crate) mark: Option<f64>,
}

/// One column of groups.
pub(crate) struct Panel<'a> {
    pub(crate) title: &'a str,
    pub(crate) groups: Vec<Group>,
}

/// The bars of one thing.
pub(crate) struct Group {
    pub(crate) label: String,
    /// Series, value.
    pub(crate) bars: Vec<(usize, f64)>,
}

impl Group {
    fn height(&self) -> f64 {
        BAR * count(self.bars.len()) + GAP
    }
}

const WIDTH: f64 = 840.0;
const MARGIN: f64 = 16.0;
/// For the number behind the longest bar.
const NUMBER: f64 = 48.0;
const BAR: f64 = 13.0;
const GAP: f64 = 12.0;

impl Bars<'_> {
    /// The file.
    pub(crate) fn draw(&self) -> String {
        let mut svg = Svg::new();
        svg.text(MARGIN, 28.0, Anchor::Start, "h", self.title);
        svg.text(MARGIN, 48.0, Anchor::Start, "s", self.subtitle);
        let top = 84.0 + svg.legend(self.series, MARGIN, WIDTH - MARGIN, 74.0);
        let width = (WIDTH - MARGIN) / count(self.panels.len().max(1));
        let mut bottom = top;
        for (at, panel) in self.panels.iter().enumerate() {
            let left = MARGIN + width * count(at);
            let y = self.panel(&mut svg, panel, left, left + width - MARGIN, top);
            bottom = bottom.max(y);
        }
        svg.finish(WIDTH, bottom + 4.0, self.title)
    }

    /// Draws between `left` and `right` from `top` down, and returns where it ends.
    fn panel(&self, svg: &mut Svg, panel: &Panel<'_>, left: f64, right: f64, top: f64) -> f64 {
        let labels = panel.groups.iter().map(|group| width_of(&group.label));
        let zero = left + labels.fold(0.0, f64::max) + 8.0;
        let all = panel.groups.iter().flat_map(|group| &group.bars);
        let longest = all.map(|bar| bar.1).fold(0.0, f64::max).min(self.limit);
        let scale = (right - NUMBER - zero) / longest.max(f64::MIN_POSITIVE);

        svg.text(zero, top, Anchor::Start, "b", panel.title);
        let first = top + 12.0;
        let height = panel.groups.iter().map(Group::height).sum::<f64>();
        if let Some(mark) = self.mark {
            let x = zero + mark * scale;
            svg.line((x, first - 4.0), (x, first + height - GAP), "m");
        }
        let mut y = first;
        for group in &panel.groups {
            let middle = y + BAR * count(group.bars.len()) / 2.0 + 3.0;
            svg.text(zero - 8.0, middle, Anchor::End, "b", &group.label);
            for &(series, value) in &group.bars {
                let length = value.min(longest) * scale;
                svg.rect(zero, y, length, BAR - 2.0, colour(series));
                let cut = if value > longest { " →" } else { "" };
                let text = format!("{}{cut}", short(value));
                svg.text(zero + length + 4.0, y + 9.5, Anchor::Start, "v", &text);
                y += BAR;
            }
            y += GAP;
        }
        y
    }
}

/// Three digits that count.
fn short(value: f64) -> String {
    if value < 10.0 {
        format!("{value:.2}")
    } else if value < 100.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.0}")
    }
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_over_the_limit_is_cut_off_and_keeps_its_number() {
        let group = Group {
            label: "x".to_owned(),
            bars: vec![(0, 1.0), (1, 40.0)],
        };
        let chart = Bars {
            title: "a < b",
            subtitle: "",
            series: &["one", "two"],
            panels: vec![Panel {
                title: "",
                groups: vec![group],
            }],
            limit: 4.0,
            mark: Some(1.0),
        };
        let text = chart.draw();
        assert!(text.contains("40.0 →") && text.contains(">1.00<"));
        assert!(text.contains("a &lt; b") && !text.contains("a < b"));
        let widths: Vec<f64> = text
            .lines()
            .filter(|line| line.contains("height=\"11.0\""))
            .filter_map(|line| line.split('"').nth(5)?.parse().ok())
            .collect();
        let [one, two] = widths[..] else {
            panic!("two bars: {widths:?}")
        };
        assert!((two / one - 4.0).abs() < 0.01);
    }
}
