//! The view of an editor: rust-analyzer itself over a crate of two hundred services. `tests/editor.sh` installs it.
//!
//! The time to the first diagnostics after a fault is printed beside that of the same services by hand, and not asserted.
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::fmt::Write as _;
use std::io::BufReader;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use di_tests::Scratch;
use lsp_server::{Message, Notification, Request, Response};
use serde_json::{Value, json};

/// How many services there are besides those that the test asks about.
const SERVICES: usize = 200;

/// Within this time an editor that works has answered, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(300);

/// What stands before the services.
const SHOP: &str = "\
use std::sync::Arc;

use di_core::{container, interface, service};

#[interface]
pub trait IClock {
    fn now_ms(&self) -> u64;
}

#[service(provides = IClock)]
pub struct SystemClock;

impl IClock for SystemClock {
    fn now_ms(&self) -> u64 {
        7
    }
}

#[service]
pub struct Journal {
    clock: Arc<dyn IClock>,
}

impl Journal {
    pub fn last(&self) -> u64 {
        self.clock.now_ms()
    }
}
";

/// What stands after them.
const RUN: &str = "
pub fn run() -> u64 {
    let app = App::build(AppInputs {});
    let clock: &dyn IClock = app.get();
    let journal = app.shared::<Journal>();
    journal.last() + clock.now_ms()
}
";

/// The services as a tree, whose root needs the journal.
fn services(attribute: &str) -> String {
    let mut text = String::new();
    for service in 0..SERVICES {
        let (name, ty) = match service {
            0 => ("journal", "Journal".to_owned()),
            _ => ("parent", format!("Service{}", (service - 1) / 2)),
        };
        write!(text, "\n{attribute}pub struct Service{service} {{\n    pub {name}: Arc<{ty}>,\n}}\n").unwrap();
    }
    text
}

fn ours() -> String {
    let mut fields = String::new();
    for service in 0..SERVICES {
        writeln!(fields, "    service_{service}: Service{service},").unwrap();
    }
    let app =
        format!("\n#[container]\npub struct App {{\n    clock: SystemClock,\n    journal: Journal,\n{fields}}}\n");
    format!("{SHOP}{}{app}{RUN}", services("#[service]\n"))
}

fn by_hand() -> String {
    let mut text = "use std::sync::Arc;\n\npub struct Journal;\n".to_owned();
    text.push_str(&services(""));
    let (mut fields, mut made, mut names) = (String::new(), String::new(), String::new());
    for service in 0..SERVICES {
        let parent = if service == 0 { "journal".to_owned() } else { format!("service_{}", (service - 1) / 2) };
        let name = if service == 0 { "journal" } else { "parent" };
        writeln!(fields, "    pub service_{service}: Arc<Service{service}>,").unwrap();
        writeln!(
            made,
            "        let service_{service} = Arc::new(Service{service} {{ {name}: Arc::clone(&{parent}) }});"
        )
        .unwrap();
        write!(names, "service_{service}, ").unwrap();
    }
    write!(text, "\npub struct App {{\n{fields}}}\n\nimpl App {{\n    pub fn build() -> Self {{\n").unwrap();
    write!(text, "        let journal = Arc::new(Journal);\n{made}        Self {{ {names} }}\n    }}\n}}\n").unwrap();
    text
}

/// rust-analyzer with one crate of one file.
struct Editor {
    scratch: Scratch,
    server: Child,
    stdin: ChildStdin,
    heard: Receiver<Message>,
    /// The diagnostics that were published last for the file.
    diagnostics: Vec<Value>,
    /// Whether the server has nothing to do.
    is_quiet: bool,
    /// Checks by cargo that have ended.
    checks: usize,
    text: String,
    requests: i32,
    version: i32,
}

