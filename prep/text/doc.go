// Package text turns text into numbers: ids of words, characters, jamo or byte pairs
// for an Embedding, bags of words, and tf-idf. A Vocabulary is fitted on learning
// texts alone and saved with the model as JSON, so that predictions take raw text.
//
// Everything is brought to Unicode's form C first. Id 0 is padding, id 1 is what the
// vocabulary does not know, tokens follow by frequency; tokens of equal frequency
// stand in the order of their bytes.
package text
