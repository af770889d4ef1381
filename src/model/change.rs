//! What has changed at a company between two looks, evidenced by both.

use serde::{Deserialize, Serialize};

use super::kind::ProductArea;
use super::time::{Day, Timestamp};

/// Something that is otherwise than when it was looked at before.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What changed.
    pub what: Changed,
    /// How it was seen before.
    pub before: Sight,
    /// How it was seen after.
    pub after: Sight,
    /// How sure it is, 0–1.
    pub confidence: f32,
    /// The technologies it is about, by their names as shown; of a move, first from where.
    pub names: Vec<String>,
    /// What the company might buy for it, sorted.
    pub areas: Vec<ProductArea>,
}

/// One observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sight {
    /// When.
    pub at: Timestamp,
    /// What was seen: `MX contoso.example: 10 aspmx.l.google.com.`.
    pub evidence: String,
    /// Where: a page, or a question to DNS as a URI (RFC 4501).
    pub url: String,
}

/// What changed; technologies by their slug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It runs this now.
    Adopted(String),
    /// It runs this no more.
    Retired(String),
    /// Its mailboxes moved.
    MailMoved {
        /// From here.
        from: String,
        /// To here.
        to: String,
    },
    /// Its site moved to another cloud or host.
    HostingMoved {
        /// From here.
        from: String,
        /// To here.
        to: String,
    },
    /// Its names are served by somebody else.
    NameServersMoved {
        /// From here.
        from: String,
        /// To here.
        to: String,
    },
    /// It shows a version whose support ends or has ended.
    Legacy {
        /// What.
        technology: String,
        /// Its version, where that is shown.
        version: Option<String>,
        /// The last day of support.
        ends: Day,
    },
    /// The certificate of its site is over.
    CertificateExpired {
        /// The last day on which it was good.
        ended: Day,
    },
    /// It protects itself better than before.
    PostureUp(Vec<String>),
    /// It protects itself worse than before.
    PostureDown(Vec<String>),
    /// It goes by another domain now.
    DomainMoved {
        /// The new one.
        to: String,
    },
}
