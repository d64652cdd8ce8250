//! A small disk of its own (tmpfs) that can be filled, and made read-only, without harm to the
//! machine. Without the right to mount, it is a plain folder, and those faults are left out.
//!
//! Does not know: what is kept on it.
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Room for a database of some thousand dossiers, and its log.
const SIZE_MIB: u32 = 384;
/// Bytes written at once when it is filled.
const PIECE: usize = 256 * 1024;

/// The disk; unmounted and removed with its owner.
#[derive(Debug)]
pub struct Disk {
    /// Where it is.
    pub folder: PathBuf,
    /// Whether it is a disk of its own.
    pub mounted: bool,
}

impl Disk {
    /// Mounts it at `folder`, if that is allowed.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(folder: PathBuf) -> Result<Self, String> {
        std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let size = format!("size={SIZE_MIB}m,mode=755");
        let mounted = mount(&["-t", "tmpfs", "-o", &size, "storm"], &folder);
        Ok(Self { folder, mounted })
    }

    /// Takes all room that is left, until the answer is dropped.
    #[must_use]
    pub fn fill(&self) -> Filler {
        let path = self.folder.join("filler");
        if let Ok(mut file) = File::create(&path) {
            let mut piece = vec![b'x'; PIECE];
            while !piece.is_empty() {
                if file.write_all(&piece).is_err() {
                    piece.truncate(piece.len() / 2);
                }
            }
        }
        Filler(path)
    }

    /// Makes it read-only or writable again. Refused (false) while files are open for writing.
    #[must_use]
    pub fn remount(&self, how: &str) -> bool {
        mount(&["-o", &format!("remount,{how}")], &self.folder)
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if self.mounted {
            let _ = Command::new("umount").arg("-l").arg(&self.folder).status();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    let mut command = Command::new("mount");
    command.args(arguments).arg(folder);
    let output = command.output();
    output.is_ok_and(|output| output.status.success())
}

/// What fills the disk; dropped, it gives the room back.
#[derive(Debug)]
pub struct Filler(PathBuf);

impl Drop for Filler {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
