//! Names in the register: how they are told.

use super::*;

#[track_caller]
fn assert_names(text: &str, wanted: &[&str]) {
    let found = names(text, &Own::default());
    let found: Vec<&str> = found.iter().map(|named| named.name.as_str()).collect();
    assert_eq!(found, wanted, "{text}");
}

#[test]
fn the_dot_of_a_sentence_is_not_the_forms() {
    assert_names(
        "© 2026 Grupo Almendro, S.A.. Todos los derechos",
        &["Grupo Almendro, S.A."],
    );
    assert_names(
        "© 2026 Grupo Almendro, S.A. Todos los derechos",
        &["Grupo Almendro, S.A."],
    );
}

#[test]
fn names_stand_before_their_forms() {
    assert_names(
        "© 2019-2026 Contoso Iberia, S.L. Todos",
        &["Contoso Iberia, S.L."],
    );
    assert_names(
        "Die Nordwind GmbH & Co. KG ist",
        &["Nordwind GmbH & Co. KG"],
    );
    assert_names("Copyright Fabrikam Ltd. All rights", &["Fabrikam Ltd."]);
    assert_names(
        "Contact Northwind Traders Limited",
        &["Northwind Traders Limited"],
    );
    assert_names(
        "Éditeur : Atelier du Nord SAS au capital",
        &["Atelier du Nord SAS"],
    );
    assert_names("Contoso Sp. z o.o. z siedzibą", &["Contoso Sp. z o.o."]);
    assert_names("Tailspin Toys A/S, CVR 1", &["Tailspin Toys A/S"]);
    assert_names(
        "Officine Ribera S.p.A. - P. IVA",
        &["Officine Ribera S.p.A."],
    );
    assert_names("Contoso AG.", &["Contoso AG"]);
    assert_names("3Q Systems Pty Ltd", &["3Q Systems Pty Ltd"]);
}

#[test]
fn forms_without_a_name_are_none() {
    for text in [
        "a limited company",
        "50 KG",
        "Unlimited",
        "USA",
        "Inc.",
        "THIS IS AS GOOD",
    ] {
        assert_names(text, &[]);
    }
}

#[test]
fn forms_of_one_country_tell_it() {
    assert_eq!(country("S.p.A."), Some("IT"));
    assert_eq!(country("Sp. z o.o."), Some("PL"));
    assert_eq!(country("GmbH"), None);
    assert!(is_name("Contoso Iberia, S.L.") && !is_name("Contoso GmbH is here"));
}

#[test]
fn forms_in_small_letters_keep_their_full_stops() {
    assert_names("The Australian eSafety Commissioner as the", &[]);
    assert_names(
        "Fabrikam a.s. and Contoso s.r.o.",
        &["Fabrikam a.s.", "Contoso s.r.o."],
    );
    assert_names("Contoso® Global LLC", &["Contoso Global LLC"]);
    assert_names("© 2026 Shop LP", &["Shop LP"]);
}

fn footer_says(text: &str) -> Option<String> {
    let line = Line {
        text: text.to_owned(),
        frame: true,
        heading: false,
    };
    let found = name(
        &[line],
        &[Whose::Unknown],
        |_| ClaimBasis::Frame,
        &Own::default(),
    );
    found.map(|(said, _)| said.value)
}

#[test]
fn who_made_the_software_is_not_the_company() {
    let ours = footer_says("Copyright © 2026 Fabrikam GmbH. All rights reserved.");
    assert_eq!(ours.as_deref(), Some("Fabrikam GmbH"));
    for text in [
        "Community platform by Fabrikam® © 2010-2026 Fabrikam Ltd.",
        "Powered by Boards Version 4 Copyright © 2026 Boards Inc.",
        "Forum software © 2026 XenForo Ltd.",
    ] {
        assert_eq!(footer_says(text), None, "{text}");
    }
}
