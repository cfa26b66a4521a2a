// Package doing tells who watches a computation what it is at, so that a long silence can be explained. What is said
// does not change what is computed.
package doing

import (
	"context"
	"fmt"
)

type key struct{}

// With returns a context whose computation tells hear what it is at: a phrase such as "reading titanic.csv".
func With(ctx context.Context, hear func(what string)) context.Context {
	return context.WithValue(ctx, key{}, hear)
}

// Say tells what follows. Without a listener nothing happens.
func Say(ctx context.Context, format string, args ...any) {
	if hear, ok := ctx.Value(key{}).(func(string)); ok {
		hear(fmt.Sprintf(format, args...))
	}
}
