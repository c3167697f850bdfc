//! A NATS server of the test's own, on a free port, with a store of its own.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// It is killed when it is dropped.
pub(crate) struct Server {
    port: u16,
    store: TempDir,
    process: Child,
}

impl Server {
    pub(crate) fn start() -> Self {
        let port = free_port();
        let store = TempDir::new().unwrap();
        let process = launch(port, &store);
        Self { port, store, process }
    }

    pub(crate) fn address(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Without a chance to finish anything. The system's cache survives, as it would not survive a power cut.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// On the same port, with what it had stored.
    pub(crate) fn restart(&mut self) {
        self.process = launch(self.port, &self.store);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port that nobody listens at.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

fn launch(port: u16, store: &TempDir) -> Child {
    // Debian keeps it where only root's search path leads.
    let started = ["nats-server", "/usr/sbin/nats-server"].iter().find_map(|program| {
        let mut command = Command::new(program);
        command.args(["--addr", "127.0.0.1", "--port", &port.to_string(), "--jetstream", "--store_dir"]);
        command.arg(store.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()
    });
    let process = started.expect("these tests need `nats-server`; `tests/servers.sh` installs it");
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(start.elapsed() < Duration::from_secs(30), "nats-server does not listen at {port}");
        std::thread::sleep(Duration::from_millis(20));
    }
    process
}
