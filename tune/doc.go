// Package tune searches for the values of parameters that make an objective least: search spaces with conditions,
// samplers ([Random], [Grid], [TPE]), asynchronous successive halving ([ASHA]), a store of trials in SQLite, and the
// importance of parameters. It knows nothing of networks: what is trained is a function of the caller's.
//
//	Space, Sampler → values → Study.Train → Outcome → Pruner (go on, rest) → Best, Importance
//
// Package tune/study trains the experiments of gorae with it.
package tune
