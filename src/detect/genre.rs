//! What kind of text a document is where its reader could not tell, and how far such a text is to
//! be believed: a guide on acquisitions is no acquisition.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::ablate::Safeguard;
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
    section: Regex,
    view: Regex,
    view_url: Regex,
}

static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let cue = |pattern: &str| compile(pattern, "genre").expect("a constant pattern");
    Cues {
        how_to: cue(
            r"^(?:how (?:to|do|can|i)\b|what (?:is|are|to)\b|why (?:you|your|is|are)\b|como \w+ar\b|que es\b|que son\b|guia\b)|\b(?:ultimate|complete|beginner'?s?|step-by-step|definitive|buyer'?s|quick) guide\b|\b(?:guide to|tutorial|tips (?:for|to|and)|explained|best practices|faqs?|checklist|cheat sheet|consejos para|guia (?:de|para|completa)|paso a paso|everything you need to know|todo lo que)\b",
        ),
        market: cue(
            r"\bmarket\b.{0,40}\b(?:size|share|report|research|analysis|forecast|outlook|trends|growth|insights|survey|CAGR)\b|\b(?:CAGR|industry report|market report|stock price|share price target|stocks? to (?:buy|watch)|price prediction|earnings preview|short interest|insider (?:buying|selling|trad\w+)|analyst (?:ratings?|estimates)|trading ideas|stocks? (?:moving|in focus|on the move)|shares? (?:gap|cross|pass)\w* (?:up|down|above|below)|(?:stake|position|holdings?) (?:in|of) .{2,60}\((?:nasdaq|nyse)|consensus (?:rating|recommendation)|equities research|hedge funds?)\b",
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
        section: cue(
            r"^(?:[\w&'-]+ ){0,3}(?:news|newsroom|blog|headlines|articles|stories|press releases|insights|archives?|updates|noticias|actualidad)$",
        ),
        view: cue(
            r"^(?:opinion|op-?ed|editorial|commentary|comment|column|letters?(?: to the editor)?|guest (?:column|post|essay)|view ?point|perspective|opinion(?:es)?|tribuna|editorial|carta al director)\b *[:|-]|\b[:|-] *(?:opinion|op-?ed|commentary|editorial|tribuna)$",
        ),
        view_url: cue(
            r"/(?:opinions?|op-?eds?|editorials?|commentary|columnists?|letters|viewpoints?|comment-?is-?free|tribuna|opinion(?:es)?)/",
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
            Some(sub @ (Genre::HowTo | Genre::MarketReport | Genre::Opinion)) => sub,
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
        (is_section(url, title), Genre::Listing),
        (
            cues.view.is_match(title) || cues.view_url.is_match(url),
            Genre::Opinion,
        ),
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

/// Whether a page is a list of others, by title and address: "Company news" high up on a site, or
/// the one or two words that the address ends with. The title of a whole site may stand above an
/// article, too; its address is longer.
fn is_section(url: &[u8], title: &[u8]) -> bool {
    let url = std::str::from_utf8(url).unwrap_or_default();
    let Some((_, path)) = url
        .split_once("//")
        .and_then(|(_, rest)| rest.split_once('/'))
    else {
        return false;
    };
    let path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let Some(last) = path.last() else {
        return false;
    };
    let short = path.len() <= 2
        && last.matches('-').count() < 2
        && !last.bytes().any(|byte| byte.is_ascii_digit());
    let title = title.trim_ascii();
    let words: Vec<&[u8]> = title
        .split(|byte| !byte.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let named = words.len() <= 2
        && last
            .as_bytes()
            .eq_ignore_ascii_case(&words.join(b"-".as_slice()));
    short && (named || CUES.section.is_match(title))
}

/// How far an event told in a text of this genre is to be believed.
pub(crate) fn belief(genre: Genre) -> f32 {
    if Safeguard::Genre.is_off() {
        return 1.0;
    }
    match genre {
        Genre::Press | Genre::News | Genre::Job | Genre::Other => 1.0,
        Genre::Blog => 0.96,
        Genre::Home => 0.85,
        Genre::About => 0.65,
        Genre::Listing => 0.75,
        Genre::Product | Genre::Forum => 0.6,
        Genre::HowTo | Genre::Documentation | Genre::Opinion => 0.5,
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
    fn opinions_lists_and_the_exchange_tell_no_events() {
        let page = "https://contoso.example/a";
        assert_genre("Opinion: the merger was a mistake", page, Genre::Opinion);
        let column = "https://contoso.example/opinion/2026/merger";
        assert_genre("The merger was a mistake", column, Genre::Opinion);
        let short = "Contoso Corp. (NASDAQ: CTO) sees growth in short interest";
        assert_genre(short, page, Genre::MarketReport);
        assert_genre(
            "Gaming news",
            "https://contoso.example/gaming/",
            Genre::Listing,
        );
        let section = "https://contoso.example/world/technology";
        assert_genre("Technology", section, Genre::Listing);
        assert_genre("Contoso acquires Fabrikam", page, Genre::Other);
        let article = "https://contoso.example/2026/06/contoso-opens-in-lyon";
        assert_genre("Contoso news", article, Genre::Other);
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
