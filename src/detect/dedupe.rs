//! One event, one signal: which tellings in a document are the same event, and the key that makes
//! two pages' tellings meet.
//!
//! Invariant: a key is built from what every telling of the event has, and never from a month where
//! the event has a name of its own: a later page that recalls a round tells it without its date. So
//! an acquisition is named by its counterpart, a round by its amount, an appointment by the class
//! of its position; what has no name of its own is told from others by its quarter.

use super::finding::Finding;
use super::names;
use super::sentence::Position;
use crate::model::signal::SignalKind;
use crate::model::time::Day;

/// What tells two events of one kind apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Identity {
    Counterpart,
    Position,
    Place,
    Technology,
    Amount,
    Month,
    Quarter,
}

fn identity(kind: SignalKind) -> Identity {
    match kind {
        SignalKind::Mna
        | SignalKind::Partnership
        | SignalKind::NewClient
        | SignalKind::CaseStudy => Identity::Counterpart,
        SignalKind::LeadershipHire | SignalKind::LeadershipDeparture | SignalKind::JobPosting => {
            Identity::Position
        }
        SignalKind::Expansion | SignalKind::Closure => Identity::Place,
        // A system replaced, a standard reached, a product tried: each is an event of its own.
        SignalKind::EndOfSupport
        | SignalKind::Compliance
        | SignalKind::Certification
        | SignalKind::ErpChange
        | SignalKind::CrmChange
        | SignalKind::CollaborationChange
        | SignalKind::AiAdoption
        | SignalKind::DataPlatform
        | SignalKind::VirtualDesktop
        | SignalKind::LegacyMove
        | SignalKind::Pilot
        | SignalKind::Evaluation
        | SignalKind::Dissatisfaction
        | SignalKind::ContractEnd => Identity::Technology,
        SignalKind::Funding | SignalKind::Investment => Identity::Amount,
        // An outage, a hole, a suit, an award: more than one a quarter is no rarity.
        SignalKind::ProductLaunch
        | SignalKind::Tender
        | SignalKind::Outage
        | SignalKind::Vulnerability
        | SignalKind::Litigation
        | SignalKind::Award
        | SignalKind::EventAttendance => Identity::Month,
        _ => Identity::Quarter,
    }
}

/// What a finding says of its event's identity; `None`: it leaves that open.
pub(crate) fn telling(finding: &Finding, counterpart: Option<&str>) -> Option<String> {
    match identity(finding.kind) {
        Identity::Counterpart => {
            let words = names::tokens(counterpart?);
            // "Contoso Cloud" and "Contoso" in two tellings are one counterpart.
            words.first().cloned()
        }
        Identity::Position => {
            let class = finding.position.as_deref().map(class);
            class.filter(|class| !class.is_empty())
        }
        Identity::Place => Some(names::tokens(finding.place.as_deref()?).concat()),
        Identity::Technology => finding.technologies.first().map(|name| name.to_lowercase()),
        Identity::Amount | Identity::Month | Identity::Quarter => None,
    }
}

/// What names an event once all its tellings in a document are known: its amount. Inside of the
/// document two amounts are no two events, a round has a total beside it.
pub(crate) fn stated(finding: &Finding) -> Option<String> {
    match identity(finding.kind) {
        Identity::Amount => worth(finding.amount.as_deref()?),
        _ => None,
    }
}

/// Whether the title's telling names the event, as it is all that a feed or a list repeats of it.
pub(crate) fn named_by_title(kind: SignalKind) -> bool {
    identity(kind) == Identity::Place
}

/// Whether two tellings of one document are one event although they name it differently: a
/// headline says the country, the story the town.
pub(crate) fn folds(one: &Finding, other: &Finding) -> bool {
    let headline = |finding: &Finding| finding.stands == Position::Title;
    identity(one.kind) == Identity::Place && headline(one) != headline(other)
}

/// The key of an event told on `published`; a page without a date has no month to lose.
pub(crate) fn key(kind: SignalKind, telling: Option<&str>, published: Option<Day>) -> String {
    let dated = |form: &dyn Fn(Day) -> String| published.map_or_else(String::new, form);
    match (identity(kind), telling) {
        (Identity::Counterpart | Identity::Technology | Identity::Amount, Some(what)) => {
            what.to_owned()
        }
        (Identity::Position | Identity::Place, Some(what)) => {
            let year = published.map_or(0, Day::year);
            format!("{what} {year}")
        }
        (Identity::Quarter | Identity::Amount | Identity::Technology, _) => {
            dated(&|day| format!("{}-q{}", day.year(), (day.month() + 2) / 3))
        }
        _ => dated(&|day| format!("{}-{}", day.year(), day.month())),
    }
}

