// Package image is where samples come from when they are pictures: folders with
// a folder for each class, tables with a column of paths, and single files become
// a data.Dataset of uint8 [height, width, channels], or float32 where 16 bits are kept.
//
//	files → header and limits → pixels → upright → crop or pad → resize → batches
//
// PNG, JPEG, GIF, BMP and WebP are read. What a file holds besides plain colours
// is treated alike everywhere:
//   - grey of 16 bits keeps them (Options.Bits); of 16 bits in colour the upper 8 are kept (as libpng's strip_16),
//     whatever the largest value is;
//   - palettes, CMYK and YCCK become RGB;
//   - alpha is left out, and the colours beneath it are seen;
//   - of an animated GIF the first frame is taken; of an animated PNG the picture that programs without
//     animation show;
//   - the orientation that a camera noted (EXIF) is carried out;
//   - grey is the luma 0.299·R + 0.587·G + 0.114·B of ITU-R BT.601.
//
// Each byte is that of Pillow's exif_transpose and convert("RGB") or convert("L"), which Keras's load_img uses: JPEGs
// have libjpeg's inverse cosine transform (internal/jpeg), chroma of JPEG and WebP is widened and turned into colours
// in the fixed point of libjpeg and libwebp. Compared with Pillow 13.0 (libjpeg-turbo 3.2, libwebp 1.6), no byte
// differs. Others are: grey of 16 bits, whose upper 8 are taken where Pillow clips at 255; damaged JPEGs, which are
// refused where libjpeg fills in; progressive JPEGs without their last scans, which libjpeg smooths.
//
// A file is refused by its header, before its pixels are unpacked, when it claims
// more pixels than Options.MaxPixels: a picture of a few kilobytes may otherwise
// take all memory. Every error names the file and what to do.
//
// It is a package of its own, so that programs without pictures do not link the decoders.
package image
