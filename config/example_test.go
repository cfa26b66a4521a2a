package config_test

import (
	"fmt"

	"gorae/config"
)

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
