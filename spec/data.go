package spec

import (
	"slices"
	"strings"

	"gorae/config"
	"gorae/data"
	"gorae/quantile"
)

// Data says where the samples are and what each column is. Keys of one kind of data alone are in its section: see
// [RegisterData].
type Data struct {
	// Source is a file or embed:NAME; a task may have a key that stands in its place. A relative path is relative to
	// the experiment file; ${NAME} stands for the environment variable NAME, and a path that begins with one is
	// relative to the current directory.
	Source string `keras:"source,required,file,remedy=name a data file or a sample such as embed:iris"`
	Labels string `keras:"labels,file"` // the labels' file (IDX, npy), or their array in an .npz
	// Target is what to predict: columns by name, 1-based number or the word last, or the word input for a network that
	// learns its own input (an autoencoder).
	Target []string `keras:"target,column,lone"`
	// Codes is the number of codes that a network brings a sample down to and its input is learnt from (an autoencoder,
	// target: input). The layer of the codes is called code, or is the only one with as many outputs.
	Codes int `keras:"codes,min=1,max=65536,what=number of codes"`
	// Cluster finds groups of samples by k-means on their codes.
	Cluster *Cluster `keras:"cluster"`
	// Known is a column of classes that are known of the samples and not learnt from: the map of the codes has their
	// colours, and groups are compared with them. Arrays have them in labels, folders by the names of the folders.
	Known string `keras:"known,column"`
	// SampleWeight is a column of numbers from 0 that say how much each sample counts in the loss of the training and
	// of the validation; it is not learnt from. Metrics, and the figures of the report, count each sample once.
	SampleWeight string `keras:"sample_weight,column"`
	// Task is inferred from the target where it is left out.
	Task string `keras:"task,oneof=classification|regression|labels"`
	// LabelSeparator parts the labels of a cell where a sample may have several (task: labels): a mark such as |, ; or
	// a comma, which is found where it is left out.
	LabelSeparator string `keras:"label_separator"`
	// LabelThresholds says above which probability a label is said: half, 0.5, or f1, another one where the F1 score of
	// the label on the validation samples is clearly greater, which is inferred and needs test samples that judge it.
	LabelThresholds string `keras:"label_thresholds,oneof=f1|half"`
	// Scale says how the values of a regression are learnt: standardised with zscore, which is inferred, as they are
	// with none, or by another scale (gorae help scales) or log1p, whose inverse gives the predictions. Metrics are in
	// the target's own units.
	Scale string `keras:"target_scale,oneof=zscore|none|minmax|robust|quantile|log|log1p|box_cox|yeo_johnson"`
	// Quantiles has the network predict these quantiles of each number, such as [0.1, 0.5, 0.9], by the pinball loss:
	// below the quantile 0.1 lies a tenth of what may come. The one nearest to 0.5 stands for the number itself.
	Quantiles quantile.Levels `keras:"quantiles,lone,positive,below=1,what=quantile"`
	data.Layout
	Rows     int      `keras:"rows,min=1,what=number of rows"` // the first rows of the file (lines of a text) alone
	Time     []string `keras:"time,column,lone"`               // the columns of the time, which orders rows
	Features Features `keras:"features"`
	Inputs   Inputs   `keras:"inputs"` // the columns of each named input of the network; nil: one input of all
	Test     *Test    `keras:"test"`   // a test set in files of its own

	sections []any // of the tasks; see owners
}

// Inputted is a section of a task whose networks have several inputs of fixed names.
type Inputted interface {
	// InputNames returns the names, nil where the section is not given.
	InputNames() []string
}

// OwnInput is the word in the place of a target that makes the input the target.
const OwnInput = "input"

// Cluster is how samples are grouped.
type Cluster struct {
	// Codes is data.codes, the number of codes that samples are grouped by.
	Codes int `keras:"codes,min=1,max=65536,what=number of codes"`
	// K is the number of groups, or the least and the greatest number that are tried; 2 to 10 where it is left out.
	K []int `keras:"k,lone,min=1,max=1000,what=number of groups"`
	// Least is the least share of the training samples that each group must have for a number of groups to be chosen.
	Least *float64 `keras:"least,default=0.03,min=0,max=0.5"`
	// Stable is the least adjusted Rand index of the groups of random halves of the training samples for a number of
	// groups to be chosen.
	Stable *float64 `keras:"stable,default=0.8,min=0,max=1"`
}

