//! The taxonomy: every class of signals that text, structure or change over time can show, as one
//! table in data: what it is, how it is told, what it speaks for, how soon it fades.
//!
//! A [kind](SignalKind) is what a rule finds; a class is what it means to whom it happened: an
//! acquisition to its buyer, its target and its seller. The first class of a kind whose conditions
//! hold is a signal's.
//!
//! Invariants: ids are unique and for ever; every kind has classes, of which the last has no
//! condition; a weight is between −3 and 3, a half-life between a week and two years.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::dedupe;
use crate::model::signal::{Modality, Role, Signal, SignalKind};

/// What a class belongs to, as `signals list` shows them.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Deserialize,
    Serialize,
    strum::IntoStaticStr,
    strum::EnumString,
    strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Family {
    Corporate,
    Leadership,
    Hiring,
    Technology,
    Initiative,
    Risk,
    Buying,
}

impl Family {
    /// Every family, in the order of the taxonomy.
    pub const ALL: &[Family] = <Family as strum::VariantArray>::VARIANTS;

    /// The id under which the taxonomy names it: `leadership`.
    pub fn id(self) -> &'static str {
        self.into()
    }
}

/// Whether whom it happened to is likelier to buy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Polarity {
    Positive,
    Negative,
    /// It depends on the product: the weights say.
    Mixed,
}

/// What shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ToldBy {
    /// Sentences, by a language's rules.
    Text,
    /// What is structured: a job posting, a tender notice, a forum's thread.
    Structure,
    /// Two looks that differ, or a count against its own past.
    Change,
}

/// Prior log-odds units times one half for each product, −3 to 3: what the scoring stage starts
/// from until it has learned better. Those left out are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Weights {
    pub azure: f32,
    pub microsoft365: f32,
    pub sales: f32,
    pub business_central: f32,
    pub power_apps: f32,
    pub surface: f32,
    pub security: f32,
    pub renewal: f32,
}

impl Weights {
    /// Each product's id and weight.
    pub fn each(&self) -> [(&'static str, f32); 8] {
        [
            ("azure", self.azure),
            ("microsoft365", self.microsoft365),
            ("sales", self.sales),
            ("business_central", self.business_central),
            ("power_apps", self.power_apps),
            ("surface", self.surface),
            ("security", self.security),
            ("renewal", self.renewal),
        ]
    }
}

/// What must hold of a signal of the kind to be of the class; what is left out holds always.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The company's part is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Role>,
    /// The position answers for one of these: `it`, `security`, `finance`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub desks: Vec<String>,
    /// It is told so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub modality: Vec<Modality>,
    /// The rule or comparison that found it begins so.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
}

/// One class of signals.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Class {
    /// Its name: `corp.acquires`.
    pub id: String,
    /// The kind that its signals are of.
    pub kind: SignalKind,
    /// What it belongs to.
    pub family: Family,
    /// Whether it makes buying likelier.
    pub polarity: Polarity,
    /// What shows it.
    pub told_by: Vec<ToldBy>,
    /// After how many days it is worth half.
    pub half_life: u16,
    /// What it speaks for.
    #[serde(default)]
    pub weights: Weights,
    /// What tells it from the other classes of its kind.
    #[serde(default)]
    pub when: When,
    /// What it is, and why it matters to a seller.
    pub about: String,
    /// A text that tells it.
    pub example: String,
    /// A text that only looks like it.
    pub counter_example: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    class: Vec<Class>,
}

/// Every class, in the order of the table.
pub fn taxonomy() -> &'static [Class] {
    static TABLE: OnceLock<Vec<Class>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let table: Table = toml::from_str(include_str!("taxonomy.toml"))
            .expect("the table is what it should be: a test says so");
        table.class
    })
}

/// The class of a signal.
pub fn class_of(signal: &Signal) -> &'static Class {
    let own = || taxonomy().iter().filter(|class| class.kind == signal.kind);
    own()
        .find(|class| class.when.holds(signal))
        .or_else(|| own().next_back())
        .expect("every kind has a class: a test says so")
}

