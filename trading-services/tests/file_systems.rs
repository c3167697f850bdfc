//! File systems that are really full or read-only: each is named, trading stops at once, and the state is in order.

#![cfg(all(target_os = "linux", feature = "store"))]
#![expect(clippy::unwrap_used, reason = "a test may unwrap: its failure is the message")]

use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

/// Orders as often as possible, and nothing else.
const SETTINGS: &str = "version = 2\n[signals]\ncool_down = \"1s\"\n[risk]\norders_per_minute = 1000\n[alerts]\nmin_level = \"critical\"\n\
                        [http]\nenabled = false\n";

/// What all scripts begin with. Nothing is waited for longer than two minutes: a platform that says nothing is a failure, and
/// not a test that never ends.
const BEGIN: &str = r#"
fail() { echo "$1"; kill -KILL $platform 2>/dev/null; exit 1; }
start() { "$PLATFORM" --speed max --config settings.toml --log log --store state "$@" >out 2>err & platform=$!; }
said() {
    local until=$((SECONDS + 120))
    until grep -q "$2" "$1"; do
        kill -0 $platform 2>/dev/null || fail "expected '$2' in $1, but the platform has ended"
        ((SECONDS < until)) || fail "expected '$2' in $1 within two minutes"
        sleep 0.1
    done
}
interrupt() {
    local until=$((SECONDS + 120))
    kill -INT $platform
    while kill -0 $platform 2>/dev/null; do
        ((SECONDS < until)) || fail "expected an end within two minutes of SIGINT"
        sleep 0.1
    done
    wait $platform
}
check() { "$PLATFORM" db check --store state >check 2>&1 || fail "expected a state in order"; }
"#;

/// A file system of one megabyte, in which room is made when it is full.
const FULL: &str = r#"
mount -t tmpfs -o size=1m none state || exit 77
start
said err "the store is away: nothing is ordered until it is back"
sleep 0.5
mount -o remount,size=256m state
said err "the store is back, and has what had waited"
interrupt || fail "expected an end without an error"
check
"#;

/// A file system that is read-only when the platform starts, and is not any more afterwards.
const READ_ONLY_AT_START: &str = r#"
mount -t tmpfs none state || exit 77
start --events 5000
wait $platform || fail "expected a run without an error"
mount -o remount,ro state
start --events 5000
wait $platform && fail "expected a start that fails"
cp err refused
mount -o remount,rw state
check
"#;

/// A disk that fails while the platform trades: the kernel makes it read-only, as it does after an error of a disk. No file
/// system of memory does that, and only root mounts a disk.
const READ_ONLY_WHILE_RUNNING: &str = r#"
truncate -s 64M disk && mkfs.ext4 -q disk && mount -o loop disk state || exit 77
start --acknowledge
said out "ack order"
mount -o remount,abort state || exit 77
said err "the store is away: nothing is ordered until it is back"
sleep 0.5
interrupt && fail "expected an end with an error: what had waited is not kept"
cp err away; cp log while_away
umount state && mount -o loop disk state || fail "expected a disk that can be mounted again"
check
start --events 100
wait $platform || fail "expected a start on what was kept"
"#;

/// Runs a script where it may mount: root in a name space of mounts, others in one of users, too. `false` when nobody may do
/// that here, which is said.
fn run(test: &str, folder: &Path, script: &str) -> bool {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    std::fs::create_dir(folder.join("state")).unwrap();
    std::fs::write(folder.join("settings.toml"), SETTINGS).unwrap();
    let mut command = Command::new("unshare");
    command.args(if is_root { ["-m", "--kill-child"] } else { ["-rm", "--kill-child"] });
    command.args(["bash", "-c", &format!("{BEGIN}{script}")]).current_dir(folder);
    command.env("PLATFORM", env!("CARGO_BIN_EXE_trading-services")).env("XDG_STATE_HOME", folder);
    let output = command.output();
    let (code, said) = match &output {
        Ok(output) => {
            (output.status.code(), String::from_utf8_lossy(&[&*output.stdout, &*output.stderr].concat()).into())
        }
        Err(error) => (Some(77), error.to_string()),
    };
    let is_refused = code == Some(77) || said.contains("unshare failed");
    if is_refused {
        // Not `println!`: the test harness would hide it.
        let mut terminal = std::io::stderr();
        writeln!(terminal, "SKIPPED, not tested: {test}: nobody may mount that here: {said}").unwrap();
        return false;
    }
    assert_eq!(code, Some(0), "{said}{}{}{}", read(folder, "out"), read(folder, "err"), read(folder, "check"));
    assert!(read(folder, "check").starts_with("in order: "), "{}", read(folder, "check"));
    true
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_default()
}

#[test]
fn a_platform_on_a_full_file_system_orders_nothing_and_catches_up_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    if run("a full file system", folder.path(), FULL) {
        let error = read(folder.path(), "err");
        assert!(error.contains("database or disk is full"), "{error}");
        assert!(
            read(folder.path(), "log").contains(" refused: it could not be kept: "),
            "orders are refused meanwhile"
        );
    }
}

#[test]
fn a_platform_does_not_start_on_a_read_only_file_system_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    if run("a start on a read-only file system", folder.path(), READ_ONLY_AT_START) {
        let error = read(folder.path(), "refused");
        assert!(error.contains("state") && error.contains("Read-only file system"), "{error}");
    }
}

#[test]
fn a_platform_whose_disk_becomes_read_only_orders_nothing_and_has_kept_what_it_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    if !run("a file system that becomes read-only", folder.path(), READ_ONLY_WHILE_RUNNING) {
        return;
    }
    let error = read(folder.path(), "away");
    assert!(error.contains("disk I/O error"), "{error}");
    assert!(error.contains("attempt to write a readonly database"), "the next attempt knows more: {error}");
    assert!(
        read(folder.path(), "while_away").contains(" refused: it could not be kept: "),
        "orders are refused meanwhile"
    );
}