/// An amount whatever way it is written, to two digits: "$35 million" and "35M" are one.
fn worth(amount: &str) -> Option<String> {
    let folded = super::fold::Folded::new(amount).text.to_ascii_lowercase();
    let from = folded.find(|letter: char| letter.is_ascii_digit())?;
    let figure: String = folded[from..]
        .chars()
        .take_while(|letter| letter.is_ascii_digit() || matches!(letter, '.' | ','))
        .collect();
    let unit: String = folded[from + figure.len()..]
        .trim_start_matches([' ', '-'])
        .chars()
        .take_while(char::is_ascii_alphabetic)
        .collect();
    let scale: f64 = match unit.as_str() {
        "k" | "thousand" | "mil" if !folded.contains("mil millones") => 1e3,
        "m" | "mn" | "mm" | "mln" | "million" | "millones" | "meur" | "musd" => 1e6,
        "b" | "bn" | "bln" | "billion" | "mil" | "miles" => 1e9,
        "crore" => 1e7,
        "lakh" => 1e5,
        _ => 1.0,
    };
    let figure = figure.trim_end_matches(['.', ',']);
    // A separator before exactly three last digits groups thousands, any other is a fraction's.
    let number = match figure.rfind(['.', ',']) {
        Some(at) if figure.len() - at != 4 => {
            let whole: String = figure[..at].chars().filter(char::is_ascii_digit).collect();
            format!("{whole}.{}", &figure[at + 1..])
        }
        _ => figure.chars().filter(char::is_ascii_digit).collect(),
    };
    let value = number.parse::<f64>().ok()? * scale;
    Some(format!("{value:.1e}"))
}

/// What a position's holder answers for: the same for "CIO", "Chief Information Officer" and
/// "director de sistemas"; of what has no class, the position's own short name; a
/// vice president of nothing in particular leaves it open, a rank is no desk.
pub(crate) fn class(position: &str) -> String {
    const CLASSES: &[(&str, &[&str])] = &[
        ("security", &["security", "ciso", "seguridad"]),
        (
            "finance",
            &["finance", "financial", "cfo", "treasurer", "financier"],
        ),
        (
            "it",
            &["information", "cio", "sistemas", "informatic", "it"],
        ),
        (
            "technology",
            &["technology", "technical", "cto", "tecnolog", "tecnic"],
        ),
        ("data", &["data", "datos", "analytics", "cdo"]),
        ("digital", &["digital"]),
        (
            "operations",
            &["operating", "operations", "coo", "operaciones"],
        ),
        (
            "sales",
            &[
                "sales",
                "revenue",
                "commercial",
                "cro",
                "comercial",
                "ventas",
            ],
        ),
        ("marketing", &["marketing", "cmo"]),
        (
            "people",
            &["people", "human", "hr", "chro", "humanos", "personas"],
        ),
        ("legal", &["legal", "counsel", "clo"]),
        ("claims", &["claims", "siniestros"]),
        ("chair", &["chair", "chairman", "chairwoman", "chairperson"]),
        (
            "ceo",
            &["ceo", "executive", "managing", "delegad", "ejecutiv"],
        ),
    ];
    let short = post(position);
    let words = names::tokens(position);
    let holds = |cue: &&str| {
        words
            .iter()
            .any(|word| word == cue || (cue.len() > 6 && word.starts_with(*cue)))
            || short == **cue
    };
    let vice = words
        .iter()
        .any(|word| word.starts_with("vice") || word == "deputy");
    let found = CLASSES.iter().find(|(_, cues)| cues.iter().any(holds));
    match found {
        Some(("ceo", _)) | None if vice => String::new(),
        Some((class, _)) => (*class).to_owned(),
        None => short,
    }
}

/// A position's short name: the same for "Chief Information Officer" and "CIO".
pub(crate) fn post(position: &str) -> String {
    let words = names::tokens(position);
    let has = |cue: &str| words.iter().any(|word| word == cue);
    if has("chief") && has("officer") {
        let middle = words.iter().filter(|word| *word != "and");
        return middle.filter_map(|word| word.chars().next()).collect();
    }
    let equal = [
        ("consejero delegado", "ceo"),
        ("consejera delegada", "ceo"),
        ("director general", "ceo"),
    ];
    let joined = words.join(" ");
    for (long, short) in equal {
        if joined.starts_with(long) {
            return short.to_owned();
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn positions_have_one_name() {
        assert_eq!(post("Chief Information Officer"), post("CIO"));
        assert_eq!(post("Consejero delegado"), "ceo");
        assert_ne!(post("CFO"), post("CIO"));
    }

    #[test]
    fn positions_of_one_desk_are_one_class() {
        assert_eq!(class("director de sistemas de informacion"), class("CIO"));
        assert_eq!(
            class("first chief information security officer"),
            class("CISO")
        );
        assert_eq!(
            class("consejera delegada"),
            class("chief executive officer")
        );
        assert_ne!(class("executive vice president"), class("CEO"));
        assert_ne!(class("head of claims"), class("head of legal"));
    }

    #[test]
    fn amounts_have_one_spelling() {
        assert_eq!(worth("$35 million"), worth("35M"));
        assert_eq!(worth("12 millones de euros"), worth("EUR 12,000,000"));
        assert_eq!(worth("6,4 millones"), worth("6.4 million"));
        assert_ne!(worth("$35 million"), worth("$53 million"));
        assert_eq!(worth("a lot"), None);
    }

    #[test]
    fn an_acquisition_is_named_by_its_counterpart_and_a_round_by_its_amount() {
        let (may, june) = (Some(date(2026, 5, 31)), Some(date(2026, 6, 1)));
        assert_eq!(
            key(SignalKind::Mna, Some("fabrikam"), may),
            key(SignalKind::Mna, Some("fabrikam"), june)
        );
        assert_eq!(
            key(SignalKind::Funding, Some("3.5e7"), may),
            key(SignalKind::Funding, Some("3.5e7"), None)
        );
        assert_ne!(
            key(SignalKind::Tender, None, may),
            key(SignalKind::Tender, None, june)
        );
    }
}
