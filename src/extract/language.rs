//! The language of a text.
//!
//! The text itself is believed before the page's `lang` attribute, which templates often leave in
//! the language of their maker; the attribute decides where the text is short or doubtful.

use std::sync::LazyLock;

use url::Url;
use whatlang::Lang;

use super::words;

/// How much of a text is looked at.
const SAMPLE: usize = 1600;
/// A shorter text proves nothing.
const ENOUGH: usize = 60;

/// Languages that letters alone confuse, and the words that tell each from the other.
static KIN: LazyLock<Vec<(&str, &str, Vec<&str>)>> = LazyLock::new(|| {
    words::lists(include_str!("words/kin.txt"))
        .filter_map(|(pair, words)| {
            let (one, other) = pair.split_once(' ')?;
            Some((one, other, words))
        })
        .collect()
});

/// The ISO 639-1 code of a text's language.
pub(super) fn of(text: &str, stated: Option<&str>) -> Option<String> {
    let stated = stated.and_then(primary);
    let sample = &text[..text.floor_char_boundary(SAMPLE)];
    if sample.len() < ENOUGH {
        return stated;
    }
    let Some(found) = whatlang::detect(sample) else {
        return stated;
    };
    let likely = two_letters(found.lang());
    let code = likely.map(|code| told_from_kin(sample, code));
    let is_sure = found.is_reliable() || code != likely;
    match (code, stated) {
        (None, stated) => stated,
        (Some(code), Some(stated)) if stated == code => Some(stated),
        // Templates are left in the language of their maker, but nobody's default is one that the
        // statistics do not know.
        (Some(code), Some(stated)) if !is_known(&stated) && code != "en" => Some(stated),
        (Some(_), Some(stated)) if !is_sure => Some(stated),
        (Some(code), _) => Some(code.to_owned()),
    }
}

/// The code of the language whose own words a text has, of this one and those like it.
fn told_from_kin<'a>(text: &str, code: &'a str) -> &'a str {
    if !KIN
        .iter()
        .any(|(one, other, _)| *one == code || *other == code)
    {
        return code;
    }
    let lower = text.to_lowercase();
    let said: Vec<&str> = lower.split(|c: char| !c.is_alphabetic()).collect();
    let count = |one: &str, other: &str| {
        let list = KIN.iter().find(|(a, b, _)| *a == one && *b == other);
        list.map_or(0, |(_, _, words)| {
            said.iter().filter(|word| words.contains(word)).count()
        })
    };
    let nearer = KIN
        .iter()
        .filter(|(_, other, _)| *other == code)
        .map(|(one, _, _)| (*one, count(one, code), count(code, one)))
        .find(|(_, its, own)| its > own);
    nearer.map_or(code, |(one, _, _)| one)
}

/// Whether the statistics know a language.
fn is_known(code: &str) -> bool {
    Lang::all()
        .iter()
        .any(|lang| two_letters(*lang) == Some(code))
}

/// The primary subtag of a language tag: `es-MX`, `es_MX` and `ES` are all `es`.
pub(super) fn primary(tag: &str) -> Option<String> {
    let primary = tag.trim().split(['-', '_', ',', ';']).next()?;
    (primary.len() == 2 && primary.bytes().all(|byte| byte.is_ascii_alphabetic()))
        .then(|| primary.to_ascii_lowercase())
}

/// A language with its country, where one is known: `en-GB` by what the page states, or by the
/// country that its host stands in.
pub(super) fn locale(language: Option<&str>, stated: Option<&str>, url: &Url) -> Option<String> {
    let language = language?;
    let is_country = |tag: &str| tag.len() == 2 && tag.bytes().all(|b| b.is_ascii_alphabetic());
    let stated = stated
        .filter(|tag| primary(tag).as_deref() == Some(language))
        .and_then(|tag| tag.split(['-', '_']).nth(1));
    let host = url.host_str().unwrap_or_default();
    let of_host = host.rsplit('.').next().map(|label| match label {
        "uk" => "gb",
        // Sold to everybody.
        "io" | "ai" | "co" | "me" | "tv" | "cc" | "ly" | "gg" | "eu" | "us" => "",
        label => label,
    });
    let country = stated
        .filter(|tag| is_country(tag))
        .or(of_host.filter(|tag| is_country(tag)));
    Some(match country {
        Some(country) => format!("{language}-{}", country.to_ascii_uppercase()),
        None => language.to_owned(),
    })
}

