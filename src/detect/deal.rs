//! Who buys what from whom, by the grammar of one English sentence: the predicate of the deal,
//! its subject, its object and what hangs on them by "from", "to" and "by".
//!
//! A rule's pattern finds that a sentence tells of a deal, and takes the names that stand right
//! beside its words; this finds the parties wherever the sentence has put them.

use super::clause::Clause;
use super::finding::Finding;
use super::names::is_name;
use super::phrases::List;
use super::prepared::Prepared;
use super::slots::slot;
use crate::model::signal::{Role, SignalKind};

/// A span of the folded text.
pub(crate) type Span = (usize, usize);

/// The parties that one sentence names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Deal {
    pub(crate) buyer: Option<Span>,
    pub(crate) target: Option<Span>,
    pub(crate) seller: Option<Span>,
    /// What changes hands where it is no company: a unit, a plant, a brand.
    pub(crate) asset: Option<Span>,
}

impl Deal {
    fn worth(&self) -> u8 {
        2 * u8::from(self.target.is_some() || self.asset.is_some())
            + 2 * u8::from(self.buyer.is_some())
            + u8::from(self.seller.is_some())
    }
}

/// The parties of the deal that the sentence at `at` tells of; the predicate that names most counts.
pub(crate) fn read(text: &Prepared<'_>, at: usize) -> Deal {
    let clause = Clause::new(text, at);
    let told = (0..clause.words.len()).filter_map(|verb| clause.predicate(verb));
    told.fold(Deal::default(), |best, deal| {
        if deal.worth() > best.worth() {
            deal
        } else {
            best
        }
    })
}

/// Gives a telling of a deal the parties that its sentence names.
pub(crate) fn complete(text: &Prepared<'_>, mut finding: Finding) -> Finding {
    if finding.kind != SignalKind::Mna || text.language.code != "en" {
        return finding;
    }
    let deal = read(text, finding.sentence);
    let named = |span: Option<Span>| slot(text, span).filter(|name| is_name(name));
    let (buyer, target, seller) = (named(deal.buyer), named(deal.target), named(deal.seller));
    finding.asset = slot(text, deal.asset);
    if buyer.is_none() && target.is_none() && seller.is_none() {
        return finding;
    }
    if buyer.is_none() && seller.is_some() {
        finding.subject = seller.clone();
        finding.subject_role = Role::Seller;
    } else {
        finding.subject = buyer;
        finding.subject_role = Role::Buyer;
    }
    finding.object = target;
    finding.object_role = Role::Target;
    finding.seller = seller;
    finding
}

