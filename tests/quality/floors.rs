//! The figures that must not fall, each with the number of cases it was taken on: other data of
//! the same kind have figures of their own, and no floor.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// `floors.toml`: figure → [floor or ceiling, cases].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Floors {
    at_least: BTreeMap<String, (f64, u64)>,
    at_most: BTreeMap<String, (f64, u64)>,
}

/// A figure, and the number of cases it was taken on.
type Figure = (f64, u64);

/// Says which figures are below their floor (above their ceiling), or pinned but not measured.
pub(crate) fn broken(measured: &Value) -> Vec<String> {
    let floors: Floors = toml::from_str(include_str!("floors.toml")).expect("floors.toml parses");
    let figures = figures(measured);
    let mut broken = Vec::new();
    let pinned = floors
        .at_least
        .iter()
        .map(|(name, floor)| (name, floor, false));
    let pinned = pinned.chain(
        floors
            .at_most
            .iter()
            .map(|(name, ceiling)| (name, ceiling, true)),
    );
    for (name, (bound, cases), ceiling) in pinned {
        match figures.get(name) {
            None if measured.get(first(name)).is_none() => {}
            None => broken.push(format!("{name} is pinned and was not measured")),
            Some((_, of)) if of != cases => {}
            Some((figure, _)) => {
                let worse = if ceiling {
                    figure > bound
                } else {
                    figure < bound
                };
                if worse {
                    broken.push(format!("{name} is {figure:.4}, pinned at {bound}"));
                }
            }
        }
    }
    broken
}

/// The key of the measurement that a figure is taken from.
fn first(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Every figure that can be pinned.
pub(crate) fn figures(measured: &Value) -> BTreeMap<String, Figure> {
    let mut figures = BTreeMap::new();
    let number = |pointer: &str| measured.pointer(pointer).and_then(Value::as_f64);
    let count = |pointer: &str| measured.pointer(pointer).and_then(Value::as_u64);
    for (name, value, of) in [
        ("wcxb.word_f1", "/wcxb/word_f1", "/wcxb/pages"),
        ("aeb.f1", "/aeb/f1", "/aeb/pages"),
    ] {
        if let (Some(value), Some(of)) = (number(value), count(of)) {
            figures.insert(name.to_owned(), (value, of));
        }
    }
    let kinds = measured.pointer("/wcxb/by_type").and_then(Value::as_object);
    for (kind, value) in kinds.into_iter().flatten() {
        if let (Some(value), Some(of)) = (value.as_f64(), count("/wcxb/pages")) {
            figures.insert(format!("wcxb.{kind}"), (value, of));
        }
    }
    for (name, part, whole) in [
        ("robots.agreed", "/robots/agreed", "/robots/asked"),
        ("wcxb.date_exact", "/wcxb/date_exact", "/wcxb/dated"),
        ("wcxb.title_exact", "/wcxb/title_exact", "/wcxb/titled"),
        ("dates.exact", "/dates/exact", "/dates/pages"),
        ("feeds.held", "/feeds/held", "/feeds/expectations"),
        (
            "autodiscovery.right",
            "/autodiscovery/right",
            "/autodiscovery/cases",
        ),
        ("encoding.right", "/encoding/right", "/encoding/cases"),
        ("language.right", "/language/right", "/language/texts"),
        (
            "language.against_template",
            "/language/against_template",
            "/language/texts",
        ),
        (
            "structured.json_ld",
            "/structured/json_ld/read",
            "/structured/json_ld/values",
        ),
        (
            "structured.microdata",
            "/structured/microdata/read",
            "/structured/microdata/values",
        ),
        (
            "structured.opengraph",
            "/structured/opengraph/read",
            "/structured/opengraph/values",
        ),
        (
            "structured.dublin_core",
            "/structured/dublin_core/read",
            "/structured/dublin_core/values",
        ),
        (
            "structured.broken",
            "/structured/broken/read",
            "/structured/broken/values",
        ),
        ("core.coverage", "/core/covered", "/core/pairs"),
        ("core.direction", "/core/right", "/core/covered"),
        (
            "skillspan.precision",
            "/skillspan/inside",
            "/skillspan/found",
        ),
        ("noise.confident", "/noise/confident", "/noise/pages"),
    ] {
        if let (Some(part), Some(all)) = (number(part), number(whole)) {
            // Where the whole depends on us too, it cannot tell the data: another count must.
            let of = match name {
                "core.direction" => count("/core/pairs"),
                "skillspan.precision" => count("/robots/asked"),
                _ => count(whole),
            };
            figures.insert(name.to_owned(), (part / all.max(1.0), of.unwrap_or(0)));
        }
    }
    if let Some(ece) = number("/calibration/ece") {
        let of = count("/robots/asked").unwrap_or(0);
        figures.insert("calibration.ece".to_owned(), (ece, of));
    }
    let sets = measured.get("signals").and_then(Value::as_object);
    for (set, classes) in sets.into_iter().flatten() {
        of_classes(&mut figures, &format!("signals.{set}"), classes);
        for part in ["confident", "dev", "held", "news", "written"] {
            if let Some(classes) = classes.get(part) {
                of_classes(&mut figures, &format!("signals.{set}.{part}"), classes);
            }
        }
    }
    if let Some(slots) = measured.get("acq_slots") {
        of_classes(&mut figures, "acq_slots", slots);
    }
    figures
}

/// Precision and recall over all classes; the cases are those that should be found.
fn of_classes(figures: &mut BTreeMap<String, Figure>, name: &str, classes: &Value) {
    let sum = |field: &str| -> u64 {
        let classes = classes.as_object().into_iter().flatten();
        classes
            .filter_map(|(_, class)| class.get(field)?.as_u64())
            .sum()
    };
    let (hits, false_alarms, misses) = (sum("tp"), sum("fp"), sum("fn"));
    #[expect(clippy::cast_precision_loss, reason = "counts of some thousands")]
    let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    let of = hits + misses;
    figures.insert(
        format!("{name}.precision"),
        (share(hits, hits + false_alarms), of),
    );
    figures.insert(format!("{name}.recall"), (share(hits, of), of));
}
