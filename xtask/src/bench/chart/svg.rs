//! What both forms of chart draw with.

use std::fmt::{Display, Write};

/// Colours of series, in their order: told apart by readers who see few colours, on light and on dark pages.
const COLOURS: [&str; 8] = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b3a000", "#888888",
];

pub(crate) fn colour(series: usize) -> &'static str {
    COLOURS[series % COLOURS.len()]
}

/// Where a text ends or begins.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture that grows by what is drawn onto it.
pub(crate) struct Svg {
    body: String,
}

impl Svg {
    pub(crate) fn new() -> Self {
        Self {
            body: String::new(),
        }
    }

    pub(crate) fn text(&mut self, x: f64, y: f64, anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let text = escaped(text);
        self.element(format_args!(
            r#"<text x="{x:.1}" y="{y:.1}" text-anchor="{anchor}" class="{class}">{text}</text>"#
        ));
    }

    pub(crate) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, fill: &str) {
        self.element(format_args!(
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" fill="{fill}"/>"#
        ));
    }

    /// A line of the grid, or of another class.
    pub(crate) fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        self.element(format_args!(
            r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" class="{class}"/>"#
        ));
    }

    /// Points, joined in their order.
    pub(crate) fn curve(&mut self, points: &[(f64, f64)], stroke: &str) {
        let mut list = String::new();
        for (x, y) in points {
            let _ = write!(list, "{x:.1},{y:.1} ");
        }
        let list = list.trim_end();
        self.element(format_args!(
            r#"<polyline points="{list}" fill="none" stroke="{stroke}" stroke-width="2"/>"#
        ));
        for (x, y) in points {
            self.element(format_args!(
                r#"<circle cx="{x:.1}" cy="{y:.1}" r="2.6" fill="{stroke}"/>"#
            ));
        }
    }

    /// The squares and names of series, side by side; wraps at `right`, and returns the height that it took.
    pub(crate) fn legend(&mut self, names: &[&str], left: f64, right: f64, y: f64) -> f64 {
        let (mut x, mut down) = (left, 0.0);
        for (series, name) in names.iter().enumerate() {
            let width = 30.0 + width_of(name);
            if x + width > right && x > left {
                x = left;
                down += 18.0;
            }
            self.rect(x, y + down - 9.0, 10.0, 10.0, colour(series));
            self.text(x + 15.0, y + down, Anchor::Start, "l", name);
            x += width;
        }
        down + 18.0
    }

    /// The whole file.
    pub(crate) fn finish(self, width: f64, height: f64, title: &str) -> String {
        let title = escaped(title);
        let body = self.body;
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0}" height="{height:.0}" viewBox="0 0 {width:.0} {height:.0}" role="img">
<title>{title}</title>
<style>
text {{ font: 12px system-ui, sans-serif; fill: #24292f }}
text.h {{ font-size: 16px; font-weight: 600 }}
text.s, text.t {{ fill: #57606a }}
text.t, text.v {{ font-size: 11px }}
text.b {{ font-weight: 600 }}
line.g {{ stroke: #d0d7de }}
line.m {{ stroke: #57606a; stroke-dasharray: 4 3 }}
rect.p {{ fill: #ffffff }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: #e6edf3 }}
  text.s, text.t {{ fill: #8d96a0 }}
  line.g {{ stroke: #30363d }}
  line.m {{ stroke: #8d96a0 }}
  rect.p {{ fill: #0d1117 }}
}}
</style>
<rect class="p" width="{width:.0}" height="{height:.0}"/>
{body}</svg>
"#
        )
    }

    fn element(&mut self, element: impl Display) {
        let _ = writeln!(self.body, "{element}");
    }
}

/// Roughly how wide a text of 12 pixels is, if it is bold: there is no font here to ask.
pub(crate) fn width_of(text: &str) -> f64 {
    text.chars().map(|_| 7.2).sum()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
