//! A folder that takes the mail where there is no server: a real maildir, which any
//! mail program opens.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use mail_parser::MessageParser;
use sha2::{Digest, Sha256};

use super::{Delivery, MailError, hex};
use crate::domain::mail::MailAddress;

/// A folder with `tmp`, `new` and `cur` in it.
pub struct Maildir {
    root: PathBuf,
}

impl Maildir {
    /// Opens the folder and makes what of it is missing, readable by its owner alone.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(root: &Path) -> Result<Self, MailError> {
        for name in ["tmp", "new", "cur"] {
            let folder = root.join(name);
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&folder)
                .map_err(|why| MailError::Folder { folder, why })?;
        }
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// Puts a mail into the folder; the same mail again changes nothing, also when it
    /// has been read meanwhile.
    pub async fn deliver(&self, to: &MailAddress, bytes: &[u8]) -> Delivery {
        let (root, name, bytes) = (self.root.clone(), name(to, bytes), bytes.to_owned());
        // A file outlives whoever waits for it: it is written whole or not at all.
        let written = tokio::task::spawn_blocking(move || put(&root, &name, &bytes)).await;
        match written {
            Ok(Ok(Put::Done)) => Delivery::Accepted("maildir".to_owned()),
            Ok(Ok(Put::Another)) => Delivery::Refused {
                code: None,
                text: "another mail with this Message-ID is in the folder".to_owned(),
            },
            Ok(Err(why)) => Delivery::Later {
                code: None,
                text: format!("maildir: {why}"),
            },
            Err(why) => Delivery::Later {
                code: None,
                text: format!("maildir: {why}"),
            },
        }
    }
}

/// What became of a file.
enum Put {
    /// It is there.
    Done,
    /// One of its name but with other bytes is there.
    Another,
}

/// The file's name: the mail's own time, and a hash of its id and its recipient, so
/// that it is the same each time.
fn name(to: &MailAddress, bytes: &[u8]) -> String {
    let mail = MessageParser::default().parse_headers(bytes);
    let id = mail.as_ref().and_then(|mail| mail.message_id());
    let time = mail
        .as_ref()
        .and_then(|mail| mail.date())
        .map_or(0, mail_parser::DateTime::to_timestamp);
    let mut hash = Sha256::new();
    hash.update(id.map_or(bytes, str::as_bytes));
    hash.update([0]);
    hash.update(to.to_string());
    let hash = hex(&hash.finalize()[..16]);
    format!("{}.{hash}.tomoshibi", time.max(0))
}

/// Tells drafts of one process apart.
static COUNT: AtomicU64 = AtomicU64::new(0);

fn put(root: &Path, name: &str, bytes: &[u8]) -> io::Result<Put> {
    if let Some(there) = find(root, name)? {
        return Ok(if fs::read(there)? == bytes {
            Put::Done
        } else {
            Put::Another
        });
    }
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let draft = root
        .join("tmp")
        .join(format!("{name}.{}.{count}", std::process::id()));
    let written = write_whole(&draft, bytes)
        .and_then(|()| fs::rename(&draft, root.join("new").join(name)))
        .and_then(|()| File::open(root.join("new"))?.sync_all());
    if let Err(why) = written {
        // What is left in tmp harms nobody; readers of a maildir clear it.
        let _ = fs::remove_file(&draft);
        return Err(why);
    }
    Ok(Put::Done)
}

fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// The mail of this name, in `new`, or in `cur` with the marks of a reader behind it.
fn find(root: &Path, name: &str) -> io::Result<Option<PathBuf>> {
    let new = root.join("new").join(name);
    if new.exists() {
        return Ok(Some(new));
    }
    for entry in fs::read_dir(root.join("cur"))? {
        let entry = entry?;
        let held = entry.file_name();
        let held = held.to_string_lossy();
        if held.split(':').next() == Some(name) {
            return Ok(Some(entry.path()));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const MAIL: &[u8] = b"Message-ID: <1@example.org>\r\nDate: Sun, 22 Nov 2026 09:00:05 +0900\r\nTo: a@example.jp\r\n\r\nText\r\n";

    fn to() -> MailAddress {
        MailAddress::parse("a@example.jp").unwrap()
    }

    fn files(root: &Path, folder: &str) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = fs::read_dir(root.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        all.sort();
        all
    }

    #[tokio::test]
    async fn a_mail_is_one_file_that_its_owner_alone_reads() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a/mail");
        let maildir = Maildir::open(&root).unwrap();
        for _ in 0..3 {
            assert_eq!(
                maildir.deliver(&to(), MAIL).await,
                Delivery::Accepted("maildir".to_owned())
            );
        }
        let new = files(&root, "new");
        assert_eq!(new.len(), 1);
        assert_eq!(fs::read(&new[0]).unwrap(), MAIL);
        assert!(
            new[0]
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("1795305605.")
        );
        assert!(files(&root, "tmp").is_empty());
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&new[0]), 0o600);
        for name in ["tmp", "new", "cur"] {
            assert_eq!(mode(&root.join(name)), 0o700);
        }
    }

    #[tokio::test]
    async fn a_mail_that_was_read_does_not_come_again() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(folder.path()).unwrap();
        maildir.deliver(&to(), MAIL).await;
        let read = &files(folder.path(), "new")[0];
        let name = format!("{}:2,S", read.file_name().unwrap().to_str().unwrap());
        fs::rename(read, folder.path().join("cur").join(name)).unwrap();
        let again = Maildir::open(folder.path()).unwrap();
        assert!(matches!(
            again.deliver(&to(), MAIL).await,
            Delivery::Accepted(_)
        ));
        assert!(files(folder.path(), "new").is_empty());
    }

    #[tokio::test]
    async fn another_mail_under_the_same_id_is_refused_and_another_recipient_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(folder.path()).unwrap();
        maildir.deliver(&to(), MAIL).await;
        let other = [MAIL, b"more"].concat();
        assert!(matches!(
            maildir.deliver(&to(), &other).await,
            Delivery::Refused { code: None, .. }
        ));
        let somebody = MailAddress::parse("b@example.jp").unwrap();
        assert!(matches!(
            maildir.deliver(&somebody, MAIL).await,
            Delivery::Accepted(_)
        ));
        assert_eq!(files(folder.path(), "new").len(), 2);
    }

    #[tokio::test]
    async fn a_folder_that_is_gone_is_no_loss() {
        let folder = tempfile::tempdir().unwrap();
        let maildir = Maildir::open(folder.path()).unwrap();
        fs::remove_dir_all(folder.path()).unwrap();
        assert!(matches!(
            maildir.deliver(&to(), MAIL).await,
            Delivery::Later { code: None, .. }
        ));
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let why = Maildir::open(&file).err().unwrap().to_string();
        assert!(why.contains("mail.maildir"), "{why}");
    }
}
