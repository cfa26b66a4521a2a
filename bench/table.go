package main

import (
	"bufio"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"time"
)

// tableRows and tableColumns are the extents of the table of the workloads data:….
const (
	tableRows    = 1_000_000
	tableColumns = 20
)

// tableSeed is the seed of the table's values.
const tableSeed = 14

// tableHeader is the first line of the table: orders of a shop, with the amount that is paid as the target.
const tableHeader = "order,customer,day,placed,country,city,channel,device,age,income,quantity,price,discount,rating," +
	"latitude,longitude,score,temperature,returned,amount\n"

var (
	tableChannels = []string{"web", "app", "store", "phone", "partner"}
	tableDevices  = []string{"desktop", "mobile", "tablet", "Smart TV", "kiosk", "watch", "console", "other"}
)

// writeTable writes the header and rows of a table as shops have them: whole numbers, decimals of 1, 2 and 6 digits,
// numbers of 16 and 17 digits, a date, a time, categories of 2 to 60,000 values, missing values as empty fields and as
// NA, and fields in quotation marks, of which some hold commas. A seed and a number of rows give the same bytes each
// time.
func writeTable(to io.Writer, rows int, seed uint64) error {
	w := bufio.NewWriterSize(to, 1<<20)
	if _, err := w.WriteString(tableHeader); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(seed, 1))
	countries, cities := tablePlaces(rng)
	first := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	var b []byte
	fixed := func(v float64, digits int) { b = append(strconv.AppendFloat(b, v, 'f', digits, 64), ',') }
	whole := func(v int) { b = append(strconv.AppendInt(b, int64(v), 10), ',') }
	word := func(s string) { b = append(append(b, s...), ',') }
	for i := range rows {
		b = b[:0]
		whole(100_000 + i)
		word("C" + strconv.Itoa(1_000_000 + rng.IntN(60_000))[1:])
		at := first.Add(time.Duration(rng.IntN(4*365*24*3600)) * time.Second)
		b = append(at.AppendFormat(b, time.DateOnly), ',')
		b = append(at.AppendFormat(b, time.DateTime), ',')
		city := int(math.Abs(rng.NormFloat64()) * 300)
		city = min(city, len(cities)-1)
		word(countries[city%len(countries)])
		word(cities[city])
		word(tableChannels[min(rng.IntN(7), 4)])
		word(tableDevices[min(int(rng.ExpFloat64()*2), 7)])
		if rng.IntN(20) == 0 {
			word("")
		} else {
			whole(18 + rng.IntN(70))
		}
		if rng.IntN(12) == 0 {
			word("NA")
		} else {
			fixed(math.Exp(10+0.6*rng.NormFloat64()), 2)
		}
		quantity := 1 + int(rng.ExpFloat64()*2)
		price := math.Round(100*math.Exp(3+rng.NormFloat64())) / 100
		discount := float64(rng.IntN(7)) * 0.05
		whole(quantity)
		fixed(price, 2)
		fixed(discount, 2)
		if rng.IntN(3) == 0 {
			word("")
		} else {
			whole(1 + rng.IntN(5))
		}
		fixed(-55+rng.Float64()*125, 6)
		fixed(-180+rng.Float64()*360, 6)
		score := rng.Float64()
		fixed(score, -1)
		fixed(12+9*rng.NormFloat64(), 1)
		word([]string{"no", "yes"}[min(rng.IntN(9)/8, 1)])
		amount := float64(quantity)*price*(1-discount)*(1+0.2*score) + 2*rng.NormFloat64()
		fixed(amount, 2)
		b[len(b)-1] = '\n'
		if _, err := w.Write(b); err != nil {
			return err
		}
	}
	return w.Flush()
}

// tablePlaces returns 40 countries and 1,200 cities; every eighth city is in quotation marks, with its region.
func tablePlaces(rng *rand.Rand) (countries, cities []string) {
	syllables := []string{"ka", "ro", "mi", "ten", "sol", "ber", "lin", "dor", "vi", "an", "u", "gar"}
	name := func(n int) string {
		var s []byte
		for range n {
			s = append(s, syllables[rng.IntN(len(syllables))]...)
		}
		s[0] -= 'a' - 'A'
		return string(s)
	}
	for i := range 40 {
		countries = append(countries, name(2+i%3))
	}
	for i := range 1200 {
		s := name(3 + i%2)
		switch i % 8 {
		case 3:
			s = `"` + s + ", " + name(2) + `"`
		case 5:
			s = name(2) + " " + s
		}
		cities = append(cities, s)
	}
	return countries, cities
}
