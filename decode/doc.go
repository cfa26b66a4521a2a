// Package decode writes sequences with networks that say, for every step, how likely each id is to come next: greedily,
// by beam search, or by sampling. It knows ids and scores; what they stand for is known to the caller.
//
// [New] makes [Steps] of a model: compiled, with states that stay in the plan, where the network works step by step, or
// else by feeding the whole sequence again for each step. [Beam] searches over any Steps, many sentences at once.
package decode
