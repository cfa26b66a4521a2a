// Package jpeg decodes JPEG files to the samples that libjpeg and libjpeg-turbo give by default, bit for bit.
//
// The standard fixes an inverse cosine transform only within 1 of the exact one, and image/jpeg and libjpeg round
// theirs differently: luma and chroma may differ by 1 each, and colours by 3. This package has libjpeg's transform
// ("islow", jidctint.c). It gives the samples of the channels as the file has them; what widens halved chroma and
// mixes colours lies with the caller.
//
// Read are 8 bits a sample, Huffman coding, baseline, extended sequential and progressive, in one scan or several,
// with restart intervals, of one, three or four channels, whose sampling factors divide the greatest. Errors are
// image/jpeg's types and io.ErrUnexpectedEOF. Libjpeg smooths progressive pictures whose last scans are missing, has
// tables of codes for files without any, and wraps dequantized coefficients beyond 16 bits, which no encoder writes;
// this package does not.
//
// Sources: ITU-T T.81 (the sections named below); libjpeg-turbo, jidctint.c, jdhuff.c, jdphuff.c, jdapimin.c.
package jpeg
