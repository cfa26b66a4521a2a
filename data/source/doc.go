// Package source finds out what a path holds and reads it: the one place where files, folders, embedded samples and
// standard input become tables, arrays and texts.
//
// [Find] looks a path up: [Info] then knows its name, extension, first bytes and [Format], without having read it.
// Whoever has to choose between kinds of data, such as the tasks of an experiment, decides by these; [Info.Read] reads
// the content, once. [Open] does both.
//
//	titanic.csv  titanic.tsv.gz  images-idx3-ubyte  mnist.npz  review.txt  reviews/pos/1.txt  embed:iris  -
//
// Formats register themselves ([Register]), and so do other places than files ([RegisterScheme]): a package that reads
// Parquet files or a database adds them, and a program has them if it imports that package. The formats of pictures are
// registered by package data/image, those of sequences by data/sequence. Files packed with gzip are unpacked whatever
// they are called, and before their format is looked for.
package source
