//! Tables for people.

use comfy_table::{ContentArrangement, LineStyle, Table, TableStyle};

use crate::clock::Clock;
use crate::model::time::Timestamp;

/// A line below the header, and nothing else.
const STYLE: TableStyle =
    TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));

/// A table that fits the terminal, or 120 columns where there is none.
pub(super) fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(STYLE)
        .set_content_arrangement(ContentArrangement::Dynamic);
    if table.width().is_none() {
        table.set_width(120);
    }
    table.set_header(header.to_vec());
    table
}

/// When a URL is visited next. Points in the past only rank what is due.
pub(super) fn next_visit(due: Option<Timestamp>) -> String {
    match due {
        None => "never".to_owned(),
        Some(due) if due <= Clock::system().now() => "due".to_owned(),
        Some(due) => due.to_string(),
    }
}

/// The name under which exports know a kind, a role, a state: `leadership_hire`.
pub(super) fn name(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(name)) => name,
        Ok(serde_json::Value::Object(fields)) => fields.keys().next().cloned().unwrap_or_default(),
        _ => String::new(),
    }
}

/// Text from the web, made harmless for a terminal: control characters would steer it.
pub(super) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || is_bidi(c) { ' ' } else { c })
        .collect()
}

fn is_bidi(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
}

/// At most `width` characters, the last one an ellipsis where something is missing.
pub(super) fn short(text: &str, width: usize) -> String {
    let text = plain(text);
    if text.chars().count() <= width {
        return text;
    }
    let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_hostile_title_cannot_steer_a_terminal() {
        assert_eq!(super::plain("a\u{1b}[2Jb\r\n\u{202e}c"), "a [2Jb   c");
        assert_eq!(super::short("abcdef", 4), "abc…");
    }
}
