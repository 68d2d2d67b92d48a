//! Every command of deploy/docs/first-node.md as it is typed, in order, in an empty folder: from no certificate to a closed day,
//! then over a crash and a lost disk.
//!
//! | behind the fence | what it is |
//! |---|---|
//! | `sh` | typed in one terminal, so that what an earlier block called by a name is known; it must succeed |
//! | `sh server` | servers: each line is started and awaited |
//! | `… after a crash` | the server of this line is killed before |
//! | `… after a lost disk` | Ningbo's node is killed before, and its folder removed |
//! | `text` | what the `sh` before it prints, where `…` stands for anything |
//! | `toml NAME`, `csv NAME` | a file, written under this name |
//!
//! Replaced are the three ports, and where the source lies.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Output, Stdio};

use huitong_tests::executable::{huitong, texts};
use huitong_tests::handbook::{Block, blocks, is_like, page_of};
use huitong_tests::process::{Kind, Server};
use huitong_tests::world::free_ports;
use tokio::process::Command;

const PAGE: &str = "first-node.md";
/// Whose disk is lost.
const NODE: &str = "330200";

/// A newcomer with a folder and a terminal.
struct Newcomer {
    folder: tempfile::TempDir,
    /// What of the page stands for what here.
    meant: Vec<(&'static str, String)>,
    /// The lines that give something a name.
    named: String,
    /// What the last command printed.
    printed: String,
    /// By configuration file.
    servers: BTreeMap<String, Server>,
}

impl Newcomer {
    fn begin() -> Self {
        let ports = free_ports();
        let port = |at: usize| ports[at].port().to_string();
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/..").to_owned();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        std::os::unix::fs::symlink(huitong(), folder.path().join("bin/huitong")).unwrap();
        Self {
            folder,
            meant: vec![
                ("7500", port(0)),
                ("7401", port(1)),
                ("7402", port(2)),
                ("/path/to/huitong", source),
            ],
            named: String::new(),
            printed: String::new(),
            servers: BTreeMap::new(),
        }
    }

    fn meant(&self, text: &str) -> String {
        let all = self.meant.iter();
        all.fold(text.to_owned(), |text, (word, means)| {
            text.replace(word, means)
        })
    }

    async fn follow(&mut self, block: &Block) {
        let (kind, event) = match block.info.split_once(" after ") {
            Some((kind, event)) => (kind, Some(event)),
            None => (block.info.as_str(), None),
        };
        match (kind, event) {
            ("sh", None) => self.type_all(block).await,
            ("sh", Some("a lost disk")) => {
                self.end(&format!("{NODE}.toml")).await;
                std::fs::remove_dir_all(self.folder.path().join(NODE)).unwrap();
                self.type_all(block).await;
            }
            ("sh server", None | Some("a crash")) => self.serve(block, event).await,
            ("text", None) => assert!(
                is_like(&self.printed, &block.text),
                "{PAGE}:{}\n{}\nprinted:\n{}",
                block.line,
                block.text,
                self.printed
            ),
            (file, None) => {
                let name = file.split_once(' ').map(|(_, name)| name);
                let name = name.unwrap_or_else(|| panic!("{PAGE}:{}: `{file}`", block.line));
                std::fs::write(self.folder.path().join(name), self.meant(&block.text)).unwrap();
            }
            (_, Some(_)) => panic!("{PAGE}:{}: `{}`", block.line, block.info),
        }
    }

    async fn typed(&self, text: &str) -> Output {
        let path = std::env::var("PATH").unwrap();
        let own = self.folder.path().join("bin");
        let typed = Command::new("sh")
            .args(["-e", "-u", "-c", &format!("{}{text}", self.named)])
            .env("PATH", format!("{}:{path}", own.display()))
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        typed.await.unwrap()
    }

    /// Types what must be refused; what is said.
    async fn refused(&self, text: &str) -> String {
        let output = self.typed(text).await;
        assert_eq!(output.status.code(), Some(1), "{text}: {output:?}");
        texts(&output).1
    }

    /// Types a block; whatever of it fails, fails.
    async fn type_all(&mut self, block: &Block) {
        let text = self.meant(&block.text);
        let output = self.typed(&text).await;
        let (printed, said) = texts(&output);
        let place = format!("{PAGE}:{}", block.line);
        assert!(output.status.success(), "{place}\n{text}\n{printed}{said}");
        self.printed = printed;
        for line in text.lines() {
            let name = line.split_once('=').map(|(name, _)| name);
            if name.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_uppercase())) {
                self.named.push_str(line);
                self.named.push('\n');
            }
        }
    }

    async fn serve(&mut self, block: &Block, after: Option<&str>) {
        for line in block.text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            let ["huitong", server, "run", "--config", config] = words.as_slice() else {
                panic!("{PAGE}:{}: `{line}`", block.line);
            };
            let kind = match *server {
                "clearinghouse" => Kind::Clearinghouse,
                "node" => Kind::Node,
                other => panic!("{PAGE}:{}: `{other}`", block.line),
            };
            if after.is_some() {
                self.end(config).await;
            }
            let path = self.folder.path().join(config);
            let server = Server::start(kind, &path, &path.with_extension("log"), &[]).await;
            let before = self.servers.insert((*config).to_owned(), server);
            assert!(before.is_none(), "{config} runs twice");
        }
    }

    /// Ends a server as a power cut does.
    async fn end(&mut self, config: &str) {
        self.servers.remove(config).unwrap().kill().await;
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_page_leads_from_nothing_to_a_node_that_is_restored() {
    let mut newcomer = Newcomer::begin();
    let page = page_of(PAGE);
    for block in blocks(&page) {
        newcomer.follow(&block).await;
    }
    let said = newcomer
        .refused("huitong node legs --from 7 --to 9 --out none.htlb $FIRST")
        .await;
    assert!(
        said.contains("leg.past_end") && said.contains("[0]"),
        "{said}"
    );
    // What is made on the way and names people is for its owner alone.
    for private in ["330200", "510100", "backup", "clearinghouse"] {
        let made = newcomer.folder.path().join(private);
        assert_eq!(mode(&made), 0o700, "{}", made.display());
    }
    for server in std::mem::take(&mut newcomer.servers).into_values().rev() {
        server.stop().await;
    }
}