// Range returns the least and the greatest number of groups that are tried.
func (c *Cluster) Range() (from, to int) {
	switch len(c.K) {
	case 0:
		return 2, 10
	case 1:
		return c.K[0], c.K[0]
	}
	return c.K[0], c.K[1]
}

// Check finds numbers of groups that are no range.
func (c *Cluster) Check() error {
	from, to := c.Range()
	if len(c.K) > 2 || from > to {
		return config.Errorf("k", "%v is neither a number of groups nor the least and the greatest one", c.K).
			Fix("give k: 5 or k: [2, 10]").Coded(config.Conflict)
	}
	return nil
}

// Bottleneck returns the number of codes that is asked for, 0 where none is, and the key that asks for codes or groups,
// "" where none does.
func (d *Data) Bottleneck() (codes int, key string) {
	switch {
	case d.Codes > 0:
		return d.Codes, "codes"
	case d.Cluster != nil:
		return d.Cluster.Codes, "cluster"
	}
	return 0, ""
}

// Test is a test set in files of its own.
type Test struct {
	Source string `keras:"source,required,file,remedy=name the file of the test set"`
	Labels string `keras:"labels,file"`
	Rows   int    `keras:"rows,min=1,what=number of rows"`
}

// Check finds what contradicts itself.
func (d *Data) Check() error {
	if err := d.Layout.Check(); err != nil {
		return err
	}
	if key := d.Instead(); key != "" && d.Source != "" {
		return config.Errorf("source", "%s, but %s says where samples come from", d.Source, key).
			Fix("leave one of them out").Coded(config.Conflict)
	}
	if _, key := d.Bottleneck(); key != "" && len(d.Target) > 0 && !slices.Equal(d.Target, []string{OwnInput}) {
		return config.Errorf(key, "codes are of a network that learns its own input, but the target is %s",
			strings.Join(d.Target, ", ")).Fix("give target: input").Coded(config.Conflict)
	}
	if err := d.Quantiles.Check(); err != nil {
		return err
	}
	if c := d.Cluster; c != nil && d.Codes > 0 && c.Codes > 0 && d.Codes != c.Codes {
		return config.Errorf("cluster.codes", "%d, but codes is %d", c.Codes, d.Codes).Fix("leave one out").
			Coded(config.Conflict)
	}
	if i := repeated(d.Target); i >= 0 {
		return config.Errorf("target", "%s stands twice", d.Target[i]).Fix("leave one out").Coded(config.Conflict)
	}
	if len(d.Target) > 1 && slices.Contains(d.Target, OwnInput) {
		return config.Errorf("target", "%s stands for all of the input", OwnInput).Fix("leave the other targets out").
			Coded(config.Conflict)
	}
	return nil
}

// repeated returns the index of the first word that stood before, −1 if there is none.
func repeated(words []string) int {
	for i, w := range words {
		if slices.Contains(words[:i], w) {
			return i
		}
	}
	return -1
}

// dataOwners are the tasks with keys of their own below data.
var dataOwners owners

// RegisterData gives a task keys of its own below data: the tagged fields of the struct that proto points to, such as
// &struct{ Series *Series `keras:"series"` }{}. It panics where a key has an owner already, which is a mistake in the
// program.
func RegisterData(task string, proto any) {
	dataOwners.register("data", config.Keys(&Data{}), task, proto)
}

// Extensions returns the sections of the tasks; they implement [config.Extended].
func (d *Data) Extensions() []any {
	d.sections = dataOwners.extend(d.sections)
	return d.sections
}

// Section returns the section of a task: a pointer to a struct of the type that the task registered, nil for a task
// that registered none.
func (d *Data) Section(task string) any { return dataOwners.section(d.sections, task) }

// WithSection returns d with another section of a task.
func (d Data) WithSection(task string, section any) Data {
	d.sections = dataOwners.replaced(d.sections, task, section)
	return d
}

// Owner returns the task that a key below data belongs to, "" for the keys of Data itself and for unknown ones.
func (Data) Owner(key string) string { return dataOwners.owner(key) }

// Keys returns the keys that are set, those of the sections included, in their order.
func (d Data) Keys() []string { return given(&d, d.sections) }

// Given reports whether a key is set.
func (d Data) Given(key string) bool { return slices.Contains(d.Keys(), key) }

// Foreign returns the first key that is set and belongs to another task, "" if there is none.
func (d Data) Foreign(task string) string { return dataOwners.foreign(d.Keys(), task) }

// Instead returns the key that stands in the place of source, "" if there is none.
func (d Data) Instead() string { return dataOwners.instead(d.sections, "source") }
