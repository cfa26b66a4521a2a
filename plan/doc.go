// Package plan compiles a graph into a list of steps over one arena and runs it without allocating. It
// stands between graph, which says what is computed, and the kernels, which compute.
package plan
