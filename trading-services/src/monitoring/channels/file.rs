//! The channel that appends alerts to a file.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use di_core::error::BoxError;
use di_core::health::{Health, HealthCheck};
use di_core::lifecycle::{Context, Lifecycle};

use crate::monitoring::alerts;
use crate::ports::{Alert, ChannelError, IAlertChannel, IConfigService};
use crate::sync::lock;

/// Appends alerts to `alerts.file.path`, one JSON object per line.
///
/// The file is opened at the start, so that a path that cannot be written is noticed then, and again with each alert, so
/// that it may be moved away in between. After the stop it is on the disk.
#[derive(Debug)]
pub struct FileChannel {
    path: Option<PathBuf>,
    /// Who writes: alerts may be delivered by several at once.
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Why the last alert was not written, until one is.
    failure: Mutex<Option<String>>,
}

#[di_core::service(provides = IAlertChannel, lifecycle, health)]
impl FileChannel {
    /// The channel; the file is not opened yet.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Self {
        let path = config.section::<alerts::Settings>().file.path.clone();
        Self { path, turn: Arc::default(), failure: Mutex::default() }
    }
}

#[di_core::interface]
impl Lifecycle for FileChannel {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        if let Some(path) = &self.path {
            let opened = with(path.clone(), open).await;
            opened.map_err(|source| ChannelError::File { path: path.clone(), source })?;
        }
        Ok(())
    }

    async fn stop(&self) -> Result<(), BoxError> {
        if let Some(path) = &self.path {
            let synced = with(path.clone(), sync).await;
            synced.map_err(|source| ChannelError::File { path: path.clone(), source })?;
        }
        Ok(())
    }
}

#[di_core::interface]
impl HealthCheck for FileChannel {
    async fn check(&self) -> Result<Health, BoxError> {
        let Some(path) = &self.path else {
            return Ok(Health::healthy().with("path", "none, it is off"));
        };
        let failure = lock(&self.failure).clone();
        let health = match with(path.clone(), open).await {
            Ok(_) => match failure {
                Some(failure) => Health::unhealthy(format!("the last alert was not written: {failure}"))
                    .suggest("see whether the disk has room"),
                None => Health::healthy(),
            },
            Err(source) => Health::unhealthy(ChannelError::File { path: path.clone(), source }.to_string())
                .suggest("see whether the folder exists, may be written to, and has room"),
        };
        Ok(health.with("path", path.display()))
    }
}

#[di_core::interface]
impl IAlertChannel for FileChannel {
    fn name(&self) -> &'static str {
        "file"
    }

    fn is_enabled(&self) -> bool {
        self.path.is_some()
    }

    async fn deliver(&self, alert: &Alert) -> Result<(), ChannelError> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        let mut line = serde_json::to_vec(alert).map_err(ChannelError::Json)?;
        line.push(b'\n');
        let turn = Arc::clone(&self.turn).lock_owned().await;
        let written = with(path.clone(), move |path| {
            // A line that fails is taken back, and must not take another one along.
            let _turn = turn;
            append(path, &line)
        })
        .await;
        *lock(&self.failure) = written.as_ref().err().map(ToString::to_string);
        written.map_err(|source| ChannelError::File { path: path.clone(), source })
    }
}

/// Does with the file what may wait for a disk, where no other task waits for it.
async fn with<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(move || work(&path)).await?
}

/// Adds a whole line, or nothing: what a full disk has taken of it is removed. A line that a process has not ended, because it
/// was killed, is ended first.
fn append(path: &Path, line: &[u8]) -> std::io::Result<()> {
    let mut file = open(path)?;
    let found = file.metadata()?;
    let before = found.is_file().then_some(found.len());
    let end: &[u8] = if before.is_some() && is_cut(path)? { b"\n" } else { b"" };
    let written = file.write_all(&[end, line].concat()).and_then(|()| file.flush());
    if let (Err(_), Some(before)) = (&written, before) {
        // If even this fails, the next line begins in the middle of this one; the error is the same.
        let _ = file.set_len(before);
    }
    written
}

/// Whether the last line has no end.
fn is_cut(path: &Path) -> std::io::Result<bool> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        // It may be a file that is only written.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => return Ok(false),
        Err(error) => return Err(error),
    };
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Waits until the file is on the disk; a terminal or a pipe has none.
fn sync(path: &Path) -> std::io::Result<()> {
    let file = open(path)?;
    if file.metadata()?.is_file() { file.sync_all() } else { Ok(()) }
}
