package jpeg

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// files are the JPEGs of data/image, of every kind; there each byte is compared with Pillow's.
func files(t testing.TB) map[string][]byte {
	t.Helper()
	b, err := os.ReadFile("../../data/image/testdata/pillow.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Name string
		File []byte
	}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	m := map[string][]byte{}
	for _, f := range all {
		if name, ok := strings.CutPrefix(f.Name, "jpeg "); ok {
			m[name] = f.File
		}
	}
	if len(m) < 60 {
		t.Fatalf("%d files", len(m))
	}
	return m
}

// TestInverse compares the transform with its definition, T.81 A.3.3, in float64: within 1, of blocks as programs
// write them, of few coefficients and of many.
func TestInverse(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	scale := func(i int) float64 {
		if i == 0 {
			return math.Sqrt2 / 4
		}
		return 0.5
	}
	for trial := range 300 {
		var b block
		quant := new([64]int32)
		for i := range quant {
			quant[i] = 1 + r.Int32N(20)
		}
		for range 1 + trial%64 {
			i := r.IntN(64)
			b[i] = int16((r.IntN(401) - 200) / int(quant[i]) / (1 + i/8))
		}
		got := make([]uint8, 64)
		inverse(&b, quant, got, 8)
		for i, v := range got {
			x, y, sum := i%8, i/8, 128.0
			for k, c := range b {
				u, w := k%8, k/8
				sum += scale(u) * scale(w) * float64(c) * float64(quant[k]) *
					math.Cos(float64((2*x+1)*u)*math.Pi/16) * math.Cos(float64((2*y+1)*w)*math.Pi/16)
			}
			if d := float64(v) - min(max(sum, 0), 255); d > 1 || d < -1 {
				t.Fatalf("block %d, sample %d: %d, by definition %.3f", trial, i, v, sum)
			}
		}
	}
}

// TestSamples compares the samples with image/jpeg's: within 1, since either transform is.
func TestSamples(t *testing.T) {
	compared := 0
	for name, b := range files(t) {
		p, err := Decode(b)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		config, err := DecodeConfig(b)
		if err != nil || config.Width != p.Width || config.Height != p.Height ||
			(config.ColorModel == color.GrayModel) != (p.Colours == Grey) ||
			(config.ColorModel == color.CMYKModel) != (len(p.Planes) == 4) {
			t.Errorf("%s: the header says %+v (%v), the body %d × %d, %d", name, config, err, p.Width, p.Height,
				p.Colours)
		}
		img, err := jpeg.Decode(bytes.NewReader(b))
		if err != nil {
			continue // of a kind that it does not read
		}
		var want []image.Gray
		switch img := img.(type) {
		case *image.Gray:
			want = []image.Gray{*img}
		case *image.YCbCr:
			want = []image.Gray{{Pix: img.Y, Stride: img.YStride}, {Pix: img.Cb, Stride: img.CStride},
				{Pix: img.Cr, Stride: img.CStride}}
		}
		for i, w := range want {
			s := p.Planes[i]
			for y := range (p.Height + s.AcrossY - 1) / s.AcrossY {
				for x := range (p.Width + s.AcrossX - 1) / s.AcrossX {
					d := int(s.Pix[y*s.Stride+x]) - int(w.Pix[y*w.Stride+x])
					if d < -1 || d > 1 {
						t.Fatalf("%s: channel %d at %d, %d is %d away from image/jpeg's", name, i, x, y, d)
					}
					compared++
				}
			}
		}
	}
	if compared < 20000 {
		t.Errorf("%d samples compared", compared)
	}
}

// TestColours: what the channels are follows libjpeg (jdapimin.c): JFIF before Adobe before the names of channels.
func TestColours(t *testing.T) {
	all := files(t)
	for name, want := range map[string]Colours{"grey": Grey, "4:2:0 60": YCbCr, "rgb": RGB, "cmyk": CMYK, "ycck": YCCK,
		"cmyk without adobe": CMYK} {
		if p, err := Decode(all[name]); err != nil || p.Colours != want {
			t.Errorf("%s: %+v, %v", name, p, err)
		}
	}
}

// segment is a segment with its marker and length.
func segment(marker uint8, body ...uint8) string {
	return string(append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...))
}

