//! What a page states for machines: JSON-LD and microdata, as one list of objects.
//!
//! Both are turned into the same shape, so that a reader asks for `datePublished` once. JSON-LD is
//! often written by hand and by templates, and is read as a person would read it: comments,
//! trailing commas, escaped quotes and line breaks inside strings are put right first.

use serde_json::{Map, Value};

use super::dom::{Dom, Tag, folded};

/// One schema.org object.
pub(super) type Item = Map<String, Value>;

/// How deep objects inside objects are looked for.
const DEPTH: usize = 12;

/// How many values of one property are kept.
const MAX_VALUES: usize = 64;

/// Every object that the page states, outer ones before inner ones.
pub(super) fn items(dom: &Dom<'_>) -> Vec<Item> {
    let mut items = Vec::new();
    for (at, node) in dom.iter() {
        if node.tag == Tag::Script
            && node
                .attr("type")
                .is_some_and(|kind| kind.to_ascii_lowercase().contains("ld+json"))
            && let Some(value) = tolerant(&dom.raw_text(at))
        {
            collect(value, &mut items, 0);
        }
    }
    for value in microdata(dom) {
        collect(value, &mut items, 0);
    }
    items
}

/// Whether the object is of one of these types; names are compared without their prefix.
pub(super) fn is_a(item: &Item, wanted: &[&str]) -> bool {
    let is = |name: &str| {
        let name = name.rsplit(['/', '#', ':']).next().unwrap_or(name);
        wanted
            .iter()
            .any(|wanted| wanted.eq_ignore_ascii_case(name))
    };
    match item.get("@type") {
        Some(Value::String(name)) => is(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is),
        _ => false,
    }
}

/// The text of a property: itself, the first of a list, or the name of the object that it is.
pub(super) fn text(item: &Item, property: &str) -> Option<String> {
    value_text(item.get(property)?)
}

/// The text of a value, as [`text`] takes it.
pub(super) fn value_text(value: &Value) -> Option<String> {
    let found = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => return values.iter().find_map(value_text),
        Value::Object(item) => {
            return ["name", "@value", "headline"]
                .iter()
                .find_map(|name| value_text(item.get(*name)?));
        }
        _ => return None,
    };
    let found = folded(&unescaped(&found));
    (!found.is_empty()).then_some(found)
}

fn collect(value: Value, items: &mut Vec<Item>, depth: usize) {
    if depth > DEPTH {
        return;
    }
    match value {
        Value::Array(values) => {
            for value in values {
                collect(value, items, depth + 1);
            }
        }
        Value::Object(mut item) => {
            let inner: Vec<Value> = [
                "@graph",
                "mainEntity",
                "mainEntityOfPage",
                "itemListElement",
                "item",
                "hasPart",
                "mainentity",
            ]
            .iter()
            .filter_map(|name| match item.get(*name) {
                Some(Value::Array(_) | Value::Object(_)) => item.remove(*name),
                _ => None,
            })
            .collect();
            if item.keys().any(|name| name != "@context") {
                items.push(item);
            }
            for value in inner {
                collect(value, items, depth + 1);
            }
        }
        _ => {}
    }
}

fn tolerant(text: &str) -> Option<Value> {
    let text = text.trim().trim_start_matches('\u{FEFF}');
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let repaired = repaired(text);
    serde_json::from_str(&repaired)
        .ok()
        .or_else(|| serde_json::from_str(&repaired.replace("&quot;", "\"")).ok())
        .or_else(|| {
            // Several objects one after another, or words behind the first.
            serde_json::Deserializer::from_str(&repaired)
                .into_iter()
                .next()?
                .ok()
        })
}

