// Package rl trains networks by reinforcement learning: an agent acts in an environment of package env, and learns from
// its rewards.
//
// Three algorithms are there, with the names and arguments of Stable-Baselines3 and the optimizers of Keras: [DQN]
// (deep Q-learning), [Reinforce] (policy gradient with a baseline) and [ActorCritic] (advantage actor-critic with
// generalised advantages). [Train] runs one over an environment and a network; [Evaluate] plays fresh episodes.
//
// A training runs in a [gorae/train.Loop]: it has its epochs, callbacks, history, best epoch and checkpoints. The seed
// decides everything, for any number of threads. A checkpoint holds the replay buffer and the state of every episode,
// so that a run which is killed and continued ends with the same bits: an episode is kept as its seed and its actions
// so far, and played again, which works for any environment whose randomness comes from the seed of Reset.
package rl
