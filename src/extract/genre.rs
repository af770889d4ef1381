//! What kind of text a page is: told by what it states for machines, by the words of its address,
//! and by the words of its title, in this order.

use url::Url;

use super::head::Head;
use super::structured::{self, Item};
use crate::model::document::Genre;

/// What schema.org calls the kinds.
const TYPES: &[(Genre, &[&str])] = &[
    (Genre::Job, &["JobPosting"]),
    (Genre::Forum, &["DiscussionForumPosting", "QAPage"]),
    (Genre::HowTo, &["HowTo", "Recipe"]),
    (Genre::Documentation, &["TechArticle", "APIReference", "SoftwareSourceCode"]),
    (Genre::Blog, &["BlogPosting", "LiveBlogPosting"]),
    (Genre::News, &["NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle"]),
    (Genre::Product, &["Product", "ProductGroup", "IndividualProduct", "Vehicle"]),
    (Genre::Listing, &["CollectionPage", "SearchResultsPage", "ItemList", "OfferCatalog", "ProductCollection"]),
    (Genre::About, &["AboutPage", "ContactPage"]),
];

/// Words of a path, each a whole segment or a part of one between dashes.
const PATH: &[(Genre, &[&str])] = &[
    (Genre::Press, &["press", "press-release", "press-releases", "pressrelease", "pressreleases", "pressroom", "press-room", "newsroom", "news-release", "news-releases", "mediaroom", "media-center", "media-centre", "prensa", "sala-de-prensa", "notas-de-prensa", "nota-de-prensa", "comunicados", "comunicado", "presse", "pressemitteilung", "pressemitteilungen", "presseinformationen", "communique", "communiques", "communique-de-presse", "communiques-de-presse", "comunicati-stampa", "imprensa", "persbericht", "investor-news"]),
    (Genre::Job, &["job", "jobs", "career", "careers", "vacancy", "vacancies", "empleo", "empleos", "trabaja-con-nosotros", "ofertas-de-empleo", "vacante", "vacantes", "stellenangebote", "stellenangebot", "karriere", "stellen", "emploi", "emplois", "carrieres", "recrutement", "offres-d-emploi", "lavora-con-noi", "vagas", "vacatures", "open-positions", "join-us"]),
    (Genre::MarketReport, &["market-report", "market-research", "industry-report", "market-size", "market-analysis"]),
    (Genre::Legal, &["privacy", "privacy-policy", "terms", "terms-of-service", "terms-of-use", "terms-and-conditions", "legal", "cookies", "cookie-policy", "aviso-legal", "politica-de-privacidad", "politica-de-cookies", "condiciones", "impressum", "datenschutz", "agb", "mentions-legales", "confidentialite", "disclaimer", "gdpr", "imprint"]),
    (Genre::Documentation, &["docs", "doc", "documentation", "documentacion", "api", "reference", "manual", "manuals", "wiki", "dokumentation", "developer", "developers", "javadoc", "man", "sdk", "handbook"]),
    (Genre::Forum, &["forum", "forums", "foro", "foros", "community", "discussion", "discussions", "thread", "threads", "questions", "showthread.php", "viewtopic.php", "boards", "t", "comments"]),
    (Genre::HowTo, &["how-to", "howto", "tutorial", "tutorials", "guide", "guides", "guia", "guias", "tutoriales", "anleitung", "support", "help", "faq", "kb", "knowledge-base", "ayuda", "hilfe", "aide"]),
    (Genre::News, &["news", "noticias", "noticia", "nachrichten", "aktuelles", "actualites", "actualite", "actualidad", "notizie", "nieuws", "novedades", "article", "articles", "story", "stories", "neuigkeiten", "meldungen"]),
    (Genre::Blog, &["blog", "blogs", "insights", "insight", "post", "posts", "bitacora", "perspectives", "resources"]),
    (Genre::Product, &["product", "products", "producto", "productos", "produkt", "produkte", "produit", "produits", "shop", "store", "tienda", "p", "dp", "item", "itm", "solutions", "soluciones", "pricing", "buy"]),
    (Genre::About, &["about", "about-us", "aboutus", "company", "quienes-somos", "sobre-nosotros", "nosotros", "empresa", "ueber-uns", "uber-uns", "unternehmen", "a-propos", "qui-sommes-nous", "chi-siamo", "team", "our-team", "leadership", "mission", "history", "contact", "contacto", "kontakt"]),
    (Genre::Listing, &["category", "categories", "categoria", "tag", "tags", "collection", "collections", "archive", "archives", "search", "list", "directory", "topics", "topic"]),
];

/// Beginnings and phrases of titles.
const TITLES: &[(Genre, &[&str])] = &[
    (Genre::MarketReport, &["market size", "market to reach", "market to hit", "market to grow", "market report", "market share, ", "cagr", "market forecast", "market expected to", "market worth", "industry forecast"]),
    (Genre::HowTo, &["how to ", "how do ", "a guide to", "step-by-step", "tutorial", "cómo ", "guía ", "wie man ", "anleitung", "comment ", "ways to ", "tips for", "tips to", "beginner's guide"]),
    (Genre::Legal, &["privacy policy", "terms of", "terms and conditions", "cookie policy", "aviso legal", "política de privacidad", "datenschutz", "impressum", "mentions légales"]),
    (Genre::Press, &["press release", "nota de prensa", "pressemitteilung", "communiqué de presse"]),
];

