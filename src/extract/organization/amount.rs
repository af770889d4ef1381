//! Numbers of employees as objects of schema.org state them.

use serde_json::Value;

/// Values of a list that are looked at.
const MAX_VALUES: usize = 12;
/// More than this work for none.
const MOST: u64 = 3_000_000;

/// A number of employees: a number, a quantity with a value or its bounds, a text.
pub(super) fn employees(value: &Value) -> Option<String> {
    match value {
        Value::Array(values) => values.iter().take(MAX_VALUES).find_map(employees),
        Value::Object(quantity) => {
            let of = |name: &str| quantity.get(name).and_then(employees);
            of("value").or_else(|| match (of("minValue"), of("maxValue")) {
                (Some(low), Some(high)) if low != high => Some(format!("{low}-{high}")),
                (low, high) => low.or(high),
            })
        }
        Value::Number(number) => {
            let count = number.as_u64().or_else(|| {
                let whole = number.as_f64().filter(|count| count.fract() == 0.0)?;
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "checked below"
                )]
                Some(whole.max(0.0) as u64)
            })?;
            (1..=MOST).contains(&count).then(|| count.to_string())
        }
        Value::String(text) => {
            let text = text.replace(['.', ',', '’', '\''], "");
            let numbers: Vec<&str> = text
                .split(|c: char| !c.is_ascii_digit())
                .filter(|n| !n.is_empty())
                .collect();
            let good = |n: &str| n.parse().is_ok_and(|n: u64| (1..=MOST).contains(&n));
            match numbers.as_slice() {
                [one] if good(one) => Some((*one).to_owned()),
                [low, high] if good(low) && good(high) => Some(format!("{low}-{high}")),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_quantities_and_texts_are_understood() {
        for (value, wanted) in [
            (json!(120), Some("120")),
            (json!(120.0), Some("120")),
            (json!("51-200"), Some("51-200")),
            (json!("1,200 employees"), Some("1200")),
            (
                json!({"@type": "QuantitativeValue", "value": "85"}),
                Some("85"),
            ),
            (json!({"minValue": 11, "maxValue": 50}), Some("11-50")),
            (json!({"minValue": 500}), Some("500")),
            (json!([{"value": 9}]), Some("9")),
        ] {
            assert_eq!(employees(&value).as_deref(), wanted, "{value}");
        }
        for value in [
            json!(0),
            json!(-3),
            json!(1.5),
            json!("many"),
            json!(9e99),
            json!(null),
            json!({}),
        ] {
            assert_eq!(employees(&value), None, "{value}");
        }
    }
}
