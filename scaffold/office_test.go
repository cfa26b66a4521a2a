package scaffold

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/korean"

	"gorae/config"
	_ "gorae/data/source/all"
	"gorae/run"
	"gorae/spec"
)

// sheet is a workbook with a title above its table, a header of two lines with merged cells, and a sum below.
func sheet(rows int) string {
	cell := func(ref, text string) string {
		return fmt.Sprintf(`<c r="%s" t="inlineStr"><is><t>%s</t></is></c>`, ref, text)
	}
	var s strings.Builder
	s.WriteString(`<worksheet><sheetData><row r="1">` + cell("A1", "Sales by branch, 2024 (in 1,000 "+
		"won)") + `</row><row r="3">` +
		cell("A3", "branch") + cell("B3", "sold") + cell("D3", "open") + `</row><row r="4">` + cell("B4", "units") +
		cell("C4", "value") + `</row>`)
	for i := range rows {
		r := i + 5
		fmt.Fprintf(&s, `<row r="%[1]d">%[2]s<c r="B%[1]d"><v>%[3]d</v></c><c r="C%[1]d"><v>%[4]d.5</v></c>%[5]s</row>`, r,
			cell(fmt.Sprint("A", r), []string{"Seoul", "Busan", "Daegu"}[i%3]), 20+i*7%40, 300+i*i%97,
			cell(fmt.Sprint("D", r), []string{"yes", "no"}[i/3%2]))
	}
	s.WriteString(`</sheetData><mergeCells><mergeCell ref="A1:D1"/><mergeCell ref="A3:A4"/><mergeCell ref="B3:C3"/>` +
		`<mergeCell ref="D3:D4"/></mergeCells></worksheet>`)
	return zipped("xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="2024" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", s.String())
}

