//! How well the rest of the taxonomy is told: initiatives, risk, buying behaviour and the corporate
//! events that no public set covers, in a set of our own writing.
//!
//! `initiatives.tsv` has one text a line: what it tells (`kind`, or `kind/modality` where it is not
//! simply asserted; `-` for nothing), the company that is asked about, the page, and the text, a
//! title before ` || `. The company's domain is its name, so a page of that host is its own. Lines
//! are in turn one to work with (`dev`) and one to judge by (`held`), which nobody looks at who
//! writes rules. It was written before the rules were.

use foresignal::detect;
use foresignal::model::company::Company;
use foresignal::model::document::Document;
use foresignal::model::signal::{Modality, Role, Signal, SignalKind};
use foresignal::model::time::Timestamp;
use serde_json::{Map, Value, json};

use super::Tally;

/// The kinds that are judged in every text.
const KINDS: &[SignalKind] = &[
    SignalKind::CloudMigration,
    SignalKind::DatacenterExit,
    SignalKind::ErpChange,
    SignalKind::CrmChange,
    SignalKind::CollaborationChange,
    SignalKind::DeviceRefresh,
    SignalKind::EndOfSupport,
    SignalKind::AiAdoption,
    SignalKind::AppModernisation,
    SignalKind::DataPlatform,
    SignalKind::ProcessAutomation,
    SignalKind::HybridWork,
    SignalKind::VirtualDesktop,
    SignalKind::LegacyMove,
    SignalKind::BackupRecovery,
    SignalKind::Sustainability,
    SignalKind::Outage,
    SignalKind::Vulnerability,
    SignalKind::Compliance,
    SignalKind::Certification,
    SignalKind::AuditFinding,
    SignalKind::Tender,
    SignalKind::Evaluation,
    SignalKind::Dissatisfaction,
    SignalKind::Pilot,
    SignalKind::CaseStudy,
    SignalKind::ContractEnd,
    SignalKind::Earnings,
    SignalKind::Bankruptcy,
    SignalKind::Rebrand,
    SignalKind::Relocation,
    SignalKind::CostCutting,
    SignalKind::Award,
    SignalKind::EventAttendance,
    SignalKind::Litigation,
    SignalKind::Ipo,
];

/// One line of the set.
struct Item {
    /// What happens or is planned: what a signal should tell.
    told: Vec<(SignalKind, Modality)>,
    company: Company,
    document: Document,
}

impl Item {
    fn read(line: &str) -> Item {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().expect("four cells a line");
        let (labels, company, page, text) = (cell(), cell(), cell(), cell());
        let (title, text) = text.split_once(" || ").unwrap_or(("", text));
        let told = labels.split(',').filter_map(label);
        let spoken = company.chars().filter(char::is_ascii_alphanumeric);
        let domain = spoken.collect::<String>().to_ascii_lowercase();
        Item {
            told: told.collect(),
            company: Company {
                name: company.to_owned(),
                ..Company::new(&format!("{domain}.example"))
            },
            document: Document {
                url: format!("https://{page}"),
                title: title.to_owned(),
                text: text.to_owned(),
                language: Some("en".to_owned()),
                complete: true,
                fetched: jiff::civil::date(2025, 7, 1),
                ..Document::default()
            },
        }
    }

    /// The surest signal of `kind` that says: this company, and it happens.
    fn found(kind: SignalKind, signals: &[Signal]) -> Option<&Signal> {
        signals
            .iter()
            .filter(|signal| signal.kind == kind && signal.role != Role::Other)
            .filter(|signal| matches!(signal.modality, Modality::Asserted | Modality::Planned))
            .max_by(|a, b| a.confidence.total_cmp(&b.confidence))
    }
}

/// What a label tells; what is denied, supposed or long past is nothing to tell of.
fn label(label: &str) -> Option<(SignalKind, Modality)> {
    let (kind, modality) = label.split_once('/').unwrap_or((label, ""));
    let modality = match modality {
        "" => Modality::Asserted,
        "planned" => Modality::Planned,
        _ => return None,
    };
    (kind != "-").then(|| (SignalKind::from_id(kind).expect("a kind's id"), modality))
}

/// The tallies of the whole set, of its halves, and how often what is planned is told as a plan.
pub(super) fn measure(signals: &mut Map<String, Value>) -> Value {
    let [mut all, mut dev, mut held]: [Tally; 3] = Default::default();
    let (mut planned, mut as_planned) = (0, 0);
    for (at, line) in include_str!("initiatives.tsv").lines().enumerate() {
        let item = Item::read(line);
        let found = detect::detect(&item.document, &item.company, Timestamp::default());
        let is_dev = at % 2 == 0;
        let half = if is_dev { &mut dev } else { &mut held };
        for kind in KINDS {
            let told = item.told.iter().find(|(told, _)| told == kind);
            let best = Item::found(*kind, &found);
            let sure = best.map_or(0.0, |signal| signal.confidence);
            all.judge(kind.id(), told.is_some(), sure);
            half.judge(kind.id(), told.is_some(), sure);
            if is_dev && told.is_some() != (sure >= 0.5) {
                trace(*kind, told.is_some(), best, line);
            }
            if told.is_some_and(|told| told.1 == Modality::Planned) && sure >= 0.5 {
                planned += 1;
                let plan = best.is_some_and(|signal| signal.modality == Modality::Planned);
                as_planned += u32::from(plan);
            }
        }
    }
    for (name, tally) in [("", all), ("_dev", dev), ("_held", held)] {
        signals.insert(format!("initiatives{name}"), tally.report());
    }
    json!({ "planned": planned, "told_as_planned": as_planned })
}

#[expect(clippy::print_stderr, reason = "for whoever works on the rules")]
fn trace(kind: SignalKind, missed: bool, found: Option<&Signal>, line: &str) {
    if std::env::var_os("FORESIGNAL_TRACE").is_some() {
        let what = if missed { "missed" } else { "wrong" };
        let by = found.map(|signal| (&signal.evidence[0].rule, signal.confidence));
        eprintln!("initiatives {what} {kind} {by:?}: {line}");
    }
}
