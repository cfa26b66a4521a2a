package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// islands is two classes, land and sea: two islands, each an ellipse of its own, with a rough shore.
func islands(n int, rough float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 31))
	t := &table{names: []string{"lon", "lat", "salt", "swell", "ground"}}
	of := [][5]float64{{-1.3, 1, 1.6, 1.1, 0.6}, {1.3, -1.1, 1.2, 1.7, -0.5}}
	for range n {
		x, y, ground := 6*r.Float64()-3, 6*r.Float64()-3, "sea"
		for _, e := range of {
			s, c := math.Sincos(e[4])
			u, v := (x-e[0])*c+(y-e[1])*s, (y-e[1])*c-(x-e[0])*s
			if math.Hypot(u/e[2], v/e[3])+rough*r.NormFloat64() < 1 {
				ground = "land"
			}
		}
		t.rows = append(t.rows, []string{number(x), number(y), number(34 + r.NormFloat64()), number(r.ExpFloat64()),
			ground})
	}
	return t
}

// paths is three classes: below, between and above two parabolas.
func paths(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 32))
	t := &table{names: []string{"range", "height", "heat", "team", "zone"}}
	for range n {
		x, y := 4*r.Float64()-2, 5*r.Float64()-2.5
		zone, at := "above", y-0.8*x*x+1+noise*r.NormFloat64()
		switch {
		case at < -0.6:
			zone = "below"
		case at < 1:
			zone = "between"
		}
		t.rows = append(t.rows, []string{number(x), number(y), number(20 + 5*r.NormFloat64()),
			[]string{"a", "b", "c"}[r.IntN(3)], zone})
	}
	return t
}

// braking is the way that a car takes to stop: by its speed, the ground, and how fast the driver is.
func braking(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 33))
	grounds, grip := []string{"dry", "wet", "snow"}, []float64{0.8, 0.5, 0.25}
	t := &table{names: []string{"speed", "delay", "weight", "ground", "way"}}
	for range n {
		v, delay, g := 5+30*r.Float64(), 0.6+0.9*r.Float64(), r.IntN(3)
		t.rows = append(t.rows, []string{number(v), number(delay), number(900 + 900*r.Float64()), grounds[g],
			number(v*delay + v*v/(2*9.81*grip[g]) + noise*r.NormFloat64())})
	}
	return t
}

// harvest is what a field yields: there is a best rain, and ever less comes of more fertilizer.
func harvest(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 34))
	soils, of := []string{"clay", "loam", "sand", "peat"}, []float64{1, 1.3, 0.6, 0.9}
	t := &table{names: []string{"rain", "fertilizer", "slope", "pests", "soil", "tons"}}
	for range n {
		rain, fertilizer, slope, s := 200+800*r.Float64(), 250*r.Float64(), 12*r.Float64(), r.IntN(4)
		dry := (rain - 600) / 250
		t.rows = append(t.rows, []string{number(rain), number(fertilizer), number(slope), number(r.ExpFloat64()),
			soils[s], number(1 + 6*of[s]*math.Exp(-dry*dry)*(0.4+1-math.Exp(-fertilizer/60)) - 0.1*slope +
				noise*r.NormFloat64())})
	}
	return t
}

// triage is whether a patient of an emergency room is kept, in classes that overlap.
func triage(n int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 35))
	comes := []string{"walks", "ambulance", "brought"}
	t := &table{names: []string{"pulse", "fever", "years", "pain", "comes", "kept"}}
	for range n {
		pulse, fever, years, pain, c := 80+18*r.NormFloat64(), 37.2+0.9*r.NormFloat64(), 18+70*r.Float64(),
			float64(r.IntN(11)), r.IntN(3)
		score := 0.05*math.Abs(pulse-76) + 0.9*(fever-37.2) + 0.035*(years-52) + 0.15*(pain-5) +
			[]float64{-1, 1.2, 0.1}[c] - 0.6
		kept := map[bool]string{true: "kept", false: "home"}[r.Float64() < 1/(1+math.Exp(-1.5*score))]
		t.rows = append(t.rows, []string{number(math.Round(pulse)), number(math.Round(10*fever) / 10),
			number(math.Floor(years)), number(pain), comes[c], kept})
	}
	return t
}

// lamps are the segments of the ten digits on a display: above, above left, above right, middle, below left, below
// right, below.
var lamps = [10]string{"1110111", "0010010", "1011101", "1011011", "0111010", "1101011", "1101111", "1010010",
	"1111111", "1111011"}

