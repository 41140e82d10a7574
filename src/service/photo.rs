//! Photos that people send: judged by what is in them, turned upright, scaled
//! down and written anew, so that nothing but the picture is kept: no place, no
//! time, no maker, no thumbnail of what was cut away.

use std::io::Cursor;

use image::{
    DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, Limits, RgbImage,
    codecs::jpeg::JpegEncoder,
};
use tokio::sync::Semaphore;

use crate::{domain::text::Text, seal::sha256_hex};

/// No photo is larger, in bytes, as it is sent: a telephone's of 12 megapixels
/// has 3 to 8 MB.
pub const MOST_BYTES: usize = 12 * 1024 * 1024;

/// No photo has more pixels: 8,192 × 6,144, the largest that telephones take by
/// default, and a little.
const MOST_PIXELS: u64 = 52_000_000;

/// What reading one may take in memory, in bytes: four channels of the largest.
const MOST_MEMORY: u64 = 4 * MOST_PIXELS + 16 * 1024 * 1024;

/// The longest side of what is kept, and of its small picture, in pixels: a
/// plate with a serial number can be read on the one, what it is seen on the other.
const LONGEST: u32 = 1600;
const SMALL: u32 = 320;

/// How well they are written (of 100).
const QUALITY: u8 = 82;

/// So many are read at once: each takes memory and a core.
static READING: Semaphore = Semaphore::const_new(2);

/// The type of what is kept.
pub const CONTENT_TYPE: &str = "image/jpeg";

/// What a form of photos takes.
pub const ACCEPTED: &str = "image/jpeg,image/png";

/// A photo as it is kept: JPEG, upright, without a word about where it was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// The SHA-256 of what was sent: by it a form that comes again is known.
    pub sent: String,
    /// The picture.
    pub whole: Vec<u8>,
    /// The same, small.
    pub small: Vec<u8>,
}

/// Why a photo is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTaken {
    /// There is nothing in it.
    Empty,
    /// It has too many bytes.
    TooHeavy,
    /// It has too many pixels, or unpacks to too much.
    TooLarge,
    /// A kind of picture of some telephones that few programs can show.
    Heic,
    /// Neither JPEG nor PNG, whatever its name.
    NoPicture,
    /// It begins as a picture and cannot be read.
    Broken,
}

impl NotTaken {
    /// What to do about it.
    pub const fn text(self) -> Text {
        match self {
            Self::Empty => Text::fixed(
                "写真の中身が空です。撮り直すか、もう一度選んでください。",
                "The photo is empty: take it again, or choose it once more.",
            ),
            Self::TooHeavy => Text::fixed(
                "写真が大きすぎます（1枚12MBまで）。カメラの画質を下げて撮り直すか、縮小してから選んでください。",
                "The photo is too large (12 MB at most): take it with a lower quality, or make it smaller first.",
            ),
            Self::TooLarge => Text::fixed(
                "写真の画素数が多すぎます（5,200万画素まで）。カメラの設定で画素数を下げて撮り直してください。",
                "The photo has too many pixels (52 megapixels at most): set the camera to fewer and take it again.",
            ),
            Self::Heic => Text::fixed(
                "HEIC形式の写真は受け取れません。iPhoneは「設定」→「カメラ」→「フォーマット」で「互換性優先」にして撮り直すか、JPEGで書き出してから選んでください。",
                "HEIC photos cannot be taken. On an iPhone choose Settings, Camera, Formats, Most Compatible and take it again, or export it as JPEG.",
            ),
            Self::NoPicture => Text::fixed(
                "JPEGかPNGの写真だけを受け取れます。ファイルの名前ではなく中身を確かめています。写真を選び直してください。",
                "Only photos as JPEG or PNG are taken; what is in the file counts, not its name. Choose a photo.",
            ),
            Self::Broken => Text::fixed(
                "写真が壊れていて読めません。撮り直すか、もう一度選んでください。",
                "The photo is damaged and cannot be read: take it again, or choose it once more.",
            ),
        }
    }
}

/// Reads a photo that was sent.
pub async fn read(sent: Vec<u8>) -> Result<Photo, NotTaken> {
    if sent.is_empty() {
        return Err(NotTaken::Empty);
    }
    if sent.len() > MOST_BYTES {
        return Err(NotTaken::TooHeavy);
    }
    let turn = READING.acquire().await.expect("it is never closed");
    let read = tokio::task::spawn_blocking(move || {
        // Who asked may be gone; whoever comes next waits for the end of it.
        let _turn = turn;
        anew(&sent)
    });
    // A reader that panics has met a file that no camera writes.
    read.await.unwrap_or(Err(NotTaken::Broken))
}

