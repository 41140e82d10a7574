use image::{ImageEncoder as _, codecs::png::PngEncoder};

use super::*;

/// A picture whose left half is red and whose right half is blue.
fn halves(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| {
        image::Rgb(if x < width / 2 {
            [200, 0, 0]
        } else {
            [0, 0, 200]
        })
    })
}

fn jpeg(picture: &RgbImage) -> Vec<u8> {
    written(&DynamicImage::ImageRgb8(picture.clone())).expect("it is written")
}

/// What a telephone writes beside a picture: how it was held, who made it, and
/// where it was.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        let mut bytes = tag.to_le_bytes().to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value);
        bytes
    };
    tiff.extend(3_u16.to_le_bytes());
    // Maker at 50, orientation, and the block of the place at 66.
    tiff.extend(entry(0x010f, 2, 16, 50_u32.to_le_bytes()));
    tiff.extend(entry(0x0112, 3, 1, [orientation, 0, 0, 0]));
    tiff.extend(entry(0x8825, 4, 1, 66_u32.to_le_bytes()));
    tiff.extend(0_u32.to_le_bytes());
    assert_eq!(tiff.len(), 50);
    tiff.extend(b"DemoPhoneMaker!\0");
    tiff.extend(1_u16.to_le_bytes());
    tiff.extend(entry(0x001d, 2, 20, 84_u32.to_le_bytes()));
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(b"GPS32.2237135,130.76");
    tiff
}

/// A photo as a telephone writes it.
fn of_a_telephone(picture: &RgbImage, orientation: u8) -> Vec<u8> {
    let plain = jpeg(picture);
    let mut block = b"Exif\0\0".to_vec();
    block.extend(exif(orientation));
    let mut sent = plain[..2].to_vec();
    sent.extend([0xff, 0xe1]);
    sent.extend(u16::try_from(block.len() + 2).expect("short").to_be_bytes());
    sent.extend(block);
    sent.extend(&plain[2..]);
    sent
}

fn decoded(bytes: &[u8]) -> RgbImage {
    let picture = image::load_from_memory_with_format(bytes, ImageFormat::Jpeg);
    picture.expect("a picture").into_rgb8()
}

