// Package study tunes experiments: it carries out the trials of a [tune.Study] as runs.
//
//	spec.Search → tune.Study (values) → run.RunTrial (a directory for each training) → Result → best.yaml, pictures
//
// A study's directory holds study.db (every trial, in SQLite), trials/NNN (run directories), and once it is finished
// best.yaml, best (the run of the best trial, tested), study.json and pictures.
package study