impl When {
    fn holds(&self, signal: &Signal) -> bool {
        let desk = || {
            let position = signal.slots.position.as_deref().map(dedupe::class);
            position.is_some_and(|desk| self.desks.contains(&desk))
        };
        let rule = || {
            let rules = signal.evidence.iter().map(|evidence| &evidence.rule);
            let begins = |rule: &String| self.rules.iter().any(|head| rule.starts_with(head));
            rules.take(1).any(begins)
        };
        (self.roles.is_empty() || self.roles.contains(&signal.role))
            && (self.desks.is_empty() || desk())
            && (self.modality.is_empty() || self.modality.contains(&signal.modality))
            && (self.rules.is_empty() || rule())
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        *self == When::default()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_keeps_its_laws() {
        let mut ids = BTreeSet::new();
        for class in taxonomy() {
            assert!(ids.insert(&class.id), "{} is there twice", class.id);
            assert!((7..=730).contains(&class.half_life), "{}", class.id);
            assert!(!class.told_by.is_empty(), "{}", class.id);
            for (product, weight) in class.weights.each() {
                assert!((-3.0..=3.0).contains(&weight), "{} {product}", class.id);
            }
            for text in [&class.about, &class.example, &class.counter_example] {
                assert!(text.len() > 10, "{} lacks words", class.id);
            }
        }
        for kind in SignalKind::ALL {
            let own: Vec<&Class> = taxonomy().iter().filter(|c| c.kind == *kind).collect();
            let (last, others) = own.split_last().expect("it has classes");
            assert!(
                last.when.is_empty(),
                "{kind}: its last class has a condition"
            );
            for class in others {
                assert!(!class.when.is_empty(), "{}: it hides others", class.id);
            }
        }
    }

    #[test]
    fn a_class_is_what_a_kind_means_to_whom_it_happened() {
        let mut signal =
            crate::model::signal::tests::told("contoso.example", "k", "https://a/", 0.9);
        signal.kind = SignalKind::Mna;
        for (role, class) in [
            (Role::Buyer, "corp.acquires"),
            (Role::Target, "corp.acquired"),
            (Role::Seller, "corp.divestiture"),
        ] {
            signal.role = role;
            assert_eq!(class_of(&signal).id, class);
        }
        signal.kind = SignalKind::LeadershipHire;
        signal.slots.position = Some("Chief Information Security Officer".to_owned());
        assert_eq!(class_of(&signal).id, "lead.hire.security");
        signal.slots.position = Some("Head of Catering".to_owned());
        assert_eq!(class_of(&signal).id, "lead.hire.other");
    }

    /// How sure a text on the own page of either company of our examples is to tell of `kind`.
    fn tells(kind: SignalKind, text: &str) -> f32 {
        use crate::model::company::Company;
        use crate::model::document::Document;
        use crate::model::time::Timestamp;
        let own = ["Contoso", "Fabrikam"].map(|name| {
            let domain = format!("{}.example", name.to_ascii_lowercase());
            let document = Document {
                url: format!("https://{domain}/news/1"),
                text: text.to_owned(),
                language: Some("en".to_owned()),
                fetched: jiff::civil::date(2026, 3, 1),
                ..Document::default()
            };
            let company = Company {
                name: name.to_owned(),
                ..Company::new(&domain)
            };
            let found = crate::detect::detect(&document, &company, Timestamp::default());
            let of_kind = found.iter().filter(|signal| signal.kind == kind);
            of_kind.map(|signal| signal.confidence).fold(0.0, f32::max)
        });
        own.into_iter().fold(0.0, f32::max)
    }

    #[test]
    fn examples_are_told_and_counter_examples_are_not() {
        let mut wrong = Vec::new();
        let by_text = |class: &&Class| class.told_by.contains(&ToldBy::Text);
        for class in taxonomy().iter().filter(by_text) {
            for (text, holds) in [(&class.example, true), (&class.counter_example, false)] {
                let sure = tells(class.kind, text);
                if (sure >= 0.5) != holds {
                    wrong.push(format!("{} {holds} {sure}: {text}", class.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
