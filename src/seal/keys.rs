//! The keys: a file outside the database, so that a stolen database opens
//! nothing.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use arc_swap::ArcSwap;
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};

use super::{hex, hmac, random, unhex};

/// Bytes of a nonce of XChaCha20: random ones do not meet.
const NONCE: usize = 24;

/// The letters of a key's id.
const ID: usize = 8;

/// Why a key file or a sealed value is of no use.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("the key file {file} cannot be read or written / 鍵ファイル {file} を読み書きできません", file = file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the machine says.
        source: io::Error,
    },
    /// Others than its owner may read it.
    #[error("the key file {file} may be read by others: chmod 600 it / 鍵ファイル {file} をほかの人が読めます。chmod 600 してください", file = file.display())]
    Public {
        /// The file.
        file: PathBuf,
    },
    /// A line is none of ours.
    #[error("line {line} of the key file {file} is not `ID KEY` (8 and 64 hexadecimal digits) / 鍵ファイル {file} の{line}行目が「ID 鍵」（16進8桁と64桁）になっていません", file = file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A value is sealed with a key that the file does not hold.
    #[error(
        "the key {id} is not in {place}: put its line back from the backup / 鍵 {id} が {place} にありません。控えからその行を戻してください"
    )]
    Missing {
        /// The id that the value names.
        id: String,
        /// The file.
        place: String,
    },
    /// A value is not one that was sealed for this purpose and row.
    #[error(
        "a sealed value was changed, or belongs elsewhere / 封をした値が書き換えられているか、別の場所のものです"
    )]
    NotOurs,
}

#[derive(Clone)]
struct Key {
    id: String,
    bytes: [u8; 32],
}

impl Key {
    fn random() -> Self {
        Self {
            id: hex(&random::<{ ID / 2 }>()),
            bytes: random(),
        }
    }

    fn line(&self) -> String {
        format!("{} {}\n", self.id, hex(&self.bytes))
    }

    /// A key for one purpose: what is done with it says nothing of another.
    fn derived(&self, use_: &str, purpose: &str) -> [u8; 32] {
        hmac(&self.bytes, &[use_.as_bytes(), purpose.as_bytes()])
    }
}

/// The keys of a key file, the newest first. Another process may add one while
/// this one runs: the file is read again when a value names a key that is not
/// known yet.
pub struct Keys {
    file: Option<PathBuf>,
    held: ArcSwap<Vec<Key>>,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(***)")
    }
}

impl Keys {
    /// One key that no file holds: for tests.
    pub fn random() -> Self {
        Self {
            file: None,
            held: ArcSwap::from_pointee(vec![Key::random()]),
        }
    }

