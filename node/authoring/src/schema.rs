//! The JSON Schema of policy documents, for editors that complete and check TOML while it is typed.
//!
//! It says what the grammar says of single values: keys, shapes, words, the form of amounts and ratios, each
//! key with its meaning in both languages. What the parts mean to each other is for `huitong policy check`.
//! Draft 7, which TOML language servers read. The words come from the vocabularies themselves, so a new
//! word cannot be forgotten here.

mod facts;
mod layer;
mod values;

use huitong_core::policy::provisional::SNAPSHOT_HOURS_AT_MOST;
use huitong_core::vocabulary::{
    Administration, Care, Grade, InstitutionType, Place, Scheme, Setting,
};
use serde_json::{Map, Value, json};

use values::{list_of, said, text, word};

/// The schema, with its keys in alphabetical order.
#[must_use]
pub fn schema() -> Value {
    let mut definitions = values::definitions();
    definitions.extend(facts::definitions());
    definitions.extend(layer::definitions());
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Huitong benefit policy / 汇通待遇政策",
        "description": "proto/document/GRAMMAR.md has the language, deploy/docs/policy-authors.md the handbook",
        "type": "object",
        "additionalProperties": false,
        "required": ["title", "source", "region", "scheme", "settings", "effective"],
        "properties": head(),
        "definitions": definitions,
    })
}

fn head() -> Value {
    json!({
        "title": said(text(), "what the notice is called", "公告名称"),
        "source": said(text(), "address or number of the notice", "公告网址或文号"),
        "region": said(json!({"type": "string", "pattern": "^[0-9]{6}$"}), "the region's code, such as \"330200\"", "参保地区划代码"),
        "scheme": said(word(Scheme::ALL), "the scheme", "险种"),
        "settings": said(list_of(&word(Setting::ALL)), "the kinds of care it is for", "就医类别"),
        "effective": said(effective(), "the days it holds for, both included", "实行日期，首尾均含"),
        "supersedes": said(
            list_of(&json!({"type": "string", "pattern": "^[0-9a-f]{64}$"})),
            "digests of the documents that this one replaces from its first day on",
            "自实施首日起被本政策取代的文件摘要"
        ),
        "benefit_date": said(
            json!({"enum": ["discharge", "admission", "split"]}),
            "which day of an inpatient visit picks the policy and the year; \"split\": each bill lies within one year",
            "住院按哪一天确定政策和年度；\"split\" 表示跨年分段结算"
        ),
        "indexes": said(
            json!({"type": "object", "propertyNames": {"$ref": "#/definitions/name"}, "additionalProperties": {
                "type": "object", "minProperties": 1,
                "propertyNames": {"pattern": "^[0-9]{4}$"},
                "additionalProperties": {"$ref": "#/definitions/money"},
            }}),
            "published figures by year: income = { 2023 = \"45000\" }",
            "按年度公布的指标"
        ),
        "tier": said(list_of(&tier()), "the region's own levels of institutions; the first row that matches counts", "医院等级档，取第一条符合的行"),
        "tags": said(
            json!({"type": "object", "propertyNames": {"$ref": "#/definitions/name"}, "additionalProperties": text()}),
            "names for people of tags: implant = \"implants\"",
            "标签的名称"
        ),
        "totals": said(
            json!({"type": "object", "propertyNames": {"$ref": "#/definitions/name"}, "additionalProperties": total()}),
            "what is remembered of a person from one settlement to the next",
            "跨次结算的累计"
        ),
        "provisional": said(provisional(), "what is settled while the home region cannot be reached; nothing if left out", "参保地无法连接时可先行结算的范围"),
        "layer": said(list_of(&json!({"$ref": "#/definitions/layer"})), "the rules, in order of payment", "各项待遇，按支付先后"),
        "example": said(list_of(&json!({"$ref": "#/definitions/example"})), "worked examples that must come out", "必须相符的算例"),
        "part": said(
            list_of(&json!({"type": "object", "additionalProperties": false, "required": ["file"], "properties": {"file": {"type": "string"}}})),
            "a file whose text stands here; `huitong policy build` puts it in",
            "在此处并入的文件，由 `huitong policy build` 展开"
        ),
    })
}

fn effective() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["from"],
        "properties": {
            "from": {"$ref": "#/definitions/date"},
            "until": {"$ref": "#/definitions/date"},
        },
    })
}

fn tier() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["name"],
        "properties": {
            "name": {"$ref": "#/definitions/name"},
            "title": said(text(), "the level's name for people", "等级档的名称"),
            "place": list_of(&word(Place::ALL)),
            "grade": list_of(&word(Grade::ALL)),
            "administration": list_of(&word(Administration::ALL)),
            "kind": list_of(&word(InstitutionType::ALL)),
            "networked": {"type": "boolean"},
        },
    })
}

fn provisional() -> Value {
    let epidemic = json!({
        "type": "object", "additionalProperties": false, "required": ["title", "from"],
        "properties": {
            "title": said(text(), "what it is called", "疫情名称"),
            "from": {"$ref": "#/definitions/date"},
            "until": {"$ref": "#/definitions/date"},
            "diseases": list_of(&json!({"$ref": "#/definitions/name"})),
        },
    });
    json!({
        "type": "object", "additionalProperties": false,
        "required": ["care", "ceiling", "snapshot_hours", "home_bears"],
        "properties": {
            "care": said(list_of(&word(Care::ALL)), "for which care", "适用情形"),
            "ceiling": said(json!({"$ref": "#/definitions/money"}), "the most that funds and accounts pay by one", "单笔基金与账户支付限额"),
            "snapshot_hours": said(
                json!({"type": "integer", "minimum": 1, "maximum": SNAPSHOT_HOURS_AT_MOST}),
                "how long a signed snapshot may be used", "签名快照有效小时数"
            ),
            "home_bears": said(json!({"$ref": "#/definitions/money"}), "how much of one loss is the home region's", "参保地承担的单笔损失上限"),
            "epidemic": said(list_of(&epidemic), "declared epidemics", "已宣布的疫情"),
        },
    })
}

fn total() -> Value {
    let adds = json!({
        "type": "string",
        "pattern": "^(one|admission|part\\.(total|in|first|over|out)(\\.[a-z][a-z0-9_]*)?|[a-z][a-z0-9_]*\\.(base|paid|charged|start|share|above|none))$",
    });
    json!({
        "type": "object", "additionalProperties": false, "required": ["adds", "period"],
        "properties": {
            "adds": said(list_of(&adds), "what a settlement adds: \"LAYER.paid\", \"LAYER.base\", \"part.in\", \"one\", \"admission\" …", "每次结算计入的内容"),
            "period": said(
                json!({"enum": ["visit", "episode", "month", "quarter", "year", "disease_year", "life"]}),
                "the stretch of time it runs over", "累计期间"
            ),
            "key": said(json!({"enum": ["person", "disease", "package", "institution"]}), "what else tells one total from another", "另按何项区分"),
            "when": said(json!({"$ref": "#/definitions/condition"}), "which settlements add at all", "哪些结算计入"),
        },
    })
}

/// Definitions by name.
type Definitions = Map<String, Value>;

fn defined<const N: usize>(entries: [(&str, Value); N]) -> Definitions {
    entries
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
