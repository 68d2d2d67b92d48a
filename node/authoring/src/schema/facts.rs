//! Facts: what conditions ask for, and what bills and examples state.

use huitong_core::policy::fact::{FlagFact, NumberFact, WordFact};
use huitong_core::vocabulary::{
    Administration, AssistanceIdentity, FilingClass, FilingTime, Grade, InstitutionType, Place,
    Scheme, Setting,
};
use serde_json::{Map, Value, json};

use super::values::{list_of, word};
use super::{Definitions, defined};

const PART: &str = "part\\.(total|in|first|over|out)(\\.[a-z][a-z0-9_]*)?";
const NAMED: &str = "(index|total|given)\\.[a-z][a-z0-9_]*";
const BALANCE: &str = "balance\\.(own|family)_account";

pub(super) fn definitions() -> Definitions {
    let amounts = format!("^(base|{PART}|{NAMED}|{BALANCE})$");
    let counts = counts().join("|");
    let numbers = format!("^(base|{counts}|{PART}|{NAMED}|{BALANCE})$");
    let money = json!({"$ref": "#/definitions/money"});
    let bounds = |value: Value| {
        json!({
            "type": "object", "additionalProperties": false, "minProperties": 1,
            "properties": {"at_least": value, "at_most": value},
        })
    };
    let whole = json!({"type": "integer", "minimum": 0});
    let mut clauses = Map::new();
    for fact in WordFact::ALL {
        clauses.insert(fact.key().to_owned(), clause(&words(*fact)));
    }
    for fact in FlagFact::ALL {
        clauses.insert(fact.key().to_owned(), json!({"type": "boolean"}));
    }
    let one = json!({
        "type": "object", "minProperties": 1, "additionalProperties": false,
        "properties": clauses,
        "patternProperties": {
            format!("^({counts}|total\\.[a-z][a-z0-9_]*)$"): {"anyOf": [whole, bounds(whole.clone()), bounds(money.clone())]},
            amounts: {"anyOf": [bounds(money), bounds(whole.clone()), whole]},
        },
    });
    let mut by: Vec<String> = WordFact::ALL.iter().map(|it| it.key().to_owned()).collect();
    by.extend(FlagFact::ALL.iter().map(|it| it.key().to_owned()));
    defined([
        ("number", json!({"type": "string", "pattern": numbers})),
        ("clauses", one),
        (
            "condition",
            list_of(&json!({"$ref": "#/definitions/clauses"})),
        ),
        (
            "by",
            json!({"anyOf": [{"enum": by}, {"type": "string", "pattern": format!("^({counts}|total\\.[a-z][a-z0-9_]*)$")}]}),
        ),
        ("facts", stated()),
    ])
}

/// The keys of facts that count something.
fn counts() -> Vec<&'static str> {
    let plain = NumberFact::PLAIN.iter();
    plain
        .filter(|(_, fact)| *fact != NumberFact::Base)
        .map(|(key, _)| *key)
        .collect()
}

/// The words of a fact; the region's own where the vocabulary is open.
fn words(fact: WordFact) -> Value {
    match fact {
        WordFact::Setting => word(Setting::ALL),
        WordFact::Scheme => word(Scheme::ALL),
        WordFact::Place => word(Place::ALL),
        WordFact::Filing => word(FilingClass::ALL),
        WordFact::FilingTime => word(FilingTime::ALL),
        WordFact::Identity => word(AssistanceIdentity::ALL),
        WordFact::Category | WordFact::Tier | WordFact::Disease | WordFact::Package => {
            json!({"$ref": "#/definitions/name"})
        }
    }
}

/// `"word"`, `["one", "of"]` or `{ not = … }`.
fn clause(words: &Value) -> Value {
    json!({"anyOf": [
        words,
        {"type": "array", "minItems": 1, "items": words},
        {"type": "object", "additionalProperties": false, "required": ["not"], "properties": {"not": list_of(words)}},
    ]})
}

/// `[facts]` of a bill or an example.
fn stated() -> Value {
    let mut properties = Map::new();
    for fact in WordFact::ALL {
        let words = words(*fact);
        let value = match fact {
            WordFact::Identity | WordFact::Disease => list_of(&words),
            WordFact::Setting
            | WordFact::Scheme
            | WordFact::Category
            | WordFact::Tier
            | WordFact::Place
            | WordFact::Filing
            | WordFact::FilingTime
            | WordFact::Package => words,
        };
        properties.insert(fact.key().to_owned(), value);
    }
    for fact in FlagFact::ALL {
        properties.insert(fact.key().to_owned(), json!({"type": "boolean"}));
    }
    for key in counts() {
        properties.insert(key.to_owned(), json!({"type": "integer", "minimum": 0}));
    }
    for key in ["date", "billed_from"] {
        properties.insert(key.to_owned(), json!({"$ref": "#/definitions/date"}));
    }
    let institution = json!({
        "type": "object", "additionalProperties": false, "required": ["grade"],
        "properties": {
            "grade": word(Grade::ALL),
            "price_grade": word(Grade::ALL),
            "administration": word(Administration::ALL),
            "kind": word(InstitutionType::ALL),
            "code": {"type": "string"},
        },
    });
    properties.insert("institution".to_owned(), institution);
    properties.insert("episode_at".to_owned(), json!({"type": "string"}));
    json!({"type": "object", "additionalProperties": false, "properties": properties})
}
