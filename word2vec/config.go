package word2vec

import "gorae/config"

// Config is how vectors are learnt. Its zero value is Mikolov et al.'s choice for a corpus of millions of words.
type Config struct {
	// Method is skipgram (also ""): each word of a window predicts the word in its middle; or cbow: the mean of the
	// window's words predicts it.
	Method string `keras:"method,oneof=skipgram|cbow"`
	// Size is the length of a vector.
	Size int `keras:"size,default=100,min=1,max=4096,what=length of a vector"`
	// Window is the greatest distance of two words that predict each other. Each word draws its own from 1 to Window.
	Window int `keras:"window,default=5,min=1,max=1000,what=number of words"`
	// Negative is the number of words drawn at random, in proportion to their counts to the power 3/4, that a
	// prediction is to tell from the true word.
	Negative int `keras:"negative,default=5,min=1,max=1000,what=number of words"`
	// Sample is the share of the corpus above which a word is passed over at random: one of the share f is kept with
	// the probability √(sample/f) + sample/f. 0 keeps all words.
	Sample *float64 `keras:"sample,default=1e-4,min=0,max=1,what=share"`
	// MinCount is how often a word must occur to have a vector.
	MinCount int `keras:"min_count,default=5,min=1,max=1000000000,what=number of times"`
	// Words is the greatest number of words that have a vector, the most frequent; 0: all.
	Words int `keras:"words,min=1,max=16777216,what=number of words"`
	// Epochs is how often the corpus is gone through.
	Epochs int `keras:"epochs,default=5,min=1,max=1000000,what=number of epochs"`
	// LearningRate is the first learning rate, 0.025 for skipgram and 0.05 for cbow if it is not given. It falls with
	// the words of all epochs, in a straight line to 1/10000 of the first.
	LearningRate float64 `keras:"learning_rate,positive,max=1,what=learning rate"`
}

// Defaults returns the Config with every setting that was left open.
func (c Config) Defaults() Config {
	c = config.Filled(c)
	if c.Method == "" {
		c.Method = "skipgram"
	}
	if c.LearningRate == 0 {
		c.LearningRate = 0.025
		if c.Method == "cbow" {
			c.LearningRate = 0.05
		}
	}
	return c
}
