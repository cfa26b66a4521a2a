package run_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorae/cluster"
)

// TestU7 brings the bundled digits down to ten codes: the reconstruction is better than that of as many principal
// components, predictions are codes, and the map is drawn. scikit-learn's PCA(10) leaves a mean squared error of 0.0196
// to 0.0200 on digits/16 in random splits; the autoencoder came to 0.0108.
func TestU7(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	dir := filepath.Join(t.TempDir(), "run")
	p := open(t, `
data: {source: "embed:digits", codes: 10, known: digit, features: minmax}
train: {epochs: 25, batch_size: 32, callbacks: []}
`)
	r, b := fit(t, p, dir)
	own, pca := r.Report.Test.Of("loss"), 0.0
	for _, x := range r.Report.Findings.Baselines {
		if x.Name == "10 principal components" {
			pca = x.Metrics.Of("loss")
		}
	}
	if !(own < 0.016) || !(pca > 0.017 && pca < 0.023) {
		t.Errorf("mean squared error %v, of principal components %v", own, pca)
	}
	said, err := b.predict("embed:digits", nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(said.csv)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); len(rows) != 1798 || !strings.HasPrefix(got, "code_1,code_2,") ||
		!strings.HasSuffix(got, "code_10,error") {
		t.Errorf("%d rows, header %s", len(rows), got)
	}
	if _, err := os.Stat(filepath.Join(dir, "codes.png")); err != nil {
		t.Error(err)
	}
}

