//! Lists of words that are data, not code: `words/*.txt`, a list a line (`name: word, word`), going
//! on in indented lines, with `#` before comments.

/// The lists of such a file: their names and words.
pub(super) fn lists(text: &'static str) -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let mut lists: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let words = match line.split_once(": ") {
            Some((name, words)) if !line.starts_with(' ') => {
                lists.push((name, Vec::new()));
                words
            }
            _ => line,
        };
        if let Some((_, list)) = lists.last_mut() {
            list.extend(
                words
                    .split(',')
                    .map(str::trim)
                    .filter(|word| !word.is_empty()),
            );
        }
    }
    lists.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_go_on_in_indented_lines() {
        let found: Vec<_> = lists("# note\n\na: b, c d,\n  e\nf g: h\n").collect();
        assert_eq!(found, [("a", vec!["b", "c d", "e"]), ("f g", vec!["h"])]);
    }
}
