//! What a page says: derived from a page, never stored.

use serde::{Deserialize, Serialize};

use super::edition::Alternate;
use super::profile::Claim;
use super::task::TaskKind;
use super::time::{Day, Timestamp};
use super::wishes::Heard;

/// What a reader made of one page: its documents, its links, and what its author asked of robots.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reading {
    /// One for an article, many for a feed or a page of job postings, none for a sitemap.
    pub documents: Vec<Document>,
    /// Links out of the page, absolute, in page order, without repeats.
    pub links: Vec<Link>,
    /// What the page asks of robots and miners, in its header fields and `meta` elements.
    pub heard: Heard,
    /// The address that the page names as its own (`rel=canonical`), absolute.
    pub canonical: Option<String>,
    /// Its editions in other languages, itself among them, as the page states them.
    pub alternates: Vec<Alternate>,
    /// How long the source asks to be left alone (RSS `ttl`), in seconds.
    pub ttl: Option<u64>,
    /// What the page states of the company whose it is.
    pub claims: Vec<Claim>,
    /// Whether the page's text only comes with scripts, which were not run.
    pub scripted: bool,
    /// Whether the documents are all that the source has: what it told before and does not any
    /// more is over.
    pub whole: bool,
    /// What an account at a social network says of itself.
    pub account: Option<Account>,
    /// The name of the reader.
    pub reader: &'static str,
}

/// An account at a social network, as the network shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// The web addresses that it names as its own.
    pub names: Vec<String>,
    /// Where its posts can be read, for machines.
    pub stream: String,
}

/// One text with a title and a date: an article, a feed's item, a job posting.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Its address: the page's, or for a feed's item the item's own.
    pub url: String,
    /// Title, without the site's name where that could be told apart.
    pub title: String,
    /// The main text: a block (paragraph, heading, list item, table row) a line, nothing of the
    /// site's frame.
    pub text: String,
    /// When it says it was published.
    pub published: Option<Dated>,
    /// When it says it was last changed.
    pub updated: Option<Dated>,
    /// ISO 639-1 code of its language, where it could be told.
    pub language: Option<String>,
    /// What kind of text it is.
    pub genre: Genre,
    /// The name of the site or organisation that publishes it, as the page states it.
    pub publisher: Option<String>,
    /// Where the page states a job posting: its particulars.
    pub job: Option<JobPosting>,
    /// Where it is a notice of a public contract: its particulars.
    pub tender: Option<TenderNotice>,
    /// Whether `text` is the whole text (a page, a feed with full content) or only a summary.
    pub complete: bool,
    /// The day on which the page was fetched: what a date is resolved against when it has none.
    pub fetched: Day,
    /// Whether the company speaks here although the address is another's: on its job board, from
    /// its account.
    pub official: bool,
}

/// A day, and where it was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dated {
    /// The day as the page states it, in the page's own time zone.
    pub day: Day,
    /// Where it was found.
    pub source: DateSource,
}

/// Where a date was found, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateSource {
    /// JSON-LD, microdata.
    Structured,
    /// `meta` elements (`article:published_time` and its like).
    Meta,
    /// The feed or sitemap that led here.
    Feed,
    /// A `time` element.
    TimeElement,
    /// The URL's path.
    Url,
    /// Words on the page.
    Text,
    /// A response header.
    Header,
}

/// What kind of text a document is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Genre {
    Home,
    Press,
    News,
    Blog,
    Job,
    Product,
    Documentation,
    Forum,
    Listing,
    HowTo,
    MarketReport,
    About,
    Legal,
    /// Somebody's view: a column, an editorial, a letter.
    Opinion,
    #[default]
    Other,
}

/// What a page states about an open position.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobPosting {
    /// The position's title.
    pub title: String,
    /// The employer, as stated.
    pub organization: Option<String>,
    /// Where it is, as stated.
    pub location: Option<String>,
    /// First day it was posted.
    pub posted: Option<Day>,
    /// Last day it is open.
    pub closes: Option<Day>,
}

/// What a notice states about a public contract; never a person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TenderNotice {
    /// Whether the contract is awarded; else it is called for.
    pub awarded: bool,
    /// Who buys.
    pub buyers: Vec<String>,
    /// Who is to deliver.
    pub winners: Vec<String>,
    /// What is bought, in the Common Procurement Vocabulary, the main code first.
    pub cpv: Vec<String>,
    /// Its worth, as stated, with the currency's code: `390697.84 EUR`.
    pub value: Option<String>,
    /// The buyer's country, as stated: a code of three letters, or two.
    pub country: Option<String>,
    /// Until when tenders are taken.
    pub deadline: Option<Day>,
}

/// One link out of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, absolute, as `url::Url` prints it.
    pub url: String,
    /// The words that it is shown with, white space folded.
    pub text: String,
    /// What the page says it leads to: a feed (`rel=alternate`), a sitemap's or feed's entry.
    pub kind: Option<TaskKind>,
    /// Whether its author asks robots not to follow it.
    pub nofollow: bool,
    /// Whether it stands in the page's navigation, header or footer.
    pub frame: bool,
    /// When a feed or sitemap says that the page behind it was published or changed.
    pub dated: Option<Timestamp>,
    /// When a feed or sitemap says that the page behind it last changed.
    pub updated: Option<Timestamp>,
    /// Another edition of the page behind it that is read in its stead, as a sitemap states it.
    pub instead: Option<String>,
}
