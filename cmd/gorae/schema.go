package main

import "gorae/spec"

type schemaWords struct{}

// Run prints the schema.
func (schemaWords) Run(o *environment) error { return spec.WriteSearchSchema(o.stdout) }
