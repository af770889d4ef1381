//! What a URL carries of its visitor and not of its page: campaign and click marks, sessions.
//!
//! Invariant: what is taken away changes nobody's page. Names that only mean a session on some
//! sites (`sid`, `s`) go where their value is a session's, and stay where it is an article's.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Names that mean a session where the value is one: phpBB's `sid`, vBulletin's `s`.
const SESSIONS: &[&str] = &["sid", "s", "session", "sess"];
/// The fewest characters of a session's mark: an MD5 sum in hexadecimal has 32, and so have most.
const MARK: usize = 24;

struct Names {
    whole: HashSet<&'static str>,
    beginnings: Vec<&'static str>,
}

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    let lines = include_str!("visitor.txt").lines();
    let names = lines
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace);
    let (beginnings, whole): (Vec<&str>, Vec<&str>) = names.partition(|name| name.ends_with('*'));
    Names {
        whole: whole.into_iter().collect(),
        beginnings: beginnings
            .into_iter()
            .map(|name| name.trim_end_matches('*'))
            .collect(),
    }
});

/// Whether a parameter of a query (`name=value`, escaped) is about the visitor.
pub(super) fn is_of_visitor(pair: &str) -> bool {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    // What stood as `&amp;` in a page that was escaped twice.
    let name = name.to_ascii_lowercase();
    let name = name.strip_prefix("amp;").unwrap_or(&name);
    NAMES.whole.contains(name)
        || NAMES.beginnings.iter().any(|start| name.starts_with(start))
        || SESSIONS.contains(&name) && is_mark(value)
}

/// Whether a text is what a server makes up to know a session by: long, of hexadecimal digits, of
/// both kinds.
fn is_mark(value: &str) -> bool {
    value.len() >= MARK
        && value.bytes().all(|byte| byte.is_ascii_hexdigit())
        && value.bytes().any(|byte| byte.is_ascii_digit())
}

/// The path without `;jsessionid=…`, which servers write into it for visitors without cookies.
pub(super) fn without_session(path: &str) -> Option<String> {
    let lower = path.to_ascii_lowercase();
    let (start, mark) = [";jsessionid=", ";phpsessid=", ";sessionid="]
        .iter()
        .find_map(|mark| Some((lower.find(mark)?, mark)))?;
    let rest = &path[start + mark.len()..];
    let end = rest.find(['/', ';']).unwrap_or(rest.len());
    Some(format!("{}{}", &path[..start], &rest[end..]))
}

/// Whether a segment of a path is a session of ASP.NET for visitors without cookies: `(S(…))`,
/// `(X(1)S(…))`. Such a server redirects whoever leaves it away, so it stays in the URL that is
/// asked; it only makes no other page of it.
pub(super) fn is_cookieless(segment: &str) -> bool {
    let Some(inner) = segment
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix("))"))
    else {
        return false;
    };
    inner.split(')').all(|mark| {
        let (kind, value) = mark.split_once('(').unwrap_or((mark, ""));
        matches!(kind, "S" | "X" | "A" | "F")
            && !value.is_empty()
            && value
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_means_the_visitor_is_told_from_what_means_the_page() {
        for pair in [
            "utm_source=x",
            "UTM_Campaign=x",
            "amp;utm_medium=mail",
            "gclid=1",
            "hsa_acc=1",
            "_hsenc=p2",
            "mc_cid=7",
            "PHPSESSID=abc",
            "sid=0123456789abcdef0123456789abcdef",
            "s=0123456789abcdef0123456789abcdef",
            "replytocom=7",
            "__cf_chl_rt_tk=x",
        ] {
            assert!(is_of_visitor(pair), "{pair}");
        }
        for pair in [
            "id=7",
            "p=123",
            "cid=12",
            "sid=123",
            "sid=26/05/04/1200201",
            "s=annual+report",
            "sid=deadbeef-cafe",
            "ref=home",
            "source=press",
            "lang=de",
            "utm",
            "campaign=spring",
            "page=2",
            "t=12",
        ] {
            assert!(!is_of_visitor(pair), "{pair}");
        }
    }

    #[test]
    fn sessions_in_paths_are_told() {
        for (path, kept) in [
            ("/a;jsessionid=0A1B.node1", Some("/a")),
            ("/a;JSESSIONID=0A1B/b", Some("/a/b")),
            ("/a;v=1;jsessionid=0A", Some("/a;v=1")),
            ("/a;v=1", None),
        ] {
            assert_eq!(without_session(path).as_deref(), kept, "{path}");
        }
        assert!(is_cookieless("(S(lit3py55t21z5v55vlm25s55))"));
        assert!(is_cookieless("(X(1)S(lit3py55t21z5v55vlm25s55))"));
        for segment in ["(S)", "(about)", "S(x)", "(S())", "f(x)", "(Q(abc))", ""] {
            assert!(!is_cookieless(segment), "{segment}");
        }
    }
}
