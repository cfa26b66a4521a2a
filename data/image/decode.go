package image

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"strings"
	"sync"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"

	"gorae/internal/jpeg"
	"gorae/internal/ram"
)

// defaultMaxPixels is what a picture may have where nothing is said: 100 megapixels, twice
// those of the largest usual cameras.
const defaultMaxPixels = 100_000_000

const (
	jpegMagic = "\xff\xd8\xff"
	pngMagic  = "\x89PNG\r\n\x1a\n"
)

func isWebP(b []byte) bool {
	return len(b) >= 12 && string(b[:4]) == "RIFF" && string(b[8:12]) == "WEBP"
}

// Info is what a picture's header says.
type Info struct {
	Format        string // png, jpeg, gif, bmp, webp
	Height, Width int    // as the picture is to be seen, turned upright
	Grey          bool   // it has no colours
	Alpha         bool   // it has transparency, which is left out
	Bits          int    // of a value: 8, or 16 of PNG files
	orientation   int
}

// codec is one format.
type codec struct {
	name   string
	config func([]byte) (image.Config, error)
	decode func([]byte) (image.Image, error)
}

var codecs = map[string]codec{
	"png":  {"png", of(png.DecodeConfig), of(png.Decode)},
	"jpeg": {"jpeg", jpeg.DecodeConfig, decodeJPEG},
	"gif":  {"gif", of(gif.DecodeConfig), decodeGIF},
	"bmp":  {"bmp", of(bmp.DecodeConfig), of(bmp.Decode)},
	"webp": {"webp", of(webp.DecodeConfig), decodeWebP},
}

// of is a library's decoder on bytes.
func of[T any](decode func(io.Reader) (T, error)) func([]byte) (T, error) {
	return func(b []byte) (T, error) { return decode(bytes.NewReader(b)) }
}

// codecOf knows a format by its first bytes, whatever the file is called.
func codecOf(b []byte) (codec, error) {
	switch s := string(b[:min(len(b), 32)]); {
	case s == "":
		return codec{}, errors.New("the file is empty; replace or remove it")
	case strings.HasPrefix(s, pngMagic):
		return codecs["png"], nil
	case strings.HasPrefix(s, jpegMagic):
		return codecs["jpeg"], nil
	case strings.HasPrefix(s, "GIF87a"), strings.HasPrefix(s, "GIF89a"):
		return codecs["gif"], nil
	case strings.HasPrefix(s, "BM"):
		return codecs["bmp"], nil
	case isWebP(b):
		// VP8X's flags: bit 1 says that frames follow.
		if len(s) > 20 && s[12:16] == "VP8X" && s[20]&2 != 0 {
			return codec{}, errors.New("an animated WebP; save one frame of it as PNG")
		}
		return codecs["webp"], nil
	case strings.HasPrefix(s, "II*\x00"), strings.HasPrefix(s, "MM\x00*"):
		return codec{}, errors.New("a TIFF picture; save it as PNG or JPEG")
	case len(s) >= 12 && s[4:8] == "ftyp":
		return codec{}, fmt.Errorf("a picture or film of kind %q (HEIC, AVIF, MP4 and kin); save it as PNG or JPEG",
			strings.TrimSpace(s[8:12]))
	case strings.HasPrefix(strings.TrimSpace(s), "<"):
		return codec{}, errors.New("text (SVG, XML or a web page), not pixels; save the picture as PNG or JPEG")
	default:
		return codec{}, fmt.Errorf("it begins with % x, which no PNG, JPEG, GIF, BMP or WebP does; replace or remove "+
			"it", s[:min(len(s), 4)])
	}
}

// Peek reads the header of a file's content. Pictures of more than maxPixels are
// refused; 0 is 100 million.
func Peek(b []byte, maxPixels int) (info Info, err error) {
	defer guard(&err)
	if maxPixels == 0 {
		maxPixels = defaultMaxPixels
	}
	c, err := codecOf(b)
	if err != nil {
		return Info{}, err
	}
	cfg, err := c.config(b)
	if err != nil {
		return Info{}, broken(c, err)
	}
	if cfg.Width < 1 || cfg.Height < 1 {
		return Info{}, fmt.Errorf("a %s of %d × %d pixels; replace or remove it", c.name, cfg.Width, cfg.Height)
	}
	if float64(cfg.Width)*float64(cfg.Height) > float64(maxPixels) {
		return Info{}, fmt.Errorf("%d × %d pixels are more than the limit of %d; make it smaller, or raise the limit "+
			"max_pixels", cfg.Width, cfg.Height, maxPixels)
	}
	info = Info{Format: c.name, Height: cfg.Height, Width: cfg.Width, orientation: orientation(b)}
	info.samples(b, cfg.ColorModel)
	each := 12.0 // bytes of a pixel while it is unpacked, 4 of them in colour at the end
	if info.Bits == 16 {
		each = 8 + 3 + 3*4 // 8 as the library unpacks it; bytes, and float32 where all bits are kept
	}
	if err := ram.FitsBeside(each * float64(cfg.Width) * float64(cfg.Height)); err != nil {
		return Info{}, fmt.Errorf("%d × %d pixels: %w; make it smaller", cfg.Width, cfg.Height, err)
	}
	if info.orientation >= 5 {
		info.Height, info.Width = info.Width, info.Height
	}
	return info, nil
}