/// JSON with what is not JSON taken out of it.
fn repaired(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let start = text.find(['{', '[']).unwrap_or(0);
    let mut chars = text[start..].chars().peekable();
    let mut inside = false;
    while let Some(c) = chars.next() {
        match c {
            '\\' if inside => {
                out.push(c);
                match chars.next() {
                    Some(next @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                        out.push(next)
                    }
                    Some(next) => {
                        out.push('\\');
                        out.push(next);
                    }
                    None => {}
                }
            }
            '"' => {
                inside = !inside;
                out.push(c);
            }
            c if inside && c.is_control() => out.push(' '),
            '/' if !inside && chars.peek() == Some(&'/') => {
                while chars.next().is_some_and(|c| c != '\n') {}
            }
            '/' if !inside && chars.peek() == Some(&'*') => {
                let mut last = ' ';
                for c in chars.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            '}' | ']' if !inside => {
                let end = out.trim_end().len();
                if out[..end].ends_with(',') {
                    out.truncate(end - 1);
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text with the character references that templates leave inside JSON and metas replaced.
pub(super) fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest.find(';').filter(|end| *end <= 10);
        match reference.and_then(|end| Some((end, character(&rest[1..end])?))) {
            Some((end, character)) => {
                out.push(character);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let number = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(number).filter(|c| !c.is_control());
    }
    Some(match name {
        "quot" => '"',
        "apos" => '\'',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "nbsp" => ' ',
        "rsquo" => '’',
        "lsquo" => '‘',
        "rdquo" => '”',
        "ldquo" => '“',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        _ => return None,
    })
}

/// The page's microdata (HTML §5): an object for every `itemscope` that is nobody's property.
fn microdata(dom: &Dom<'_>) -> Vec<Value> {
    // The innermost scope around every node, and the scopes in document order.
    let mut scope_of: Vec<Option<usize>> = vec![None; dom.len()];
    let mut scopes: Vec<(usize, Item)> = Vec::new();
    let mut properties: Vec<(usize, String, usize)> = Vec::new();
    for (at, node) in dom.iter() {
        let outer = if at == 0 { None } else { scope_of[node.parent] };
        scope_of[at] = outer;
        if node.tag == Tag::Text {
            continue;
        }
        if let (Some(outer), Some(name)) = (outer, node.attr("itemprop")) {
            properties.push((outer, name.to_owned(), at));
        }
        if node.attr("itemscope").is_some() {
            let mut item = Item::new();
            if let Some(kind) = node.attr("itemtype") {
                let kinds = kind.split_ascii_whitespace().map(Value::from).collect();
                item.insert("@type".to_owned(), Value::Array(kinds));
            }
            scope_of[at] = Some(scopes.len());
            scopes.push((at, item));
        }
    }
    let mut owned = vec![false; scopes.len()];
    // From the last to the first, so that an inner scope is complete before it is handed out.
    for (outer, names, at) in properties.into_iter().rev() {
        let value = match scope_of[at] {
            Some(inner) if inner != outer => {
                owned[inner] = true;
                Value::Object(scopes[inner].1.clone())
            }
            _ => Value::String(property_value(dom, at)),
        };
        for name in names.split_ascii_whitespace() {
            add_before(&mut scopes[outer].1, name, value.clone());
        }
    }
    scopes
        .into_iter()
        .zip(owned)
        .filter(|(_, owned)| !owned)
        .map(|((_, item), _)| Value::Object(item))
        .collect()
}

/// Adds a value of a property before those that stand behind it on the page.
fn add_before(item: &mut Item, name: &str, value: Value) {
    match item.get_mut(name) {
        Some(Value::Array(values)) => {
            values.truncate(MAX_VALUES - 1);
            values.insert(0, value);
        }
        Some(behind) => {
            let behind = behind.take();
            item.insert(name.to_owned(), Value::Array(vec![value, behind]));
        }
        None => {
            item.insert(name.to_owned(), value);
        }
    }
}

fn property_value(dom: &Dom<'_>, at: usize) -> String {
    let node = dom.node(at);
    let valued = matches!(node.name(), Some("data" | "meter"));
    let valued = node.attr("value").filter(|_| valued);
    if let Some(value) = valued {
        return value.trim().to_owned();
    }
    for name in ["content", "datetime", "href", "src", "data"] {
        if let Some(value) = node.attr(name) {
            return value.trim().to_owned();
        }
    }
    if node.end - at > 2000 {
        return String::new();
    }
    dom.text(at)
}

#[cfg(test)]
mod tests {
    use super::super::dom::parse;
    use super::*;

    fn of(markup: &str) -> Vec<Item> {
        items(&Dom::of(&parse(markup)))
    }

    #[test]
    fn graphs_lists_and_single_objects_are_all_found() {
        let found = of(
            r#"<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"A"},
               {"@type":["Article","NewsArticle"],"headline":"B &amp; C"}]}</script>
               <script type="application/ld+json">[{"@type":"JobPosting","title":"D"}]</script>"#,
        );
        assert_eq!(found.len(), 3);
        assert!(is_a(&found[1], &["NewsArticle"]));
        assert_eq!(text(&found[1], "headline").as_deref(), Some("B & C"));
    }

    #[test]
    fn what_templates_break_is_put_right() {
        for broken in [
            "{\"@type\":\"Article\",\"headline\":\"A\",}",
            "<!-- {\"@type\":\"Article\",\"headline\":\"A\"} -->",
            "// note\n{\"@type\":\"Article\", /* x */ \"headline\":\"A\"}",
            "{\"@type\":\"Article\",\"articleBody\":\"one\ntwo\",\"headline\":\"A\"}",
            "{&quot;@type&quot;:&quot;Article&quot;,&quot;headline&quot;:&quot;A&quot;}",
            "{\"@type\":\"Article\",\"headline\":\"A\"};",
        ] {
            let found = of(&format!(
                "<script type='application/ld+json'>{broken}</script>"
            ));
            assert_eq!(found.len(), 1, "{broken}");
            assert_eq!(
                text(&found[0], "headline").as_deref(),
                Some("A"),
                "{broken}"
            );
        }
        assert!(of("<script type='application/ld+json'>{\"@type\":</script>").is_empty());
    }

    #[test]
    fn microdata_has_the_shape_of_json_ld() {
        let found = of(
            "<div itemscope itemtype='https://schema.org/JobPosting'><h1 itemprop=title>\
             Welder</h1><div itemprop=hiringOrganization itemscope itemtype='http://schema.org/\
             Organization'><b itemprop=name>Northwind</b></div></div>",
        );
        assert_eq!(found.len(), 1);
        assert!(is_a(&found[0], &["JobPosting"]));
        let employer = text(&found[0], "hiringOrganization");
        assert_eq!(employer.as_deref(), Some("Northwind"));
    }
}
