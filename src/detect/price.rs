//! The price of a deal: the amount that its sentence, or one soon after it, pays; or the words that
//! say that it is not told.
//!
//! Invariant: a price of one share, and an amount of sales, assets or debts, is no price of a deal.

use std::sync::LazyLock;

use regex::bytes::Regex;

use super::finding::Finding;
use super::language::compile;
use super::prepared::Prepared;
use super::slots::slot;
use crate::model::signal::SignalKind;

/// How many sentences after a deal's telling still speak of its price.
const NEAR: usize = 3;

struct Cues {
    money: Regex,
    /// What stands before a price.
    before: Regex,
    /// What stands after one: the deal itself.
    after: Regex,
    /// What stands after an amount that is no deal's price.
    apiece: Regex,
    /// What is worth something without being a deal.
    other: Regex,
    /// The same, where the price is given for it.
    given: Regex,
    withheld: Regex,
}

static CUES: LazyLock<Cues> = LazyLock::new(|| {
    let cue = |pattern: &str| compile(pattern, "price").expect("a constant pattern");
    Cues {
        money: cue(
            r"(?:(?:US|C|A|HK|S|NZ)?\s?(?:\$|\bEUR|\bGBP|\bUSD|\bJPY)\s?\d[\d.,]*(?:\s?(?:k|m|mn|bn|b|mln|bln|million|billion|millones|mil millones)\b)?|\b(?:\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|a)\s+(?:(?:million|billion|mln|bln|millones|mil millones)\s+)?(?:de\s+)?(?:us |u\.s\. |[a-z]+(?:ese|ian|an|ch|ish|s) )?(?:dollars|euros|pounds|dlrs?|stg|sterling|francs|marks|yen|pesos|dolares|crowns|guilders|lire|pesetas)\b)",
        ),
        before: cue(
            r"\b(?:for|worth|valued at|valu\w+ .{0,60}\bat|(?:value|price|cost|sum|consideration|total) (?:of|is|was|being|includes)|paid|pays?|paying|totall?ing|share, or|por|valorada en|at a (?:price|cost) of)\s+(?:(?:an?|the|about|around|nearly|almost|approximately|some|up to|total|aggregate|initial|cash|and|notes|worth|of|consideration|payment|more than|over|roughly|estimated|combined|price|cost|sum|equivalent|to|unos|mas|cerca|de|in excess|just|under|also|least|at|stock|common|a further|it|its|him|them|[a-z]+ (?:inc|corp|co|ltd|plc))\s+){0,6}$",
        ),
        after: cue(
            r"^\s*(?:(?:in\s+)?cash[ -]|and[ -]stock\s|all[ -]|tender\s|takeover\s|leveraged\s|agreed\s|friendly\s|hostile\s|recommended\s|proposed\s|management\s|stock\s|merger\s|initial\s|revised\s|unsolicited\s|equity\s)*(?:bids?|investments?|offers?|acquisitions?|buy-?outs?|takeovers?|deals?|transactions?|mergers?|purchases?|proposals?|sale)\b",
        ),
        apiece: cue(
            r"^,?\s*(?:in\s+cash\s+|cash\s+|canadian\s+|nominal\s+)?(?:(?:an?|per|for each|for every|/)\s*(?:\w+\s+){0,3}?(?:shares?|shr|stock|units?|ads|adr|barrels?|tonnes?|ounces?|bonds?|rights?|warrants?|year|month|week|day)\b|(?:per|each|apiece|face|principal)\b)|^\s*(?:of\s+(?:\w+\s+){0,3}|in\s+(?:annual\s+|net\s+|gross\s+|total\s+|outstanding\s+|its\s+)*)(?:revenues?|sales|assets|debts?|earnings|profits?|income|losses|turnover|bonds|notes|deposits|capital|financing)\b|^\s*(?:loss|gain|profit|charge|dividend|loan|credit|lawsuit|suit)\b",
        ),
        other: cue(
            r"\b(?:revenues?|sales|assets|debts?|earnings|profits?|income|loss(?:es)?|turnover|gain|deposits|dividend|charge|net|capital|budget|backlog|par)\b[^.;]{0,45}$",
        ),
        given: cue(
            r"\b(?:assets|capital|net|sales|turnover|debts?)\b[^.;]{0,45}\b(?:for|por)\s+(?:[a-z]+\s+){0,4}$",
        ),
        withheld: cue(
            r"\b(?:(?P<kept>undisclosed)\s+(?:terms?|sum|price|cash|figure|consideration|value|amount(?: of (?:cash|money))?[.,;]|amount$)|(?:terms?|price|value|amount|cost)\b.{0,60}?\b(?P<not>(?:not|n't)\s+(?:been\s+|be\s+|immediately\s+)?(?:disclosed?|given|released|revealed|announced|specified|available)|withheld|undisclosed)|(?P<declined>(?:not|n't|declined to)\s+(?:disclose|reveal|specify|give)\b.{0,30}\b(?:terms|price|amount)))",
        ),
    }
});

