//! How does an alert get into a file.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Alert, ChannelError};
use crate::interfaces::{IAlertChannel, IConfigService};

/// Appends alerts to `alerts.file.path`, one JSON object per line.
#[derive(Debug)]
pub struct FileChannel {
    path: Option<PathBuf>,
}

#[di_core::service(provides = IAlertChannel)]
impl FileChannel {
    /// The channel; the file is opened with each alert, so that it may be moved away in between.
    #[constructor]
    pub fn new(config: Arc<dyn IConfigService>) -> Self {
        Self { path: config.get().alerts.file.path.clone() }
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
        let Some(path) = self.path.clone() else {
            return Ok(());
        };
        let mut line = serde_json::to_vec(alert).map_err(ChannelError::Json)?;
        line.push(b'\n');
        let file = OpenOptions::new().create(true).append(true).open(&path);
        file.and_then(|mut file| file.write_all(&line)).map_err(|source| ChannelError::File { path, source })
    }
}
