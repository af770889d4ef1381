//! Who acts in a sentence: the asked company, another whose name begins like its own, or the state,
//! whose doings are nobody's signal.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::finding::Finding;
use super::language::compile;
use super::names::is_legal;
use super::prepared::Prepared;
use super::sentence::Position;
use crate::model::signal::SignalKind;

/// Whether a slot names the asked company: not where it is but the beginning of another's name, as
/// "Contoso" is of "Contoso Motors" when Contoso Systems is asked about.
pub(crate) fn is_asked(text: &Prepared<'_>, finding: &Finding, name: &str) -> bool {
    if !text.known.is(name) {
        return false;
    }
    // Every word of a title may begin with a capital.
    if finding.stands == Position::Title || text.known.is_called(name) {
        return true;
    }
    let sentence = text.sentence(finding.sentence);
    let next = sentence
        .find(name)
        .and_then(|at| sentence[at + name.len()..].strip_prefix(' '))
        .and_then(|rest| rest.split([' ', ',', '.', '\'']).next())
        .unwrap_or_default();
    let goes_on = next.starts_with(|letter: char| letter.is_ascii_uppercase())
        && !is_legal(&next.to_ascii_lowercase());
    !goes_on || text.known.is(&format!("{name} {next}"))
}

/// Whether the state, a party or the economy acts: what they appoint, cut and invest is politics,
/// not a company's doing.
pub(crate) fn is_public(text: &Prepared<'_>, finding: &Finding) -> bool {
    static PUBLIC: LazyLock<Regex> = LazyLock::new(|| {
        compile(
            r"\b(?:government|gobierno|ministry|ministerio|parliament|parlamento|congress|congreso|senate|senado|central bank|banco central|federal reserve|white house|european (?:union|commission)|(?:prime|deputy|health|finance|interior|foreign|defen[cs]e) minister|ministr[oa]|president (?-i:[A-Z])|mayor|governor|chancellor|(?:the|national|world|global|la) econom(?:y|ia)|gdp|unemployment|paro|inflation|inflacion|voters|(?:labour|conservative|democratic|republican|socialist|socialista|popular) party|partido (?:popular|socialista))\b",
            "public",
        )
        .expect("a constant pattern")
    });
    use SignalKind::{
        Closure, Expansion, Funding, Hiring, Investment, Layoffs, LeadershipDeparture,
        LeadershipHire,
    };
    let theirs = matches!(
        finding.kind,
        Closure
            | Expansion
            | Funding
            | Hiring
            | Investment
            | Layoffs
            | LeadershipDeparture
            | LeadershipHire
    );
    let base = text.sentences[finding.sentence].start;
    let before = &text.sentence(finding.sentence)[..finding.span.0 - base];
    let named = finding.subject.as_deref().unwrap_or_default();
    let acts = |words: &str| PUBLIC.is_match(words.as_bytes());
    theirs && (acts(named) || (acts(before) && text.known.find(before).is_none()))
}

/// Whether an agreement that another company makes is made with the one at `place`: "an agreement
/// with Contoso" right behind the words that matched, or among them.
pub(crate) fn is_party(
    finding: &Finding,
    base: usize,
    sentence: &str,
    place: (usize, usize),
) -> bool {
    const WITH: &[&str] = &[
        "with", "and", "to", "from", "of", "by", "for", "between", "con", "y", "de", "a", "entre",
    ];
    /// What may stand between, a country and a trade: "with Norway's leading maker of valves,".
    const NEAR: usize = 60;
    let agreed = matches!(
        finding.kind,
        SignalKind::Partnership | SignalKind::NewClient
    );
    if !agreed || finding.subject.is_none() {
        return false;
    }
    // "With Norway's Contoso": the rule took the country.
    let owner = |name: &str| {
        sentence[..place.0]
            .trim_end()
            .ends_with(&format!("{name}'s"))
    };
    if finding.object.as_deref().is_some_and(|name| !owner(name)) {
        return false;
    }
    let (from, to) = (finding.span.0 - base, finding.span.1 - base);
    let behind = place.0 > from && place.0 <= to + NEAR;
    let since = sentence.get(from..place.0).unwrap_or_default();
    let mut words = since.split_ascii_whitespace().rev().take(9);
    behind && words.any(|word| WITH.contains(&word)) && !since.contains("; ")
}

#[cfg(test)]
mod tests {
    use super::super::detect;
    use crate::model::company::Company;
    use crate::model::document::Document;
    use crate::model::signal::{Role, SignalKind};
    use crate::model::time::Timestamp;

    /// How sure a page of others makes us that the event of that kind is the company's.
    fn sure(company: &str, kind: SignalKind, title: &str, text: &str) -> f32 {
        let mut asked = Company::new("");
        asked.name = company.to_owned();
        let document = Document {
            url: "https://news.example/2026/story-of-the-day".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            language: Some("en".to_owned()),
            ..Document::default()
        };
        let found = detect(&document, &asked, Timestamp(1));
        let told = found
            .iter()
            .filter(|signal| signal.kind == kind && signal.role != Role::Other);
        told.map(|signal| signal.confidence).fold(0.0, f32::max)
    }

    #[test]
    fn a_name_that_begins_alike_is_another() {
        let deal = "On Monday Contoso Motors acquired a 20 percent stake in Adatum Inc.";
        let title = "Deals of the day in Lyon";
        assert!(sure("Contoso Motors", SignalKind::Mna, title, deal) >= 0.5);
        assert!(sure("Contoso Systems", SignalKind::Mna, title, deal) < 0.5);
    }

    #[test]
    fn what_a_state_appoints_and_cuts_is_no_companys() {
        let hire = SignalKind::LeadershipHire;
        let story = "Contoso named Jane Roe as chief financial officer on Monday.";
        assert!(sure("Contoso", hire, "A new officer", story) >= 0.5);
        let story = "Contoso was told on Monday. The government named Jane Roe as chief executive officer of the railways.";
        assert!(sure("Contoso", hire, "A new officer", story) < 0.5);
        let layoffs = "The economy weakens, Contoso says. The ministry will cut 5,000 jobs by May.";
        assert!(sure("Contoso", SignalKind::Layoffs, "Jobs", layoffs) < 0.5);
    }

    #[test]
    fn what_a_company_once_did_is_no_news() {
        let past =
            "Contoso makes valves. Founded in 1982, Contoso was acquired by Fabrikam in 2012.";
        assert!(sure("Contoso", SignalKind::Mna, "Valves", past) < 0.5);
        let foot = "Contoso makes valves for water and gas. The valves are made in Lyon by two hundred people.\nThey are sold in all of Europe by dealers.\nAbout Contoso\nContoso acquired Adatum Inc in 2026.";
        assert!(sure("Contoso", SignalKind::Mna, "Valves", foot) < 0.5);
    }
}
