// Package env holds environments of reinforcement learning: worlds in which an agent observes, acts and is rewarded.
//
// [Env] has the words of Gymnasium (https://gymnasium.farama.org): Reset begins an episode, Step does an action and
// returns the observation, the reward, and whether the episode is terminated or truncated. Whoever implements it has an
// environment of his own, for package rl and for whatever else acts.
//
// Four environments are built in: CartPole-v1, Acrobot-v1, MountainCar-v0 and FrozenLake-v1 (and FrozenLake8x8-v1).
// [Make] makes one by name, with its limit of steps. They compute in float64 what Gymnasium 1.4 computes, and draw
// what is random as NumPy's PCG64 does, so that the seed of Reset gives the episode that Gymnasium's
// reset(seed=…) gives.
//
// Gymnasium hands observations out as float32; here they keep their float64, and whoever feeds a network rounds them.
package env