// zipped is a zip file of files with these names and contents.
func zipped(files ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			panic(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

// table is a header and n rows.
func table(header string, n int, row func(i int) string) string {
	var s strings.Builder
	s.WriteString(header + "\n")
	for i := range n {
		s.WriteString(row(i) + "\n")
	}
	return s.String()
}

// TestOffice: what is chosen for files as they come from offices, without a word about them.
func TestOffice(t *testing.T) {
	day := func(i int) time.Time { return time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i) }
	bank := table(`Kundennr;"Alter";Beruf;Kontostand;Eröffnet;Abschluss`, 400, func(i int) string {
		return fmt.Sprintf(`%d;%d;"%s";%d.%03d,%02d;%s;%s`, 100000+i, 18+i*13%60, []string{"Angestellte", "Rentner",
			"Schüler"}[i%3],
			1+i%9, i*37%1000, i%100, day(i*37%700).Format("02.01.2006"), []string{"ja", "nein"}[i*i%5/3])
	})
	bank, err := charmap.ISO8859_1.NewEncoder().String(bank)
	if err != nil {
		t.Fatal(err)
	}
	customers, err := korean.EUCKR.NewEncoder().String(table("고객번호,지역,구매금액,등급,상태", 300, func(i int) string {
		return fmt.Sprintf(`C%05d,%s,"%d,%03d원",%s,%s`, i, []string{"서울", "부산", "대구"}[i*7%3], 1+i%90, i*37%1000,
			[]string{"실버", "골드", "VIP"}[i%3], []string{"유지", "탈퇴"}[i*i%5/3])
	}))
	if err != nil {
		t.Fatal(err)
	}
	agree := []string{"Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"}
	feel := []string{"전혀 그렇지 않다", "그렇지 않다", "보통이다", "그렇다", "매우 그렇다"}
	for _, c := range []struct {
		file, content, task string
		want                map[string]string
	}{
		{"bank.csv", bank, "tabular", map[string]string{"data.target": "Abschluss", "data.features.Kundennr": "drop",
			"data.features.Kontostand": "zscore", "data.features.Beruf": "onehot", "split.by": "random",
			"data.features.Eröffnet.encode.calendar.parts[0]": "month",
			"data.features.Eröffnet.encode.calendar.parts[2]": "elapsed"}},
		{"customers.csv", customers, "tabular", map[string]string{"data.target": "상태", "data.features.고객번호": "drop",
			"data.features.구매금액": "zscore", "data.features.지역": "onehot"}},
		{"sales.xlsx", sheet(90), "tabular", map[string]string{"data.target": "open", "data.features.sold " +
			"units": "zscore",
			"data.features.sold value": "zscore", "data.features.branch": "onehot"}},
		{"survey.csv", table("id,easy,price,age,again", 200, func(i int) string {
			return fmt.Sprintf("%d,%s,%s,%s,%s", i+1, agree[i*7%5], agree[i*3%5], []string{"55+", "18-24",
				"25-34"}[i%3],
				[]string{"yes", "no"}[i*i%5/3])
		}), "tabular", map[string]string{"data.features.easy.encode.ranks[0]": agree[0],
			"data.features.easy.encode.ranks[4]": agree[4],
			"data.features.age.encode.ranks[0]":  "18-24", "data.features.age.encode.ranks[2]": "55+"}},
		{"설문.csv", table("응답자,수업,시설,추천", 200, func(i int) string {
			return fmt.Sprintf("%d,%s,%s,%s", i+1, feel[i*7%5], feel[i*3%5], []string{"예", "아니오"}[i*i%5/3])
		}), "tabular", map[string]string{"data.target": "추천", "data.features.수업.encode.ranks[0]": feel[0],
			"data.features.수업.encode.ranks[4]": feel[4]}},
		{"sensor.csv", table("timestamp,sensor,humidity,temperature", 300, func(i int) string {
			at := day(0).Add(time.Duration(i+i/100*7) * time.Hour).Format(time.RFC3339)
			if i == 150 {
				return fmt.Sprintf("%s,A1,,%d.5", at, 15+i%24)
			}
			return fmt.Sprintf("%s,A1,%d,%d.5", at, 40+i*7%30, 15+i%24)
		}), "series", map[string]string{"data.target": "temperature", "data.time": "timestamp",
			"data.series.fill": "previous", "data.series.season": "24"}},
		{"orders.jsonl", strings.TrimPrefix(table("", 200, func(i int) string {
			country := fmt.Sprintf(`{"country": "%s"`, []string{"DE", "KR", "FR"}[i%3])
			if i%4 > 0 {
				country += fmt.Sprintf(`, "segment": "%s"`, []string{"new", "old"}[i%2])
			}
			return fmt.Sprintf(`{"id": "o-%06d", "customer": %s}, "basket": {"items": %d, "value": %d.25},
				"returned": %v}`, i,
				country, 1+i%8, i*i%89, i*i%5 == 1)
		}), "\n"), "tabular", map[string]string{"data.target": "returned", "data.features.id": "drop",
			"data.features." + config.Step("customer.segment"): "onehot",
			"data.features." + config.Step("basket.value"):     "zscore"}},
		{"tickets.csv", table("day,class,km,price", 200, func(i int) string { // a class of seats, no target
			return fmt.Sprintf("%s,%s,%d,%d.5", day(i*31%100).Format(time.DateOnly),
				[]string{"economy", "business"}[i%7/6], 100+i*37%900, 50+i*i%997)
		}), "tabular", map[string]string{"data.target": "price", "data.features.class": "onehot"}},
		{"visits.csv", table("visit,patient,age,charges,day", 300, func(i int) string {
			return fmt.Sprintf("%d,P%04d,%d,%d.5,%s", i, i*7%80, 20+i*7%80/2, 100+i*i%997,
				day(i*31%100).Format(time.DateOnly))
		}), "tabular", map[string]string{"data.target": "charges", "split.by": "group", "split.group": "patient",
			"data.features.day.encode.calendar.parts[0]": "weekday"}},
		{"taxi.zip", zipped("data/taxi.csv", table("km,payment,fare", 200, func(i int) string {
			return fmt.Sprintf("%d.%d,%s,$%d.50", i%17, i%10, []string{"card", "cash"}[i%2], 3+i*i%31)
		}), "__MACOSX/._taxi.csv", "\x00"), "tabular", map[string]string{"data.target": "fare",
			"data.task": Regression, "data.features.km": "zscore"}},
		{"firms.csv", table("Company,Employees,Revenue,Margin,Rating", 150, func(i int) string {
			return fmt.Sprintf(`Firm %d,"%d,%03d","$%d,%03d,000",%d.%d%%,%s`, i, 1+i%9, i*37%1000, 1+i%40, i*91%1000,
				i*3%40, i%10,
				[]string{"Buy", "Hold", "Sell"}[i*i%7%3])
		}) + `Total,"99,999","$999,999,000",,` + "\n", "tabular", map[string]string{"data.target": "Rating",
			"data.totals":           "skip",
			"data.features.Company": "drop", "data.features.Employees": "zscore", "data.features.Revenue": "zscore",
			"data.features.Margin": "zscore"}},
		{"reviews.csv", table("review,stars", 300, func(i int) string {
			words := strings.Fields("good bad slow fast staff price box colour late kind broken lovely")
			return fmt.Sprintf(`"The %s was %s and the %s %s, order no. %d.",%d`, words[i%12], words[i*5%12],
				words[i*7%12],
				words[i*11%12], i, 1+i*i%5)
		}), "tabular", map[string]string{"data.target": "stars", "data.task": Classification,
			"data.features.review.text.words": "20000"}},
		{"returns.csv", table("shop,units,returns", 200, func(i int) string {
			return fmt.Sprintf("%s,%d,%d", []string{"a", "b"}[i%2], 10+i*7%30, max(i%4, i%97/12))
		}), "tabular", map[string]string{"data.target": "returns", "data.task": Regression}},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), c.file)
			if err := os.WriteFile(path, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			d, err := New(context.Background(), Request{Source: path})
			if err != nil {
				t.Fatal(err)
			}
			p, err := run.Prepare(context.Background(), d.File)
			if err != nil {
				t.Fatal(err)
			}
			got := spec.Flatten(p.Spec)
			if p.Task.Name() != c.task {
				t.Errorf("task %s, want %s", p.Task.Name(), c.task)
			}
			for k, v := range c.want {
				if got[k] != v {
					t.Errorf("%s: %q, want %q", k, got[k], v)
				}
			}
			again(t, d, p, "")
		})
	}
}
