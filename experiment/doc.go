// Package experiment turns an experiment file and a data file into a trained network
// and its report: the chapter's whole procedure, P1 to P8, repeatable from one
// page of YAML.
//
//	file → data → prep → batches → model → train → metrics, pictures, model.keras
//
// [Read] reads the file and says by line and column what is wrong with it;
// [Experiment.Open] reads the data, splits it, fits the preprocessing on the learning
// rows and writes out everything that was left to be inferred; [Run] trains in a run
// directory that survives being killed at any instant. A [Product] is the file
// that comes of it: the network together with its preprocessing.
package experiment
