//! eForms: who buys and who wins are numbers, under which the organisations stand elsewhere.

use std::collections::HashMap;

use super::xml::{self, Element};
use super::{FACTS, Notice, add, day, language};

/// What points at what, until the notice is read to its end.
#[derive(Debug, Default)]
struct Register {
    organisations: HashMap<String, Organisation>,
    /// The organisation that is being read.
    current: Organisation,
    id: String,
    buyers: Vec<String>,
    /// Tendering parties: their members.
    parties: HashMap<String, Vec<String>>,
    members: Vec<String>,
    /// Tenders: the party that made each.
    tenders: HashMap<String, String>,
    /// The tenders that won a lot.
    won: Vec<String>,
    /// Of the lot that is being read.
    lot: Vec<String>,
    lot_won: bool,
    amounts: Vec<(u8, String)>,
}

#[derive(Clone, Debug, Default)]
struct Organisation {
    name: String,
    country: String,
    person: bool,
}

pub(super) fn read(text: &str) -> Notice {
    let mut notice = Notice::default();
    let mut register = Register::default();
    xml::walk(text, |element| {
        state(&mut notice, element);
        register.hear(element);
    });
    register.settle(&mut notice);
    notice
}

/// What stands in a notice as it is.
fn state(notice: &mut Notice, element: &Element<'_>) {
    let text = element.text.as_str();
    let outermost = element.path.len() == 2;
    let tender = &mut notice.tender;
    if outermost && element.is("IssueDate") {
        notice.published = day(text).or(notice.published);
    } else if element.is("Publication/PublicationDate") {
        notice.journal = day(text).or(notice.journal);
    } else if outermost && element.is("NoticeLanguageCode") {
        notice.language = language(text);
    } else if element.is("ProcurementProject/Name") {
        add(&mut notice.titles, text);
    } else if element.is("ProcurementProject/Description") {
        add(&mut notice.descriptions, text);
    } else if element.is("ItemClassificationCode")
        && element
            .attribute("listName")
            .is_none_or(|list| list == "cpv")
    {
        add(&mut tender.cpv, text);
    } else if element.is("TenderSubmissionDeadlinePeriod/EndDate") {
        tender.deadline = tender.deadline.max(day(text));
    } else if element.is("ExternalReference/URI") || element.is("TenderRecipientParty/EndpointID") {
        add(&mut notice.links, text);
    }
    if outermost && element.is("TenderResult") || element.is("NoticeResult") {
        tender.awarded = true;
    }
}

impl Register {
    fn hear(&mut self, element: &Element<'_>) {
        let text = || element.text.clone();
        if element.is_in("Organizations") {
            if element.is("Company/PartyIdentification/ID") {
                self.id = text();
            } else if element.is("Company/PartyName/Name") && self.current.name.is_empty() {
                self.current.name = text();
            } else if element.is("Company/PostalAddress/Country/IdentificationCode") {
                self.current.country = text();
            } else if element.is("Organization/NaturalPersonIndicator") {
                self.current.person = element.text == "true";
            } else if element.is("Organizations/Organization") {
                let id = std::mem::take(&mut self.id);
                let organisation = std::mem::take(&mut self.current);
                if self.organisations.len() < FACTS {
                    self.organisations.insert(id, organisation);
                }
            }
        } else if element.is("ContractingParty/Party/PartyIdentification/ID") {
            add(&mut self.buyers, &element.text);
        } else if element.is_in("NoticeResult") {
            self.hear_result(element);
        } else if element.is("RequestedTenderTotal/EstimatedOverallContractAmount") {
            self.amount(
                2 + u8::from(element.is_in("ProcurementProjectLot")),
                element,
            );
        }
    }

    fn hear_result(&mut self, element: &Element<'_>) {
        let text = || element.text.clone();
        if element.is("NoticeResult/TenderingParty/Tenderer/ID") {
            add(&mut self.members, &element.text);
        } else if element.is("NoticeResult/TenderingParty/ID") {
            self.id = text();
        } else if element.is("NoticeResult/TenderingParty") {
            let (id, members) = (
                std::mem::take(&mut self.id),
                std::mem::take(&mut self.members),
            );
            if self.parties.len() < FACTS {
                self.parties.insert(id, members);
            }
        } else if element.is("NoticeResult/LotTender/ID") {
            self.id = text();
        } else if element.is("NoticeResult/LotTender/TenderingParty/ID") {
            if self.tenders.len() < FACTS {
                self.tenders.insert(self.id.clone(), text());
            }
        } else if element.is("LotResult/TenderResultCode") {
            self.lot_won = element.text == "selec-w";
        } else if element.is("LotResult/LotTender/ID") {
            add(&mut self.lot, &element.text);
        } else if element.is("NoticeResult/LotResult") {
            let lot = std::mem::take(&mut self.lot);
            if std::mem::take(&mut self.lot_won) {
                lot.iter().for_each(|tender| add(&mut self.won, tender));
            }
        } else if element.is("SettledContract/LotTender/ID") {
            // What is under contract has won, whoever else was ranked.
            add(&mut self.won, &element.text);
        } else if element.is("NoticeResult/TotalAmount") {
            self.amount(0, element);
        } else if element.is("NoticeResult/OverallMaximumFrameworkContractsAmount") {
            self.amount(1, element);
        }
    }

    fn amount(&mut self, rank: u8, element: &Element<'_>) {
        let currency = element.attribute("currencyID").unwrap_or_default();
        let amount = format!("{} {currency}", element.text);
        if !element.text.is_empty() && self.amounts.len() < FACTS {
            self.amounts.push((rank, amount.trim_end().to_owned()));
        }
    }

    fn settle(mut self, notice: &mut Notice) {
        let tender = &mut notice.tender;
        for buyer in &self.buyers {
            if let Some(known) = self.organisations.get(buyer) {
                add(&mut tender.buyers, &known.name);
                let stated = Some(&known.country).filter(|country| !country.is_empty());
                tender.country = tender.country.take().or(stated.cloned());
            }
        }
        let parties = self.won.iter().filter_map(|won| self.tenders.get(won));
        let members = parties
            .filter_map(|party| self.parties.get(party))
            .flatten();
        let winners = members.filter_map(|member| self.organisations.get(member));
        for winner in winners.filter(|winner| !winner.person) {
            add(&mut tender.winners, &winner.name);
        }
        self.amounts.sort_by_key(|(rank, _)| *rank);
        // The worth of one lot is not the contract's.
        let lots = self.amounts.iter().filter(|(rank, _)| *rank > 2).count();
        let whole = self.amounts.into_iter().next();
        tender.value = whole
            .filter(|(rank, _)| *rank <= 2 || lots == 1)
            .map(|(_, amount)| amount);
    }
}
