// Package generative makes new pictures, or other samples, like those that it learnt from: variational autoencoders
// and generative adversarial networks, the drawing of samples from both, and measures of how good samples are.
package generative