impl Editor {
    fn open(name: &str, text: String) -> Self {
        let scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), name).unwrap();
        scratch.write("src/lib.rs", &text).unwrap();
        let mut server = Command::new("rust-analyzer")
            .current_dir(scratch.folder())
            .env("CARGO_TARGET_DIR", scratch.target())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("rust-analyzer: tests/editor.sh installs it");
        let stdin = server.stdin.take().unwrap();
        let mut stdout = BufReader::new(server.stdout.take().unwrap());
        let (tell, heard) = mpsc::channel();
        std::thread::spawn(move || {
            while let Ok(Some(message)) = Message::read(&mut stdout) {
                if tell.send(message).is_err() {
                    return;
                }
            }
        });
        let mut editor = Self {
            scratch,
            server,
            stdin,
            heard,
            diagnostics: Vec::new(),
            is_quiet: false,
            checks: 0,
            text,
            requests: 0,
            version: 1,
        };
        editor.start();
        editor
    }

    fn start(&mut self) {
        let root = format!("file://{}", self.scratch.folder().display());
        self.ask(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": root,
                "capabilities": {
                    "experimental": { "serverStatusNotification": true },
                    "textDocument": { "hover": { "contentFormat": ["markdown"] } },
                    "window": { "workDoneProgress": true },
                },
                "initializationOptions": { "cachePriming": { "enable": false } },
            }),
        );
        self.tell("initialized", json!({}));
        let document = json!({ "uri": self.uri(), "languageId": "rust", "version": self.version, "text": self.text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }));
        self.until("it does not come to rest", |editor| editor.is_quiet && editor.checks > 0);
    }

    fn uri(&self) -> String {
        format!("file://{}", self.scratch.folder().join("src/lib.rs").display())
    }

    fn send(&mut self, message: Message) {
        message.write(&mut self.stdin).unwrap();
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(Message::Notification(Notification { method: method.to_owned(), params }));
    }

    /// Asks, and hears what else is said until the answer comes.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.requests += 1;
        let id = lsp_server::RequestId::from(self.requests);
        self.send(Message::Request(Request { id: id.clone(), method: method.to_owned(), params }));
        loop {
            match self.next() {
                Message::Response(response) if response.id == id => {
                    return response.response_result.unwrap_or_else(|error| panic!("{method}: {}", error.message));
                }
                message => self.hear(message),
            }
        }
    }

    fn next(&self) -> Message {
        self.heard.recv_timeout(PATIENCE).expect("rust-analyzer says nothing any more")
    }

    fn hear(&mut self, message: Message) {
        match message {
            Message::Request(request) => {
                let settings = request.params["items"].as_array().map_or(0, Vec::len);
                let result = if settings == 0 { Value::Null } else { json!(vec![Value::Null; settings]) };
                self.send(Message::Response(Response::new_ok(request.id, result)));
            }
            Message::Notification(Notification { method, params }) => match method.as_str() {
                "experimental/serverStatus" => {
                    assert_ne!(params["health"], "error", "{params}");
                    self.is_quiet = params["quiescent"] == true;
                }
                "textDocument/publishDiagnostics" if params["uri"] == self.uri() => {
                    self.diagnostics.clone_from(params["diagnostics"].as_array().unwrap());
                }
                "$/progress" if params["value"]["kind"] == "end" => {
                    self.checks +=
                        usize::from(params["token"].as_str().is_some_and(|token| token.contains("flycheck")));
                }
                _ => {}
            },
            Message::Response(_) => {}
        }
    }

    fn until(&mut self, fault: &str, holds: impl Fn(&Self) -> bool) {
        let begin = Instant::now();
        while !holds(self) {
            assert!(begin.elapsed() < PATIENCE, "{fault}: {:#?}", self.diagnostics);
            let message = self.next();
            self.hear(message);
        }
    }

    /// Replaces a part of the text, which occurs once; on disk, too, if it is saved.
    fn edit(&mut self, old: &str, new: &str, is_saved: bool) {
        assert_eq!(self.text.matches(old).count(), 1, "{old}");
        self.text = self.text.replace(old, new);
        self.version += 1;
        let document = json!({ "uri": self.uri(), "version": self.version });
        self.tell(
            "textDocument/didChange",
            json!({ "textDocument": document, "contentChanges": [{ "text": self.text }] }),
        );
        if is_saved {
            self.scratch.write("src/lib.rs", &self.text).unwrap();
            self.tell("textDocument/didSave", json!({ "textDocument": { "uri": self.uri() } }));
        }
    }

    /// The place of `|` in a part of the text, which occurs once without it: line and character, from zero.
    fn place(&self, marked: &str) -> Value {
        let (before, after) = marked.split_once('|').unwrap();
        let part = format!("{before}{after}");
        assert_eq!(self.text.matches(&part).count(), 1, "{part}");
        let end = self.text.find(&part).unwrap() + before.len();
        let line = self.text[..end].matches('\n').count();
        let character = end - self.text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        json!({ "line": line, "character": character })
    }

    fn ask_at(&mut self, method: &str, marked: &str) -> Value {
        let position = self.place(marked);
        let document = json!({ "uri": self.uri() });
        self.ask(method, json!({ "textDocument": document, "position": position }))
    }

    fn hover(&mut self, marked: &str) -> String {
        let answer = self.ask_at("textDocument/hover", marked);
        answer["contents"]["value"].as_str().unwrap_or_else(|| panic!("{marked} shows nothing: {answer}")).to_owned()
    }

    fn check_hover(&mut self, marked: &str, expected: &[&str]) {
        let shown = self.hover(marked);
        for part in expected {
            assert!(shown.contains(part), "{marked} does not show {part}:\n{shown}");
        }
    }

    /// A definition is in the file, and it is the only one.
    fn check_definition(&mut self, marked: &str, expected: &str) {
        let found = self.ask_at("textDocument/definition", marked);
        let places: Vec<(&Value, &Value)> =
            found.as_array().unwrap().iter().map(|place| (&place["uri"], &place["range"]["start"])).collect();
        assert_eq!(places, [(&json!(self.uri()), &self.place(expected))], "{marked}");
    }

    fn completions(&mut self, marked: &str) -> Vec<String> {
        let answer = self.ask_at("textDocument/completion", marked);
        let items = answer.get("items").unwrap_or(&answer).as_array().unwrap();
        let name = |item: &Value| item["label"].as_str().unwrap().split('(').next().unwrap().to_owned();
        items.iter().map(name).collect()
    }

    fn errors(&self) -> Vec<&Value> {
        self.diagnostics.iter().filter(|diagnostic| diagnostic["severity"] == 1).collect()
    }

    /// How long it takes after a fault was saved until it is shown.
    fn time_to_error(&mut self, old: &str, new: &str) -> Duration {
        assert_eq!(self.errors(), Vec::<&Value>::new());
        let begin = Instant::now();
        self.edit(old, new, true);
        self.until("no error is shown", |editor| !editor.errors().is_empty());
        begin.elapsed()
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn an_editor_completes_shows_and_finds() {
    let mut editor = Editor::open("editor", ours());
    assert_eq!(editor.errors(), Vec::<&Value>::new(), "what is right is underlined");

    editor.check_hover("App::b|uild(", &["pub fn build(AppInputs", "Builds `App`", "|`dyn IClock`|`clock`|"]);
    editor.check_hover("= app.g|et();", &["`T` = `dyn IClock`", "The instance that answers `T`, borrowed."]);
    editor.check_hover("let c|lock: &dyn", &["&(dyn IClock + 'static)"]);
    editor.check_hover("let j|ournal", &["Arc<Journal>"]);
    editor.check_hover("#[service(pro|vides", &["the interfaces that the one instance answers"]);

    editor.check_definition("    clock: System|Clock,", "pub struct |SystemClock");
    editor.check_definition("service(provides = ICl|ock)", "pub trait |IClock");
    editor.check_definition("clock: Arc<dyn ICl|ock>", "pub trait |IClock");
    editor.check_definition("service_7: Serv|ice7,", "pub struct |Service7 ");
    editor.check_definition("journal.l|ast()", "pub fn |last");

    editor.edit("+ clock.now_ms()\n", "+ app.\n", false);
    let names = editor.completions("+ app.|\n");
    for name in ["get", "shared", "many", "qualified", "lookup", "close", "clock", "service_7"] {
        assert!(names.iter().any(|found| found == name), "{name} is not among {names:?}");
    }
}

#[test]
fn an_editor_shows_an_error_at_its_place() {
    let mut editor = Editor::open("editor-fault", ours());
    let ours = editor.time_to_error("    clock: SystemClock,\n", "");
    let place = editor.place("    journal: |Journal,");
    let fault = "[DI0001] nothing in `App` provides `dyn IClock`";
    let found = |editor: &Editor| {
        let is_fault = |error: &&Value| error["message"].as_str().unwrap().starts_with(fault);
        editor.errors().into_iter().any(|error| is_fault(&error) && error["range"]["start"] == place)
    };
    editor.until("the fault is not shown where it is", found);
    drop(editor);

    let hand = Editor::open("editor-by-hand", by_hand()).time_to_error("service_7, ", "");
    println!(
        "from a fault to its diagnostics, {SERVICES} services: {} ms, by hand {} ms",
        ours.as_millis(),
        hand.as_millis()
    );
}
