//! The words that a signal is told in: what happened, what might be bought, who played which part.
//!
//! Invariant: an id is for ever; exports and rule files name kinds and areas by it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What happened, or is about to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it; `describe` says it in words")]
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
}

impl SignalKind {
    /// Every kind, in the order reports show them.
    pub const ALL: &[SignalKind] = &[
        SignalKind::Funding,
        SignalKind::Mna,
        SignalKind::Investment,
        SignalKind::LeadershipHire,
        SignalKind::LeadershipDeparture,
        SignalKind::Hiring,
        SignalKind::JobPosting,
        SignalKind::Layoffs,
        SignalKind::Expansion,
        SignalKind::Closure,
        SignalKind::Partnership,
        SignalKind::NewClient,
        SignalKind::ProductLaunch,
        SignalKind::CloudMigration,
        SignalKind::DatacenterExit,
        SignalKind::ErpChange,
        SignalKind::CrmChange,
        SignalKind::CollaborationChange,
        SignalKind::DeviceRefresh,
        SignalKind::EndOfSupport,
        SignalKind::AiAdoption,
        SignalKind::SecurityIncident,
        SignalKind::Compliance,
        SignalKind::Tender,
        SignalKind::TechAdopted,
        SignalKind::TechRetired,
        SignalKind::MailMigration,
        SignalKind::HostingChange,
        SignalKind::LegacyVersion,
        SignalKind::SecurityPosture,
        SignalKind::DomainChange,
    ];

    /// The id under which exports and rule files name it: `leadership_hire`.
    pub fn id(self) -> &'static str {
        match self {
            SignalKind::Funding => "funding",
            SignalKind::Mna => "mna",
            SignalKind::Investment => "investment",
            SignalKind::LeadershipHire => "leadership_hire",
            SignalKind::LeadershipDeparture => "leadership_departure",
            SignalKind::Hiring => "hiring",
            SignalKind::JobPosting => "job_posting",
            SignalKind::Layoffs => "layoffs",
            SignalKind::Expansion => "expansion",
            SignalKind::Closure => "closure",
            SignalKind::Partnership => "partnership",
            SignalKind::NewClient => "new_client",
            SignalKind::ProductLaunch => "product_launch",
            SignalKind::CloudMigration => "cloud_migration",
            SignalKind::DatacenterExit => "datacenter_exit",
            SignalKind::ErpChange => "erp_change",
            SignalKind::CrmChange => "crm_change",
            SignalKind::CollaborationChange => "collaboration_change",
            SignalKind::DeviceRefresh => "device_refresh",
            SignalKind::EndOfSupport => "end_of_support",
            SignalKind::AiAdoption => "ai_adoption",
            SignalKind::SecurityIncident => "security_incident",
            SignalKind::Compliance => "compliance",
            SignalKind::Tender => "tender",
            SignalKind::TechAdopted => "tech_adopted",
            SignalKind::TechRetired => "tech_retired",
            SignalKind::MailMigration => "mail_migration",
            SignalKind::HostingChange => "hosting_change",
            SignalKind::LegacyVersion => "legacy_version",
            SignalKind::SecurityPosture => "security_posture",
            SignalKind::DomainChange => "domain_change",
        }
    }

    /// The kind that [`SignalKind::id`] names so.
    pub fn from_id(id: &str) -> Option<SignalKind> {
        SignalKind::ALL.iter().copied().find(|kind| kind.id() == id)
    }

    /// Whether comparing what a company's domain showed tells it, never a text.
    pub fn is_observed(self) -> bool {
        matches!(
            self,
            SignalKind::TechAdopted
                | SignalKind::TechRetired
                | SignalKind::MailMigration
                | SignalKind::HostingChange
                | SignalKind::LegacyVersion
                | SignalKind::SecurityPosture
                | SignalKind::DomainChange
        )
    }

    /// How many days old such news may be and still be news: an older event is history.
    pub fn shelf_life(self) -> u16 {
        match self {
            SignalKind::JobPosting | SignalKind::Hiring | SignalKind::Tender => 365,
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
