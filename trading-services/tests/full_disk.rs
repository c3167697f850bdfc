//! A file system that is really full: trading stops at once, goes on when there is room, and the state is in order.

#![cfg(all(target_os = "linux", feature = "store"))]

use std::io::Write;
use std::path::Path;
use std::process::Command;

/// Orders as often as possible, and nothing else.
const SETTINGS: &str = "[signals]\ncool_down = \"1s\"\n[risk]\norders_per_minute = 1000\n[alerts]\nmin_level = \"critical\"\n\
                        [http]\nenabled = false\n";

/// Runs a platform on a file system of one megabyte, in a name space of its own; makes room when it is full. 77 says that
/// nobody may mount here.
const SCRIPT: &str = r#"
mount -t tmpfs -o size=1m none state || exit 77
"$PLATFORM" --speed max --config settings.toml --log log --store state >out 2>err &
platform=$!
said() {
    until grep -q "$1" err; do
        kill -0 $platform || exit 1
        sleep 0.1
    done
}
said "the store is away: nothing is ordered until it is back"
sleep 0.5
mount -o remount,size=256m state
said "the store is back, and has what had waited"
kill -INT $platform
wait $platform || exit 2
"$PLATFORM" db check --store state >check 2>&1 || exit 3
"#;

/// Whether this process may make a name space in which it may mount.
fn may_mount() -> bool {
    let tried = Command::new("unshare").args(["-rm", "mount", "-t", "tmpfs", "none", "/mnt"]).output();
    tried.is_ok_and(|output| output.status.success())
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_default()
}

#[test]
fn a_platform_on_a_full_file_system_orders_nothing_and_catches_up_when_there_is_room() {
    if !may_mount() {
        // Not `println!`: the test harness would hide it.
        writeln!(std::io::stderr(), "skipped: nobody may mount in a name space here").unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("state")).unwrap();
    std::fs::write(folder.path().join("settings.toml"), SETTINGS).unwrap();
    let mut command = Command::new("unshare");
    command.args(["-rm", "--kill-child", "bash", "-c", SCRIPT]).current_dir(folder.path());
    command.env("PLATFORM", env!("CARGO_BIN_EXE_trading-services")).env("XDG_STATE_HOME", folder.path());
    let status = command.status().unwrap();
    let said = |name| read(folder.path(), name);
    assert_eq!(status.code(), Some(0), "{}{}{}", said("out"), said("err"), said("check"));
    assert!(said("err").contains("database or disk is full"), "{}", said("err"));
    assert!(said("log").contains(" refused: it could not be kept: "), "orders are refused while it is away");
    assert!(said("check").starts_with("in order: "), "{}", said("check"));
}
