//! Postal addresses: of many countries, and what is none.

use super::*;

#[track_caller]
fn assert_seat(texts: &[&str], wanted: Option<(&str, Option<&str>)>) {
    let line = |text: &&str| Line {
        text: (*text).to_owned(),
        ..Line::default()
    };
    let lines: Vec<Line> = texts.iter().map(line).collect();
    let whose = vec![Whose::Unknown; lines.len()];
    let found = seat(&lines, &whose, |_| ClaimBasis::Imprint);
    let found = found.map(|(said, country)| (said.value, country));
    let found = found
        .as_ref()
        .map(|(value, country)| (value.as_str(), *country));
    assert_eq!(found, wanted, "{texts:?}");
}

#[test]
fn addresses_of_many_countries() {
    assert_seat(
        &[
            "Nordwind GmbH",
            "Hafenweg 4",
            "20457 Hamburg",
            "Deutschland",
        ],
        Some(("Hafenweg 4, 20457 Hamburg, Deutschland", Some("DE"))),
    );
    assert_seat(
        &["Registered office: 12 High Street, Leeds LS1 4AP"],
        Some(("12 High Street, Leeds LS1 4AP", Some("GB"))),
    );
    assert_seat(
        &["Contoso Iberia, S.L., con domicilio social en Calle Mayor 5, 50001 Zaragoza, y CIF"],
        Some(("Calle Mayor 5, 50001 Zaragoza", None)),
    );
    assert_seat(
        &["100 Main St, Suite 5, Springfield, IL 62701 | Phone: 1"],
        Some(("100 Main St, Suite 5, Springfield, IL 62701", Some("US"))),
    );
    assert_seat(
        &["12 rue de la Paix", "75002 Paris", "France"],
        Some(("12 rue de la Paix, 75002 Paris, France", Some("FR"))),
    );
    assert_seat(
        &["Keizersgracht 100", "1015 CV Amsterdam"],
        Some(("Keizersgracht 100, 1015 CV Amsterdam", Some("NL"))),
    );
    assert_seat(
        &["Sede legale: Via Roma 12 - 20121 Milano (MI)"],
        Some(("Via Roma 12, 20121 Milano (MI)", Some("IT"))),
    );
}

#[test]
fn persons_before_a_street_are_left_out() {
    let street = Some(("Hafenweg 4, 20457 Hamburg", None));
    assert_seat(&["Jane Roe, Hafenweg 4, 20457 Hamburg"], street);
    assert_seat(&["Jane Maria Roe Hafenweg 4, 20457 Hamburg"], street);
    assert_seat(&["c/o Jane Roe", "Hafenweg 4", "20457 Hamburg"], street);
}

#[test]
fn numbers_and_years_are_no_addresses() {
    for text in [
        "In 2024 Contoso opened 3 offices",
        "50001 Customers trust us",
        "Order 12345 Today",
        "© 2019 Contoso",
    ] {
        assert_seat(&[text], None);
    }
}

#[test]
fn labels_within_a_line_lead_to_their_street() {
    assert_seat(
        &["Zaragoza (HQ): Marynarki Polskiej 163, 80-868 Gdańsk, Poland"],
        Some(("Marynarki Polskiej 163, 80-868 Gdańsk, Poland", Some("PL"))),
    );
}

#[test]
fn several_places_in_one_line_are_no_seat() {
    assert_seat(
        &["7465 W 161st St, Overland Park, 7614 State Line Rd, Prairie Village, KS 66208"],
        None,
    );
}

#[test]
fn what_may_hold_a_postal_code_is_told_by_its_digits() {
    for text in [
        "Leeds LS1 4AP",
        "20457 Hamburg",
        "Ottawa K1A 0B1",
        "〒100-0001",
        "D02 X285",
    ] {
        assert!(may_hold_code(text), "{text}");
    }
    for text in ["© 12 of 24", "", "Northwind", "4", "é1"] {
        assert!(!may_hold_code(text), "{text}");
    }
}

#[test]
fn small_print_of_a_footer_gives_the_addresses_of_others() {
    let insurer = "is underwritten by Fabrikam, located at 12 High Street, Leeds LS1 4AP, and is sold by us. ";
    let line = |text: String, frame: bool| Line {
        text,
        frame,
        heading: false,
    };
    let found = |frame| {
        let lines = [line(
            format!("{insurer}{}", "It covers loss. ".repeat(20)),
            frame,
        )];
        seat(&lines, &[Whose::Unknown], |_| ClaimBasis::Frame)
    };
    assert!(found(true).is_none() && found(false).is_some());
}