fn two_letters(language: Lang) -> Option<&'static str> {
    Some(match language {
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Deu => "de",
        Lang::Fra => "fr",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Nld => "nl",
        Lang::Cat => "ca",
        Lang::Swe => "sv",
        Lang::Dan => "da",
        Lang::Nob => "nb",
        Lang::Fin => "fi",
        Lang::Pol => "pl",
        Lang::Ces => "cs",
        Lang::Slk => "sk",
        Lang::Hun => "hu",
        Lang::Ron => "ro",
        Lang::Bul => "bg",
        Lang::Rus => "ru",
        Lang::Ukr => "uk",
        Lang::Ell => "el",
        Lang::Tur => "tr",
        Lang::Ara => "ar",
        Lang::Heb => "he",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Cmn => "zh",
        Lang::Vie => "vi",
        Lang::Tha => "th",
        Lang::Ind => "id",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Slv => "sl",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Pes => "fa",
        Lang::Ben => "bn",
        Lang::Tam => "ta",
        Lang::Bel => "be",
        Lang::Kat => "ka",
        Lang::Hye => "hy",
        Lang::Mkd => "mk",
        Lang::Lat => "la",
        Lang::Tgl => "tl",
        Lang::Urd => "ur",
        Lang::Aze => "az",
        Lang::Afr => "af",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_believed_before_the_attribute() {
        let text = "La empresa anunció ayer que abrirá una nueva planta en Zaragoza durante el \
                    próximo año y que contratará a doscientas personas.";
        assert_eq!(of(text, Some("en-US")).as_deref(), Some("es"));
        assert_eq!(of(text, None).as_deref(), Some("es"));
    }

    #[test]
    fn languages_that_are_alike_are_told_by_their_words() {
        let danish = "Efter mødet blev der talt meget om, hvad nogle af selskaberne vil bruge \
                      pengene til, og hvordan det bliver mellem dem.";
        let norwegian = "Etter møtet ble det snakket mye om hva noen av selskapene vil bruke \
                         pengene til, og hvordan det blir mellom dem.";
        let galician = "A empresa anunciou que abrirá unha nova planta en Vigo e que tamén \
                        contratará máis persoas, xa que non ten moi boa capacidade.";
        assert_eq!(of(danish, None).as_deref(), Some("da"));
        assert_eq!(of(norwegian, None).as_deref(), Some("nb"));
        assert_eq!(of(galician, None).as_deref(), Some("gl"));
    }

    #[test]
    fn a_language_without_statistics_is_believed() {
        let basque = "Enpresak atzo iragarri zuen lantegi berri bat irekiko duela Bilbon, eta \
                      berrehun langile kontratatuko dituela datorren urtean.";
        assert_eq!(of(basque, Some("eu")).as_deref(), Some("eu"));
        let english = "The company said yesterday that it will open a new plant in Bilbao next \
                       year, and that it will hire two hundred people for it.";
        assert_eq!(of(english, Some("eu")).as_deref(), Some("en"));
    }

    #[test]
    fn countries_come_from_the_page_and_then_from_the_host() {
        let of = |stated, url: &str| {
            locale(Some("en"), stated, &Url::parse(url).expect("a URL")).expect("a locale")
        };
        assert_eq!(of(Some("en-AU"), "https://a.example/"), "en-AU");
        assert_eq!(of(Some("de-DE"), "https://a.co.uk/"), "en-GB");
        assert_eq!(of(None, "https://a.io/"), "en");
    }

    #[test]
    fn a_short_text_is_what_the_page_says() {
        assert_eq!(of("Contacto", Some("es_MX")).as_deref(), Some("es"));
        assert_eq!(of("Contacto", None), None);
        assert_eq!(of("", Some("x-default")), None);
    }
}