/// What a file is by its first bytes.
fn kind(sent: &[u8]) -> Result<ImageFormat, NotTaken> {
    match image::guess_format(sent) {
        Ok(kind @ (ImageFormat::Jpeg | ImageFormat::Png)) => return Ok(kind),
        Ok(ImageFormat::Avif) => return Err(NotTaken::Heic),
        _ => {}
    }
    let brands: [&[u8]; 8] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
    ];
    let brand = sent.get(8..12).unwrap_or_default();
    if sent.get(4..8) == Some(b"ftyp") && brands.contains(&brand) {
        return Err(NotTaken::Heic);
    }
    Err(NotTaken::NoPicture)
}

/// Whether a JPEG goes on to its end: the reader fills up with grey what was cut off on
/// the way, and half a picture would be kept for a whole one.
fn is_whole(jpeg: &[u8]) -> bool {
    const START: u8 = 0xd8;
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    let mut rest = jpeg;
    let mut in_scan = false;
    loop {
        // In a scan, 0xff is followed by 0 (the byte itself) or a restart mark.
        let Some(at) = rest.windows(2).position(|pair| {
            pair[0] == 0xff && pair[1] != 0xff && !(in_scan && matches!(pair[1], 0 | 0xd0..=0xd7))
        }) else {
            return false;
        };
        let mark = rest[at + 1];
        rest = &rest[at + 2..];
        match mark {
            END => return true,
            START | 0x01 | 0xd0..=0xd7 => {}
            _ => {
                let Some((length, _)) = rest.split_first_chunk::<2>() else {
                    return false;
                };
                let length = usize::from(u16::from_be_bytes(*length));
                let Some(after) = rest.get(length..) else {
                    return false;
                };
                rest = after;
                in_scan = mark == SCAN;
            }
        }
    }
}

/// The picture of what was sent, and nothing else of it.
fn anew(sent: &[u8]) -> Result<Photo, NotTaken> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(MOST_MEMORY);
    let kind = kind(sent)?;
    if kind == ImageFormat::Jpeg && !is_whole(sent) {
        return Err(NotTaken::Broken);
    }
    let mut reader = ImageReader::with_format(Cursor::new(sent), kind);
    reader.limits(limits);
    let refused = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => NotTaken::TooLarge,
        _ => NotTaken::Broken,
    };
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(NotTaken::TooLarge);
    }
    // A telephone writes how it was held beside the picture. Where that cannot be
    // read the picture is still one.
    let held = decoder.orientation().ok();
    let picture = DynamicImage::from_decoder(decoder).map_err(refused)?;
    let mut picture = opaque(smaller(&picture, LONGEST));
    if let Some(held) = held {
        picture.apply_orientation(held);
    }
    Ok(Photo {
        sent: sha256_hex(sent),
        small: written(&smaller(&picture, SMALL))?,
        whole: written(&picture)?,
    })
}

/// The picture with no side longer than this.
fn smaller(picture: &DynamicImage, longest: u32) -> DynamicImage {
    if picture.width().max(picture.height()) > longest {
        picture.thumbnail(longest, longest)
    } else {
        picture.clone()
    }
}

/// The picture on white, where one can look through it.
fn opaque(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return DynamicImage::ImageRgb8(picture.into_rgb8());
    }
    let seen = picture.into_rgba8();
    let on_white = RgbImage::from_fn(seen.width(), seen.height(), |x, y| {
        let [red, green, blue, alpha] = seen.get_pixel(x, y).0.map(u16::from);
        let mixed = |part: u16| ((part * alpha + 255 * (255 - alpha)) / 255) as u8;
        image::Rgb([mixed(red), mixed(green), mixed(blue)])
    });
    DynamicImage::ImageRgb8(on_white)
}

fn written(picture: &DynamicImage) -> Result<Vec<u8>, NotTaken> {
    let mut out = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut out, QUALITY);
    encoder
        .encode_image(picture)
        .map_err(|_| NotTaken::Broken)?;
    Ok(out)
}

#[cfg(test)]
mod tests;
