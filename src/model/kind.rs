//! The words that a signal is told in: what happened, what might be bought, who played which part.
//!
//! Invariant: an id is for ever; exports and rule files name kinds and areas by it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What happened, or is about to. What each of them is, with examples, stands in the taxonomy
/// (`detect/taxonomy.toml`), which also tells apart what one kind means in different parts: an
/// acquisition to its buyer, its target and its seller.
///
/// The store keeps a kind by its place in this list: a new one goes to the end.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "the names say it; the taxonomy says it in words"
)]
pub enum SignalKind {
    Funding,
    Mna,
    Investment,
    LeadershipHire,
    LeadershipDeparture,
    Hiring,
    JobPosting,
    Layoffs,
    Expansion,
    Closure,
    Partnership,
    NewClient,
    ProductLaunch,
    CloudMigration,
    DatacenterExit,
    ErpChange,
    CrmChange,
    CollaborationChange,
    DeviceRefresh,
    EndOfSupport,
    AiAdoption,
    SecurityIncident,
    Compliance,
    Tender,
    TechAdopted,
    TechRetired,
    MailMigration,
    HostingChange,
    LegacyVersion,
    SecurityPosture,
    DomainChange,
    Ipo,
    Earnings,
    Bankruptcy,
    Rebrand,
    Relocation,
    CostCutting,
    Award,
    EventAttendance,
    Litigation,
    HiringProject,
    HiringFirst,
    HiringSurge,
    HiringSupport,
    HiringCompetitor,
    TechMomentum,
    AppModernisation,
    DataPlatform,
    ProcessAutomation,
    HybridWork,
    VirtualDesktop,
    LegacyMove,
    BackupRecovery,
    Sustainability,
    Outage,
    Vulnerability,
    Certification,
    AuditFinding,
    Research,
    Evaluation,
    Dissatisfaction,
    Pilot,
    CaseStudy,
    Review,
    TopicInterest,
    ContractEnd,
}

impl SignalKind {
    /// Every kind, in the order reports show them.
    pub const ALL: &[SignalKind] = <SignalKind as strum::VariantArray>::VARIANTS;

    /// The id under which exports and rule files name it: `leadership_hire`.
    pub fn id(self) -> &'static str {
        self.into()
    }

    /// The kind that [`SignalKind::id`] names so.
    pub fn from_id(id: &str) -> Option<SignalKind> {
        id.parse().ok()
    }

    /// Whether comparing what a company's domain showed tells it, never a text.
    pub fn is_observed(self) -> bool {
        matches!(
            self,
            SignalKind::TechAdopted
                | SignalKind::TechRetired
                | SignalKind::TechMomentum
                | SignalKind::MailMigration
                | SignalKind::HostingChange
                | SignalKind::LegacyVersion
                | SignalKind::SecurityPosture
                | SignalKind::DomainChange
        )
    }

    /// Whether it is what a company's open positions, taken together, say.
    pub fn is_hiring(self) -> bool {
        matches!(
            self,
            SignalKind::HiringProject
                | SignalKind::HiringFirst
                | SignalKind::HiringSurge
                | SignalKind::HiringSupport
                | SignalKind::HiringCompetitor
        )
    }

    /// How many days old such news may be and still be news: an older event is history.
    pub fn shelf_life(self) -> u16 {
        match self {
            SignalKind::JobPosting | SignalKind::Hiring | SignalKind::Tender => 365,
            SignalKind::Research
            | SignalKind::Evaluation
            | SignalKind::Dissatisfaction
            | SignalKind::Review
            | SignalKind::TopicInterest
            | SignalKind::EventAttendance => 180,
            kind if kind.is_hiring() => 365,
            _ => 730,
        }
    }
}

impl fmt::Display for SignalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// What the company might buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ProductArea {
    Azure,
    Microsoft365,
    Dynamics365,
    PowerPlatform,
    Surface,
    Security,
    Renewal,
}

impl ProductArea {
    /// The id under which exports and rule files name it: `microsoft365`.
    pub fn id(self) -> &'static str {
        match self {
            ProductArea::Azure => "azure",
            ProductArea::Microsoft365 => "microsoft365",
            ProductArea::Dynamics365 => "dynamics365",
            ProductArea::PowerPlatform => "power_platform",
            ProductArea::Surface => "surface",
            ProductArea::Security => "security",
            ProductArea::Renewal => "renewal",
        }
    }
}

/// The part that the company plays in the event.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Role {
    /// It is simply its event.
    #[default]
    Subject,
    Buyer,
    Target,
    Seller,
    Vendor,
    Customer,
    Partner,
    Victim,
    Employer,
    /// None: the event is another company's, which the page tells of.
    Other,
}

/// How the text speaks of the event.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Modality {
    #[default]
    Asserted,
    Planned,
    Hypothetical,
    Negated,
    Historical,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_ids_round_trip() {
        for kind in SignalKind::ALL {
            assert_eq!(SignalKind::from_id(kind.id()), Some(*kind));
            let json = serde_json::to_string(kind).expect("an enum serialises");
            assert_eq!(json, format!("\"{}\"", kind.id()));
        }
    }
}
