//! The language of a text.
//!
//! The text itself is believed before the page's `lang` attribute, which templates often leave in
//! the language of their maker; the attribute decides where the text is short or doubtful.

use url::Url;
use whatlang::Lang;

/// How much of a text is looked at.
const SAMPLE: usize = 800;
/// A shorter text proves nothing.
const ENOUGH: usize = 60;

/// The ISO 639-1 code of a text's language.
pub(super) fn of(text: &str, stated: Option<&str>) -> Option<String> {
    let stated = stated.and_then(primary);
    let end = (0..=text.len().min(SAMPLE))
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0);
    let sample = &text[..end];
    if sample.len() < ENOUGH {
        return stated;
    }
    let found = whatlang::detect(sample);
    match (found, stated) {
        (Some(found), Some(stated)) => {
            let code = two_letters(found.lang());
            if found.is_reliable() && code.is_some() {
                code.map(str::to_owned)
            } else {
                Some(stated)
            }
        }
        (Some(found), None) => two_letters(found.lang()).map(str::to_owned),
        (None, stated) => stated,
    }
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
    fn a_short_text_is_what_the_page_says() {
        assert_eq!(of("Contacto", Some("es_MX")).as_deref(), Some("es"));
        assert_eq!(of("Contacto", None), None);
        assert_eq!(of("", Some("x-default")), None);
    }
}
