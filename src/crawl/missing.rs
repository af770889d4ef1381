//! Soft 404s: what a server sends with status 200 to say that it does not have the page. Pure; the
//! words are data.
//!
//! Precision first: a page is only called missing where its title or heading says nothing else and
//! little text follows. An article about error pages has a longer title or a longer text.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use super::words::slug;
use crate::model::document::{Document, Genre, Reading};

/// The most words that follow a title which says that there is nothing.
const BELOW_TITLE: usize = 120;
/// The most words of a page whose heading alone says so.
const BELOW_HEADING: usize = 80;
/// The most words of a page on which a sentence alone says so.
const AROUND_SENTENCE: usize = 60;
/// How many of a text's first lines may be its heading.
const HEADINGS: usize = 4;

/// What servers say: `missing.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    titles: HashSet<String>,
    around: HashSet<String>,
    sentences: Vec<String>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("missing.toml")).expect("a test reads missing.toml")
});

/// Whether a page only says that it is not there.
pub fn is_missing(reading: &Reading) -> bool {
    let [document] = reading.documents.as_slice() else {
        return false;
    };
    if reading.reader != "html" || document.job.is_some() || document.genre == Genre::Forum {
        return false;
    }
    let words = document.text.split_whitespace().count();
    words <= BELOW_TITLE && title_says_so(&document.title)
        || words <= BELOW_HEADING && heading_says_so(document)
        || words <= AROUND_SENTENCE && sentence_says_so(document)
}

/// Whether a part of a title, of the page's name and the site's, is such a title.
fn title_says_so(title: &str) -> bool {
    let separator = |c: char| matches!(c, '|' | '–' | '—' | '·' | '•' | ':' | '»' | '«' | '/');
    title_is_it(title)
        || title
            .split(separator)
            .flat_map(|part| part.split(" - "))
            .any(title_is_it)
}

fn title_is_it(part: &str) -> bool {
    let slug = slug(part);
    if slug.is_empty() || slug.len() > 100 {
        return false;
    }
    let words: Vec<&str> = slug.split('-').collect();
    let numbered = words.contains(&"404");
    // Every stretch of words that leaves nothing out but what may stand around it.
    let is_around = |word: &&str| WORDS.around.contains(*word);
    let before = words.iter().take_while(|word| is_around(word)).count();
    let after = words
        .iter()
        .rev()
        .take_while(|word| is_around(word))
        .count();
    if before == words.len() && numbered {
        return words.len() <= 4;
    }
    (0..=before).any(|from| {
        (from..words.len())
            .rev()
            .take(after + 1)
            .any(|to| WORDS.titles.contains(&words[from..=to].join("-")))
    })
}

fn heading_says_so(document: &Document) -> bool {
    document.text.lines().take(HEADINGS).any(title_is_it)
}

fn sentence_says_so(document: &Document) -> bool {
    let said = |line: &str| {
        let slug = slug(line);
        WORDS
            .sentences
            .iter()
            .any(|sentence| slug.contains(sentence.as_str()))
    };
    document.published.is_none() && document.text.lines().any(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(title: &str, text: &str) -> bool {
        is_missing(&Reading {
            documents: vec![Document {
                title: title.into(),
                text: text.into(),
                ..Document::default()
            }],
            claims: Vec::new(),
            reader: "html",
            ..Reading::default()
        })
    }

    const LITTLE: &str = "Go back to the home page or use the search.";

    #[test]
    fn titles_that_say_nothing_else_are_told_in_seven_languages() {
        for title in [
            "404",
            "Error 404",
            "404 – Page Not Found",
            "Page not found | Contoso",
            "Contoso: page not found",
            "Oops! That page can’t be found.",
            "Sorry, this page isn't available",
            "404 Not Found",
            "HTTP 404: The page cannot be found",
            "Página no encontrada - Contoso",
            "Error 404: esta página no existe",
            "Page introuvable",
            "Erreur 404 : cette page n’existe plus",
            "Seite nicht gefunden",
            "Fehler 404: Die gewünschte Seite existiert nicht",
            "Leider existiert die Seite nicht: Seite nicht verfügbar",
            "Página não encontrada | Contoso Brasil",
            "Pagina non trovata",
            "Errore 404 – La pagina richiesta non esiste",
            "Pagina niet gevonden",
            "Helaas, deze pagina bestaat niet meer",
        ] {
            assert!(missing(title, LITTLE), "{title}");
        }
    }

    #[test]
    fn headings_and_sentences_are_told_on_pages_of_few_words() {
        assert!(missing("Contoso", &format!("Page not found\n{LITTLE}")));
        for text in [
            "We are sorry, but the page you are looking for has been moved or removed.",
            "La página que buscas no está aquí.",
            "La page que vous recherchez a été déplacée.",
            "Die von Ihnen gesuchte Seite gibt es nicht mehr.",
            "A página que você procura saiu do ar.",
            "La pagina che stai cercando è stata spostata.",
            "De pagina die u zoekt is verplaatst.",
        ] {
            assert!(missing("Contoso", text), "{text}");
        }
    }

    #[test]
    fn what_is_about_missing_pages_is_there() {
        let article = "A visitor follows a link and lands on an error page. ".repeat(20);
        for (title, text) in [
            ("Page not found", article.as_str()),
            ("How to fix “page not found” errors", LITTLE),
            ("404 pages that make customers smile", LITTLE),
            ("Why your 404 page matters | Blog", LITTLE),
            ("Lost and found: page one", LITTLE),
            ("Contoso 404 turbine", LITTLE),
            ("Nicht gefunden? Unser Service hilft weiter", LITTLE),
            ("Contoso", article.as_str()),
            ("Contoso", "The page of our catalogue that you like best."),
            ("The page", LITTLE),
            ("", ""),
        ] {
            assert!(!missing(title, text), "{title}");
        }
        let told = "The page you are looking for is explained below. ".repeat(9);
        assert!(!missing("About our search", &told));
    }

    #[test]
    fn the_words_are_as_titles_are_compared() {
        for word in WORDS
            .titles
            .iter()
            .chain(&WORDS.sentences)
            .chain(&WORDS.around)
        {
            assert_eq!(*word, slug(word));
        }
    }
}
