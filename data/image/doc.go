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
// Each byte is that of Pillow's exif_transpose and convert("RGB") or convert("L"), which Keras's load_img uses, within
// 2. Of JPEGs 1 byte in 20,000 is 3 away: image/jpeg and libjpeg round their inverse cosine transforms differently, so
// that luma and chroma may differ by 1 each, and blue is Y + 1.772·(Cb − 128). image/jpeg does not hand out the
// coefficients, of which libjpeg's values could be computed.
//
// A file is refused by its header, before its pixels are unpacked, when it claims
// more pixels than Options.MaxPixels: a picture of a few kilobytes may otherwise
// take all memory. Every error names the file and what to do.
//
// It is a package of its own, so that programs without pictures do not link the decoders.
package image