/// Gives each telling of a deal the price that its sentence or the next ones tell.
pub(crate) fn tell(text: &Prepared<'_>, findings: &mut [Finding]) {
    let deals: Vec<usize> = findings
        .iter()
        .filter(|finding| finding.kind == SignalKind::Mna)
        .map(|finding| finding.sentence)
        .collect();
    let (Some(first), Some(last)) = (deals.iter().min(), deals.iter().max()) else {
        return;
    };
    let end = (last + NEAR + 1).min(text.sentences.len());
    for at in *first..end {
        let told = deals.contains(&at);
        let of = deals
            .iter()
            .copied()
            .filter(|deal| *deal <= at && at - deal <= NEAR)
            .max();
        let Some(deal) = of else {
            continue;
        };
        let price = price(text, at).and_then(|span| slot(text, Some(span)));
        let withheld = withheld(text, at).and_then(|span| slot(text, Some(span)));
        for finding in findings
            .iter_mut()
            .filter(|finding| finding.kind == SignalKind::Mna && finding.sentence == deal)
        {
            if finding.amount.is_none() && (told || finding.withheld.is_none()) {
                finding.amount.clone_from(&price);
            }
            if finding.withheld.is_none() {
                finding.withheld.clone_from(&withheld);
            }
        }
    }
}

/// The first amount of the sentence that is a deal's price.
fn price(text: &Prepared<'_>, at: usize) -> Option<(usize, usize)> {
    let cues = &*CUES;
    let words = text.sentence(at).as_bytes();
    let base = text.sentences[at].start;
    let mut amounts = cues.money.find_iter(words);
    let found = amounts.find(|amount| {
        let (before, after) = (&words[..amount.start()], &words[amount.end()..]);
        let deal = cues.after.is_match(after);
        let other = || cues.other.is_match(before) && !cues.given.is_match(before);
        let paid = deal || (cues.before.is_match(before) && !other());
        paid && !cues.apiece.is_match(after)
    })?;
    Some((base + found.start(), base + found.end()))
}

/// The words of the sentence that keep the price back.
fn withheld(text: &Prepared<'_>, at: usize) -> Option<(usize, usize)> {
    let base = text.sentences[at].start;
    let found = CUES.withheld.captures(text.sentence(at).as_bytes())?;
    let said = found
        .name("not")
        .or(found.name("declined"))
        .or(found.get(0))?;
    Some((base + said.start(), base + said.end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::document::Document;

    /// The price and the words that withhold one, of a deal; `-` for none.
    #[track_caller]
    fn assert_price(words: &str, amount: &str, withheld: &str) {
        let document = Document {
            text: words.to_owned(),
            language: Some("en".to_owned()),
            ..Document::default()
        };
        let told = super::super::findings(&document);
        let mut deals = told
            .iter()
            .filter(|finding| finding.kind == SignalKind::Mna);
        let deal = deals.next().expect("a deal");
        let or = |found: &Option<String>| found.clone().unwrap_or_else(|| "-".to_owned());
        assert_eq!([or(&deal.amount), or(&deal.withheld)], [amount, withheld]);
    }

    #[test]
    fn a_deal_has_the_price_that_it_or_the_next_sentence_states() {
        assert_price(
            "Contoso buys Adatum for about $35 million.",
            "$35 million",
            "-",
        );
        assert_price(
            "Contoso made a 244 mln stg agreed bid for Adatum Plc.",
            "244 mln stg",
            "-",
        );
        assert_price(
            "Contoso acquired Adatum. The transaction is valued at 16.2 mln dlrs.",
            "16.2 mln dlrs",
            "-",
        );
        assert_price(
            "Contoso acquired Adatum. Terms were not disclosed.",
            "-",
            "not disclosed",
        );
    }

    #[test]
    fn a_share_and_sales_have_other_prices() {
        assert_price("Contoso buys Adatum for 12 dlrs a share.", "-", "-");
        assert_price(
            "Contoso acquired Adatum. It had sales of 30 mln dlrs.",
            "-",
            "-",
        );
    }
}
