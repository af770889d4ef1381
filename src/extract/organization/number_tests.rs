//! Every check digit with numbers that hold and numbers that do not.

use super::*;

/// Country, a number that holds, one of whose digits are wrong. The first ones are examples of the
/// tax offices' own documents or were computed; none is a sole trader's.
const VATS: &[(&str, &str, &str)] = &[
    ("AT", "U13585627", "U13585628"),
    ("BE", "0428759497", "0428759498"),
    ("BG", "175074752", "175074753"),
    ("CH", "CHE107787577MWST", "CHE107787578MWST"),
    ("CY", "10259033P", "10259033Z"),
    ("CZ", "25123891", "25123890"),
    ("DE", "136695976", "136695978"),
    ("DK", "13585628", "13585627"),
    ("EE", "100931558", "100594103"),
    ("EL", "094259216", "123456781"),
    ("ES", "J99216582", "J99216583"),
    ("FI", "20774740", "20774741"),
    ("FR", "40303265045", "84323140391"),
    ("GB", "980780684", "802311781"),
    ("HR", "33392005961", "33392005962"),
    ("HU", "12892312", "12892313"),
    ("IE", "6433435F", "6433435E"),
    ("IT", "00743110157", "00743110158"),
    ("LT", "119511515", "100001919018"),
    ("LU", "15027442", "15027443"),
    ("LV", "40003521600", "40003521601"),
    ("MT", "11679112", "11679113"),
    ("NL", "004495445B01", "123456789B90"),
    ("NO", "995525828MVA", "995525829MVA"),
    ("PL", "8567346215", "8567346216"),
    ("PT", "501964843", "501964842"),
    ("RO", "18547290", "18547291"),
    ("SE", "556188840401", "556188840501"),
    ("SI", "50223054", "50223055"),
    ("SK", "2022749619", "2022749618"),
];

#[test]
fn vat_numbers_hold_by_their_check_digits() {
    for (country, good, bad) in VATS {
        assert!(valid_vat(country, good).is_some(), "{country} {good}");
        assert_eq!(valid_vat(country, bad), None, "{country} {bad}");
    }
    // No country of the European Union is left out.
    assert_eq!(VATS.len(), 27 + 3);
}

#[track_caller]
fn assert_found(text: &str, wanted: &[(Attribute, &str)]) {
    let found = in_text(text);
    let found: Vec<(Attribute, &str)> = found
        .iter()
        .map(|(kind, value, ..)| (*kind, value.as_str()))
        .collect();
    assert_eq!(found, wanted, "{text}");
}

#[test]
fn labelled_numbers_are_found_in_their_normal_form() {
    use Attribute::{Duns, Lei, Register, Vat};
    for (text, wanted) in [
        ("USt-IdNr.: DE 136 695 976", (Vat, "DE136695976")),
        ("CIF: A-58818501", (Vat, "ESA58818501")),
        ("C.I.F. A58818501", (Vat, "ESA58818501")),
        ("P. IVA 00743110157", (Vat, "IT00743110157")),
        ("VAT registration number 980 7806 84", (Vat, "GB980780684")),
        ("NIP: 856-734-62-15", (Vat, "PL8567346215")),
        ("NIPC 501 964 843", (Vat, "PT501964843")),
        ("MWST CHE-107.787.577 MWST", (Vat, "CHE107787577")),
        (
            "TVA intracommunautaire : FR 40 303 265 045",
            (Vat, "FR40303265045"),
        ),
        (
            "Amtsgericht Hamburg, HRB 12345 B",
            (Register, "HRB 12345 B"),
        ),
        ("Handelsregister: HRA 4711", (Register, "HRA 4711")),
        ("Firmenbuchnummer: FN 123456a", (Register, "FN 123456a")),
        ("SIRET : 732 829 320 00074", (Register, "732829320")),
        ("RCS Paris B 732 829 320", (Register, "732829320")),
        ("Company No. 1234567", (Register, "01234567")),
        ("Registered in Scotland SC123456", (Register, "SC123456")),
        ("KvK: 12345678", (Register, "12345678")),
        ("Org.nr: 556188-8404", (Register, "5561888404")),
        ("Org.nr. 995 525 828", (Register, "995525828")),
        ("CVR 13585628", (Register, "13585628")),
        ("Y-tunnus 2077474-0", (Register, "20774740")),
        ("REA MI-1234567", (Register, "REA MI-1234567")),
        ("CNPJ 16.727.230/0001-97", (Register, "CNPJ 16727230000197")),
        ("ABN 51 824 753 556", (Register, "ABN 51824753556")),
        (
            "Registro Mercantil de Madrid, Tomo 1, Folio 2, Hoja M-123456",
            (Register, "M-123456"),
        ),
        ("LEI: YZ83GD8L7GG84979J516", (Lei, "YZ83GD8L7GG84979J516")),
        ("D-U-N-S 15-048-3782", (Duns, "150483782")),
    ] {
        assert_found(text, &[wanted]);
    }
}

#[test]
fn numbers_that_do_not_hold_are_none() {
    for text in [
        "USt-IdNr.: DE 136 695 978",
        "CIF: A58818502",
        "NIF: 54362315K",
        "NIF 12345678Z",
        "P. IVA 00743110158",
        "SIRET : 732 829 320 00075",
        "CVR 13585627",
        "LEI: YZ83GD8L7GG84979J517",
        "CNPJ 16.727.230/0001-98",
        "Tel. 040 123456 VAT included",
        "Order DE136695976 without a label",
    ] {
        assert_found(text, &[]);
    }
}