// samples notes what a header says of the samples.
func (i *Info) samples(b []byte, m color.Model) {
	i.Bits = 8
	switch i.Format {
	case "png": // byte 24 is the depth, 25 the kind: 1 for a palette, 2 for colour, 4 for alpha
		i.Grey = b[25]&2 == 0
		i.Alpha = b[25]&4 != 0 || bytes.Contains(b[:max(bytes.Index(b, []byte("IDAT")), 0)], []byte("tRNS"))
		i.Bits = max(int(b[24]), 8)
	case "webp":
		i.Alpha = m == color.NYCbCrAModel || len(b) > 24 && string(b[12:16]) == "VP8L" && b[24]&0x10 != 0 ||
			len(b) > 20 && string(b[12:16]) == "VP8X" && b[20]&0x10 != 0
	case "jpeg":
		i.Grey = m == color.GrayModel
	case "bmp":
		i.Alpha = m == color.NRGBAModel
	}
}

// Decode unpacks a file's content, upright. Channels is 1 for grey, 3 for colour, 0
// for grey where the file is and else colour. Pictures of more than maxPixels are refused
// by their header; 0 is 100 million.
func Decode(b []byte, channels, maxPixels int) (*Pixels, error) {
	p, err := unpacked(b, channels, maxPixels, func(img image.Image, channels int) (*raster[uint8], error) {
		p, err := FromImage(img, channels)
		return (*raster[uint8])(p), err
	})
	return (*Pixels)(p), err
}

// unpacked is Decode for either type of values, as from takes them from a picture of the standard library.
func unpacked[T sample](b []byte, channels, maxPixels int,
	from func(image.Image, int) (*raster[T], error)) (p *raster[T], err error) {
	defer guard(&err)
	if channels != 0 && channels != 1 && channels != 3 {
		return nil, fmt.Errorf("%d channels; give 1 for grey or 3 for colour", channels)
	}
	info, err := Peek(b, maxPixels)
	if err != nil {
		return nil, err
	}
	if channels == 0 {
		channels = 3
		if info.Grey {
			channels = 1
		}
	}
	c := codecs[info.Format]
	pixels := int64(info.Height) * int64(info.Width) * int64(info.Bits/8)
	unpacking.take(pixels)
	defer unpacking.give(pixels)
	img, err := c.decode(b)
	if err != nil {
		return nil, broken(c, err)
	}
	p, err = from(img, channels)
	if err != nil {
		return nil, err
	}
	if p = p.upright(info.orientation); p.Height != info.Height || p.Width != info.Width {
		return nil, fmt.Errorf("the %s's header says %d × %d pixels and its body %d × %d; replace or remove it",
			c.name, info.Width, info.Height, p.Width, p.Height)
	}
	return p, nil
}

// unpacking bounds the pixels that are unpacked at a time, by however many goroutines: a bomb that is just within
// the limit takes some hundred megabytes, and many at once would take as many times that.
var unpacking = budget{most: defaultMaxPixels}

// budget is a bound on the sum of what several goroutines take; one alone may take more than all of it.
type budget struct {
	mu    sync.Mutex
	given sync.Cond
	most  int64
	taken int64
}

func (b *budget) take(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.given.L = &b.mu
	for b.taken > 0 && b.taken+n > b.most {
		b.given.Wait()
	}
	b.taken += n
}

func (b *budget) give(n int64) {
	b.mu.Lock()
	b.taken -= n
	b.mu.Unlock()
	b.given.Broadcast()
}

// broken returns the error of a file that a decoder cannot read, in words for the owner of the file.
//
// Some cases go by the text of the error, because the decoders give nothing else to go by: image/gif reports missing
// pixels by a value that it does not export ("gif: not enough image data"), and the error types of image/png and
// image/jpeg are strings ("not enough pixel data"; features that are not read, of which only some mean a sound file).
func broken(c codec, err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || strings.Contains(err.Error(), "not enough") {
		return fmt.Errorf("a %s that ends too early; replace or remove it", c.name)
	}
	msg := strings.TrimPrefix(err.Error(), c.name+": ")
	for _, kind := range []string{"unsupported JPEG feature", "unsupported BMP", "unsupported feature"} {
		if strings.HasPrefix(msg, kind) { // sound, perhaps: 12 bits a colour, arithmetic coding, lossless
			return fmt.Errorf("a %s of a kind that is not read (%s); save it anew, as PNG", c.name, msg)
		}
	}
	return fmt.Errorf("a broken %s (%s); replace or remove it", c.name, strings.ReplaceAll(msg, "\n", " "))
}

// guard makes a decoder's panic an error: a file may not end the program.
func guard(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("its decoder fails (%v); replace or remove it", r)
	}
}
