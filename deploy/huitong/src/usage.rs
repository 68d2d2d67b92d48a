//! What is wrong with the words of a command, in one Chinese line before clap's own English text.
//!
//! Deliberately absent: what clap says itself, and what a value's own type says of it (`typed`).

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The line, with what a value's type says of it; none when nothing is wrong, as when help was asked for.
pub(crate) fn chinese(error: &Error, of_value: Option<String>) -> Option<String> {
    if !error.use_stderr() {
        return None;
    }
    let said = |kind| said(error, kind);
    let arg = said(ContextKind::InvalidArg);
    let arg = arg.as_deref().unwrap_or("某一参数");
    let value = said(ContextKind::InvalidValue).filter(|value| !value.is_empty());
    let suggested = |kind| match said(kind) {
        Some(meant) => format!("；是否应为 {meant}？"),
        None => "；可用 --help 查看".to_owned(),
    };
    Some(match error.kind() {
        ErrorKind::UnknownArgument => {
            format!(
                "没有 {arg} 这一参数{}",
                suggested(ContextKind::SuggestedArg)
            )
        }
        ErrorKind::InvalidSubcommand => {
            let wrong = said(ContextKind::InvalidSubcommand).unwrap_or_default();
            format!(
                "没有 {wrong} 这一命令{}",
                suggested(ContextKind::SuggestedSubcommand)
            )
        }
        ErrorKind::InvalidValue => match (value, said(ContextKind::ValidValue)) {
            (None, _) => format!("{arg} 缺少取值，请在其后写明"),
            (Some(value), Some(valid)) if !valid.is_empty() => {
                format!("{arg} 不能取 “{value}”，可用：{valid}")
            }
            (Some(value), _) => format!("{arg} 不能取 “{value}”"),
        },
        ErrorKind::ValueValidation => {
            let value = value.unwrap_or_default();
            let why = of_value.unwrap_or_else(|| "见下列说明".to_owned());
            format!("{arg} 的取值 “{value}” 不正确：{why}")
        }
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数：{arg}"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "请写明要执行的命令，见下列说明".to_owned()
        }
        ErrorKind::ArgumentConflict => match said(ContextKind::PriorArg) {
            Some(other) if other == arg => format!("{arg} 只能给出一次"),
            Some(other) => format!("{arg} 不能与 {other} 同时使用"),
            None => format!("{arg} 不能与其他参数同时使用"),
        },
        ErrorKind::TooManyValues => format!("{arg} 的取值过多"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{arg} 的取值个数不符")
        }
        ErrorKind::NoEquals => format!("{arg} 须用等号连接取值"),
        ErrorKind::InvalidUtf8 => "参数不是有效的 UTF-8 文本".to_owned(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => return None,
        ErrorKind::Io | ErrorKind::Format => "无法输出，见下列说明".to_owned(),
        _ => "命令无法执行，见下列说明".to_owned(),
    })
}

/// What clap remembers of a fault, as text.
fn said(error: &Error, kind: ContextKind) -> Option<String> {
    let found = error.get(kind)?;
    if let ContextValue::String(text) = found {
        Some(text.clone())
    } else if let ContextValue::Strings(texts) = found {
        Some(texts.join("、"))
    } else {
        None
    }
}
