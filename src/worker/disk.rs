//! Reading whole files within a bound, and writing them so that none is ever half written.
//!
//! Knows nothing of what the bytes mean.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Largest file that is read.
pub const MOST_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// The path names a folder, a device or a pipe; reading those may never end.
    #[error("this is not a regular file: `{path}`", path = path.display())]
    NotAFile {
        /// Path that was given.
        path: PathBuf,
    },
    /// The file is larger than [`MOST_FILE_BYTES`].
    #[error(
        "the file has {bytes} bytes, and at most {most} are read: `{path}`",
        most = MOST_FILE_BYTES,
        path = path.display()
    )]
    TooLarge {
        /// Path that was given.
        path: PathBuf,
        /// Length of the file.
        bytes: u64,
    },
    /// The file is marked as one that must not be changed.
    #[error("the file is read-only: `{path}`", path = path.display())]
    ReadOnly {
        /// Path that was given.
        path: PathBuf,
    },
    /// The system refused.
    #[error("can't {doing}: {reason}: `{path}`", reason = reason(source), path = path.display())]
    System {
        /// What was tried.
        doing: &'static str,
        /// Path that was given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Says in a few words what the system said in many.
pub fn reason(err: &io::Error) -> String {
    match err.kind() {
        io::ErrorKind::StorageFull => "the disk is full".to_owned(),
        io::ErrorKind::QuotaExceeded => "the quota of this account is used up".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".to_owned(),
        io::ErrorKind::PermissionDenied => "this account may not".to_owned(),
        io::ErrorKind::NotFound => "there is no such file or folder".to_owned(),
        io::ErrorKind::NotADirectory => "a file stands where a folder should".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder".to_owned(),
        io::ErrorKind::InvalidFilename => "no file can have such a name".to_owned(),
        _ => err.to_string(),
    }
}

/// Reads a regular file of at most [`MOST_FILE_BYTES`].
///
/// # Errors
///
/// Returns why the file can't be read, with its path.
pub fn read_file(path: &Path) -> Result<Vec<u8>, DiskError> {
    let failed = |source| DiskError::System { doing: "read the file", path: path.to_owned(), source };
    let metadata = fs::metadata(path).map_err(failed)?;
    // Before opening: opening a pipe waits for its other end.
    if !metadata.is_file() {
        return Err(DiskError::NotAFile { path: path.to_owned() });
    }
    let too_large = |bytes| DiskError::TooLarge { path: path.to_owned(), bytes };
    if metadata.len() > MOST_FILE_BYTES {
        return Err(too_large(metadata.len()));
    }
    let mut content = Vec::new();
    // The file may grow while it is read.
    File::open(path).map_err(failed)?.take(MOST_FILE_BYTES + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > MOST_FILE_BYTES {
        return Err(too_large(content.len() as u64));
    }
    Ok(content)
}

/// Writes a file beside its target and renames it over the target: readers see the old content or the new.
///
/// A link is followed, and the permissions of a file that is there are kept.
///
/// # Errors
///
/// Returns why the file can't be written, with its path; the target is unchanged then.
pub fn write_file(path: &Path, content: &[u8]) -> Result<(), DiskError> {
    write_file_with(path, |out| out.write_all(content))
}

/// Writes a file as [`write_file`] does, from what `write` makes while it is written.
///
/// # Errors
///
/// As [`write_file`], or what kept the content from being made.
pub fn write_file_with(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), DiskError> {
    let failed = |doing| move |source| DiskError::System { doing, path: path.to_owned(), source };
    let target =
        fs::canonicalize(path).or_else(|_| std::path::absolute(path)).map_err(failed("find the file"))?;
    // A file that is not there yet has no metadata; whatever else is wrong shows when it is written.
    let existing = fs::metadata(&target).ok();
    if let Some(metadata) = &existing {
        if !metadata.is_file() {
            return Err(DiskError::NotAFile { path: path.to_owned() });
        }
        if metadata.permissions().readonly() {
            return Err(DiskError::ReadOnly { path: path.to_owned() });
        }
    }
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = new_file(folder).map_err(failed("write to the folder"))?;
    let mut out = io::BufWriter::new(file.as_file_mut());
    write(&mut out).and_then(|()| out.flush()).map_err(failed("write the file"))?;
    drop(out);
    if let Some(metadata) = existing {
        file.as_file().set_permissions(metadata.permissions()).map_err(failed("keep the permissions"))?;
    }
    file.as_file().sync_all().map_err(failed("write the file"))?;
    file.persist(&target).map_err(|err| failed("replace the file")(err.error))?;
    sync_folder(folder);
    Ok(())
}

#[cfg(unix)]
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    use std::os::unix::fs::PermissionsExt;
    // What any program's new file gets, less what the user's mask takes away.
    tempfile::Builder::new()
        .prefix(".wasm-workbench-")
        .permissions(fs::Permissions::from_mode(0o666))
        .tempfile_in(folder)
}

#[cfg(not(unix))]
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    tempfile::Builder::new().prefix(".wasm-workbench-").tempfile_in(folder)
}

