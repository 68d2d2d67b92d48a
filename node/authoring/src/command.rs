//! `huitong policy …`: one file for each command.
//!
//! Files in, text or JSON out. Exit codes: 0, and 1 when a file cannot be read or written, has faults, is
//! refused by its review, or does not come out as its examples say.

mod adjudicate;
mod build;
mod check;
mod diff;
mod digest;
mod explain;
mod json;
mod new;
mod schema;
#[cfg(test)]
mod tests;
mod text;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use huitong_document::policy::PolicyDocument;

use crate::source;
use diff::Manner;
use explain::Language;
use new::NewArguments;

/// The exit code of input that cannot be used.
const BAD_INPUT: u8 = 1;

/// Commands on policy documents / 政策文件命令
#[derive(Debug, clap::Subcommand)]
pub enum PolicyCommand {
    /// Write a commented skeleton, sound but for its title and source / 生成带注释的政策模板
    ///
    /// Nothing is asked: fill in what you say by flags, and replace its figures by those of the notice.
    /// The handbook leads from a notice to a published document: deploy/docs/policy-authors.md.
    ///
    /// 不提问：按参数生成模板，再把其中数字换成公告的数字。手册见 deploy/docs/policy-authors.md。
    #[command(verbatim_doc_comment)]
    New(NewArguments),
    /// Review policies, run their worked examples, list all that is wrong or doubtful / 检查政策并核对算例
    ///
    /// Every fault and finding comes at once, at its line and field; warnings alone leave the exit code at 0.
    ///
    /// 一次列出全部错误和提醒，注明行号和字段；仅有提醒时退出码为 0。
    #[command(verbatim_doc_comment)]
    Check {
        /// The policy documents; those of one region together / 政策文件，同一统筹区的请一并列出
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// A bounds document that the policies are measured against; several times for several / 上级限定文件，可重复
        #[arg(long, value_name = "FILE")]
        bounds: Vec<PathBuf>,
        /// Print one JSON document instead of text / 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
    /// Print a policy with all its parts in place, as it is published / 输出并入全部部件后的政策全文
    Build {
        /// The policy document / 政策文件
        file: PathBuf,
        /// Write it to this file, and print its digest instead / 写入该文件，只输出摘要
        #[arg(long)]
        out: Option<PathBuf>,
    },
    /// Print the SHA-256 that names a policy in every decision / 输出政策文件的摘要
    Digest {
        /// The policy document / 政策文件
        file: PathBuf,
    },
    /// Settle a bill under a policy, changing nothing anywhere / 按政策试算一笔费用，不写入任何数据
    Adjudicate {
        /// The policy document / 政策文件
        #[arg(long)]
        policy: PathBuf,
        /// The bill document / 费用文件
        #[arg(long)]
        bill: PathBuf,
        /// Print one JSON document instead of text / 以 JSON 输出
        #[arg(long)]
        json: bool,
    },
    /// Tell step by step, in sentences, how a bill is settled under a policy / 逐步说明一笔费用如何结算
    ///
    /// Each rule is named with its source and its figures, and of each it is said why it does not pay more.
    /// The patient reads these same sentences.
    ///
    /// 逐项说明依据和数字，并说明每一项为什么没有支付更多。
    #[command(verbatim_doc_comment)]
    Explain {
        /// The policy document / 政策文件
        #[arg(long)]
        policy: PathBuf,
        /// The bill document / 费用文件
        #[arg(long)]
        bill: PathBuf,
        /// The language / 语言
        #[arg(long, value_enum, default_value = "both")]
        lang: Language,
    },
    /// Say what changes from policy A to policy B, for whom, and by how much / 对比两份政策的变化
    ///
    /// First rule by rule, old and new figures in words; then a table of typical bills, levels of hospitals,
    /// ways of going there and persons, with what funds and patients pay under A and B, biggest changes
    /// first. Nothing is stored and no person is looked at.
    ///
    /// 先逐条说明变化，再列出典型情形下基金和个人负担的增减，变化大的在前；不涉及任何真实参保人。
    #[command(verbatim_doc_comment)]
    Diff {
        /// The policy now / 现行政策文件
        a: PathBuf,
        /// The policy to come / 拟实行的政策文件
        b: PathBuf,
        /// The language / 语言
        #[arg(long, value_enum, default_value = "both")]
        lang: Language,
        /// How many rows of the table are printed / 表格行数
        #[arg(long, default_value_t = 20)]
        top: usize,
        /// Print one JSON document with every changed row / 以 JSON 输出全部变化
        #[arg(long)]
        json: bool,
    },
    /// Print the JSON Schema of policy documents, for editors / 输出供编辑器使用的 JSON Schema
    ///
    /// The same stands in deploy/schema/policy.schema.json. In an editor with a TOML language server, the
    /// line `#:schema PATH` at the top of a document makes it complete and check while you type.
    ///
    /// 与 deploy/schema/policy.schema.json 相同；在文件首行写 `#:schema 路径`，编辑器即可补全和检查。
    #[command(verbatim_doc_comment)]
    Schema,
}

/// Whether all that was given could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Sound,
    Faulty,
}

/// How a result is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Json,
}

impl PolicyCommand {
    /// Runs the command; results go to standard output, faults to standard error.
    ///
    /// # Errors
    /// Only when output cannot be written.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let code = self.run_into(&mut io::stdout().lock(), &mut io::stderr().lock())?;
        Ok(ExitCode::from(code))
    }

    /// Runs the command into two writers, and returns the exit code.
    ///
    /// # Errors
    /// Only when output cannot be written.
    pub fn run_into(self, out: &mut impl Write, faults: &mut impl Write) -> io::Result<u8> {
        Ok(match self.run_to(out, faults)? {
            Verdict::Sound => 0,
            Verdict::Faulty => BAD_INPUT,
        })
    }

    fn run_to(self, out: &mut impl Write, faults: &mut impl Write) -> io::Result<Verdict> {
        match self {
            Self::Check {
                files,
                bounds,
                json,
            } => {
                let form = if json { Form::Json } else { Form::Text };
                check::command(&files, &bounds, form, out, faults)
            }
            Self::Build { file, out: to } => build::command(&file, to.as_deref(), out, faults),
            Self::Digest { file } => digest::command(&file, out, faults),
            Self::Adjudicate { policy, bill, json } => {
                let form = if json { Form::Json } else { Form::Text };
                adjudicate::command(&policy, &bill, form, out, faults)
            }
            Self::New(arguments) => new::command(&arguments, out, faults),
            Self::Explain { policy, bill, lang } => {
                explain::command(&policy, &bill, lang, out, faults)
            }
            Self::Diff {
                a,
                b,
                lang,
                top,
                json,
            } => {
                let form = if json { Form::Json } else { Form::Text };
                let manner = Manner {
                    language: lang,
                    form,
                    top,
                };
                diff::command(&a, &b, manner, out, faults)
            }
            Self::Schema => schema::command(out),
        }
    }
}

/// Reads a file, or says why it cannot be read.
fn read(file: &Path, faults: &mut impl Write) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(file) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) => {
            let file = file.display();
            writeln!(faults, "{file}: cannot be read: {error} / 无法读取文件")?;
            Ok(None)
        }
    }
}

/// Reads a policy with its parts, or lists its faults.
fn read_policy(file: &Path, faults: &mut impl Write) -> io::Result<Option<PolicyDocument>> {
    match source::read_policy(file) {
        Ok(document) => Ok(Some(document)),
        Err(found) => {
            writeln!(faults, "{found}")?;
            Ok(None)
        }
    }
}
