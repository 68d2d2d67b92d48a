//! What a parser says of text that is no TOML, in Chinese.
//!
//! The parser says it in English, as a description and perhaps what it expected. The descriptions that
//! writers of documents meet are known here; any other is stated as what it is, a fault of syntax, and its
//! detail is read in the English half.

/// Descriptions as they begin, and the same in Chinese.
const KNOWN: &[(&str, &str)] = &[
    ("nested more than", "嵌套过深"),
    ("duplicate key", "键重复出现"),
    (
        "missing comma between array elements",
        "数组各项之间缺少逗号",
    ),
    (
        "missing comma between key-value pairs",
        "各键值之间缺少逗号",
    ),
    (
        "missing assignment between key-value pairs",
        "键与值之间缺少 `=`",
    ),
    ("missing opening quote", "字符串缺少左引号"),
    ("missing key for inline table element", "内联表中缺少键"),
    ("missing value for key", "键没有值"),
    ("missing value", "缺少值"),
    ("missing escaped value", "反斜杠之后缺少转义字符"),
    ("key with no value", "键没有值"),
    ("unclosed array table", "表头缺少 `]]`"),
    ("unclosed table", "表头缺少 `]`"),
    ("unclosed inline table", "内联表缺少 `}`"),
    ("unclosed array", "数组缺少 `]`"),
    ("unquoted keys cannot be empty", "键不能为空"),
    (
        "invalid unquoted key",
        "不加引号的键只能含字母、数字、`_` 和 `-`",
    ),
    ("string values must be quoted", "文本须加引号"),
    ("invalid basic string", "字符串不完整，可能缺少右引号"),
    ("invalid literal string", "字符串不完整，可能缺少右引号"),
    ("invalid multi-line basic string", "多行字符串不完整"),
    ("invalid multi-line literal string", "多行字符串不完整"),
    ("invalid comment character", "注释中有不允许的字符"),
    ("invalid inline table element", "内联表中有无法识别的内容"),
    ("invalid key-value pair", "无法识别的键值"),
    ("invalid value", "无法识别的值"),
    ("extra comma in inline table", "内联表中多了逗号"),
    ("extra comma in array", "数组中多了逗号"),
    ("extra assignment between key-value pairs", "多了 `=`"),
    ("extra `=`", "多了 `=`"),
    ("unexpected `=` in array", "数组中不能有 `=`"),
    ("unexpected key or value", "此处不应有键或值"),
    ("unexpected content", "此处有多余的内容"),
    ("unexpected leading zero", "数字不能以 0 开头"),
    ("too few unicode value digits", "Unicode 转义的位数不足"),
    ("cannot recurse further", "嵌套过深"),
    ("recursion limit", "嵌套过深"),
    (
        "carriage return must be followed by newline",
        "回车符之后必须是换行符",
    ),
    ("`_` may only go between digits", "`_` 只能写在数字之间"),
];

/// The fault in Chinese; an unknown detail is left to the English half.
pub(crate) fn in_chinese(message: &str) -> String {
    let known = KNOWN.iter().find(|(begins, _)| message.starts_with(begins));
    let said = known.map_or("写法有误，详见英文说明", |(_, zh)| *zh);
    format!("TOML 语法错误：{said}")
}

#[cfg(test)]
mod tests {
    use super::in_chinese;
    use crate::tree::parse;

    /// Of a text longer than any policy the first fault is told, whatever it has after it.
    #[test]
    fn of_a_long_text_one_fault_is_told() {
        let lines = 600_000;
        let (_, faults) = parse(&"a\n".repeat(lines));
        assert_eq!(faults.len(), 1);
        assert!(!faults[0].is_repetition());
        let (_, faults) = parse(&"a\n".repeat(3));
        assert_eq!(faults.len(), 3);
    }

    /// What writers get wrong is known in Chinese: the parser may be exchanged, its words then be learnt anew.
    #[test]
    fn slips_of_the_hand_are_told_in_chinese() {
        for text in [
            "title = \"no end\nregion = \"330200\"\n",
            "title = no quotes\n",
            "title \"no sign\"\n",
            "title =\n",
            "[[layer]\n",
            "[totals\n",
            "take = [\"in\" \"first\"]\n",
            "take = [\"in\"\nratio = \"0.70\"\n",
            "start = { by = \"tier\" three = \"1200\" }\n",
            "start = { by = \"tier\", three = \"1200\"\n",
            "标题 = \"a key in Chinese\"\n",
            "title = “quotes of another kind”\n",
            "start = 0123\n",
        ] {
            let (_, faults) = parse(text);
            let said: Vec<_> = faults
                .iter()
                .filter(|fault| !fault.is_repetition())
                .map(|fault| (in_chinese(&fault.message), &fault.message))
                .collect();
            assert!(!said.is_empty(), "{text}");
            for (zh, en) in said {
                assert!(!zh.contains("详见"), "{text}: {en}");
                assert!(!zh.contains(en.as_str()), "{zh}");
            }
        }
    }
}
