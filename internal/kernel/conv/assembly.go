//go:build (amd64 || arm64) && !noasm

package conv

//go:generate go run -C ../gen ./conv -pkg conv -out ../conv/conv_amd64.s -stubs ../conv/stubs_amd64.go -tables ../conv/tiles_amd64.go -table ../conv/table_amd64.go

// assembly is a variant that has fill's kernels where there are some.
func assembly(fill func(*variant)) *variant {
	v := *portable
	fill(&v)
	return &v
}
