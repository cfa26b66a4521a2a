// Package config turns structs into Keras-style configurations and back: the
// exported fields of a layer, loss, metric, optimiser or callback are its whole
// configuration, and a tag says what Keras calls each of them:
//
//	Units    int                `keras:"units,main,required,min=1,what=number of nodes"`
//	NoBias   bool               `keras:"!use_bias"`               // inverted
//	Momentum *float64           `keras:"momentum,default=0.99"`   // a pointer: 0 is a value
//	Epsilon  float64            `keras:"epsilon,default=0.001,positive"`
//	Kernel   weight.Initializer `keras:"kernel_initializer,default=glorot_uniform"`
//	_        struct{}           `keras:"kernel_constraint=null,dtype~float32"`
//	Kernel   []int              `keras:"kernel_size,each=2"`      // one number stands for both; each=3x2: pairs
//	OutPad   []int              `keras:"output_padding,optional"` // written only where it is set
//	Target   []string           `keras:"target,column,lone"`      // columns, by name or number; one stands for a list
//	Missing  []string           `keras:"missing,literal"`         // words; a number stands for its digits
//	Source   string             `keras:"source,file,required,remedy=name a data file"`
//	Table    string             `keras:"table,instead=source"`    // may stand in the place of the required key source
//	Series   *Series            `keras:"series,flag"`             // true stands for the struct without a key
//	Seed     uint64             `keras:"seed,always"`             // written also at its default
//
// The zero value of a field is Keras's default. A written zero counts: where the
// zero value means the default, writing 0 is an error that says what is wanted.
// The tag of a blank field lists keys that Keras writes and gorae does not
// vary: key=value must have that value when read, key~value may have any, and ?key=value
// is read but not written.
//
// The same codec reads JSON from model files, with [Decode] and [Encode], and what people write in experiment files,
// with a [Decoder] and [Written]. Structs, lists, maps, and interfaces by their [Registry] may hold each other to any
// depth; a type with a form of its own implements [Unmarshaler], [Marshaler] and [Schemer]. [Schema] is the JSON Schema
// of it all. Mistakes are [Error]s with their path, problem and remedy.
package config
