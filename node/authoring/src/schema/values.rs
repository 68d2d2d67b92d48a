//! Single values and tables of values.

use serde_json::{Value, json};

use super::{Definitions, defined};

/// A schema with what it is for, in both languages.
pub(super) fn said(mut schema: Value, en: &str, zh: &str) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.insert("description".to_owned(), json!(format!("{en} / {zh}")));
    }
    schema
}

/// A text for people.
pub(super) fn text() -> Value {
    json!({"type": "string", "minLength": 1, "maxLength": 1000})
}

/// One word of a vocabulary.
pub(super) fn word<T: std::fmt::Display>(words: &[T]) -> Value {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    json!({ "enum": words })
}

/// One, or a list of them.
pub(super) fn list_of(one: &Value) -> Value {
    json!({"anyOf": [one, {"type": "array", "items": one}]})
}

pub(super) fn definitions() -> Definitions {
    let reference = |name: &str| json!({"$ref": format!("#/definitions/{name}")});
    defined([
        (
            "name",
            json!({"type": "string", "pattern": "^[a-z][a-z0-9_]{0,30}$"}),
        ),
        (
            "date",
            json!({"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}),
        ),
        (
            "money",
            said(
                json!({"type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,2})?$"}),
                "yuan in quotes: \"1200\"",
                "以元为单位，加引号",
            ),
        ),
        (
            "signed_money",
            json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]{1,2})?$"}),
        ),
        (
            "ratio",
            said(
                json!({"type": "string", "pattern": "^(0(\\.[0-9]{1,10})?|1(\\.0{1,10})?)$"}),
                "a decimal from 0 to 1 in quotes: \"0.70\" is 70 %",
                "0 至 1 的小数，加引号：\"0.70\" 即 70%",
            ),
        ),
        (
            "decimal",
            json!({"type": "string", "pattern": "^-?[0-9]+(\\.[0-9]{1,10})?$"}),
        ),
        (
            "linear",
            json!({
                "type": "object", "additionalProperties": false, "required": ["of"],
                "properties": {
                    "of": {
                        "type": "object", "minProperties": 1,
                        "propertyNames": reference("number"),
                        "additionalProperties": reference("decimal"),
                    },
                    "plus": reference("signed_money"),
                    "at_least": reference("money"),
                    "at_most": reference("money"),
                },
            }),
        ),
        (
            "amount",
            json!({"anyOf": [reference("money"), reference("linear")]}),
        ),
        (
            "limit",
            json!({"anyOf": [{"const": "none"}, reference("money"), reference("linear")]}),
        ),
        ("ratios", table("ratio", "ratios")),
        ("quantity", table("amount", "quantity")),
        ("limits", table("limit", "limits")),
    ])
}

/// A value, `{ by = "tier", … }`, or rows; a value within may be a table itself.
fn table(value: &str, itself: &str) -> Value {
    let reference = |name: &str| json!({"$ref": format!("#/definitions/{name}")});
    json!({"anyOf": [
        reference(value),
        {
            "type": "object", "required": ["by"], "minProperties": 2,
            "properties": {"by": reference("by")},
            "additionalProperties": reference(itself),
        },
        {
            "type": "array", "minItems": 1,
            "items": {
                "type": "object", "additionalProperties": false, "required": ["value"],
                "properties": {"when": reference("condition"), "value": reference(itself)},
            },
        },
    ]})
}
