//! What was typed: read so that a minus before a figure reaches whoever reads the figure, and what is wrong with a day, a
//! region, an amount or an id is said in Chinese too.
//!
//! Deliberately absent: what may be typed, which each command says for itself, and what is wrong with its words (`usage`).

use std::error::Error;

use clap::{Command, Parser};
use huitong_core::date::DateError;
use huitong_core::digest::DigestError;
use huitong_core::fund::FundError;
use huitong_core::id::IdError;
use huitong_core::institution::InstitutionError;
use huitong_core::money::MoneyError;
use huitong_core::person::PersonError;
use huitong_core::region::RegionError;

use crate::usage;

/// The arguments of this process; when they cannot be read that is said, and the process ends.
pub(crate) fn arguments<T: Parser>() -> T {
    let matches = command::<T>().try_get_matches();
    let read = matches.and_then(|mut matches| T::from_arg_matches_mut(&mut matches));
    read.unwrap_or_else(|error| refuse(&error))
}

/// The command with all below it, where each value may begin with a minus: `--amount -12.00` is an amount that is
/// refused for what it is, not an option that nobody knows.
fn command<T: Parser>() -> Command {
    with_figures(T::command())
}

fn with_figures(command: Command) -> Command {
    let command = command.mut_args(|arg| {
        let takes_values = arg.get_action().takes_values();
        arg.allow_negative_numbers(takes_values)
    });
    command.mut_subcommands(with_figures)
}

fn refuse(error: &clap::Error) -> ! {
    let of_value = error.source().and_then(chinese);
    if let Some(chinese) = usage::chinese(error, of_value) {
        eprintln!("错误：{chinese}\n");
    }
    error.exit()
}

/// What is wrong with a value, in Chinese, when its type says so.
fn chinese(error: &(dyn Error + 'static)) -> Option<String> {
    let said = |text: &str| Some(text.to_owned());
    if let Some(error) = error.downcast_ref::<MoneyError>() {
        said(error.chinese())
    } else if let Some(error) = error.downcast_ref::<DateError>() {
        said(error.chinese())
    } else if let Some(error) = error.downcast_ref::<RegionError>() {
        said(error.chinese())
    } else if let Some(error) = error.downcast_ref::<InstitutionError>() {
        said(error.chinese())
    } else if let Some(error) = error.downcast_ref::<PersonError>() {
        said(error.chinese())
    } else if let Some(error) = error.downcast_ref::<DigestError>() {
        said(error.chinese())
    } else if let Some(error) = error.downcast_ref::<IdError>() {
        Some(error.chinese())
    } else {
        error.downcast_ref::<FundError>().map(|it| it.chinese())
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use clap::Command;
    use clap::error::ErrorKind;

    use super::{chinese, command};
    use crate::{Arguments, usage};

    fn refused(line: &str) -> clap::Error {
        let typed = line.split_whitespace();
        command::<Arguments>()
            .try_get_matches_from(typed)
            .unwrap_err()
    }

    #[test]
    fn a_fault_of_a_figure_a_day_a_region_is_said_in_both_languages() {
        for (line, english, zh) in [
            (
                "huitong clearing confirm --amount -12.00",
                "without a minus",
                "不能为负",
            ),
            (
                "huitong clearing confirm --amount 1,2",
                "at most two decimals",
                "两位小数",
            ),
            (
                "huitong clearing status --day 2026-02-30",
                "no such day",
                "没有这一天",
            ),
            (
                "huitong clearing status --day tomorrow",
                "write a date as",
                "日期写作",
            ),
            (
                "huitong node leave-out --region 33",
                "six digits",
                "六位数字",
            ),
            (
                "huitong clearing confirm --fund pool",
                "no such fund",
                "没有该基金",
            ),
            (
                "huitong node evidence --settlement 7",
                "an id here is",
                "编号为 stl_",
            ),
            (
                "huitong node release-person --psn-no 1",
                "18 to 26 digits",
                "18 至 26 位",
            ),
            (
                "huitong node deduct stl_00000000000000000000000000 --fund resident_pool=-1.00",
                "without a minus",
                "不能为负",
            ),
        ] {
            let error = refused(line);
            let said = error.to_string();
            assert_eq!(error.kind(), ErrorKind::ValueValidation, "{line}: {said}");
            assert!(said.contains(english), "{line}: {said}");
            let told = error.source().and_then(chinese).unwrap_or_default();
            assert!(format!("{said}{told}").contains(zh), "{line}: {said}{told}");
        }
    }

    #[test]
    fn a_value_of_every_command_may_begin_with_a_minus() {
        fn each(command: &Command) -> usize {
            let values = command
                .get_arguments()
                .filter(|arg| arg.get_action().takes_values());
            let values: Vec<_> = values.collect();
            for arg in &values {
                assert!(
                    arg.is_allow_negative_numbers_set(),
                    "{}: {arg}",
                    command.get_name()
                );
            }
            values.len() + command.get_subcommands().map(each).sum::<usize>()
        }
        let seen = each(&command::<Arguments>());
        assert!(seen > 300, "all commands were walked through: {seen}");
    }

    #[test]
    fn each_fault_of_the_words_is_said_in_chinese_with_what_it_is_about() {
        use ErrorKind as Of;
        for (line, kind, zh) in [
            (
                "huitong clearing status --dayy 1",
                Of::UnknownArgument,
                "没有 --dayy 这一参数；是否应为 --day？",
            ),
            (
                "huitong clearing status --zzz",
                Of::UnknownArgument,
                "没有 --zzz 这一参数；可用 --help 查看",
            ),
            (
                "huitong clearing netz",
                Of::InvalidSubcommand,
                "没有 netz 这一命令；是否应为 net？",
            ),
            (
                "huitong qqq",
                Of::InvalidSubcommand,
                "没有 qqq 这一命令；可用 --help 查看",
            ),
            (
                "huitong clearing status --day",
                Of::InvalidValue,
                "--day <DAY> 缺少取值",
            ),
            (
                "huitong clearing exceptions --reason sun",
                Of::InvalidValue,
                "不能取 “sun”，可用：",
            ),
            (
                "huitong clearing verify --roots r",
                Of::MissingRequiredArgument,
                "缺少必需的参数：--statement",
            ),
            (
                "huitong node evidence --settlement stl_00000000000000000000000000 --reversal rev_00000000000000000000000000 --out f",
                Of::ArgumentConflict,
                "不能与",
            ),
            (
                "huitong clearing verify --json --json",
                Of::ArgumentConflict,
                "--json 只能给出一次",
            ),
            (
                "huitong clearing",
                Of::DisplayHelpOnMissingArgumentOrSubcommand,
                "请写明要执行的命令",
            ),
        ] {
            let error = refused(line);
            assert_eq!(error.kind(), kind, "{line}: {error}");
            let said = usage::chinese(&error, None).unwrap_or_default();
            assert!(said.contains(zh), "{line}: {said}");
        }
    }

    #[test]
    fn what_the_type_of_a_value_says_of_it_stands_behind_the_option() {
        let error = refused("huitong clearing status --day 2026-02-30");
        let of_value = error.source().and_then(chinese);
        let said = usage::chinese(&error, of_value).unwrap_or_default();
        assert!(
            said.starts_with("--day <DAY> 的取值 “2026-02-30” 不正确：没有这一天"),
            "{said}"
        );
    }

    #[test]
    fn whoever_asks_for_help_or_the_version_is_told_of_no_fault() {
        for line in [
            "huitong --help",
            "huitong --version",
            "huitong clearing net --help",
        ] {
            assert_eq!(usage::chinese(&refused(line), None), None, "{line}");
        }
    }
}