/// Has the rename itself survive a power cut, where the system can do that.
fn sync_folder(folder: &Path) {
    // The content is safe already; not every file system can sync a folder, and none of them need stop a
    // save.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left_behind() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let path = folder.path().join("plugin.wat");
        write_file(&path, b"(module)").expect("the folder can be written");
        write_file(&path, b"(module $m)").expect("the file can be replaced");
        assert_eq!(read_file(&path).expect("the file is there"), b"(module $m)");
        assert_eq!(fs::read_dir(folder.path()).expect("the folder is there").count(), 1);
    }

    #[test]
    fn folders_and_missing_files_are_refused_with_their_path() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let missing = folder.path().join("missing.wat");
        assert!(matches!(read_file(folder.path()), Err(DiskError::NotAFile { .. })));
        assert!(matches!(write_file(folder.path(), b""), Err(DiskError::NotAFile { .. })));
        let err = read_file(&missing).expect_err("no such file").to_string();
        assert!(err.ends_with(&format!("`{}`", missing.display())), "{err}");
        assert!(write_file(&missing.join("below.wat"), b"").is_err());
    }

    #[test]
    fn a_file_that_is_too_large_is_refused_before_it_is_read() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let path = folder.path().join("large.wasm");
        let file = File::create(&path).expect("the folder can be written");
        file.set_len(MOST_FILE_BYTES + 1).expect("a sparse file costs nothing");
        assert!(
            matches!(read_file(&path), Err(DiskError::TooLarge { bytes, .. }) if bytes == MOST_FILE_BYTES + 1)
        );
    }

    #[test]
    fn a_disk_that_fills_up_leaves_the_old_file_and_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let path = folder.path().join("plugin.wat");
        write_file(&path, b"old").expect("the folder can be written");
        let full = |out: &mut dyn Write| {
            out.write_all(b"half of it")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        let err = write_file_with(&path, full).expect_err("the disk is full").to_string();
        assert!(err.contains("the disk is full") && err.contains("plugin.wat"), "{err}");
        assert_eq!(read_file(&path).expect("the file is there"), b"old");
        assert_eq!(fs::read_dir(folder.path()).expect("the folder is there").count(), 1);
    }

    #[test]
    fn a_folder_that_is_gone_is_said_to_be() {
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let path = folder.path().join("gone").join("plugin.wat");
        let err = write_file(&path, b"").expect_err("the folder is not there").to_string();
        assert!(err.contains("there is no such file or folder"), "{err}");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_are_kept_links_are_followed_and_read_only_files_are_left_alone() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().expect("there is a folder for temporary files");
        let (path, link) = (folder.path().join("plugin.wat"), folder.path().join("link.wat"));
        let mode = |path: &Path| fs::metadata(path).expect("the file is there").permissions().mode() & 0o777;
        write_file(&path, b"old").expect("the folder can be written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("the file is ours");
        symlink(&path, &link).expect("the system has links");
        write_file(&link, b"new").expect("the file can be replaced");
        assert!(fs::symlink_metadata(&link).expect("the link is there").is_symlink());
        assert_eq!((read_file(&path).expect("the file is there"), mode(&path)), (b"new".to_vec(), 0o640));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).expect("the file is ours");
        assert!(matches!(write_file(&path, b"newer"), Err(DiskError::ReadOnly { .. })));
        assert_eq!(read_file(&path).expect("the file is there"), b"new");
    }
}