/// What kind of text the page is.
pub(super) fn of(url: &Url, head: &Head<'_>, items: &[Item], title: &str) -> Genre {
    let stated = TYPES
        .iter()
        .find(|(_, types)| items.iter().any(|item| structured::is_a(item, types)))
        .map(|(genre, _)| *genre);
    if let Some(genre @ (Genre::Job | Genre::Forum | Genre::HowTo)) = stated {
        return genre;
    }
    let lower = title.to_lowercase();
    let titled = TITLES
        .iter()
        .find(|(_, phrases)| phrases.iter().any(|phrase| lower.contains(phrase)))
        .map(|(genre, _)| *genre);
    if let Some(genre @ (Genre::MarketReport | Genre::Legal | Genre::HowTo)) = titled {
        return genre;
    }
    if is_home(url) {
        return Genre::Home;
    }
    let of_path = by_path(url);
    match (of_path, stated) {
        // A newsroom's releases are marked up as news by most of its programs.
        (Some(Genre::Press), _) => Genre::Press,
        (Some(Genre::Blog), Some(Genre::News)) => Genre::Blog,
        (Some(Genre::Legal | Genre::MarketReport), _) => of_path.unwrap_or_default(),
        (_, Some(stated)) => stated,
        (Some(found), None) => found,
        (None, None) => titled.or_else(|| by_meta(head)).unwrap_or_default(),
    }
}

fn by_meta(head: &Head<'_>) -> Option<Genre> {
    match head.meta(&["og:type"])?.to_ascii_lowercase().as_str() {
        "article" => Some(Genre::News),
        "product" | "product.item" | "og:product" => Some(Genre::Product),
        "blog" => Some(Genre::Blog),
        _ => None,
    }
}

/// The front page of a host, with or without a language: `/`, `/en/`, `/es-mx/index.html`.
pub(super) fn is_home(url: &Url) -> bool {
    let mut segments = url
        .path_segments()
        .into_iter()
        .flatten()
        .filter(|segment| !segment.is_empty() && !segment.starts_with("index."));
    match (segments.next(), segments.next()) {
        (None, _) => true,
        (Some(only), None) => {
            let language = only.split(['-', '_']).next().unwrap_or_default();
            language.len() == 2 && only.len() <= 5 && url.query().is_none() && language.bytes().all(|b| b.is_ascii_lowercase())
                && super::language::primary(only).is_some()
                && !only.bytes().any(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}

/// What the words of an address promise.
pub(super) fn by_path(url: &Url) -> Option<Genre> {
    let host = url.host_str().unwrap_or_default();
    let sub = host.split('.').next().unwrap_or_default();
    let path = url.path().to_ascii_lowercase();
    let segments = std::iter::once(sub).chain(path.split('/').filter(|segment| !segment.is_empty()));
    let segments: Vec<&str> = segments.collect();
    let found = PATH.iter().find_map(|(genre, words)| {
        segments
            .iter()
            .any(|segment| {
                let bare = segment.strip_suffix(".html").unwrap_or(segment);
                words.contains(&bare)
            })
            .then_some(*genre)
    })?;
    // What ends in the word alone is the list of such pages, not one of them.
    let last = segments.last().copied().unwrap_or_default();
    let lists = matches!(found, Genre::Press | Genre::News | Genre::Blog | Genre::Job)
        && PATH.iter().any(|(genre, words)| *genre == found && words.contains(&last));
    Some(if lists { Genre::Listing } else { found })
}

#[cfg(test)]
mod tests {
    use super::super::dom::{Dom, parse};
    use super::*;

    fn genre(url: &str, markup: &str, title: &str) -> Genre {
        let html = parse(markup);
        let dom = Dom::of(&html);
        let url = Url::parse(url).expect("a URL");
        of(&url, &Head::of(&dom), &structured::items(&dom), title)
    }

    #[test]
    fn addresses_tell_in_several_languages() {
        for (path, wanted) in [
            ("/", Genre::Home), ("/es/", Genre::Home), ("/press-releases/new-plant", Genre::Press),
            ("/sala-de-prensa/nueva-planta", Genre::Press), ("/presse/neues-werk", Genre::Press),
            ("/blog/how-we-work", Genre::Blog), ("/blog/", Genre::Listing), ("/news", Genre::Listing),
            ("/karriere/schweisser", Genre::Job), ("/aviso-legal", Genre::Legal),
            ("/docs/install", Genre::Documentation), ("/x", Genre::Other), ("/about-us", Genre::About),
        ] {
            let url = format!("https://www.northwind.example{path}");
            assert_eq!(genre(&url, "", ""), wanted, "{path}");
        }
    }

    #[test]
    fn what_is_stated_and_titled_counts() {
        let news = "<script type='application/ld+json'>{\"@type\":\"NewsArticle\"}</script>";
        let url = "https://northwind.example/a";
        assert_eq!(genre(url, news, ""), Genre::News);
        let market = "Global Widget Market to Reach $4 Billion, CAGR 6%";
        assert_eq!(genre(url, news, market), Genre::MarketReport);
        assert_eq!(genre(url, "", "How to choose an ERP"), Genre::HowTo);
    }
}