    /// The keys of a file; where there is none it is made, with one key, for
    /// its owner's eyes alone.
    pub fn open(file: &Path) -> Result<Self, KeyError> {
        let keys = match read(file) {
            Err(KeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {
                let _alone = lock(file)?;
                // Somebody else may have been faster.
                if file.exists() {
                    read(file)?
                } else {
                    let keys = vec![Key::random()];
                    write(file, &keys)?;
                    keys
                }
            }
            other => other?,
        };
        Ok(Self {
            file: Some(file.to_owned()),
            held: ArcSwap::from_pointee(keys),
        })
    }

    /// Puts a new key in front; what is sealed from now on is sealed with it.
    /// Answers its id.
    pub fn rotate(&self) -> Result<String, KeyError> {
        let new = Key::random();
        let mut keys = vec![new.clone()];
        if let Some(file) = &self.file {
            let _alone = lock(file)?;
            keys.extend(read(file)?);
            write(file, &keys)?;
        } else {
            keys.extend(self.held.load().iter().cloned());
        }
        self.held.store(Arc::new(keys));
        Ok(new.id)
    }

    /// A place beside the key file, and so outside the database; `None`: no file
    /// holds the keys.
    pub fn beside(&self, extension: &str) -> Option<PathBuf> {
        let file = self.file.as_ref()?;
        Some(file.with_added_extension(extension))
    }

    /// The ids, the newest first.
    pub fn ids(&self) -> Vec<String> {
        self.held.load().iter().map(|key| key.id.clone()).collect()
    }

    /// HMAC-SHA256 of some bytes under a key derived for a purpose, and the id
    /// of the key: the newest one.
    pub fn mac(&self, purpose: &str, bytes: &[u8]) -> (String, [u8; 32]) {
        let held = self.held.load();
        mac_with(&held[0], purpose, bytes)
    }

    /// [`Keys::mac`] under every key, the newest first: to find what was kept
    /// under an older one.
    pub fn macs(&self, purpose: &str, bytes: &[u8]) -> Vec<(String, [u8; 32])> {
        let held = self.held.load();
        let macs = held.iter().map(|key| mac_with(key, purpose, bytes));
        macs.collect()
    }

    /// [`Keys::mac`] under the named key.
    pub fn mac_under(&self, id: &str, purpose: &str, bytes: &[u8]) -> Result<[u8; 32], KeyError> {
        Ok(mac_with(&self.named(id)?, purpose, bytes).1)
    }

    /// Seals a value with the newest key (XChaCha20-Poly1305) for one purpose
    /// and one row: it opens for no other.
    pub fn seal(&self, purpose: &str, row: &str, value: &[u8]) -> Vec<u8> {
        let key = self.held.load()[0].clone();
        let nonce: [u8; NONCE] = random();
        let payload = Payload {
            msg: value,
            aad: row.as_bytes(),
        };
        let sealed = cipher(&key, purpose)
            .encrypt(&XNonce::from(nonce), payload)
            .expect("a value of ours is short enough to be sealed");
        [key.id.as_bytes(), &nonce, &sealed].concat()
    }

    /// Opens a value that was sealed for this purpose and this row.
    pub fn open_sealed(
        &self,
        purpose: &str,
        row: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, KeyError> {
        let id = sealed_under(sealed).ok_or(KeyError::NotOurs)?;
        let key = self.named(id)?;
        let (nonce, msg) = sealed[ID..]
            .split_first_chunk::<NONCE>()
            .ok_or(KeyError::NotOurs)?;
        let payload = Payload {
            msg,
            aad: row.as_bytes(),
        };
        cipher(&key, purpose)
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| KeyError::NotOurs)
    }

    /// Whether a value is sealed with the newest key.
    pub fn is_newest(&self, sealed: &[u8]) -> bool {
        sealed_under(sealed) == Some(&self.held.load()[0].id)
    }

    fn named(&self, id: &str) -> Result<Key, KeyError> {
        let find = || {
            let held = self.held.load();
            held.iter().find(|key| key.id == id).cloned()
        };
        if let Some(key) = find() {
            return Ok(key);
        }
        if let Some(file) = &self.file {
            self.held.store(Arc::new(read(file)?));
        }
        find().ok_or_else(|| KeyError::Missing {
            id: id.to_owned(),
            place: self
                .file
                .as_ref()
                .map_or_else(|| "memory".to_owned(), |file| file.display().to_string()),
        })
    }
}

/// The id of the key that a value is sealed with.
fn sealed_under(sealed: &[u8]) -> Option<&str> {
    let id = std::str::from_utf8(sealed.get(..ID)?).ok()?;
    id.bytes().all(|b| b.is_ascii_hexdigit()).then_some(id)
}

fn mac_with(key: &Key, purpose: &str, bytes: &[u8]) -> (String, [u8; 32]) {
    (key.id.clone(), hmac(&key.derived("mac", purpose), &[bytes]))
}

fn cipher(key: &Key, purpose: &str) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&key.derived("seal", purpose).into())
}

fn read(file: &Path) -> Result<Vec<Key>, KeyError> {
    let wrong = |source| KeyError::Io {
        file: file.to_owned(),
        source,
    };
    let mode = fs::metadata(file).map_err(wrong)?.permissions().mode() & 0o7777;
    if mode != 0o600 && mode != 0o400 {
        return Err(KeyError::Public {
            file: file.to_owned(),
        });
    }
    let text = fs::read_to_string(file).map_err(wrong)?;
    let keys: Vec<Key> = (1..)
        .zip(text.lines())
        .map(|(line, text)| {
            key_of(text).ok_or(KeyError::Malformed {
                file: file.to_owned(),
                line,
            })
        })
        .collect::<Result<_, _>>()?;
    if keys.is_empty() {
        return Err(KeyError::Malformed {
            file: file.to_owned(),
            line: 1,
        });
    }
    Ok(keys)
}

fn key_of(line: &str) -> Option<Key> {
    let (id, key) = line.split_once(' ')?;
    let hexadecimal = |text: &str| text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if id.len() != ID || !hexadecimal(id) || !hexadecimal(key) {
        return None;
    }
    Some(Key {
        id: id.to_owned(),
        bytes: unhex(key)?.try_into().ok()?,
    })
}

/// Writes the file whole or not at all.
fn write(file: &Path, keys: &[Key]) -> Result<(), KeyError> {
    let wrong = |source| KeyError::Io {
        file: file.to_owned(),
        source,
    };
    let new = file.with_added_extension("new");
    // Left over by somebody who died half way; the lock is ours.
    if new.exists() {
        fs::remove_file(&new).map_err(wrong)?;
    }
    let mut out = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&new)
        .map_err(wrong)?;
    let text: String = keys.iter().map(Key::line).collect();
    out.write_all(text.as_bytes()).map_err(wrong)?;
    out.sync_all().map_err(wrong)?;
    fs::rename(&new, file).map_err(wrong)
}