// display is the digits of a display of seven segments, somewhere on nine by nine pixels, in a table.
func display(n int, noise float64, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 36))
	t := &table{}
	for k := range 81 {
		t.names = append(t.names, fmt.Sprintf("x%d", k))
	}
	t.names = append(t.names, "digit")
	for range n {
		d, left, top := r.IntN(10), 2+r.IntN(2), r.IntN(3)
		on := map[[2]int]bool{}
		for k, lit := range lamps[d] {
			for j := range 3 {
				at := [7][2]int{{0, j}, {j, 0}, {j, 3}, {3, j}, {3 + j, 0}, {3 + j, 3}, {6, j}}[k]
				if k%3 == 0 {
					at[1]++ // level ones lie between the upright ones
				}
				if lit == '1' {
					on[at] = true
				}
			}
		}
		bright := 150 + 80*r.Float64()
		var row []string
		for k := range 81 {
			v := noise * 160 * r.Float64()
			if on[[2]int{k/9 - top, k%9 - left}] {
				v = bright + 0.3*v
			}
			row = append(row, fmt.Sprint(int(min(255, v))))
		}
		t.rows = append(t.rows, append(row, fmt.Sprint(d)))
	}
	return t
}

// font is ten capital letters of five by seven points, row by row.
var font = [10]string{
	"01110 10001 10001 11111 10001 10001 10001", "11110 10001 10001 11110 10001 10001 11110",
	"01111 10000 10000 10000 10000 10000 01111", "11111 10000 10000 11110 10000 10000 11111",
	"10001 10001 10001 11111 10001 10001 10001", "10001 10010 10100 11000 10100 10010 10001",
	"10000 10000 10000 10000 10000 10000 11111", "10001 11011 10101 10101 10001 10001 10001",
	"11111 00100 00100 00100 00100 00100 00100", "10001 10001 01010 00100 01010 10001 10001"}

// pressed draws so many letters of twenty by twenty pixels, each moved, leaning and in noise.
func pressed(n int, noise float64, seed uint64) (pixels, labels []byte) {
	r := rand.New(rand.NewPCG(seed, 37))
	for range n {
		k, dx, dy, lean := r.IntN(10), 3+4*r.Float64(), 1+4*r.Float64(), 0.5*r.Float64()-0.25
		rows, ink := strings.Fields(font[k]), 140+100*r.Float64()
		for p := range 400 {
			y := (float64(p/20) - dy) / 2
			x := (float64(p%20) - dx - lean*(float64(p/20)-10)) / 2
			v := noise * 200 * r.Float64()
			if i, j := int(math.Floor(y)), int(math.Floor(x)); i >= 0 && i < 7 && j >= 0 && j < 5 &&
				rows[i][j] == '1' {
				v = ink + 0.2*v
			}
			pixels = append(pixels, byte(min(255, v)))
		}
		labels = append(labels, byte(k))
	}
	return pixels, labels
}

// The names of the IDX files that are drawn.
const (
	drawnPictures = "pictures-idx3-ubyte"
	drawnLabels   = "labels-idx1-ubyte"
)

// writeIDX writes square pictures and their labels into a folder.
func writeIDX(dir string, pixels, labels []byte) error {
	n := uint32(len(labels))
	side := uint32(math.Sqrt(float64(len(pixels) / len(labels))))
	for name, of := range map[string]struct {
		head []uint32
		data []byte
	}{drawnPictures: {[]uint32{0x803, n, side, side}, pixels}, drawnLabels: {[]uint32{0x801, n}, labels}} {
		var b []byte
		for _, v := range of.head {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		if err := os.WriteFile(filepath.Join(dir, name), append(b, of.data...), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// tram is how many people ride in a tram: two peaks a day of twenty steps, and noise that has a memory and grows with
// the number.
func tram(n int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 38))
	t := &table{names: []string{"step", "riders"}}
	e := 0.0
	for i := range n {
		e = 0.5*e + 0.07*r.NormFloat64()
		at := float64(i%20) / 20
		peak := func(m, w float64) float64 { return math.Exp(-(at - m) * (at - m) / w) }
		t.rows = append(t.rows, []string{fmt.Sprint(i), number((40 + 120*peak(0.2, 0.004) + 90*peak(0.7, 0.012)) *
			math.Exp(e))})
	}
	return t
}

// bulletins is made news of four desks.
func bulletins(n int, seed uint64) *table {
	r := rand.New(rand.NewPCG(seed, 39))
	desks := []string{"court", "traffic", "science", "stage"}
	of := [][]string{strings.Fields("judge trial lawyer verdict guilty sentence appeal jury"),
		strings.Fields("motorway queue crash detour lane bridge bypass train"),
		strings.Fields("study cell planet telescope virus theory sample laboratory"),
		strings.Fields("actor opera curtain premiere audience ballet script applause")}
	other := strings.Fields("on monday yesterday said the a of in it after before since town council woman man spoke " +
		"heard expected month hour evening report several almost public centre north south near again still")
	t := &table{names: []string{"text", "label"}}
	for range n {
		desk := r.IntN(4)
		var words []string
		for range 12 + r.IntN(12) {
			switch v := r.Float64(); {
			case v < 0.16:
				words = append(words, of[desk][r.IntN(8)])
			case v < 0.23:
				words = append(words, of[r.IntN(4)][r.IntN(8)])
			default:
				words = append(words, other[r.IntN(len(other))])
			}
		}
		t.rows = append(t.rows, []string{strings.Join(words, " "), desks[desk]})
	}
	return t
}
