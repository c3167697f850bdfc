//! The running binary as a child process: its output and its signals.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use crate::common;

/// The running binary, and what it says on standard error.
pub(crate) struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
    said: String,
}

impl Running {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_command(common::binary(arguments))
    }

    pub(crate) fn start_command(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        Self { child, stderr, said: String::new() }
    }

    /// Waits until it has said that on standard error.
    pub(crate) fn wait_for_error(&mut self, text: &str) {
        while !self.said.contains(text) {
            let read = self.stderr.read_line(&mut self.said).unwrap();
            assert!(read > 0, "expected `{text}` in: {}", self.said);
        }
    }

    /// Waits until it has said that on standard output.
    pub(crate) fn wait_for_output(&mut self, text: &str) {
        let stdout = self.child.stdout.as_mut().unwrap();
        let mut said = Vec::new();
        let mut byte = [0];
        while !String::from_utf8_lossy(&said).contains(text) {
            assert_eq!(stdout.read(&mut byte).unwrap(), 1, "expected `{text}` in: {}", String::from_utf8_lossy(&said));
            said.push(byte[0]);
        }
    }

    /// Where it answers over the network, once it does.
    pub(crate) fn address(&mut self) -> String {
        self.wait_for_error(" answers /health");
        let begin = self.said.find("http://").unwrap() + "http://".len();
        self.said[begin..].split(' ').next().unwrap().to_owned()
    }

    /// Where it answers, once all of it has started: who interrupts a start is told that it did not succeed.
    pub(crate) fn started(&mut self) -> String {
        let address = self.address();
        while crate::http::get(&address, "/readyz").0 != 200 {
            std::thread::sleep(Duration::from_millis(10));
        }
        address
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits for its end: exit code, and all that it said.
    pub(crate) fn end(mut self) -> (i32, String, String) {
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
        self.stderr.read_to_string(&mut self.said).unwrap();
        (self.child.wait().unwrap().code().unwrap_or(-1), stdout, self.said)
    }
}
