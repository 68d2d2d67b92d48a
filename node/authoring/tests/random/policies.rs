//! Random policies as text, and what a random bill stands on.

use fastrand::Rng;

/// What a layer's amounts are laid along.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Visit,
    Total,
}

/// One of these.
fn one<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
    of[rng.usize(..of.len())]
}

fn round(rng: &mut Rng, least: i64, most: i64) -> String {
    (rng.i64(least..most) * 100).to_string()
}

fn ratio(rng: &mut Rng) -> String {
    format!("0.{:02}", rng.u32(10..100))
}

/// A ratio, perhaps by level, by age or by the bill.
fn ratios(rng: &mut Rng) -> String {
    let (one, other) = (ratio(rng), ratio(rng));
    match rng.u32(..12) {
        0..=6 => format!("\"{one}\""),
        7 | 8 => format!("{{ by = \"tier\", three = \"{one}\", two = \"{other}\" }}"),
        9 | 10 => format!(
            "[{{ when = {{ age = {{ at_least = 60 }} }}, value = \"{one}\" }}, {{ value = \"{other}\" }}]"
        ),
        _ => {
            let bound = round(rng, 10, 900);
            let fact = self::one(rng, &["part.in", "base", "part.total"]);
            format!(
                "[{{ when = {{ \"{fact}\" = {{ at_most = \"{bound}\" }} }}, value = \"{one}\" }}, {{ value = \"{other}\" }}]"
            )
        }
    }
}

fn start(rng: &mut Rng, axis: Axis) -> Option<String> {
    let (one, other) = (round(rng, 1, 20), round(rng, 1, 20));
    Some(match rng.u32(..10) {
        0..=2 => return None,
        3..=5 => format!("\"{one}\""),
        6 | 7 => format!("{{ by = \"tier\", three = \"{one}\", two = \"{other}\" }}"),
        8 if axis == Axis::Visit => format!(
            "{{ of = {{ \"part.total\" = \"0.{}\" }}, at_least = \"{one}\", at_most = \"9000\" }}",
            rng.u32(1..6)
        ),
        _ if axis == Axis::Visit => format!(
            "[{{ when = {{ \"part.in\" = {{ at_least = \"8000\" }} }}, value = \"{one}\" }}, {{ value = \"{other}\" }}]"
        ),
        _ => format!("\"{other}\""),
    })
}

fn take(rng: &mut Rng, earlier: usize) -> String {
    if earlier > 0 && rng.u32(..3) == 0 {
        let layer = rng.usize(..earlier);
        let left = one(rng, &["share", "above", "start", "none"]);
        let key = one(rng, &["left", "not_left"]);
        return format!("[{{ part = \"in\", {key} = \"l{layer}.{left}\" }}]");
    }
    match rng.u32(..8) {
        0..=3 => "[\"in\"]".to_owned(),
        4 => "[\"in\", \"first\"]".to_owned(),
        5 => "[{ part = [\"in\", \"first\"] }]".to_owned(),
        6 => "[{ part = \"in\", not_tagged = \"implant\" }]".to_owned(),
        _ => format!("[{{ part = \"in\", weight = \"{}\" }}]", ratio(rng)),
    }
}

fn segments(rng: &mut Rng) -> String {
    let count = rng.u32(1..4);
    let mut bound = 0;
    let mut rows = Vec::new();
    for _ in 1..count {
        bound += rng.i64(30..300) * 100;
        rows.push(format!("{{ to = \"{bound}\", ratio = {} }}", ratios(rng)));
    }
    rows.push(format!("{{ ratio = {} }}", ratios(rng)));
    format!("[{}]", rows.join(", "))
}

fn ceilings(rng: &mut Rng, layer: usize, layers: usize) -> Option<String> {
    let amount = round(rng, 60, 3_000);
    Some(match rng.u32(..10) {
        0..=4 => return None,
        5 => format!("[{{ payment = \"{amount}\" }}]"),
        6 | 7 => format!("[{{ payment = \"{amount}\", total = \"paid{layer}\" }}]"),
        8 => format!(
            "[{{ payment = \"{amount}\", total = \"paid{}\" }}]",
            rng.usize(..layers)
        ),
        _ => format!("[{{ scope = \"{amount}\" }}]"),
    })
}

/// A policy of one to four layers.
pub(crate) fn policy(rng: &mut Rng) -> String {
    let layers = rng.usize(1..5);
    let mut text = String::from(
        "title = \"random\"\nsource = \"made up\"\nregion = \"330200\"\nscheme = \"resident\"\n\
         settings = [\"inpatient\"]\neffective = { from = 2024-01-01 }\n\n\
         [[tier]]\nname = \"three\"\ngrade = \"three\"\n\n[[tier]]\nname = \"two\"\n\n[totals]\n",
    );
    for layer in 0..layers {
        text += &format!("paid{layer} = {{ adds = \"l{layer}.paid\", period = \"year\" }}\n");
        text += &format!("base{layer} = {{ adds = \"l{layer}.base\", period = \"year\" }}\n");
    }
    let payers = [
        "resident_pool",
        "resident_critical_illness",
        "medical_assistance",
        "large_expense",
    ];
    for (layer, payer) in payers.iter().enumerate().take(layers) {
        text += &format!(
            "\n[[layer]]\nname = \"l{layer}\"\ntake = {}\n",
            take(rng, layer)
        );
        let axis = if rng.u32(..6) == 0 {
            Axis::Total
        } else {
            Axis::Visit
        };
        if axis == Axis::Total {
            text += &format!("axis = \"total.base{layer}\"\n");
        }
        if layer > 0 && rng.u32(..10) == 0 {
            let bound = round(rng, 10, 400);
            let earlier = rng.usize(..layer);
            text +=
                &format!("when = {{ \"total.paid{earlier}\" = {{ at_most = \"{bound}\" }} }}\n");
        }
        if let Some(start) = start(rng, axis) {
            text += &format!("start = {start}\n");
        }
        text += &format!("measure = \"{}\"\n", one(rng, &["absolute", "above_start"]));
        text += &format!("segments = {}\n", segments(rng));
        if rng.u32(..10) == 0 {
            let of = one(rng, &["base", "part.in", "part.total"]);
            text += &format!("floor = {{ of = \"{of}\", ratio = \"{}\" }}\n", ratio(rng));
        }
        if let Some(ceilings) = ceilings(rng, layer, layers) {
            text += &format!("ceilings = {ceilings}\n");
        }
        text += &format!("payer = \"{payer}\"\n");
    }
    text
}

/// A bill document with one in-scope amount left open as GROWN.
pub(crate) fn stage(rng: &mut Rng) -> String {
    let tier = one(rng, &["three", "two"]);
    let age = rng.u32(1..100);
    let other = |rng: &mut Rng| match rng.u32(..3) {
        0 => "0".to_owned(),
        _ => round(rng, 1, 400),
    };
    let (first, out) = (other(rng), other(rng));
    let (grown, still) = if rng.u32(..4) == 0 {
        ("\"in.implant\"", "in")
    } else {
        ("in", "\"in.implant\"")
    };
    let still_amount = other(rng);
    format!(
        "[facts]\ntier = \"{tier}\"\nage = {age}\n[amounts]\n{grown} = \"GROWN\"\n{still} = \"{still_amount}\"\n\
         first = \"{first}\"\nout = \"{out}\"\n"
    )
}
