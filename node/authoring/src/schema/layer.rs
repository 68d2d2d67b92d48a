//! Layers and worked examples.

use huitong_core::fund::Fund;
use huitong_core::vocabulary::Part;
use serde_json::{Value, json};

use super::values::{list_of, said, text, word};
use super::{Definitions, defined};

pub(super) fn definitions() -> Definitions {
    defined([
        ("layer", layer()),
        ("take", take()),
        ("start", start()),
        ("segment", segment()),
        ("adjustment", adjustment()),
        ("ceiling", ceiling()),
        ("example", example()),
    ])
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/definitions/{name}")})
}

fn object(required: &[&str], properties: &Value) -> Value {
    json!({
        "type": "object", "additionalProperties": false,
        "required": required, "properties": properties,
    })
}

fn layer() -> Value {
    let payers: Vec<&str> = Fund::ALL
        .iter()
        .filter(|fund| **fund != Fund::ProvisionalLoss)
        .map(|fund| fund.as_str())
        .chain(["hospital"])
        .collect();
    let payer = json!({"anyOf": [{"enum": payers}, {"type": "string", "pattern": "^given\\.[a-z][a-z0-9_]*$"}]});
    let axis = json!({"type": "string", "pattern": "^(visit|total\\.[a-z][a-z0-9_]*)$"});
    let floor = object(
        &["ratio"],
        &json!({"ratio": reference("ratios"), "of": reference("number")}),
    );
    let jump = object(
        &["reason", "source"],
        &json!({"reason": text(), "source": text()}),
    );
    object(
        &["name", "take", "payer"],
        &json!({
            "name": said(reference("name"), "unique", "唯一的名称"),
            "title": said(text(), "the rule's name for people, used in explanations", "供说明使用的名称"),
            "label": said(reference("name"), "the name its labels carry, if not `name`", "标签所用名称"),
            "source": said(text(), "the notice behind it, if not the policy's", "依据"),
            "when": said(reference("condition"), "when it applies; always if left out", "适用条件"),
            "take": said(list_of(&reference("take")), "what it takes, in order", "计入范围，按顺序"),
            "axis": said(axis, "what its amounts are laid along", "按次或按累计计算"),
            "start": said(reference("start"), "the deductible", "起付线"),
            "ratio": said(reference("ratios"), "what it pays, for one open segment", "支付比例"),
            "segments": said(list_of(&reference("segment")), "instead of `ratio`; the last has no `to`", "分段支付比例，最后一段不写 `to`"),
            "measure": said(json!({"enum": ["absolute", "above_start"]}), "bounds from zero, or from the start", "分段自零元或自起付线起计"),
            "adjust": said(list_of(&reference("adjustment")), "changes of every ratio, in order", "比例调整，按顺序"),
            "ratio_at_least": reference("ratio"),
            "ratio_at_most": reference("ratio"),
            "floor": said(floor, "a guaranteed share", "保底比例"),
            "ceilings": said(list_of(&reference("ceiling")), "limits of what it pays or covers", "限额"),
            "payer": said(payer, "who pays", "支付方"),
            "accepted_jump": said(jump, "where the sum of all funds may fall as costs grow, because the notice means it", "公告本意如此的跳变"),
        }),
    )
}

fn take() -> Value {
    let label =
        json!({"type": "string", "pattern": "^[a-z][a-z0-9_]*\\.(start|share|above|none)$"});
    let entry = object(
        &["part"],
        &json!({
            "part": list_of(&word(Part::ALL)),
            "tagged": said(list_of(&reference("name")), "all of these tags", "须同时带有的标签"),
            "not_tagged": said(list_of(&reference("name")), "none of these tags", "不得带有的标签"),
            "left": said(list_of(&label), "one of these labels of earlier layers", "前面各项留下的部分之一"),
            "not_left": said(list_of(&label), "none of these labels", "不含前面各项留下的这些部分"),
            "weight": said(reference("ratios"), "the share that counts; the patient first bears the rest", "计入比例"),
        }),
    );
    json!({"anyOf": [word(Part::ALL), entry]})
}

fn start() -> Value {
    let met_by =
        json!({"type": "string", "pattern": "^(nothing|(scope|charged)\\.[a-z][a-z0-9_]*)$"});
    let long = object(
        &["amount"],
        &json!({
            "amount": reference("quantity"),
            "met_by": said(met_by, "what already counts toward it", "以何项累计抵扣"),
        }),
    );
    json!({"anyOf": [reference("quantity"), long]})
}

fn segment() -> Value {
    object(
        &["ratio"],
        &json!({"to": reference("quantity"), "ratio": reference("ratios")}),
    )
}

fn adjustment() -> Value {
    let per = json!({
        "type": "object", "minProperties": 1,
        "propertyNames": reference("number"),
        "additionalProperties": reference("decimal"),
    });
    object(
        &["why"],
        &json!({
            "why": said(text(), "the reason, for explanations", "原因，用于说明"),
            "when": reference("condition"),
            "points": said(reference("decimal"), "points added: \"-10\"", "增减百分点"),
            "copay_times": said(reference("decimal"), "the patient's share times this", "个人负担乘以"),
            "times": reference("decimal"),
            "plus": reference("decimal"),
            "per": said(per, "added for each unit of a count", "每单位增加"),
        }),
    )
}

fn ceiling() -> Value {
    let bounded = |what: &str| {
        object(
            &[what],
            &json!({what: reference("limits"), "total": reference("name")}),
        )
    };
    json!({"anyOf": [bounded("payment"), bounded("scope")]})
}

fn example() -> Value {
    let by_name = |value: Value| json!({"type": "object", "propertyNames": reference("name"), "additionalProperties": value});
    let amounts = json!({
        "type": "object", "minProperties": 1,
        "propertyNames": {"pattern": "^(in|first|over|out)(\\.[a-z][a-z0-9_]*)*$"},
        "additionalProperties": reference("money"),
    });
    let mut line = json!({
        "number": {"type": "integer", "minimum": 0},
        "tags": list_of(&reference("name")),
    });
    let mut expect = json!({
        "base": by_name(reference("money")),
        "start": by_name(reference("money")),
        "paid": by_name(reference("money")),
    });
    for part in Part::ALL {
        set(&mut line, part.word());
    }
    for figure in [
        "fund_total",
        "own_account",
        "family_account",
        "hospital",
        "cash",
        "patient_total",
    ] {
        set(&mut expect, figure);
    }
    object(
        &["name", "expect"],
        &json!({
            "name": said(text(), "what the example shows", "算例名称"),
            "source": text(),
            "facts": reference("facts"),
            "amounts": said(amounts, "yuan by part of the bill", "各部分费用"),
            "line": said(list_of(&object(&[], &line)), "or the bill line by line", "或逐行费用"),
            "totals": said(by_name(json!({"anyOf": [reference("money"), {"type": "integer", "minimum": 0}]})), "totals before", "此前累计"),
            "balances": object(&[], &json!({"own_account": reference("money"), "family_account": reference("money")})),
            "given": said(by_name(reference("money")), "payments made elsewhere", "其他途径已支付"),
            "expect": said(object(&[], &expect), "the figures that must come out", "必须相符的结果"),
        }),
    )
}

/// Adds an amount of money to the properties of an object.
fn set(properties: &mut Value, key: &str) {
    if let Some(properties) = properties.as_object_mut() {
        properties.insert(key.to_owned(), reference("money"));
    }
}
