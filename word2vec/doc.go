// Package word2vec learns vectors of words from text: words that stand among the same words get vectors of a small
// angle.
//
//	texts → NewCorpus → Trainer (skip-gram or CBOW, with negative sampling) → Vectors → Near, Analogy, Similarity
//	                  → PPMI (counted, not learnt: the baseline)
//
// # Skip-gram with negative sampling
//
// Each word has two vectors, v as a word and u as the context of others. For each word w of the text and each word c at
// most b places away from it, b being drawn from 1 to window,
//
//	loss = −log σ(v_c·u_w) − Σ_{n of k words drawn in proportion to count^¾} log σ(−v_c·u_n)
//
// is stepped down by its gradient; words of a share f of the text are passed over with the probability
// 1 − √(t/f) − t/f. CBOW has the mean of the v of all words of the window in place of v_c. The k words that are drawn
// for w serve its whole window (Ji et al., "Parallelizing word2vec in shared and distributed memory", 2016), so that
// products and updates are of small matrices: this is what makes the speed. Source of the models: Mikolov, Sutskever,
// Chen, Corrado and Dean, "Distributed representations of words and phrases and their compositionality", NIPS 2013,
// and word2vec.c.
//
// # The same bits
//
// Random numbers are functions of the seed, the epoch and the place in the text (Philox), so that a resumed training
// draws the same. Threads share work in two phases for each 64 words, see [Trainer]; the vectors have the same bits for
// any number of threads and after any number of interruptions. They depend on the instruction set, as all products do.
// With vectors of 100 numbers up to 7 threads have something to do, of 300 numbers 19.
package word2vec
