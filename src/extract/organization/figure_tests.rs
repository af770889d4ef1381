//! Years and headcounts in seven languages, and those of others.

use super::*;

#[track_caller]
fn assert_year(sentence: &str, wanted: Option<&str>) {
    let found = year_of(sentence, &Own::default(), 2026);
    assert_eq!(
        found.as_ref().map(|(year, _)| year.as_str()),
        wanted,
        "{sentence}"
    );
}

#[track_caller]
fn assert_count(text: &str, wanted: Option<&str>) {
    let found = sentences(text).find_map(|sentence| headcount(sentence, &Own::default()));
    assert_eq!(
        found.as_ref().map(|(count, _)| count.as_str()),
        wanted,
        "{text}"
    );
}

#[test]
fn founding_years_in_seven_languages() {
    assert_year("Founded in 1987, the house trades in grain", Some("1987"));
    assert_year("Founded by Jane Roe in 1987", Some("1987"));
    assert_year(
        "The company was established in Leeds in May 1987.",
        Some("1987"),
    );
    assert_year("A family-owned business since 1987", Some("1987"));
    assert_year("La empresa fue fundada en 1987", Some("1987"));
    assert_year("Desde 1987 nuestro equipo", Some("1987"));
    assert_year(
        "Das Unternehmen wurde 1987 in Hamburg gegründet",
        Some("1987"),
    );
    assert_year("Gegründet 1987", Some("1987"));
    assert_year("Gründungsjahr: 1987", Some("1987"));
    assert_year("Fondée en 1987, notre société", Some("1987"));
    assert_year("Depuis 1987, nous", Some("1987"));
    assert_year("A empresa foi fundada em 1987", Some("1987"));
    assert_year("L'azienda è stata fondata nel 1987", Some("1987"));
    assert_year("Ons bedrijf is opgericht in 1987", Some("1987"));
    assert_year("Sinds 1987 maken wij brood", Some("1987"));
}

#[test]
fn years_of_others_are_not_the_companys() {
    for sentence in [
        "© since 1987 we",
        "She founded Fabrikam in 1987, our company's rival",
        "Our customer, founded in 1987, grows",
        "Founded in 2087, we are from the future",
        "Our product line was established in 1987",
        "The village has been known since 1987",
        "Before joining us he set up in 1987 a firm",
        "I have been using our product from this company since early 2022",
    ] {
        assert_year(sentence, None);
    }
}

#[test]
fn headcounts_in_seven_languages() {
    assert_count("We have more than 200 employees.", Some("200"));
    assert_count("With over 1,000 people employed, we grow", Some("1000"));
    assert_count("Our company employs around 250 people", Some("250"));
    assert_count("Employees: 51-200", Some("51-200"));
    assert_count("250+ employees", Some("250"));
    assert_count("Contamos con una plantilla de 120 personas", Some("120"));
    assert_count("Somos más de 1.200 empleados", Some("1200"));
    assert_count("Wir sind rund 250 Mitarbeitende an drei Orten", Some("250"));
    assert_count(
        "Unser Unternehmen hat 1.250 Mitarbeiterinnen und Mitarbeiter",
        Some("1250"),
    );
    assert_count("Notre groupe compte 350 collaborateurs", Some("350"));
    assert_count("A empresa conta com 80 colaboradores", Some("80"));
    assert_count("L'azienda ha oltre 90 dipendenti", Some("90"));
    assert_count("Wij zijn met 60 medewerkers", Some("60"));
}

#[test]
fn other_heads_are_not_counted() {
    for text in [
        "We helped 5,000 employees find their way",
        "Our software is used by 3,000 employees at our customers",
        "We laid off 300 employees",
        "Our tools are for teams managing 500+ employees",
        "We streamline your processes across 500+ employees",
        "We will hire 150 employees this year",
        "For companies with 50 to 500 employees we offer this",
        "In 2024 employees of our company voted",
        "Für Unternehmen mit 50 Mitarbeitern haben wir",
        "Nuestra empresa contratará 40 empleados",
        "The city of our founder has 90,000 people",
        "Our team of 1 employees",
    ] {
        assert_count(text, None);
    }
}

#[test]
fn a_figure_beside_its_caption_counts() {
    let line = |text: &str| Line {
        text: text.to_owned(),
        ..Line::default()
    };
    let lines = [line("250+"), line("Employees"), line("12"), line("Offices")];
    let found = said(&lines, |_| ClaimBasis::About, &Own::default(), 2026);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].value, "250");
    assert_eq!(found[0].evidence, "250 employees");
}
