package spec_test

import (
	"gorae/data/augment"
	"gorae/prep/text"
	"gorae/spec"
)

// The sections below data of the tasks, as they register them.

type series struct {
	Series *struct {
		Window    int               `keras:"window,min=1,what=number of steps"`
		Horizon   int               `keras:"horizon,min=1,what=number of steps"`
		Steps     int               `keras:"steps,min=1,what=number of steps"`
		Stride    int               `keras:"stride,min=1,what=number of steps"`
		Every     bool              `keras:"every"`
		Context   *bool             `keras:"context"`
		Features  []string          `keras:"features,column"`
		Targets   []string          `keras:"targets,column"`
		Transform map[string]string `keras:"transform,oneof=none|log|difference|log_return|seasonal|trend"`
		Scale     string            `keras:"scale,oneof=zscore|minmax|none"`
		Calendar  []string          `keras:"calendar"`
		Season    int               `keras:"season,min=2,what=number of steps"`
		Sort      bool              `keras:"sort"`
		Repeated  string            `keras:"repeated,oneof=first|last"`
		Gaps      string            `keras:"gaps,oneof=bridge|break"`
		Fill      string            `keras:"fill,oneof=previous|linear|zero"`
	} `keras:"series,flag"`
}

type image struct {
	Image struct {
		Size        []int  `keras:"size,optional,min=1,max=32768,each=2,what=number of pixels"`
		Colour      string `keras:"colour,oneof=rgb|grey"`
		Resize      string `keras:"resize,default=bilinear,oneof=bilinear|nearest|bicubic|area|lanczos3"`
		Fit         string `keras:"fit,default=stretch,oneof=stretch|crop|pad"`
		NoAntialias bool   `keras:"!antialias"`
		SkipBroken  bool   `keras:"skip_broken"`
		MaxPixels   int    `keras:"max_pixels,min=1,what=number of pixels"`
	} `keras:"image"`
	Augment augment.Transforms `keras:"augment"`
	Paths   string             `keras:"paths,column"`
}

type sequence struct {
	Sequence *struct {
		ID       string   `keras:"id,column"`
		Step     string   `keras:"step,column"`
		Features []string `keras:"features,column"`
		Files    string   `keras:"files"`
		Labels   string   `keras:"labels"`
		About    []string `keras:"about"`
		Target   string   `keras:"target,column"`
		Length   int      `keras:"length,min=1,what=number of steps"`
		Padding  string   `keras:"padding,oneof=after|before"`
		Keep     string   `keras:"keep,oneof=last|first"`
		Scale    string   `keras:"scale,oneof=zscore|minmax|none"`
	} `keras:"sequence,flag"`
}

type language struct {
	Text *struct {
		text.Spec
		Window int `keras:"window,min=1,max=1048576,what=number of tokens"`
		Stride int `keras:"stride,min=1,max=1048576,what=number of tokens"`
	} `keras:"text,flag"`
}

type texts struct {
	Vectors string `keras:"vectors,file"`
}

// control is a task without files: its samples come from an environment, and it trains by a procedure of its own.
type control struct {
	Environment string `keras:"environment,instead=source"`
}

type controlTrain struct {
	DQN *struct {
		Memory int `keras:"memory,min=1,what=number of transitions"`
	} `keras:"dqn,flag"`
}

func init() {
	spec.RegisterData("control", &control{})
	spec.RegisterTrain("control", &controlTrain{})
	spec.RegisterData("series", &series{})
	spec.RegisterData("image", &image{})
	spec.RegisterData("sequence", &sequence{})
	spec.RegisterData("language", &language{})
	spec.RegisterData("text", &texts{})
}
