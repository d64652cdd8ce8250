//! A picture that browsers cannot draw, as one that they can. The original stays as it came.
//! Does not know: where either is kept.
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage, RgbaImage, imageops};

/// Pixels of one picture: the largest photo of a phone has 48 million. With all that decoding
/// needs it takes 350 MiB, and one is made at a time.
const PIXELS_MAX: u64 = 50_000_000;
/// The longer side of what is shown: a sheet of A4 at 200 points an inch, on which small print can
/// be read.
const SIDE_MAX: u32 = 2_400;
/// Of JPEG: above it the file grows and the eye sees no difference.
const QUALITY: u8 = 85;

/// The picture as JPEG, turned as the phone was held; `None` when it cannot be read.
pub(super) fn of_heic(bytes: &[u8]) -> Option<Vec<u8>> {
    let options = heifer::Options {
        max_threads: 1,
        max_pixels: PIXELS_MAX,
    };
    let decoded = heifer::decode_rgba8(bytes, &options).ok()?;
    let mut picture = RgbaImage::from_raw(decoded.width, decoded.height, decoded.data)?;
    let longer = picture.width().max(picture.height());
    if longer > SIDE_MAX {
        let side = |length: u32| {
            let length = u64::from(length) * u64::from(SIDE_MAX) / u64::from(longer);
            u32::try_from(length).unwrap_or(SIDE_MAX).max(1)
        };
        let (width, height) = (side(picture.width()), side(picture.height()));
        picture = imageops::thumbnail(&picture, width, height);
    }
    let mut jpeg = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut jpeg, QUALITY);
    on_white(&picture).write_with_encoder(encoder).ok()?;
    Some(jpeg)
}

/// What can be seen through is white paper: JPEG knows no holes.
fn on_white(picture: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, opaque] = picture.get_pixel(x, y).0.map(u32::from);
        let mixed = [red, green, blue].map(|colour| (colour * opaque + 255 * (255 - opaque)) / 255);
        Rgb(mixed.map(|colour| u8::try_from(colour).unwrap_or(u8::MAX)))
    })
}