// TestBad: damaged and unusual files are errors of image/jpeg's types, or io.ErrUnexpectedEOF.
func TestBad(t *testing.T) {
	good := string(files(t)["4:2:0 60"])
	progressive := string(files(t)["progressive"])
	frame := strings.Index(good, "\xff\xc0")
	set := func(s string, at int, v uint8) string { return s[:at] + string([]byte{v}) + s[at+1:] }
	without := func(marker string) string {
		s := good
		for i := strings.Index(s, marker); i >= 0; i = strings.Index(s, marker) {
			s = s[:i] + s[i+2+int(s[i+2])<<8+int(s[i+3]):]
		}
		return s
	}
	scan := strings.Index(good, "\xff\xda")
	end := len(good) - 2
	codes := append([]uint8{0, 3}, make([]uint8, 15)...) // three codes of one bit
	refined := strings.LastIndex(progressive, "\xff\xda")
	for name, c := range map[string]struct{ file, says string }{
		"empty":             {"", "unexpected EOF"},
		"no JPEG":           {"PNG and more", "missing SOI marker"},
		"nothing but SOI":   {"\xff\xd8", "unexpected EOF"},
		"no picture":        {"\xff\xd8\xff\xd9", "missing SOF marker"},
		"no scan":           {good[:scan] + "\xff\xd9", "missing SOS marker"},
		"cut in a segment":  {good[:frame+8], "unexpected EOF"},
		"cut in the codes":  {good[:scan+20], "unexpected EOF"},
		"no end":            {good[:end], "unexpected EOF"},
		"end too early":     {good[:scan+16] + "\xff\xd9", "short Huffman data"},
		"12 bits":           {set(good, frame+4, 12), "unsupported JPEG feature: precision"},
		"arithmetic":        {set(good, frame+1, 0xc9), "unsupported JPEG feature: unknown marker"},
		"lossless":          {set(good, frame+1, 0xc3), "unsupported JPEG feature: unknown marker"},
		"no rows":           {set(set(good, frame+5, 0), frame+6, 0), "a picture without rows"},
		"factor 0":          {set(good, frame+11, 0x02), "bad sampling factors"},
		"factor 5":          {set(good, frame+11, 0x15), "bad sampling factors"},
		"3 over 2":          {set(set(good, frame+11, 0x31), frame+14, 0x21), "subsampling ratio"},
		"too many blocks":   {set(good, frame+11, 0x44), "total sampling factors too large"},
		"two frames":        {good[:frame+19] + good[frame:], "multiple SOF markers"},
		"one name for two":  {set(good, frame+13, 1), "repeated component identifier"},
		"two channels":      {set(set(good, frame+3, 14), frame+9, 2), "number of components"},
		"no quantization":   {without("\xff\xdb"), "missing quantization table"},
		"no codes":          {without("\xff\xc4"), "uninitialized Huffman table"},
		"too many codes":    {good[:scan] + segment(0xc4, append(codes, 1, 2, 3)...) + good[scan:], "more codes"},
		"values missing":    {good[:scan] + segment(0xc4, append(codes, 1, 2)...) + good[scan:], "DHT has wrong"},
		"short restart":     {good[:scan] + segment(0xdd, 1) + good[scan:], "DRI has wrong length"},
		"no restart":        {good[:scan] + segment(0xdd, 0, 1) + good[scan:], "bad RST marker"},
		"channel unknown":   {set(good, scan+5, 77), "unknown component selector"},
		"channel twice":     {set(good, scan+7, 1), "repeated component selector"},
		"table unknown":     {set(good, scan+6, 0x40), "bad Td value"},
		"band of DC and AC": {set(progressive, strings.Index(progressive, "\xff\xda")+12, 9), "bad spectral selection"},
		"bits left out":     {set(progressive, refined+9, 0x31), "bad successive approximation"},
	} {
		_, err := Decode([]byte(c.file))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
			continue
		}
		var format jpeg.FormatError
		var unsupported jpeg.UnsupportedError
		if !errors.As(err, &format) && !errors.As(err, &unsupported) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %T", name, err)
		}
	}
	if _, err := Decode([]byte(good)); err != nil {
		t.Error(err)
	}
	// What libjpeg passes over: bytes before a marker, fill bytes, a restart behind the last scan, bytes at the end.
	for name, s := range map[string]string{"bytes": good[:end] + "abc" + good[end:], "behind": good + "abc",
		"fill": good[:scan] + "\xff\xff" + good[scan:], "restart": good[:end] + "\xff\xd3" + good[end:]} {
		if _, err := Decode([]byte(s)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestScans: a file of many scans is refused, each of which visits all blocks for a few bytes.
func TestScans(t *testing.T) {
	one := append([]uint8{0x10, 1}, make([]uint8, 15)...) // a table with one code of one bit
	s := "\xff\xd8" + segment(0xdb, make([]uint8, 65)...) + segment(0xc4, append(one, 0xe0)...) +
		segment(0xc2, 8, 0, 16, 0, 16, 1, 1, 0x11, 0)
	// Value 0xe0 with 14 bits of 1: a run of 32767 blocks without coefficients.
	s += strings.Repeat(segment(0xda, 1, 1, 0, 1, 63, 0)+"\x7f\xff\x00", maxScans+1) + "\xff\xd9"
	if _, err := Decode([]byte(s)); err == nil || !strings.Contains(err.Error(), "scans") {
		t.Error(err)
	}
	s = strings.Replace(s, segment(0xda, 1, 1, 0, 1, 63, 0)+"\x7f\xff\x00", "", 1)
	p, err := Decode([]byte(s))
	if err != nil || p.Planes[0].Pix[0] != 128 {
		t.Error(err)
	}
}

// FuzzDecode: no file makes the decoder panic or gives planes that do not cover the picture.
func FuzzDecode(f *testing.F) {
	for _, b := range files(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		config, err := DecodeConfig(b)
		if err != nil || config.Width*config.Height > 1<<16 {
			return
		}
		p, err := Decode(b)
		if err != nil {
			return
		}
		if p.Width != config.Width || p.Height != config.Height {
			t.Fatalf("%d × %d, the header says %d × %d", p.Width, p.Height, config.Width, config.Height)
		}
		for _, s := range p.Planes {
			wide, high := (p.Width+s.AcrossX-1)/s.AcrossX, (p.Height+s.AcrossY-1)/s.AcrossY
			if s.Stride < wide || len(s.Pix) < s.Stride*high {
				t.Fatalf("%d × %d samples in rows of %d, %d in all", wide, high, s.Stride, len(s.Pix))
			}
		}
	})
}