/// Held while the file is made or changed; it ends with the process.
fn lock(file: &Path) -> Result<File, KeyError> {
    let taken = || {
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder)?;
        }
        let lock = File::create(file.with_added_extension("lock"))?;
        lock.lock()?;
        Ok(lock)
    };
    taken().map_err(|source| KeyError::Io {
        file: file.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_value_opens_for_its_purpose_and_its_row_and_nowhere_else() {
        let keys = Keys::random();
        let sealed = keys.seal("totp", "a", b"secret");
        assert_eq!(keys.open_sealed("totp", "a", &sealed).unwrap(), b"secret");
        for (purpose, row) in [("totp", "b"), ("form", "a"), ("tot", "pa")] {
            let opened = keys.open_sealed(purpose, row, &sealed);
            assert!(matches!(opened, Err(KeyError::NotOurs)), "{purpose} {row}");
        }
        let cut = |end| keys.open_sealed("totp", "a", &sealed[..end]).is_err();
        assert!((0..sealed.len()).all(cut));
        let mut padded = sealed.clone();
        padded.push(0);
        assert!(keys.open_sealed("totp", "a", &padded).is_err());
        let other = Keys::random().open_sealed("totp", "a", &sealed);
        assert!(matches!(other, Err(KeyError::Missing { .. })));
    }

    #[test]
    fn a_new_key_stands_in_front_and_the_old_ones_still_open() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sub").join("t.keys");
        let keys = Keys::open(&file).unwrap();
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
        let old = keys.seal("totp", "a", b"secret");
        let elsewhere = Keys::open(&file).unwrap();
        let id = elsewhere.rotate().unwrap();
        assert!(!elsewhere.is_newest(&old));
        assert_eq!(elsewhere.open_sealed("totp", "a", &old).unwrap(), b"secret");
        assert_eq!(elsewhere.ids().len(), 2);
        // A process that runs already learns of the new key when it meets it.
        let new = elsewhere.seal("totp", "a", b"secret");
        assert_eq!(keys.open_sealed("totp", "a", &new).unwrap(), b"secret");
        assert_eq!(keys.ids().first(), Some(&id));
        assert_eq!(keys.mac("p", b"x"), elsewhere.mac("p", b"x"));
        assert_ne!(keys.mac("p", b"x").1, keys.mac("q", b"x").1);
        assert_eq!(
            keys.mac_under(&id, "p", b"x").unwrap(),
            keys.mac("p", b"x").1
        );
    }

    #[test]
    fn a_key_that_is_gone_is_named_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.keys");
        let sealed = Keys::open(&file).unwrap().seal("totp", "a", b"secret");
        fs::remove_file(&file).unwrap();
        let error = Keys::open(&file).unwrap().open_sealed("totp", "a", &sealed);
        let text = error.unwrap_err().to_string();
        assert!(text.contains(sealed_under(&sealed).unwrap()), "{text}");
        assert!(text.contains("t.keys"), "{text}");
    }

    #[test]
    fn a_file_that_others_may_read_or_that_is_none_of_ours_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.keys");
        Keys::open(&file).unwrap();
        let good = fs::read_to_string(&file).unwrap();
        for mode in [0o640, 0o604, 0o660, 0o700] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert!(
                matches!(Keys::open(&file), Err(KeyError::Public { .. })),
                "{mode:o}"
            );
        }
        for mode in [0o600, 0o400] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert!(Keys::open(&file).is_ok(), "{mode:o}");
        }
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        for bad in [
            String::new(),
            "key".to_owned(),
            good.replace(' ', "  "),
            good.to_uppercase(),
            good[..good.len() - 3].to_owned(),
            format!("{good}\n"),
        ] {
            fs::write(&file, &bad).unwrap();
            let refused = Keys::open(&file);
            assert!(
                matches!(refused, Err(KeyError::Malformed { .. })),
                "{bad:?}"
            );
            // The message quotes no key.
            assert!(!refused.unwrap_err().to_string().contains(&good[9..20]));
        }
    }

    #[test]
    fn many_who_need_the_file_at_once_make_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("t.keys");
        let tries: Vec<_> = (0..8)
            .map(|_| {
                let file = file.clone();
                std::thread::spawn(move || Keys::open(&file).unwrap().ids())
            })
            .collect();
        let ids: Vec<_> = tries.into_iter().map(|t| t.join().unwrap()).collect();
        assert!(ids.iter().all(|one| *one == ids[0]), "{ids:?}");
    }
}
