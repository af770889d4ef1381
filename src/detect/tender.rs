//! Notices of public contracts: who calls for what, and who is to deliver it.
//!
//! A call counts where what is called for matters to a product area, by its code in the Common
//! Procurement Vocabulary; a contract that was won is news of the winner whatever it is for.

use std::sync::LazyLock;

use serde::Deserialize;

use super::names;
use super::prepared::Prepared;
use super::signals::{self, by_publication};
use super::{Detector, knowledge::knowledge};
use crate::model::document::TenderNotice;
use crate::model::signal::{
    Cause, Evidence, Modality, ProductArea, Provenance, Role, Signal, SignalId, SignalKind, Slots,
    Telling,
};

/// Notices of public contracts.
pub(crate) const DETECTOR: Detector = Detector {
    name: "tender",
    version: 1,
    detect,
};

/// A register states both sides by their full names.
const SURE: f32 = 0.95;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Codes {
    area: Vec<Code>,
}

/// What is bought under codes that begin so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    prefix: String,
    areas: Vec<ProductArea>,
}

/// The product areas of a code: those of the longest beginning that is listed.
fn areas_of(code: &str) -> &'static [ProductArea] {
    static CODES: LazyLock<Vec<Code>> = LazyLock::new(|| {
        let codes: Codes = toml::from_str(include_str!("lexicon/cpv.toml"))
            .expect("the shipped codes load: a test says so");
        codes.area
    });
    let listed = CODES
        .iter()
        .filter(|listed| code.starts_with(&listed.prefix));
    let longest = listed.max_by_key(|listed| listed.prefix.len());
    longest.map_or(&[], |listed| listed.areas.as_slice())
}

fn detect(found: &mut Vec<Signal>, text: &Prepared<'_>) {
    let Some(notice) = &text.document.tender else {
        return;
    };
    let mut areas: Vec<ProductArea> = notice
        .cpv
        .iter()
        .flat_map(|code| areas_of(code))
        .copied()
        .collect();
    areas.sort_unstable();
    areas.dedup();
    let nobody = text.known.is_nobody();
    let is = |names: &[String]| nobody || names.iter().any(|name| text.known.is_called(name));
    if !notice.awarded && !areas.is_empty() && is(&notice.buyers) {
        let others = None;
        found.push(signal(
            text,
            notice,
            SignalKind::Tender,
            Role::Customer,
            others,
            &areas,
        ));
    }
    if !notice.winners.is_empty() && is(&notice.winners) {
        let buyer = notice.buyers.first().cloned();
        found.push(signal(
            text,
            notice,
            SignalKind::NewClient,
            Role::Vendor,
            buyer,
            &areas,
        ));
    }
}

fn signal(
    text: &Prepared<'_>,
    notice: &TenderNotice,
    kind: SignalKind,
    role: Role,
    counterpart: Option<String>,
    areas: &[ProductArea],
) -> Signal {
    let title = &text.document.title;
    let published = text.document.published.map(|dated| dated.day);
    // One call is published again with every change to it.
    let key = format!(
        "{} {} {}",
        names::tokens(title).join(" "),
        counterpart
            .as_deref()
            .map(names::tokens)
            .unwrap_or_default()
            .join(" "),
        published.map_or(0, jiff::civil::Date::year),
    );
    let (persons, keep, clean) = (text.persons(), text.keep(), &knowledge().names);
    let (title, marks) = clean.redact(title, &[(0, title.len())], &persons, &keep);
    let (quote, marks) = signals::shorten(&title, marks.first().copied().unwrap_or((0, 0)), 300);
    Signal {
        id: SignalId::new(&text.company.id, kind, &key),
        company: text.company.id.clone(),
        kind,
        role,
        areas: areas.to_vec(),
        modality: Modality::Asserted,
        event: by_publication(text),
        published,
        slots: Slots {
            counterpart,
            amount: notice.value.clone(),
            place: notice.country.clone(),
            ..Slots::default()
        },
        confidence: SURE,
        evidence: vec![Evidence {
            url: text.document.url.clone(),
            origin: signals::origin(&text.document.url),
            quote,
            marks,
            title,
            language: text.document.language.clone(),
            published,
            seen: text.seen,
            detector: DETECTOR.name.to_owned(),
            version: DETECTOR.version,
            rule: match kind {
                SignalKind::Tender => "tender.call",
                _ => "tender.award",
            }
            .to_owned(),
            confidence: SURE,
            provenance: Provenance::default(),
            because: vec![(Cause::Rule, SURE)],
            telling: Telling::default(),
        }],
        first_seen: text.seen,
        last_seen: text.seen,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::company::Company;
    use crate::model::document::Document;
    use crate::model::time::Timestamp;

    fn detected(awarded: bool, cpv: &str, company: &str) -> Vec<Signal> {
        let document = Document {
            url: "https://tenders.example/1".to_owned(),
            title: "Renewal of servers".to_owned(),
            text: "Buyer: City of Norwood".to_owned(),
            tender: Some(TenderNotice {
                awarded,
                buyers: vec!["City of Norwood".to_owned()],
                winners: vec!["CONTOSO SYSTEMS GMBH".to_owned()],
                cpv: vec![cpv.to_owned()],
                value: Some("5000 EUR".to_owned()),
                ..TenderNotice::default()
            }),
            ..Document::default()
        };
        let mut asked = Company::new("asked.example");
        asked.name = company.to_owned();
        super::super::detect(&document, &asked, Timestamp(1))
    }

    #[test]
    fn a_call_is_the_buyers_and_a_contract_the_winners() {
        let call = detected(false, "48820000", "City of Norwood");
        assert_eq!(
            (call[0].kind, call[0].role),
            (SignalKind::Tender, Role::Customer)
        );
        assert!(!call[0].areas.is_empty());
        let won = detected(true, "45000000", "Contoso Systems");
        assert_eq!(
            (won[0].kind, won[0].role),
            (SignalKind::NewClient, Role::Vendor)
        );
        assert_eq!(won[0].slots.counterpart.as_deref(), Some("City of Norwood"));
        assert_eq!(won[0].slots.amount.as_deref(), Some("5000 EUR"));
    }

    #[test]
    fn what_nobody_here_sells_and_who_is_only_called_alike_are_no_signal() {
        assert_eq!(detected(false, "45000000", "City of Norwood"), []);
        assert_eq!(detected(true, "48820000", "City of Norwood"), []);
        assert_eq!(detected(true, "48820000", "Contoso"), []);
        assert_eq!(detected(false, "48820000", "Norwood"), []);
    }
}
