package control_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorae/bundle"
	"gorae/run"
	"gorae/spec"
	_ "gorae/spec/yaml"
	_ "gorae/task/control"
)

// An experiment trains a policy; its model file says what to do in any state.
func Example() {
	dir, err := os.MkdirTemp("", "gorae")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	file, err := spec.Parse(filepath.Join(dir, "cartpole.yaml"), "cartpole", []byte(`
data: {environment: cartpole}
train: {actor_critic: {}, epochs: 20}
seed: 1
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := run.Prepare(ctx, file)
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := run.Run(ctx, p, run.Options{Out: filepath.Join(dir, "run")})
	if err != nil {
		fmt.Println(err)
		return
	}
	b := result.Report.Findings.Baselines
	fmt.Println(b[0].Name, b[0].Metrics.Of("return") < 30, b[1].Name, b[1].Metrics.Of("return"))
	fmt.Println("trained:", result.Report.Test.Of("return") > 200)

	model, err := bundle.Open(filepath.Join(result.Dir, "model.keras"))
	if err != nil {
		fmt.Println(err)
		return
	}
	states := []struct {
		Position        float64 `gorae:"position"`
		Velocity        float64 `gorae:"velocity"`
		Angle           float64 `gorae:"angle"`
		AngularVelocity float64 `gorae:"angular_velocity"`
	}{{Angle: 0.1}, {Angle: -0.1}} // the pole leans to the right, and to the left
	actions, err := bundle.Predictions[int](ctx, model, states)
	fmt.Println("push right, push left:", actions, err)
	// Output:
	// random actions true fixed rule 500
	// trained: true
	// push right, push left: [1 0] <nil>
}
