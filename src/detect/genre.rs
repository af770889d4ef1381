//! What kind of text a document is where its reader could not tell, and how far such a text is to
//! be believed: a guide on acquisitions is no acquisition.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::language::compile;
use crate::model::document::{Document, Genre};

/// Words in a title, in an address, in a text that give a genre away.
struct Cues {
    how_to: Regex,
    market: Regex,
    list: Regex,
    docs_url: Regex,
    product_url: Regex,
    shop: Regex,
    legal: Regex,
    press: Regex,
}

static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let cue = |pattern: &str| compile(pattern, "genre").expect("a constant pattern");
    Cues {
        how_to: cue(
            r"^(?:how (?:to|do|can|i)\b|what (?:is|are|to)\b|why (?:you|your|is|are)\b|como \w+ar\b|que es\b|que son\b|guia\b)|\b(?:ultimate|complete|beginner'?s?|step-by-step|definitive|buyer'?s|quick) guide\b|\b(?:guide to|tutorial|tips (?:for|to|and)|explained|best practices|faqs?|checklist|cheat sheet|consejos para|guia (?:de|para|completa)|paso a paso|everything you need to know|todo lo que)\b",
        ),
        market: cue(
            r"\bmarket\b.{0,40}\b(?:size|share|report|research|analysis|forecast|outlook|trends|growth|insights|survey|CAGR)\b|\b(?:CAGR|industry report|market report|stock price|share price target|stocks? to (?:buy|watch)|price prediction|earnings preview)\b",
        ),
        list: cue(
            r"\b(?:top|best|mejores)\s+\d+\b|\b\d+\s+(?:best|top|ways|reasons|things|tips|steps|trends|ideas|examples|mejores|formas|razones|claves)\b|\b(?:round-?up|news in brief|weekly digest|newsletter)\b|\b\w+ vs\.? \w+|\bversus\b|\balternatives\b|\bcoupon|\bdeals of the",
        ),
        docs_url: cue(
            r"/(?:docs?|documentation|reference|manual|api|help|support|kb|knowledge-?base|wiki|tutorials?|faq)(?:/|$)|//(?:docs?|developers?|help|support|api|learn)\.",
        ),
        product_url: cue(
            r"/(?:products?|shop|store|item|p|dp|catalog|catalogue|pricing|producto|tienda|category|collections?)(?:/|$)",
        ),
        shop: cue(
            r"\b(?:add to (?:cart|basket|bag)|buy now|free shipping|in stock|out of stock|sku|anadir al carrito|envio gratis|item number|customer reviews|return policy)\b",
        ),
        legal: cue(
            r"\b(?:privacy policy|terms (?:of (?:use|service)|and conditions)|cookie policy|aviso legal|politica de (?:privacidad|cookies)|terminos y condiciones)\b",
        ),
        press: cue(
            r"/(?:press|news|newsroom|press-releases?|media|prensa|noticias|actualidad|sala-de-prensa|comunicados)(?:/|$)",
        ),
    }
});

/// The genre that the reader stated, or else the one that title, address and text suggest.
/// `title` and `text` are folded.
pub(crate) fn of(document: &Document, title: &str, text: &str) -> Genre {
    let judged = guess(document, title.as_bytes(), text);
    match document.genre {
        Genre::Other => judged.unwrap_or(Genre::Other),
        // An article may still be a guide or a market report: its title says so.
        Genre::Blog | Genre::News | Genre::Press => match judged {
            Some(sub @ (Genre::HowTo | Genre::MarketReport)) => sub,
            _ => document.genre,
        },
        stated => stated,
    }
}

fn guess(document: &Document, title: &[u8], text: &str) -> Option<Genre> {
    let cues = &*CUES;
    let url = document.url.as_bytes();
    let head = &text.as_bytes()[..text.len().min(6000)];
    let sure = [
        (cues.legal.is_match(title), Genre::Legal),
        (cues.how_to.is_match(title), Genre::HowTo),
        (cues.market.is_match(title), Genre::MarketReport),
        (cues.docs_url.is_match(url), Genre::Documentation),
        (cues.list.is_match(title), Genre::Listing),
        (
            cues.shop.find_iter(head).take(2).count() == 2,
            Genre::Product,
        ),
        (cues.product_url.is_match(url), Genre::Product),
        (cues.press.is_match(url), Genre::Press),
    ];
    sure.into_iter()
        .find(|(holds, _)| *holds)
        .map(|(_, genre)| genre)
}

/// How far an event told in a text of this genre is to be believed.
pub(crate) fn belief(genre: Genre) -> f32 {
    match genre {
        Genre::Press | Genre::News | Genre::Job | Genre::Other => 1.0,
        Genre::Blog => 0.96,
        Genre::Home => 0.85,
        Genre::About => 0.65,
        Genre::Listing => 0.75,
        Genre::Product | Genre::Forum => 0.6,
        Genre::HowTo | Genre::Documentation => 0.5,
        Genre::MarketReport => 0.45,
        Genre::Legal => 0.3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_genre(title: &str, url: &str, expected: Genre) {
        let document = Document {
            url: url.to_owned(),
            ..Document::default()
        };
        assert_eq!(of(&document, title, ""), expected, "{title} {url}");
    }

    #[test]
    fn titles_and_addresses_tell() {
        let page = "https://contoso.example/a";
        assert_genre("How to plan an acquisition", page, Genre::HowTo);
        assert_genre(
            "Cloud ERP Market Size and Forecast 2030",
            page,
            Genre::MarketReport,
        );
        assert_genre("10 best laptops", page, Genre::Listing);
        assert_genre(
            "Install",
            "https://contoso.example/docs/install",
            Genre::Documentation,
        );
        assert_genre(
            "A desk",
            "https://contoso.example/shop/desk",
            Genre::Product,
        );
        assert_genre(
            "Contoso opens in Lyon",
            "https://contoso.example/news/1",
            Genre::Press,
        );
        assert_genre("Contoso opens in Lyon", page, Genre::Other);
    }

    #[test]
    fn an_article_may_be_a_guide() {
        let document = Document {
            genre: Genre::Blog,
            ..Document::default()
        };
        assert_eq!(of(&document, "How to move to the cloud", ""), Genre::HowTo);
        assert_eq!(of(&document, "We moved to the cloud", ""), Genre::Blog);
    }
}
