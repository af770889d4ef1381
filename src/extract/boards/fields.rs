//! One position of a board's answer as a document.

use serde_json::Value;

use super::filled;
use super::platform::{self, Fields, Named};
use crate::extract::dom::folded;
use crate::extract::{forum, language, structured, written};
use crate::model::document::{DateSource, Dated, Document, Genre, JobPosting};
use crate::model::time::{Day, Timestamp};
use crate::model::url;

/// Values that one path leads to at most: a position's towns, departments, sections.
const MOST_VALUES: usize = 40;
/// Bytes of a text from which its language can be told.
const TELLING: usize = 200;
/// Bytes of a title, a place, a department: what is longer is none.
const LONGEST: usize = 300;

/// The position, where it states what it is called and where it stands.
pub(super) fn document(
    posting: &Value,
    fields: &Fields,
    names: &Named,
    fetched: Day,
) -> Option<Document> {
    let hidden = fields.unless.as_ref();
    if hidden.is_some_and(|path| posting.get(path.as_str()) == Some(&Value::Bool(false))) {
        return None;
    }
    let title = short(&joined(posting, &fields.title))?;
    let named =
        |name: &str| platform::of(names, name).or_else(|| values(posting, name).into_iter().next());
    let url = url::parse(&filled(&fields.url, named)?)?.to_string();
    let first = |paths: &[String]| {
        let mut found = paths
            .iter()
            .filter_map(|path| short(&joined(posting, path)));
        found.next()
    };
    let day = |path: &String| {
        let found = values(posting, path);
        found.first().and_then(|value| self::day(value))
    };
    let organization = fields.organization.as_ref();
    let organization = organization.and_then(|path| short(&joined(posting, path)));
    let posted = fields.posted.iter().find_map(day);
    let text = text(posting, fields);
    let dated = |day| Dated {
        day,
        source: DateSource::Structured,
    };
    Some(Document {
        url,
        // Names of towns and tools are no language.
        language: language::of(&text, None).filter(|_| text.len() >= TELLING),
        published: posted.map(dated),
        updated: fields.updated.as_ref().and_then(day).map(dated),
        genre: Genre::Job,
        publisher: organization.clone(),
        job: Some(JobPosting {
            title: title.clone(),
            organization,
            location: first(&fields.location),
            posted,
            closes: fields.closes.as_ref().and_then(day),
        }),
        complete: true,
        fetched,
        tender: None,
        official: true,
        title,
        text,
    })
}