// TestU4 finds the three kinds of the example's customers from their purchases, without being told how many there are.
func TestU4(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	const path = "../examples/U4-customers/purchases.csv"
	p := example(t, "U4-customers/purchases")
	r, b := fit(t, p, filepath.Join(t.TempDir(), "run"))
	var groups struct {
		K          int
		Shares     []float64
		Silhouette float64
		KMeans     float64 `json:"silhouette_of_kmeans"`
	}
	j, err := json.Marshal(r.Report.Findings.Sections["groups"])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(j, &groups); err != nil {
		t.Fatal(err)
	}
	if groups.K != 3 || groups.Shares[2] < 0.25 || groups.Silhouette < 0.9*groups.KMeans {
		t.Errorf("%s", j)
	}
	said, err := b.predict(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(said.csv)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != "customer,group,code_1,code_2,code_3,error" || len(rows) != 151 {
		t.Fatalf("%d rows, header %s", len(rows), got)
	}
	var own, want []int
	for _, row := range rows[1:] {
		number, err := strconv.Atoi(row[0][1:])
		if err != nil {
			t.Fatal(err)
		}
		own, want = append(own, int(row[1][0]-'1')), append(want, number%3) // the kinds take turns
	}
	if a, err := cluster.Agree(own, want); err != nil || a.AdjustedRand < 0.95 {
		t.Errorf("adjusted Rand index %v with the kinds that the customers were made of, %v", a.AdjustedRand, err)
	}
	text := strings.Join(r.Report.Findings.Words, "\n")
	for _, want := range []string{"3 groups of the training samples", "random halves of the training samples",
		"silhouette of the groups in the prepared space", "a linear map predicts",
		"no evidence of groups", "median", "price mean (far above)"} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
}

// TestU4Texts groups sentences of three subjects by their words, and names the words that are typical.
func TestU4Texts(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	subjects := [][]string{{"ship", "harbour", "sail", "wave", "captain"},
		{"oven", "flour", "bread", "butter", "dough"}, {"goal", "referee", "team", "penalty", "stadium"}}
	common := []string{"the", "a", "of", "with", "was", "near", "and", "then", "old", "new"}
	r := rand.New(rand.NewPCG(5, 5))
	var b strings.Builder
	b.WriteString("subject\ttext\n")
	for i := range 600 {
		var said []string
		for range 12 {
			from := common
			if r.IntN(3) == 0 {
				from = subjects[i%3]
			}
			said = append(said, from[r.IntN(len(from))])
		}
		fmt.Fprintf(&b, "%d\t%s\n", i%3, strings.Join(said, " "))
	}
	path := filepath.Join(t.TempDir(), "texts.tsv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	p := open(t, `
data:
  source: `+path+`
  types: {subject: text}
  features: {text: {text: {output: tfidf}}}
  known: subject
  cluster: {codes: 4, k: [2, 6]}
train: {epochs: 30, batch_size: 16, callbacks: []}
`)
	found, _ := fit(t, p, filepath.Join(t.TempDir(), "run"))
	j, err := json.Marshal(found.Report.Findings.Sections)
	if err != nil {
		t.Fatal(err)
	}
	var sections struct {
		Groups struct {
			K     int
			Known struct {
				Rand float64 `json:"adjusted_rand"`
			}
		}
		Profiles []struct {
			Words []struct{ Word string }
		} `json:"group_profiles"`
	}
	if err := json.Unmarshal(j, &sections); err != nil {
		t.Fatal(err)
	}
	if sections.Groups.K != 3 || sections.Groups.Known.Rand < 0.8 {
		t.Errorf("%+v", sections.Groups)
	}
	for _, g := range sections.Profiles {
		first := slices.IndexFunc(subjects, func(s []string) bool { return slices.Contains(s, g.Words[0].Word) })
		for _, w := range g.Words[:5] {
			if first < 0 || !slices.Contains(subjects[first], w.Word) {
				t.Errorf("typical words %v are not those of one subject", g.Words)
			}
		}
	}
	if rmse := found.Report.Test.Of("rmse"); !(rmse < found.Report.Findings.Baselines[0].Metrics.Of("rmse")) {
		t.Errorf("rmse %v, of the mean %v", rmse, found.Report.Findings.Baselines[0].Metrics.Of("rmse"))
	}
}

// TestU4Errors: what cannot be grouped is one clear line.
func TestU4Errors(t *testing.T) {
	path, err := filepath.Abs("../examples/U4-customers/purchases.csv")
	if err != nil {
		t.Fatal(err)
	}
	one := filepath.Join(t.TempDir(), "one.csv")
	same := filepath.Join(t.TempDir(), "same.csv")
	two, even := filepath.Join(t.TempDir(), "two.csv"), filepath.Join(t.TempDir(), "even.csv")
	for name, content := range map[string]string{one: "customer,price\nA,1\nA,2\nA,3\n",
		same: "customer,price\nA,1\nB,1\nC,1\n", two: "a,b\n" + strings.Repeat("1,2\n3,5\n", 30),
		even: "a,b\n" + strings.Repeat("1,2\n", 60)} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ data, want string }{
		{"source: " + one + ", group_by: customer, cluster: {k: 2}",
			"1 different values of customer; groups need several"},
		{"source: " + same + ", group_by: customer, cluster: {k: 2}",
			"no column beside customer that differs between rows"},
		{"source: " + path + ", group_by: customers, cluster: {k: 2}", `did you mean "customer"?`},
		{"source: " + path + ", group_by: customer", "nothing else is learnt from them"},
		{"source: " + path + ", group_by: customer, cluster: {k: 900}", "900 groups of 105 training samples"},
		{"source: " + two + ", cluster: {k: 5}", "data.cluster.k: 5 groups, but only 2 different training samples; " +
			"give 2 or fewer"},
		{"source: " + even + ", cluster: {k: [2, 4]}", "2 groups, but only 1 different training samples"},
		{"source: " + path + ", group_by: customer, cluster: {k: 0}", "data.cluster.k: 0 is not a number of groups"},
		{"source: " + path + ", group_by: customer, cluster: {k: [5, 2]}", "neither a number of groups nor the least"},
		{"source: " + path + ", group_by: customer, cluster: {codes: 0, k: 2}", "codes: 0 is not a number of codes"},
		{"source: " + path + ", group_by: customer, cluster: {codes: 99, k: 2}", "99 codes of samples of"},
		{"source: " + path + ", group_by: customer, cluster: {k: 2}, products: {x: [shop, price]}",
			"shop is no column of numbers"},
		{"source: " + path + ", task: regression, codes: 2, series: {window: 3}", "no network of the kind series does"},
		{`source: "embed:iris", codes: 2, known: kind`, "no column \"kind\""},
	} {
		_, err := prepare("customers.yaml", "data: {"+c.data+"}\ntrain: {epochs: 1}\n")
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", c.data, err, c.want)
		}
	}
}
