//! Countries by their names and codes.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// Country codes by name, as [`key`] writes it, and by themselves.
static COUNTRIES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let file: BTreeMap<&'static str, &'static str> =
        toml::from_str(include_str!("countries.toml")).expect("tests read countries.toml");
    let mut countries = HashMap::new();
    for (code, names) in file {
        for name in names.split(';') {
            countries.insert(key(name), code);
        }
        countries.insert(code.to_owned(), code);
    }
    countries
});

/// Names are compared without case and full stops; codes are not: `de` is a word of Spanish.
fn key(name: &str) -> String {
    let name = name.trim().trim_matches(['.', ',', ';', '(', ')', ' ']);
    if name.len() == 2 && name.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return name.to_owned();
    }
    let letters = name.chars().filter(|letter| *letter != '.');
    letters
        .map(|letter| if letter == '’' { '\'' } else { letter })
        .flat_map(char::to_lowercase)
        .collect()
}

/// The ISO 3166-1 alpha-2 code of a country by its whole name or its code.
pub(super) fn code(name: &str) -> Option<&'static str> {
    if name.len() > 60 {
        return None;
    }
    COUNTRIES.get(&key(name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_seven_languages_and_codes_are_known() {
        for (name, wanted) in [
            ("Deutschland", "DE"),
            ("España", "ES"),
            ("U.K.", "GB"),
            ("USA", "US"),
            ("Schweiz", "CH"),
            ("États-Unis", "US"),
            ("Países Bajos", "NL"),
            ("Regno Unito", "GB"),
            ("Verenigd Koninkrijk", "GB"),
            ("The Netherlands.", "NL"),
            ("Reino Unido", "GB"),
            ("GBR", "GB"),
            ("DE", "DE"),
            ("Côte d’Ivoire", "CI"),
        ] {
            assert_eq!(code(name), Some(wanted), "{name}");
        }
        for name in ["de", "Zaragoza", "", "In", "Europe"] {
            assert_eq!(code(name), None, "{name}");
        }
    }
}
