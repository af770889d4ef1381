//! Statements of how content may be used, as Content-Usage and Content-Signal write them. Pure.
//!
//! Content-Usage is a dictionary of structured fields (RFC 9651 §3.2) with the labels of
//! draft-ietf-aipref-vocab, whose values are `y` and `n`; Content-Signal (contentsignals.org)
//! looks the same and says `yes` and `no`. Both are read here, and more kindly than the letter of
//! RFC 9651, which drops a whole field for one space too many: what can only mean a no is one.

use super::wishes::Wishes;

/// Labels of uses, with those of earlier drafts, and what a no to each asks for.
const LABELS: &[(&str, Wishes)] = &[
    ("search", Wishes::NO_SEARCH),
    ("ai-input", Wishes::NO_AI_INPUT),
    ("ai-use", Wishes::NO_AI_INPUT),
    ("ai-train", Wishes::NO_AI_TRAIN),
    ("train-ai", Wishes::NO_AI_TRAIN),
    ("train-genai", Wishes::NO_AI_TRAIN),
    ("ai", Wishes::NO_AI_TRAIN),
    ("bots", Wishes::NO_BOTS),
    ("all", Wishes::NO_BOTS),
    ("tdm", Wishes::TDM_RESERVED),
];

/// What a list of preferences (`search=yes, ai-train=no`) asks for. A label that is given twice
/// has its last value (RFC 9651 §3.2); labels and values that nobody knows say nothing.
pub fn wishes(preferences: &str) -> Wishes {
    let mut refused = [false; LABELS.len()];
    for (label, value) in members(preferences) {
        let known = LABELS.iter().position(|(known, _)| *known == label);
        if let Some(place) = known {
            refused[place] = matches!(value.as_str(), "n" | "no" | "?0");
        }
    }
    let asked = LABELS.iter().zip(refused).filter(|(_, refused)| *refused);
    asked.map(|((_, wish), _)| *wish).collect()
}

/// Labels and values in lower case, without parameters.
fn members(preferences: &str) -> impl Iterator<Item = (String, String)> {
    let mut quoted = false;
    let apart = preferences.split(move |letter: char| {
        quoted ^= letter == '"';
        letter == ',' && !quoted
    });
    apart.filter_map(|member| {
        let (label, value) = member.split_once('=')?;
        // A parameter of a label alone is no value: `train-ai;allow=n`.
        if label.contains(';') {
            return Some((label.split(';').next()?.trim().to_owned(), String::new()));
        }
        let value = value.split(';').next().unwrap_or_default();
        Some((
            label.trim().to_ascii_lowercase(),
            value.trim().to_ascii_lowercase(),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_no_is_heard_in_every_dialect_and_nothing_else_is() {
        let train = Wishes::NO_AI_TRAIN;
        for (text, expected) in [
            ("train-ai=n", train),
            ("search=yes,ai-train=no", train),
            (
                "search=yes, ai-input=no, ai-train=no, use=reference",
                train.and(Wishes::NO_AI_INPUT),
            ),
            ("bots=n, search=y", Wishes::NO_BOTS),
            (
                "ai-use=n;because=x, search=n",
                Wishes::NO_AI_INPUT.and(Wishes::NO_SEARCH),
            ),
            ("Train-AI = No", train),
            ("tdm=n", Wishes::TDM_RESERVED),
            // The last one counts, and parameters are no values.
            ("train-ai=n, train-ai=y", Wishes::NONE),
            ("train-ai=y, train-ai=n", train),
            ("train-ai;allow=n, train-ai=y", Wishes::NONE),
            // Neither y nor n: unknown, which is no wish.
            ("train-ai, search=\"n\", bots=never", Wishes::NONE),
            ("x=\"a, search=n\"", Wishes::NONE),
            ("search", Wishes::NONE),
            ("", Wishes::NONE),
            ("=n, ,=,", Wishes::NONE),
        ] {
            assert_eq!(wishes(text), expected, "{text}");
        }
    }
}
