package env

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"gorae/internal/spell"
)

// Spec is a registered environment.
type Spec struct {
	Name  string     // such as CartPole-v1
	Make  func() Env // a new environment
	Steps int        // after which an episode is truncated; 0: no limit
	About string     // one line for people
	Goal  float64    // the mean return from which the environment counts as solved; 0: none is agreed on
}

var (
	lock  sync.RWMutex
	specs []Spec
)

// Register makes an environment known by its name. It panics where the name is taken or nothing makes it.
func Register(s Spec) {
	lock.Lock()
	defer lock.Unlock()
	if s.Name == "" || s.Make == nil {
		panic("env: Register needs a Name and a Make")
	}
	if slices.ContainsFunc(specs, func(o Spec) bool { return same(o.Name, s.Name) }) {
		panic("env: " + s.Name + " is registered twice")
	}
	specs = append(specs, s)
}

// Names lists the registered environments.
func Names() []string {
	lock.RLock()
	defer lock.RUnlock()
	var names []string
	for _, s := range specs {
		names = append(names, s.Name)
	}
	return names
}

// plain is a name without case, marks and version: cartpole for CartPole-v1.
func plain(name string) string {
	if name = strings.ToLower(name); versioned(name) {
		name = name[:strings.LastIndex(name, "-v")]
	}
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(name)
}

// versioned reports whether a name ends with a version, as in CartPole-v1.
func versioned(name string) bool {
	i := strings.LastIndex(strings.ToLower(name), "-v")
	return i > 0 && i+2 < len(name) && strings.Trim(name[i+2:], "0123456789") == ""
}

func same(a, b string) bool { return strings.EqualFold(a, b) }

// Find returns a registered environment by its name, as CartPole-v1, or without case, marks and version, as cartpole
// or mountain_car. A version that is not the registered one is an error.
func Find(name string) (Spec, error) {
	lock.RLock()
	defer lock.RUnlock()
	word := plain(name)
	var names, words []string
	for _, s := range specs {
		if same(s.Name, name) || plain(s.Name) == word && !versioned(name) {
			return s, nil
		}
		names, words = append(names, s.Name), append(words, plain(s.Name))
	}
	if i := slices.Index(words, word); i >= 0 {
		return Spec{}, fmt.Errorf("there is no environment %q; there is %s", name, names[i])
	}
	if i := slices.Index(words, spell.Nearest(word, words)); i >= 0 {
		return Spec{}, fmt.Errorf("there is no environment %q; did you mean %s?", name, names[i])
	}
	return Spec{}, fmt.Errorf("there is no environment %q; there are %s, and env.Register adds others", name,
		strings.Join(names, ", "))
}

// New makes the environment, with its limit of steps.
func (s Spec) New() Env {
	e := s.Make()
	if s.Steps > 0 {
		e = &TimeLimit{Env: e, Steps: s.Steps}
	}
	return e
}

// Make makes a registered environment by its name, with its limit of steps.
func Make(name string) (Env, error) {
	s, err := Find(name)
	if err != nil {
		return nil, err
	}
	return s.New(), nil
}

func init() {
	Register(Spec{Name: "CartPole-v1", Make: func() Env { return new(CartPole) }, Steps: 500, Goal: 475,
		About: "push a cart left or right so that the pole on it stays up"})
	Register(Spec{Name: "Acrobot-v1", Make: func() Env { return new(Acrobot) }, Steps: 500, Goal: -100,
		About: "swing two hanging links up by the joint between them"})
	Register(Spec{Name: "MountainCar-v0", Make: func() Env { return new(MountainCar) }, Steps: 200, Goal: -110,
		About: "drive a weak car out of a valley by swinging"})
	Register(Spec{Name: "FrozenLake-v1", Make: func() Env { return NewFrozenLake(Lake4x4) }, Steps: 100, Goal: 0.70,
		About: "cross a slippery lake of 4×4 fields with holes"})
	Register(Spec{Name: "FrozenLake8x8-v1", Make: func() Env { return NewFrozenLake(Lake8x8) }, Steps: 200, Goal: 0.85,
		About: "cross a slippery lake of 8×8 fields with holes"})
}
