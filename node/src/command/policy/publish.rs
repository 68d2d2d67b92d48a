//! `huitong policy publish FILE`: puts a document forward.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_transport::ClientOptions;

use super::read;
use super::shown::{Form, faults_as_json, print_faults, print_step};
use crate::command::{block_on, said};
use crate::grpc::office_client::OfficeClient;

/// Put a document forward.
#[derive(Debug, clap::Args)]
pub struct Publish {
    /// The policy document; its parts are put in place / 政策文件（自动并入部件）
    file: PathBuf,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Publish {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let document = read(&self.file)?;
        let answer = block_on(async {
            let mut office = OfficeClient::connect(&self.server).await?;
            let bytes = document.bytes().to_vec();
            office.propose(bytes).await.map_err(said)
        })?;
        match answer {
            Ok(policy) => {
                let form = if self.json { Form::Json } else { Form::Text };
                print_step(&policy, form, out)
            }
            Err((faults, count)) => {
                if self.json {
                    writeln!(out, "{}", faults_as_json(&document, &faults, count))?;
                } else {
                    print_faults(&document, &faults, count, out)?;
                }
                Ok(ExitCode::FAILURE)
            }
        }
    }
}
