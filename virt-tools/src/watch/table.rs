//! Draws who is on which screen.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Text};
use ratatui::widgets::{Cell, Paragraph, Row, Table};

use super::screens::{Screens, State, Viewer};
use super::scroll::Scroll;
use crate::text::{address, printable};

const COLUMNS: [&str; 7] = [
    "HOST",
    "DOMAIN",
    "PHASE",
    "LOCAL",
    "REMOTE",
    "SCHEME",
    "IDENTITIES",
];

/// Characters between two columns.
const SPACING: u16 = 2;

/// Characters of the identities that are shown however narrow the terminal is.
const LEAST: u16 = 16;

/// Draws everything that is known, from where it has been scrolled to.
pub(super) fn draw(frame: &mut Frame<'_>, screens: &Screens, scroll: &mut Scroll) {
    let notes = u16::try_from(screens.notes.len()).unwrap_or(u16::MAX);
    let rows = [
        Constraint::Length(2),
        Constraint::Fill(1),
        Constraint::Length(notes),
        Constraint::Length(1),
    ];
    let [head, body, foot, keys] = frame.area().layout(&Layout::vertical(rows));
    frame.render_widget(Paragraph::new(hosts(screens)), head);
    if screens.there.is_empty() && screens.gone.is_empty() {
        frame.render_widget(Paragraph::new("Nobody is at a screen."), body);
        *scroll = Scroll::default();
    } else {
        viewers(frame, body, screens, scroll);
    }
    // A note may have a second line, for which there is none here.
    let first = |note: &String| Line::from(note.lines().next().unwrap_or_default().to_owned());
    let notes: Vec<_> = screens.notes.iter().map(first).collect();
    frame.render_widget(Paragraph::new(notes), foot);
    let keys_line = Line::from(scroll.help()).style(dim());
    frame.render_widget(Paragraph::new(keys_line), keys);
}

/// How many are there, and the hosts with what is not as it should be.
fn hosts(screens: &Screens) -> Line<'static> {
    let count = screens.count();
    let hosts = screens.hosts.iter().map(|host| {
        let name = printable(&host.name);
        match host.state {
            State::Watched => name,
            State::Connecting => format!("{name} (connecting)"),
            State::Lost => format!("{name} (lost, trying again)"),
            State::Failed => format!("{name} (failed)"),
        }
    });
    let hosts = hosts.collect::<Vec<_>>().join(", ");
    let viewers = if count == 1 { "viewer" } else { "viewers" };
    let listed = match screens.more() {
        0 => String::new(),
        more => format!(" ({more} more than are listed)"),
    };
    Line::from(format!("{count} {viewers}{listed} on {hosts}")).style(bold())
}

fn viewers(frame: &mut Frame<'_>, area: Rect, screens: &Screens, scroll: &mut Scroll) {
    let there = screens.there.iter().map(|viewer| (viewer, Style::new()));
    let gone = screens.gone.iter().map(|viewer| (viewer, dim()));
    let texts: Vec<_> = there
        .chain(gone)
        .map(|(viewer, style)| (texts(screens, viewer), style))
        .collect();
    // The only host is named above.
    let left_out = usize::from(screens.hosts.len() == 1);
    let constraints = widths(&texts).into_iter().skip(left_out);
    let heights: Vec<_> = texts.iter().map(|(texts, _)| height(texts)).collect();
    scroll.fit(&heights, area.height.saturating_sub(1));
    let shown = texts.into_iter().zip(heights).skip(scroll.first());
    let rows = shown.map(|((texts, style), height)| {
        let cells = texts.into_iter().map(Cell::from).skip(left_out);
        Row::new(cells).height(height).style(style)
    });
    let table = Table::new(rows, constraints)
        .header(Row::new(COLUMNS.into_iter().skip(left_out)).style(bold()))
        .column_spacing(SPACING);
    frame.render_widget(table, area);
}

/// Lines that a row takes. One without identities has one.
fn height(texts: &Texts) -> u16 {
    let height = texts.iter().map(Text::height).max().unwrap_or(1);
    u16::try_from(height).unwrap_or(u16::MAX).max(1)
}

/// Each column is as wide as it needs, as long as there is room; the last has what is left.
fn widths(texts: &[(Texts, Style)]) -> [Constraint; 7] {
    let mut widths = COLUMNS.map(|title| Text::from(title).width());
    for (texts, _) in texts {
        for (width, text) in widths.iter_mut().zip(texts) {
            *width = (*width).max(text.width());
        }
    }
    let [host, domain, phase, local, remote, scheme, identities] =
        widths.map(|width| u16::try_from(width).unwrap_or(u16::MAX));
    [
        Constraint::Max(host),
        Constraint::Max(domain),
        Constraint::Length(phase),
        Constraint::Max(local),
        Constraint::Max(remote),
        Constraint::Max(scheme),
        Constraint::Min(identities.min(LEAST)),
    ]
}

/// The cells of a row.
type Texts = [Text<'static>; 7];

fn texts(screens: &Screens, viewer: &Viewer) -> Texts {
    let event = &viewer.event;
    let host = screens.hosts.get(viewer.host);
    let mut phase = event.phase.to_string();
    if viewer.is_uncertain {
        phase.push_str(" ?");
    }
    let identities = event.subject.iter().map(|identity| {
        // Its name on the wire comes from elsewhere, too.
        Line::from(printable(&identity.to_string()))
    });
    [
        host.map(|host| printable(&host.name))
            .unwrap_or_default()
            .into(),
        printable(&event.domain.name).into(),
        phase.into(),
        address(&event.local).into(),
        address(&event.remote).into(),
        printable(&event.auth_scheme).into(),
        identities.collect::<Vec<_>>().into(),
    ]
}

fn bold() -> Style {
    Style::new().add_modifier(Modifier::BOLD)
}

fn dim() -> Style {
    Style::new().add_modifier(Modifier::DIM)
}

#[cfg(test)]
mod tests;
