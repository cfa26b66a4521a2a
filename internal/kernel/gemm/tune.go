package gemm

import (
	"os"
	"strconv"
)

func envInt(n string, d int) int {
	if v, err := strconv.Atoi(os.Getenv(n)); err == nil {
		return v
	}
	return d
}

var inPlaceM = envInt("INPLACE", 28)
var maxBlockK = envInt("KC", 512)
var blockCols = envInt("NB", 256)
var blockRows = envInt("MB", 256)
var fewRows = envInt("FEW", 128)
var blockWork = envInt("WORK", 1<<21)

const badStride = 256
const manyRows = 14
