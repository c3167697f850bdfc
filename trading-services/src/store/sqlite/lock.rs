//! The lock of a state folder: one process writes there.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::net::SocketAddr;
use std::path::Path;

use crate::store::error::StoreError;

/// What comes before the address of the API.
const ANSWERS: &str = "answers at ";

/// Held for as long as it lives; the system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub(super) struct FolderLock {
    file: File,
}

impl FolderLock {
    /// Takes the lock, and writes down who has it.
    pub(super) fn take(folder: &Path) -> Result<Self, StoreError> {
        let failed = |source| StoreError::Folder { path: folder.to_owned(), source };
        let path = folder.join("lock");
        // Not truncated: until the lock is taken, it says who has it.
        let options = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = options.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut said = String::new();
                let _ = file.read_to_string(&mut said);
                let holder = said.lines().next().filter(|holder| !holder.is_empty()).unwrap_or("another process");
                let (path, holder, process) = (folder.to_owned(), holder.to_owned(), process_of(holder));
                return Err(StoreError::Held { path, holder, process, address: address_in(&said) });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let since = humantime::format_rfc3339_seconds(std::time::SystemTime::now());
        let written = file.set_len(0).and_then(|()| file.rewind());
        let holder = format!("process {} since {since}\n", std::process::id());
        written.and_then(|()| file.write_all(holder.as_bytes())).map_err(failed)?;
        Ok(Self { file })
    }

    /// Writes down where the process answers that has the lock of the folder; whoever takes it next begins an empty file.
    pub(super) fn tell_address(folder: &Path, address: SocketAddr) -> std::io::Result<()> {
        let mut file = OpenOptions::new().append(true).open(folder.join("lock"))?;
        file.write_all(format!("{ANSWERS}{address}\n").as_bytes())
    }
}

impl Drop for FolderLock {
    /// Closing the file is not enough: the lock belongs to every copy of the descriptor, and a child process that has just been
    /// forked has one until it runs another program.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::warn!("the lock of the state folder is held until its file is closed: {error}");
        }
    }
}

/// Where it has said last that it answers.
fn address_in(said: &str) -> Option<SocketAddr> {
    said.lines().rev().find_map(|line| line.strip_prefix(ANSWERS)?.parse().ok())
}

/// The process that wrote down that it has the lock.
fn process_of(holder: &str) -> Option<u32> {
    holder.strip_prefix("process ")?.split(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_one_is_told_who_has_it_until_the_first_lets_go() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path()).unwrap();
        let error = FolderLock::take(folder.path()).unwrap_err();
        assert!(matches!(error, StoreError::Held { process: Some(own), .. } if own == std::process::id()), "{error}");
        let error = error.to_string();
        assert!(error.contains(&format!("process {} since 2", std::process::id())), "{error}");
        drop(first);
        FolderLock::take(folder.path()).unwrap();
    }

    #[test]
    fn a_second_one_is_told_where_the_first_answers_and_not_where_somebody_before_it_did() {
        let folder = tempfile::tempdir().unwrap();
        let told = || match FolderLock::take(folder.path()).unwrap_err() {
            StoreError::Held { holder, process, address, .. } => (holder.lines().count(), process, address),
            other => panic!("{other}"),
        };
        let (own, first) = (Some(std::process::id()), FolderLock::take(folder.path()).unwrap());
        assert_eq!(told(), (1, own, None));
        for address in ["127.0.0.1:1", "[::1]:2"] {
            FolderLock::tell_address(folder.path(), address.parse().unwrap()).unwrap();
            assert_eq!(told(), (1, own, address.parse().ok()), "the last word counts");
        }
        drop(first);
        let _second = FolderLock::take(folder.path()).unwrap();
        assert_eq!(told(), (1, own, None));
    }

    #[test]
    fn a_copy_of_the_descriptor_in_a_child_process_does_not_keep_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let first = FolderLock::take(folder.path()).unwrap();
        let of_a_child = first.file.try_clone().unwrap();
        drop(first);
        FolderLock::take(folder.path()).unwrap();
        drop(of_a_child);
    }
}