fn has(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[tokio::test]
async fn of_a_photo_the_picture_stays_and_where_it_was_taken_does_not() {
    let sent = of_a_telephone(&halves(64, 32), 1);
    let texts: [&[u8]; 3] = [b"DemoPhoneMaker", b"GPS32.2237135", b"Exif"];
    for text in texts {
        assert!(has(&sent, text), "the test would find it");
    }
    let photo = read(sent).await.expect("it is taken");
    for bytes in [&photo.whole, &photo.small] {
        for text in texts {
            assert!(!has(bytes, text), "{}", String::from_utf8_lossy(text));
        }
        // No block of an application at all, but the one that says JFIF.
        assert!(!has(bytes, &[0xff, 0xe1]) && !has(bytes, &[0xff, 0xed]));
    }
    let picture = decoded(&photo.whole);
    assert_eq!(picture.dimensions(), (64, 32));
    assert!(picture.get_pixel(4, 16).0[0] > 150, "red is left");
}

#[tokio::test]
async fn a_photo_is_turned_upright_however_the_telephone_was_held() {
    // Orientation 6: the camera was turned; the first row is the right side.
    let photo = read(of_a_telephone(&halves(64, 32), 6)).await;
    let picture = decoded(&photo.expect("it is taken").whole);
    assert_eq!(picture.dimensions(), (32, 64));
    assert!(picture.get_pixel(16, 4).0[0] > 150, "red is on top");
    assert!(picture.get_pixel(16, 60).0[2] > 150, "blue is below");
    // 3: upside down.
    let photo = read(of_a_telephone(&halves(64, 32), 3)).await;
    let picture = decoded(&photo.expect("it is taken").whole);
    assert!(picture.get_pixel(4, 16).0[2] > 150, "blue is left now");
}

#[tokio::test]
async fn a_photo_of_twelve_megapixels_is_scaled_down_and_a_small_one_is_not_blown_up() {
    let photo = read(jpeg(&halves(4032, 3024))).await.expect("it is taken");
    assert_eq!(decoded(&photo.whole).dimensions(), (1600, 1200));
    assert_eq!(decoded(&photo.small).dimensions(), (320, 240));
    let photo = read(jpeg(&halves(40, 30))).await.expect("it is taken");
    assert_eq!(decoded(&photo.whole).dimensions(), (40, 30));
}

#[tokio::test]
async fn what_one_can_look_through_is_put_on_white() {
    let mut sent = Vec::new();
    PngEncoder::new(&mut sent)
        .write_image(&[0; 4 * 16], 4, 4, image::ExtendedColorType::Rgba8)
        .expect("a picture");
    let photo = read(sent).await.expect("it is taken");
    let seen = decoded(&photo.whole).get_pixel(1, 1).0;
    assert!(seen.iter().all(|part| *part > 250), "{seen:?}");
}

#[tokio::test]
async fn what_is_no_photo_is_refused_whatever_it_is_called() {
    let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    let cut = jpeg(&halves(64, 32))[..40].to_vec();
    for (sent, why) in [
        (Vec::new(), NotTaken::Empty),
        (heic, NotTaken::Heic),
        (b"%PDF-1.7\n".to_vec(), NotTaken::NoPicture),
        (b"<html><script>".to_vec(), NotTaken::NoPicture),
        (b"GIF89a\x01\0\x01\0".to_vec(), NotTaken::NoPicture),
        (cut, NotTaken::Broken),
        (b"\x89PNG\r\n\x1a\nnothing".to_vec(), NotTaken::Broken),
        (vec![0xff; MOST_BYTES + 1], NotTaken::TooHeavy),
    ] {
        assert_eq!(read(sent).await, Err(why), "{}", why.text().en);
    }
}

/// A picture of this size by its head, and nothing behind it: to read it would
/// take gigabytes.
#[tokio::test]
async fn a_bomb_is_refused_by_its_head() {
    let mut sent = jpeg(&halves(16, 16));
    let size = sent.windows(2).position(|w| w == [0xff, 0xc0]);
    let size = size.expect("a frame") + 5;
    sent[size..size + 4].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert_eq!(read(sent).await, Err(NotTaken::TooLarge));
    // A PNG of 60,000 × 60,000 that is a kilobyte long, its check sum right.
    let mut png = Vec::new();
    PngEncoder::new(&mut png)
        .write_image(&[0; 16], 4, 4, image::ExtendedColorType::L8)
        .expect("a picture");
    for at in [16, 20] {
        png[at..at + 4].copy_from_slice(&60_000_u32.to_be_bytes());
    }
    let sum = crc(&png[12..29]).to_be_bytes();
    png[29..33].copy_from_slice(&sum);
    assert_eq!(read(png).await, Err(NotTaken::TooLarge));
}

/// The check sum of a block of a PNG.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

#[tokio::test]
async fn of_a_photo_that_was_cut_off_nothing_is_kept() {
    // Noise, so that its scan is long.
    let mut seed = 1_u32;
    let picture = RgbImage::from_fn(160, 120, |_, _| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        image::Rgb(seed.to_be_bytes()[..3].try_into().expect("three"))
    });
    for whole in [jpeg(&picture), of_a_telephone(&picture, 6)] {
        assert!(read(whole.clone()).await.is_ok());
        for share in [3, 5, 9] {
            let half = whole[..whole.len() * share / 10].to_vec();
            assert_eq!(read(half).await, Err(NotTaken::Broken), "{share}0 %");
        }
        // What a telephone adds behind the picture does no harm.
        let mut longer = whole.clone();
        longer.extend(b"a video of two seconds");
        assert!(read(longer).await.is_ok());
    }
}