/// The department, and below it what is said of the position.
fn text(posting: &Value, fields: &Fields) -> String {
    let mut lines: Vec<String> = short(&joined(posting, &fields.department))
        .into_iter()
        .collect();
    let parts: Vec<Vec<String>> = fields
        .text
        .iter()
        .map(|path| values(posting, path))
        .collect();
    if fields.one_text {
        let told = parts.into_iter().find(|values| !values.is_empty());
        lines.extend(told.into_iter().flatten().map(|value| plain(&value)));
    } else {
        // Headings and what stands below them come as two columns of one table.
        let mut at = 0;
        while at < parts.len() {
            let below = parts.get(at + 1).map_or(0, Vec::len);
            if parts[at].len() > 1 && parts[at].len() == below {
                let rows = parts[at].iter().zip(&parts[at + 1]);
                lines.extend(rows.flat_map(|(heading, body)| [plain(heading), plain(body)]));
                at += 2;
            } else {
                lines.extend(parts[at].iter().map(|value| plain(value)));
                at += 1;
            }
        }
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// The text of what may be markup, markup that was escaped once more, or plain text.
fn plain(value: &str) -> String {
    let escaped = !value.contains('<') && value.contains("&lt;");
    let unescaped = if escaped {
        structured::unescaped(value)
    } else {
        value.to_owned()
    };
    if unescaped.contains('<') || unescaped.contains('&') && unescaped.contains(';') {
        return forum::text_of(&unescaped);
    }
    let lines = unescaped.lines().map(folded);
    let lines: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// What the paths of `a + b` lead to, one behind the other, each thing once.
fn joined(posting: &Value, paths: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for path in paths.split(" + ") {
        let mut found: Vec<String> = Vec::new();
        for value in values(posting, path) {
            let value = folded(&plain(&value).replace('\n', " "));
            if !value.is_empty() && !found.contains(&value) {
                found.push(value);
            }
        }
        let found = found.join("; ");
        if !found.is_empty() && !parts.contains(&found) {
            parts.push(found);
        }
    }
    parts.join(", ")
}

/// The texts and numbers that a path leads to, through every list on its way.
fn values(value: &Value, path: &str) -> Vec<String> {
    let mut at = vec![value];
    for name in path.split('.') {
        let inner = at.into_iter().flat_map(listed);
        at = inner.filter_map(|value| value.get(name)).collect();
    }
    let texts = at.into_iter().flat_map(listed);
    let texts = texts.filter_map(|value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    texts.take(MOST_VALUES).collect()
}

/// The values of a list, or the one that is none.
fn listed(value: &Value) -> impl Iterator<Item = &Value> {
    let many: &[Value] = match value {
        Value::Array(values) => &values[..values.len().min(MOST_VALUES)],
        one => std::slice::from_ref(one),
    };
    many.iter()
}

/// A day: in words or figures, or as seconds or milliseconds since 1970.
fn day(value: &str) -> Option<Day> {
    let Ok(number) = value.parse::<i64>() else {
        return written::stated(value, Some("en"));
    };
    let at = match number {
        // 1990 to 2100, as `written` believes them.
        631_152_000_000..4_102_444_800_000 => Timestamp(number),
        631_152_000..4_102_444_800 => Timestamp(number * 1000),
        _ => return None,
    };
    Some(at.day())
}

fn short(text: &str) -> Option<String> {
    (!text.is_empty() && text.len() <= LONGEST).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_through_lists_and_are_bounded() {
        let value = json!({"a": [{"b": "x"}, {"b": ["y", 3]}, {"c": 1}, null], "d": {"b": true}});
        assert_eq!(values(&value, "a.b"), ["x", "y", "3"]);
        assert!(values(&value, "d.b").is_empty() && values(&value, "a.b.c").is_empty());
        let many = json!({"a": vec!["x"; 1000]});
        assert_eq!(values(&many, "a").len(), MOST_VALUES);
        let place =
            json!({"city": "Lyon", "state": "", "country": "Lyon", "list": ["A", "B", "A"]});
        assert_eq!(joined(&place, "city + state + country"), "Lyon");
        assert_eq!(joined(&place, "city + list"), "Lyon, A; B");
    }

    #[test]
    fn days_come_in_words_and_numbers() {
        let wanted = Some(jiff::civil::date(2026, 2, 27));
        for text in [
            "2026-02-27T19:59:48.000Z",
            "2026-02-27 12:23:00 UTC",
            "2026-02-27",
            "Fri, 27 Feb 2026 19:59:48 +0100",
            "1772208000000",
            "1772208000",
        ] {
            assert_eq!(day(text), wanted, "{text}");
        }
        for text in ["", "soon", "7", "-1", "99999999999999999"] {
            assert_eq!(day(text), None, "{text}");
        }
    }

    #[test]
    fn markup_is_read_however_often_it_was_escaped() {
        for text in [
            "<p>You weld.</p><ul><li>Steel &amp; iron</li></ul>",
            "&lt;p&gt;You weld.&lt;/p&gt;&lt;ul&gt;&lt;li&gt;Steel &amp;amp; iron&lt;/li&gt;&lt;/ul&gt;",
            "You weld.\n\n  Steel & iron",
        ] {
            assert_eq!(plain(text), "You weld.\nSteel & iron", "{text}");
        }
    }
}
