package config_test

import (
	"errors"
	"fmt"

	"gorae/config"
)

// A Filter is a thing with a configuration; Blur and Edge are kinds of it.
type Filter interface{ Apply(x float64) float64 }

type Blur struct {
	Radius int     `keras:"radius,main,required,min=1,what=number of pixels"`
	Sigma  float64 `keras:"sigma,default=1.5,positive"`
}

func (b Blur) Apply(x float64) float64 { return x / float64(b.Radius) }

type Edge struct {
	Signed bool `keras:"signed"`
}

func (Edge) Apply(x float64) float64 { return x }

var filters = config.NewRegistry[Filter]("filter", "example.filters")

func init() {
	filters.Register(Blur{})
	filters.Register(Edge{})
}

// A Decoder reads what people write; Written is the shortest form of it.
func ExampleDecoder() {
	var section struct {
		Filters []Filter `keras:"filters"`
	}
	d := &config.Decoder{}
	err := d.Decode(&section, config.Map{{Key: "filters", Value: []any{
		"edge",
		config.Map{{Key: "blur", Value: 3}},
		config.Map{{Key: "blur", Value: config.Map{{Key: "radius", Value: 2}, {Key: "sigma", Value: 1.5}}}},
	}}})
	fmt.Printf("%+v %v\n", section.Filters, err)
	fmt.Println(config.Written(section))
	// Output:
	// [{Signed:false} {Radius:3 Sigma:0} {Radius:2 Sigma:1.5}] <nil>
	// [{filters [edge [{blur 3}] [{blur 2}]]}]
}

// An error says where the mistake is, what it is, and what to do.
func ExampleError() {
	var f Filter
	err := (&config.Decoder{}).Decode(&f, config.Map{{Key: "blur", Value: 0}})
	err = config.Under("data.filters[1]", err)
	var e *config.Error
	if errors.As(err, &e) {
		fmt.Println(e.Path, e.Code, config.IsSchema(err))
	}
	fmt.Println(err)
	// Output:
	// data.filters[1].blur.radius out_of_range true
	// data.filters[1].blur.radius: 0 is not a number of pixels; give 1 or more
}

// Filled sets the defaults of a value that was written in Go.
func ExampleFilled() {
	fmt.Println(config.Filled(Blur{Radius: 2}).Sigma)
	var f Filter = Blur{Radius: 2}
	fmt.Println(config.Filled(f))
	// Output:
	// 1.5
	// {2 1.5}
}

// schedule is a configuration: the tags say the keys, what they may be, and what holds where nothing is written.
type schedule struct {
	Rate  float64 `keras:"initial_learning_rate,required,positive,what=learning rate"`
	Steps int     `keras:"decay_steps,default=100,min=1"`
}

// Decode writes the keys that are there, Filled sets the defaults of the others.
func ExampleDecode() {
	var s schedule
	if err := config.Decode(&s, map[string]any{"initial_learning_rate": 0.1}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(config.Filled(s))
	fmt.Println(config.Decode(&s, map[string]any{"initial_learning_rate": 0.1, "decay_stps": 5}))
	// Output:
	// {0.1 100}
	// decay_stps: unknown key; did you mean "decay_steps"?
}
