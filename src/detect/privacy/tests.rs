//! What is taken out, and what stays.

use super::super::knowledge::knowledge;
use super::*;

#[track_caller]
fn assert_redacted(text: &str, expected: &str) {
    let names = &knowledge().names;
    let persons = names.persons(text, &["Contoso", "Fabrikam"]);
    let (clean, _) = names.redact(text, &[], &persons, &["Contoso", "Fabrikam"]);
    assert_eq!(clean, expected);
}

#[test]
fn persons_go_and_companies_stay() {
    assert_redacted(
        "Contoso names Jane Roe CIO, said Mr. Xylo Quux of Fabrikam.",
        "Contoso names [person] CIO, said Mr. [person] of Fabrikam.",
    );
    let deal = "Contoso to be acquired by Harborstone Financial, said Quux Kwarcz, CEO.";
    let clean = "Contoso to be acquired by Harborstone Financial, said [person], CEO.";
    assert_redacted(deal, clean);
    assert_redacted(
        "Morgan Stanley hired Contoso.",
        "Morgan Stanley hired Contoso.",
    );
    assert_redacted(
        "“We grow,” said Zbigniew Kwarcz, CEO. Kwarcz joined in May.",
        "“We grow,” said [person], CEO. [person] joined in May.",
    );
}

#[test]
fn spanish_names() {
    assert_redacted(
        "Contoso nombra a María José Núñez de la Torre directora financiera.",
        "Contoso nombra a [person] directora financiera.",
    );
    assert_redacted(
        "D. Íñigo Arrieta, presidente de Contoso.",
        "D. [person], presidente de Contoso.",
    );
    assert_redacted("Íñigo Arrieta Quux Jane Roe", "[person] [person]");
    assert_redacted(
        "Quux Kwarcz dejará su cargo en marzo.",
        "[person] dejará su cargo en marzo.",
    );
}

#[test]
fn addresses_and_numbers_go() {
    assert_redacted(
        "Write to press@contoso.example or call +34 912 345 678.",
        "Write to [e-mail] or call [phone].",
    );
}

#[test]
fn technologies_and_products_stay() {
    let text = "Contoso moves from Google Workspace to Microsoft Teams and Power BI.";
    assert_redacted(text, text);
}

#[test]
fn marks_follow_the_words() {
    let names = &knowledge().names;
    let text = "Jane Roe was appointed CIO";
    let (clean, marks) = names.redact(text, &[(13, 22)], &Persons::default(), &[]);
    assert_eq!(&clean[marks[0].0..marks[0].1], "appointed");
}

#[test]
fn who_may_keep_names_keeps_no_addresses() {
    let mut names = Names::load(include_str!("../lexicon/names.toml")).expect("it loads");
    let text = "Jane Roe, chief executive, said so; write to jane@contoso.example.";
    let persons = names.persons(text, &[]);
    let redacted = names.redact(text, &[], &persons, &[]).0;
    assert!(
        redacted.starts_with("[person], chief executive"),
        "{redacted}"
    );
    names.persons_in = PersonsIn::Keep;
    let kept = names.redact(text, &[], &persons, &[]).0;
    assert_eq!(
        kept,
        "Jane Roe, chief executive, said so; write to [e-mail]."
    );
    assert!(names.is_person("Jane Roe", &persons, &[]));
}
