//! Which technologies a text names.

use super::fold::Folded;
use super::knowledge::knowledge;
use crate::model::signal::ProductArea;

/// The technologies that `text` names: where, under which lexicon name, and which product areas
/// they speak for. Ranges are bytes of `text`.
pub fn technologies(
    text: &str,
) -> Vec<(std::ops::Range<usize>, &'static str, &'static [ProductArea])> {
    let folded = Folded::new(text);
    knowledge()
        .lexicon
        .mentions(&folded.text)
        .map(|mention| {
            let range = folded.original(mention.start)..folded.original(mention.end);
            let technology = mention.technology;
            (range, technology.name.as_str(), technology.areas.as_slice())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_of_the_source() {
        let text = "Migración — a Azure";
        let found = technologies(text);
        assert_eq!(&text[found[0].0.clone()], "Azure");
        assert_eq!(found[0].1, "Azure");
    }
}
