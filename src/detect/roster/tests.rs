//! Names in texts, and what only looks like them.

use proptest::prelude::*;

use super::*;

fn company(domain: &str, name: &str, aliases: &[&str]) -> Arc<Company> {
    let mut company = Company::new(domain);
    company.name = name.to_owned();
    company.aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
    Arc::new(company)
}

fn roster() -> Roster {
    let mut orange = Company::clone(&company(
        "orange.example",
        "Orange SA",
        &["Orange Business"],
    ));
    orange.industry = Some("Telecommunications".to_owned());
    Roster::new(vec![
        company("contoso.example", "Contoso Ltd", &["Contoso Pharma"]),
        company("bigsky.example", "BigSky", &[]),
        Arc::new(orange),
        company("ctd.example", "CTD", &[]),
        company("fabrikam.example", "Fabrikam Air Lines Inc.", &[]),
        company("delta.example", "Delta", &[]),
        company("nunez.example", "Núñez e Hijos S.L.", &[]),
        company("adatum.example", "adatum", &[]),
    ])
}

#[track_caller]
fn assert_found(text: &str, expected: &[&str]) {
    let document = Document {
        title: "News of the day".to_owned(),
        text: text.to_owned(),
        ..Document::default()
    };
    let found = roster().find(&document, &[]);
    let found: Vec<&str> = found
        .iter()
        .filter_map(|company| company.id.0.strip_suffix(".example"))
        .collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn names_are_found_however_they_are_written() {
    assert_found("On Monday Contoso Limited opened a plant.", &["contoso"]);
    assert_found("It is Contoso's third plant.", &["contoso"]);
    assert_found("The airline Fabrikam Air Lines grows.", &["fabrikam"]);
    assert_found("Yesterday Big Sky Inc. opened.", &["bigsky"]);
    assert_found("La casa Núñez e Hijos abre en Vigo.", &["nunez"]);
    assert_found("La casa Nunez e Hijos, S.L. abre.", &["nunez"]);
    assert_found("the makers of adatum say so", &["adatum"]);
    assert_found(
        "Contoso Pharma and Fabrikam Air Lines met.",
        &["contoso", "fabrikam"],
    );
}

#[test]
fn what_only_looks_like_a_name_is_none() {
    assert_found("a contoso of sorts", &[]);
    assert_found("Contosonia opened a plant.", &[]);
    assert_found("Write to press@contoso now or see #Contoso.", &[]);
    assert_found("A big sky over the valley.", &[]);
    assert_found("Mary Contoso, a painter, was born in Lyon.", &[]);
    // A text that also uses the word as a word speaks of the word.
    assert_found("A contoso is a fish. The Contoso eats weeds.", &[]);
}

#[test]
fn a_part_of_a_longer_name_is_not_enough() {
    assert_found("The road leads to Contoso Bay and back.", &[]);
    assert_found(
        "The road leads to Contoso Bay, where Contoso has a plant.",
        &["contoso"],
    );
    assert_found("We flew with Delta Fabrikam Air Lines.", &["fabrikam"]);
}

#[test]
fn words_need_a_second_hint() {
    assert_found("The county of Orange voted on Monday.", &[]);
    assert_found(
        "Last year Orange grew, and its telecommunication arm too.",
        &["orange"],
    );
    assert_found("Last year Orange S.A. grew.", &["orange"]);
    assert_found("Last year Orange (EPA: ORA) grew.", &["orange"]);
    assert_found(
        "Last year Orange grew, says www.orange.example today.",
        &["orange"],
    );
    assert_found(
        "Last year Orange grew. At Orange Business, more so.",
        &["orange"],
    );
    assert_found("The river's Delta is wide.", &[]);
    assert_found("The CTD grew.", &[]);
    assert_found("The CTD grew, says ctd.example today.", &["ctd"]);
    assert_found("The Ctd grew, says ctd.example today.", &[]);
    // Capitals say nothing where every word has one.
    assert_found("Orange County Votes On Telecommunications Bill Today", &[]);
}

#[test]
fn a_link_to_a_company_is_a_hint_and_one_in_the_frame_is_none() {
    let document = Document {
        title: "Delta grows".to_owned(),
        ..Document::default()
    };
    let link = |frame| Link {
        url: "https://www.delta.example/news".to_owned(),
        frame,
        ..Link::default()
    };
    assert_eq!(roster().find(&document, &[link(false)]).len(), 1);
    assert_eq!(roster().find(&document, &[link(true)]).len(), 0);
}

#[test]
fn two_of_one_name_are_told_apart_by_more_than_it() {
    let roster = Roster::new(vec![
        company("northwind.example", "Northwind", &[]),
        company("northwind-traders.example", "Northwind", &[]),
    ]);
    assert!(roster.find_in_title("Northwind grows").is_empty());
    let told = roster.find_in_title("Northwind grows, says northwind.example today");
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].id.0, "northwind.example");
}

#[test]
fn a_list_of_companies_is_about_none() {
    let many: Vec<Arc<Company>> = (0..=MANY)
        .map(|at| company(&format!("c{at}.example"), &format!("Northwindco{at}x"), &[]))
        .collect();
    let all: Vec<&str> = many.iter().map(|company| company.name.as_str()).collect();
    let roster = Roster::new(many.clone());
    assert_eq!(roster.find_in_title(&all.join(", ")).len(), 0);
    assert_eq!(roster.find_in_title(&all[1..].join(", ")).len(), MANY);
}

#[test]
fn organisations_in_registers_are_told_by_their_whole_name() {
    let called = |name: &str| roster().called(name).len();
    assert_eq!(called("CONTOSO LTD."), 1);
    assert_eq!(called("Contoso Bay Council"), 0);
    assert_eq!(called("Orange"), 0);
    assert_eq!(called("Orange, S.A."), 1);
    assert_eq!(called(""), 0);
    assert_eq!(Roster::new(Vec::new()).called("Contoso").len(), 0);
}

#[test]
fn pages_belong_to_whose_domain_they_are_on() {
    let owner = |url: &str| {
        let url = url::Url::parse(url).expect("valid");
        roster().owner(&url).map(|company| company.id.0.clone())
    };
    let contoso = Some("contoso.example".to_owned());
    assert_eq!(owner("https://www.contoso.example/a"), contoso);
    assert_eq!(owner("https://notcontoso.example/a"), None);
}

proptest! {
    #[test]
    fn any_text_is_survived_and_names_only_who_is_in_it(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "Contoso", "contoso", " ", "'s", ".", ".example", "Big", "Sky", "é", "🙂", "\n",
                " Inc", "Orange", "(EPA: ORA)", "(", ":", "@", "-", "GmbH", "the", "CTD", "Mary ",
            ]),
            0..40,
        ),
    ) {
        let text = pieces.concat();
        let roster = roster();
        let found = roster.find_in_title(&text);
        let folded = Folded::new(&text).text.to_lowercase();
        let letters: String = folded.chars().filter(char::is_ascii_alphanumeric).collect();
        for company in &found {
            let first = names::tokens(&company.name).remove(0);
            prop_assert!(letters.contains(&first[..3.min(first.len())]), "{company:?}: {text}");
        }
        prop_assert_eq!(found, roster.find_in_title(&text));
    }
}
