//! How does an alert get into a file.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use di_core::BoxError;
use di_core::lifecycle::{Context, Lifecycle};

use super::{Alert, ChannelError};
use crate::interfaces::{IAlertChannel, IConfigService};
use crate::sync::lock;

/// Appends alerts to `alerts.file.path`, one JSON object per line.
///
/// The file is opened at the start, so that a path that cannot be written is noticed then, and is on the disk after the
/// stop. It may be moved away in between: the next alert begins a new one.
#[derive(Debug)]
pub struct FileChannel {
    path: Option<PathBuf>,
    file: Mutex<Option<File>>,
}

#[di_core::service(provides = IAlertChannel, lifecycle)]
impl FileChannel {
    /// The channel; the file is not opened yet.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Self {
        Self { path: config.get().alerts.file.path.clone(), file: Mutex::default() }
    }

    fn append(&self, path: &Path, line: &[u8]) -> std::io::Result<()> {
        let mut file = lock(&self.file);
        if !path.exists() {
            *file = None;
        }
        match &mut *file {
            Some(file) => file.write_all(line),
            empty => empty.insert(open(path)?).write_all(line),
        }
    }
}

#[di_core::interface]
impl Lifecycle for FileChannel {
    async fn start(&self, _context: &Context) -> Result<(), BoxError> {
        if let Some(path) = &self.path {
            let file = open(path).map_err(|source| ChannelError::File { path: path.clone(), source })?;
            *lock(&self.file) = Some(file);
        }
        Ok(())
    }

    async fn stop(&self) -> Result<(), BoxError> {
        let file = lock(&self.file).take();
        if let (Some(file), Some(path)) = (file, &self.path) {
            sync(&file).map_err(|source| ChannelError::File { path: path.clone(), source })?;
        }
        Ok(())
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
        self.append(path, &line).map_err(|source| ChannelError::File { path: path.clone(), source })
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}

/// Waits until the file is on the disk; a terminal or a pipe has none.
fn sync(file: &File) -> std::io::Result<()> {
    if file.metadata()?.is_file() { file.sync_all() } else { Ok(()) }
}
