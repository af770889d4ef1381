//! A document made ready for the detectors: folded, cut into sentences, its language and genre
//! judged, and the asked company's part in it known.

use url::Url;

use super::fold::Folded;
use super::genre;
use super::knowledge::knowledge;
use super::language::Language;
use super::lexicon::Mention;
use super::likeness;
use super::names::Known;
use super::privacy::Persons;
use super::sentence::{self, Sentence};
use crate::model::company::Company;
use crate::model::document::{Document, Genre};
use crate::model::signal::{Provenance, Standing};
use crate::model::time::{Day, Timestamp};

/// What every detector is given.
#[derive(Debug)]
pub struct Prepared<'a> {
    pub(crate) document: &'a Document,
    pub(crate) company: &'a Company,
    pub(crate) seen: Timestamp,
    /// Title, a line break, text: what all offsets refer to.
    pub(crate) source: String,
    pub(crate) folded: Folded,
    pub(crate) sentences: Vec<Sentence>,
    pub(crate) language: &'static Language,
    pub(crate) genre: Genre,
    /// The day that "yesterday" is told from.
    pub(crate) today: Day,
    /// Whether the company itself publishes it.
    pub(crate) own: bool,
    pub(crate) known: Known,
    /// The folded length of the title.
    pub(crate) title: usize,
    /// The technologies it names.
    pub(crate) mentions: Vec<Mention<'static>>,
}

impl<'a> Prepared<'a> {
    pub(crate) fn new(document: &'a Document, company: &'a Company, seen: Timestamp) -> Self {
        let source = format!("{}\n{}", document.title.replace('\n', " "), document.text);
        let folded = Folded::new(&source);
        let title = folded.text.find('\n').unwrap_or(0);
        let language = knowledge().language(match &document.language {
            Some(code) => code.get(..2).unwrap_or_default(),
            None => guess_language(&folded.text),
        });
        let sentences = sentence::split(&folded.text, title, language);
        let genre = genre::of(document, &folded.text[..title], &folded.text[title..]);
        let known = Known::new(company).shortened(&folded.text);
        let by_address = || Url::parse(&document.url).is_ok_and(|url| company.owns(&url));
        let own = !known.is_nobody() && (document.official || by_address());
        Prepared {
            today: document
                .published
                .map_or(document.fetched, |dated| dated.day),
            document,
            company,
            seen,
            title,
            mentions: knowledge().lexicon.mentions(&folded.text).collect(),
            sentences,
            language,
            genre,
            own,
            known,
            folded,
            source,
        }
    }

    /// The folded words of a sentence.
    pub(crate) fn sentence(&self, at: usize) -> &str {
        let sentence = &self.sentences[at];
        &self.folded.text[sentence.start..sentence.end]
    }

    /// What the source says at a folded span.
    pub(crate) fn original(&self, span: (usize, usize)) -> &str {
        &self.source[self.folded.original(span.0)..self.folded.original(span.1)]
    }

    /// The persons whom the document names.
    pub(crate) fn persons(&self) -> Persons {
        knowledge().names.persons(&self.source, &self.keep())
    }

    /// Who published it, and what it looks like: of a mere summary nothing can be said.
    pub(crate) fn provenance(&self) -> Provenance {
        Provenance {
            standing: match self.own || self.known.is_nobody() {
                true => Standing::Own,
                false => Standing::Other,
            },
            sketch: likeness::sketch(&self.folded.text[self.title..]),
            ..Provenance::default()
        }
    }

    /// Names that are no persons' whatever they look like.
    pub(crate) fn keep(&self) -> Vec<&str> {
        let mut keep = vec![self.company.name.as_str()];
        keep.extend(self.company.aliases.iter().map(String::as_str));
        keep.extend(self.document.publisher.as_deref());
        keep.retain(|name| !name.is_empty());
        keep
    }
}

/// English or Spanish, by their commonest words, where no reader could tell.
fn guess_language(text: &str) -> &'static str {
    let (mut english, mut spanish) = (0, 0);
    let words = text.split_ascii_whitespace().take(400);
    // Those that are counted are short.
    for word in words.filter(|word| word.len() < 5) {
        match word.to_ascii_lowercase().as_str() {
            "the" | "and" | "to" | "is" | "with" | "for" | "its" | "that" | "on" => english += 1,
            "el" | "la" | "los" | "las" | "del" | "que" | "para" | "con" | "una" | "y" => {
                spanish += 1;
            }
            _ => {}
        }
    }
    if spanish > english { "es" } else { "en" }
}