impl Clause<'_> {
    /// What the word at `verb` tells, where it is a deal's.
    fn predicate(&self, verb: usize) -> Option<Deal> {
        if self.name_at(verb).is_some() {
            return None;
        }
        let noun =
            self.is_a(verb, List::Noun) && !self.is(verb.wrapping_sub(1), &["to", "will", "would"]);
        if noun && (self.is(verb + 1, &["of", "by"]) || !self.is_a(verb, List::Buy)) {
            return Some(self.nominal(verb));
        }
        if self.is(verb, &["sale", "divestiture", "disposal"]) && self.is(verb + 1, &["of"]) {
            return Some(self.sale(verb, verb + 2));
        }
        if self.is_a(verb, List::Buy) {
            return Some(self.purchase(verb));
        }
        if self.is(verb, &["take", "takes", "took", "taking", "taken"])
            && self.is(verb + 1, &["over"])
        {
            return Some(self.purchase(verb + 1));
        }
        if self.is_a(verb, List::Sell) {
            return Some(self.sale(verb, verb + 1));
        }
        if self.is(verb, &["merge", "merges", "merged", "merger", "merging"]) {
            return Some(self.merger(verb));
        }
        if self.is_a(verb, List::Offer) {
            return Some(self.offer(verb));
        }
        let held = self.is(
            verb,
            &["stake", "interest", "shares", "holding", "stock", "pct"],
        );
        (held && self.is(verb + 1, &["in", "of"])).then(|| self.stake(verb))
    }

    /// "X bought Y from Z", "Y was bought by X".
    fn purchase(&self, verb: usize) -> Deal {
        let aux = &["was", "were", "be", "been", "being", "is", "are"];
        let passive = (1..4).any(|back| verb >= back && self.is(verb - back, aux))
            || self.is(verb + 1, &["by"]);
        if passive {
            let by = (verb + 1..verb + 4).find(|at| self.is(*at, &["by"]));
            return Deal {
                buyer: by.and_then(|by| self.party(by + 1)),
                target: self.subject(verb),
                ..Deal::default()
            };
        }
        let mut deal = self.object(verb + 1);
        deal.buyer = self.subject(verb);
        deal.seller = deal.seller.or_else(|| self.after("from", verb + 1));
        self.told(deal)
    }

    /// "X sells its unit Y to Z": what is sold begins at `from`.
    fn sale(&self, verb: usize, from: usize) -> Deal {
        let passive = self.is(
            verb.wrapping_sub(1),
            &["was", "were", "be", "been", "being"],
        );
        let mut deal = if passive {
            Deal {
                target: self.subject(verb),
                ..Deal::default()
            }
        } else {
            self.object(from)
        };
        if !passive {
            deal.seller = self.subject(verb).or(deal.seller);
        }
        deal.buyer = self.after("to", from);
        self.told(deal)
    }

    /// "X's acquisition of Y", "the acquisition of Y by X", "its takeover by X".
    fn nominal(&self, noun: usize) -> Deal {
        let mut deal = Deal::default();
        let of = self.is(noun + 1, &["of"]);
        if of {
            deal = self.object(noun + 2);
        }
        let buyer = self.by(noun);
        let owner = self.owner(noun);
        deal.seller = deal.seller.or_else(|| self.after("from", noun + 1));
        if buyer.is_some() {
            deal.buyer = buyer;
            if !of {
                deal.target = owner;
            }
        } else if of {
            deal.buyer = owner.or_else(|| self.subject(noun));
        }
        self.told(deal)
    }

    /// "X's bid for Y", "Y received an offer from X".
    fn offer(&self, noun: usize) -> Deal {
        let mut deal = Deal::default();
        let to = self.is(noun + 1, &["to"]) && self.is_a(noun + 2, List::Buy);
        let got = (noun.saturating_sub(9)..noun).any(|at| self.is_a(at, List::Got));
        if self.is(noun + 1, &["for", "of"]) || to {
            let object = self.object(noun + 2 + usize::from(to));
            (deal.target, deal.asset) = (object.target, object.asset);
            let bidder = || if got { None } else { self.subject(noun) };
            deal.buyer = self.owner(noun).or_else(bidder);
        } else if self.is(noun + 1, &["from", "by"]) {
            deal.buyer = self.party(noun + 2);
            deal.target = self.subject(noun);
        }
        if let Some(buyer) = self.by(noun) {
            deal.buyer = Some(buyer);
            deal.target = deal.target.or_else(|| self.subject(noun));
        }
        self.told(deal)
    }

    /// "X merges into Y": of those that merge with each other nobody buys.
    fn merger(&self, noun: usize) -> Deal {
        let mut deal = Deal::default();
        if self.is(noun + 1, &["into"]) {
            deal.target = self.owner(noun).or_else(|| self.subject(noun));
            deal.buyer = self.party(noun + 2);
        }
        self.told(deal)
    }

    /// "X raised its stake in Y", "X cut its stake in Y".
    fn stake(&self, noun: usize) -> Deal {
        let mut deal = self.object(noun);
        let from = noun.saturating_sub(9);
        let less = (from..noun).any(|at| self.is_a(at, List::Less));
        let subject = self.subject(noun);
        if less {
            deal.seller = subject;
        } else {
            deal.buyer = subject;
        }
        self.told(deal)
    }

    /// A party is one party: who buys does not sell, and nobody buys itself.
    fn told(&self, mut deal: Deal) -> Deal {
        let same = |a: Option<Span>, b: Option<Span>| a.is_some() && a == b;
        if same(deal.buyer, deal.target) {
            deal.buyer = None;
        }
        if same(deal.seller, deal.buyer) || same(deal.seller, deal.target) {
            deal.seller = None;
        }
        deal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::company::Company;
    use crate::model::document::Document;
    use crate::model::time::Timestamp;

    /// Buyer, target or asset, seller; `-` for none.
    #[track_caller]
    fn assert_deal(sentence: &str, buyer: &str, target: &str, seller: &str) {
        let document = Document {
            text: sentence.to_owned(),
            language: Some("en".to_owned()),
            ..Document::default()
        };
        let company = Company::new("");
        let text = Prepared::new(&document, &company, Timestamp::default());
        let deal = read(&text, 0);
        let said = |span: Option<Span>| slot(&text, span).unwrap_or_else(|| "-".to_owned());
        let found = [
            said(deal.buyer),
            said(deal.target.or(deal.asset)),
            said(deal.seller),
        ];
        assert_eq!(found, [buyer, target, seller], "{sentence}");
    }

    #[test]
    fn verbs_name_their_parties() {
        assert_deal(
            "Contoso Corp said it agreed to acquire Adatum Ltd from Fabrikam Inc.",
            "Contoso Corp",
            "Adatum Ltd",
            "Fabrikam Inc",
        );
        assert_deal(
            "Adatum Ltd, a maker of valves, has been acquired by Contoso Corp.",
            "Contoso Corp",
            "Adatum Ltd",
            "-",
        );
        assert_deal(
            "Fabrikam Inc said it sold its dairy operations to Contoso Corp for cash.",
            "Contoso Corp",
            "dairy operations",
            "Fabrikam Inc",
        );
        assert_deal(
            "Contoso Corp bought Fabrikam Inc's wholly owned subsidiary, Adatum Ltd.",
            "Contoso Corp",
            "Adatum Ltd",
            "Fabrikam Inc",
        );
        assert_deal(
            "Contoso Corp said a group of investors offered to buy its valve unit.",
            "-",
            "valve unit",
            "-",
        );
    }

    #[test]
    fn nouns_name_their_parties() {
        assert_deal(
            "Contoso Corp completed the acquisition of Adatum Ltd.",
            "Contoso Corp",
            "Adatum Ltd",
            "-",
        );
        assert_deal(
            "The court overturned the purchase of Adatum Ltd by Contoso Corp.",
            "Contoso Corp",
            "Adatum Ltd",
            "-",
        );
        assert_deal(
            "Adatum Ltd said it rejected a bid by New York investor Jane Roe.",
            "Jane Roe",
            "Adatum Ltd",
            "-",
        );
        assert_deal(
            "Contoso Corp raised its stake in Adatum Ltd to nine percent.",
            "Contoso Corp",
            "Adatum Ltd",
            "-",
        );
        assert_deal(
            "Contoso Corp cut its stake in Adatum Ltd to nine percent.",
            "-",
            "Adatum Ltd",
            "Contoso Corp",
        );
    }
}
