package modeltest

import (
	"maps"

	"gorae/layer"
	"gorae/weight"
)

// Cases returns all layers of package layer in their varieties, by name.
func Cases() map[string]Case {
	vec, mat, pic := [][]int{{5}}, [][]int{{4, 3}}, [][]int{{3, 4, 2}}
	two, three := [][]int{{4, 3}, {4, 3}}, [][]int{{4, 3}, {4, 3}, {4, 3}}
	cases := map[string]Case{
		"dense":        {Layer: layer.Dense{Units: 3, Activation: "tanh"}, Inputs: vec},
		"dense rank 3": {Layer: layer.Dense{Units: 2, Activation: "sigmoid"}, Inputs: mat},
		"dense rank 4": {Layer: layer.Dense{Units: 6, NoBias: true, KernelRegularizer: weight.L2{}}, Inputs: pic},
		"dense softmax": {Layer: layer.Dense{Units: 4, Activation: "softmax", Kernel: weight.HeNormal{}},
			Inputs: vec},
		"dense one":          {Layer: layer.Dense{Units: 1}, Inputs: [][]int{{1}}},
		"relu":               {Layer: layer.ReLU{}, Inputs: mat},
		"relu capped":        {Layer: layer.ReLU{MaxValue: new(0.5), NegativeSlope: 0.1, Threshold: 0.2}, Inputs: mat},
		"leaky relu":         {Layer: layer.LeakyReLU{NegativeSlope: new(0.0)}, Inputs: vec},
		"elu":                {Layer: layer.ELU{Alpha: new(0.7)}, Inputs: vec},
		"prelu":              {Layer: layer.PReLU{}, Inputs: mat},
		"prelu shared":       {Layer: layer.PReLU{SharedAxes: []int{1, 2}}, Inputs: pic},
		"softmax":            {Layer: layer.Softmax{}, Inputs: mat},
		"softmax axis":       {Layer: layer.Softmax{Axis: []int{1}}, Inputs: mat},
		"dropout":            {Layer: layer.Dropout{Rate: 0.4}, Inputs: mat},
		"dropout by row":     {Layer: layer.Dropout{Rate: 0.4, NoiseShape: []int{0, 1, 0}}, Inputs: mat},
		"gaussian noise":     {Layer: layer.GaussianNoise{Stddev: 0.3}, Inputs: mat},
		"gaussian dropout":   {Layer: layer.GaussianDropout{Rate: 0.3}, Inputs: vec},
		"alpha dropout":      {Layer: layer.AlphaDropout{Rate: 0.3}, Inputs: vec},
		"batch norm":         {Layer: layer.BatchNormalization{}, Inputs: vec},
		"batch norm picture": {Layer: layer.BatchNormalization{Momentum: new(0.0), Epsilon: 1e-5}, Inputs: pic},
		"batch norm axis":    {Layer: layer.BatchNormalization{Axis: new(1), NoScale: true}, Inputs: mat},
		"batch norm bare":    {Layer: layer.BatchNormalization{NoScale: true, NoCenter: true}, Inputs: vec},
		"batch norm frozen":  {Layer: layer.BatchNormalization{Base: layer.Base{Frozen: true}}, Inputs: vec},
		"layer norm":         {Layer: layer.LayerNormalization{}, Inputs: mat},
		"layer norm axes":    {Layer: layer.LayerNormalization{Axis: []int{1, -1}, NoCenter: true}, Inputs: mat},
		"flatten":            {Layer: layer.Flatten{}, Inputs: pic},
		"flatten first":      {Layer: layer.Flatten{DataFormat: "channels_first"}, Inputs: pic},
		"reshape":            {Layer: layer.Reshape{Target: []int{2, -1}}, Inputs: mat},
		"permute":            {Layer: layer.Permute{Dims: []int{3, 1, 2}}, Inputs: pic},
		"repeat vector":      {Layer: layer.RepeatVector{N: 3}, Inputs: vec},
		"rescaling": {Layer: layer.Rescaling{Scale: layer.Number(1 / 255.0), Offset: layer.Number(-0.5)},
			Inputs: pic},
		"add":              {Layer: layer.Add{}, Inputs: three},
		"add broadcast":    {Layer: layer.Add{}, Inputs: [][]int{{4, 3}, {1, 3}}},
		"add ranks":        {Layer: layer.Add{}, Inputs: [][]int{{4, 3}, {3}}},
		"subtract":         {Layer: layer.Subtract{}, Inputs: two},
		"multiply":         {Layer: layer.Multiply{}, Inputs: three},
		"average":          {Layer: layer.Average{}, Inputs: three},
		"maximum":          {Layer: layer.Maximum{}, Inputs: three},
		"minimum":          {Layer: layer.Minimum{}, Inputs: two},
		"concatenate":      {Layer: layer.Concatenate{}, Inputs: [][]int{{4, 3}, {4, 2}}},
		"concatenate axis": {Layer: layer.Concatenate{Axis: new(1)}, Inputs: [][]int{{4, 3}, {1, 3}, {2, 3}}},
		"dot":              {Layer: layer.Dot{Axes: []int{1}}, Inputs: [][]int{{5}, {5}}},
		"dot matrices":     {Layer: layer.Dot{Axes: []int{2, 1}, Normalize: true}, Inputs: [][]int{{4, 3}, {3, 2}}},
		"identity":         {Layer: layer.Identity{}, Inputs: mat},
		"unit norm":        {Layer: layer.UnitNormalization{}, Inputs: mat},
		"unit norm axes":   {Layer: layer.UnitNormalization{Axis: []int{1, 2}}, Inputs: mat},
		"group norm":       {Layer: layer.GroupNormalization{Groups: 2}, Inputs: [][]int{{3, 4}}},
		"instance norm":    {Layer: layer.GroupNormalization{Groups: -1, NoScale: true}, Inputs: pic},
		"normalization": {Layer: layer.Normalization{Mean: layer.Numbers{Shape: []int{3}, Values: []float64{1, 2, 3}},
			Variance: layer.Numbers{Shape: []int{3}, Values: []float64{1, 4, 0.5}}}, Inputs: mat},
		"einsum dense": {Layer: layer.EinsumDense{Equation: "abc,cd->abd", OutputShape: []int{0, 5}, BiasAxes: "d",
			Activation: "tanh"}, Inputs: mat},
		"einsum dense heads": {Layer: layer.EinsumDense{Equation: "abc,cde->abde", OutputShape: []int{0, 2, 5}},
			Inputs: mat},
		"spectral norm": {Layer: layer.SpectralNormalization{Layer: layer.Dense{Units: 3}}, Inputs: vec,
			Straight: true},
		"rms norm":      {Layer: layer.RMSNormalization{}, Inputs: mat},
		"rms norm axes": {Layer: layer.RMSNormalization{Axis: []int{1, 2}, Epsilon: 0.1}, Inputs: mat},
		"softmax axes":  {Layer: layer.Softmax{Axis: []int{1, 3}}, Inputs: pic},
	}
	recurrent(cases)
	attention(cases)
	for _, a := range layer.Activations() {
		inputs := mat
		if a == "glu" { // takes an even number of features
			inputs = [][]int{{4, 6}}
		}
		cases["activation "+a] = Case{Layer: layer.Apply{Activation: layer.Activation(a)}, Inputs: inputs}
	}
	maps.Copy(cases, placeLayers())
	maps.Copy(cases, pictureLayers())
	return cases
}

// recurrent adds the layers that run over the steps of sequences, and those beside them.
func recurrent(cases map[string]Case) {
	seq, ids := [][]int{{3, 2}}, [][]int{{4}}
	lstm, gru := layer.LSTM{Units: 2}, layer.GRU{Units: 2, ReturnSequences: true}
	for name, l := range map[string]layer.Layer{
		"simple rnn": layer.SimpleRNN{Units: 3},
		"simple rnn sequences": layer.SimpleRNN{Units: 2, Activation: "softsign", ReturnSequences: true,
			CellOptions: layer.CellOptions{NoBias: true}},
		"simple rnn dropout": layer.SimpleRNN{Units: 2,
			CellOptions: layer.CellOptions{Dropout: 0.4, RecurrentDropout: 0.3, KernelRegularizer: weight.L2{}}},
		"lstm": layer.LSTM{Units: 2},
		"lstm backwards": layer.LSTM{Units: 2, ReturnSequences: true, NoForgetBias: true,
			RNNOptions: layer.RNNOptions{GoBackwards: true}},
		"lstm no bias": layer.LSTM{Units: 1, RecurrentActivation: "hard_sigmoid", Activation: "elu",
			CellOptions: layer.CellOptions{NoBias: true}},
		"lstm dropout": layer.LSTM{Units: 2, ReturnState: true,
			CellOptions: layer.CellOptions{Dropout: 0.4, RecurrentDropout: 0.3}},
		"gru": layer.GRU{Units: 2},
		"gru sequences": layer.GRU{Units: 3, ReturnSequences: true,
			RNNOptions: layer.RNNOptions{GoBackwards: true}},
		"gru no bias": layer.GRU{Units: 2, Activation: "linear",
			CellOptions: layer.CellOptions{NoBias: true}},
		"gru reset before": layer.GRU{Units: 2, ResetBefore: true},
		"gru reset before no bias": layer.GRU{Units: 2, ResetBefore: true,
			CellOptions: layer.CellOptions{NoBias: true, RecurrentDropout: 0.5}},
		"gru dropout": layer.GRU{Units: 2,
			CellOptions: layer.CellOptions{Dropout: 0.2, RecurrentDropout: 0.5}},
		"ugrnn": layer.UGRNN{Units: 2},
		"ugrnn sequences": layer.UGRNN{Units: 2, ReturnSequences: true,
			CellOptions: layer.CellOptions{Dropout: 0.3, RecurrentDropout: 0.3}},
		"rnn":        layer.RNN{Cell: layer.LSTMCell{Units: 2}, ReturnSequences: true},
		"rnn simple": layer.RNN{Cell: layer.SimpleRNNCell{Units: 2}},
		"rnn ugrnn": layer.RNN{Cell: layer.UGRNNCell{Units: 2},
			RNNOptions: layer.RNNOptions{GoBackwards: true}},
		"rnn stacked": layer.RNN{Cell: layer.StackedRNNCells{Cells: []layer.Cell{layer.GRUCell{Units: 2},
			layer.LSTMCell{Units: 1}, layer.GRUCell{Units: 2, ResetBefore: true}}}},
		"bidirectional":     layer.Bidirectional{Layer: lstm},
		"bidirectional sum": layer.Bidirectional{Layer: gru, MergeMode: "sum"},
		"bidirectional mul": layer.Bidirectional{Layer: layer.SimpleRNN{Units: 2, ReturnSequences: true,
			RNNOptions: layer.RNNOptions{GoBackwards: true}}, MergeMode: "mul",
			Backward: layer.SimpleRNN{Units: 2, ReturnSequences: true}},
		"bidirectional ave": layer.Bidirectional{Layer: gru,
			Backward:  layer.LSTM{Units: 2, ReturnSequences: true, RNNOptions: layer.RNNOptions{GoBackwards: true}},
			MergeMode: "ave"},
		"bidirectional rnn": layer.Bidirectional{Layer: layer.RNN{Cell: layer.SimpleRNNCell{Units: 2}},
			MergeMode: "sum"},
		"time distributed":       layer.TimeDistributed{Layer: layer.Dense{Units: 3, Activation: "tanh"}},
		"time distributed moves": layer.TimeDistributed{Layer: layer.RepeatVector{N: 2}},
		"time distributed bare":  layer.TimeDistributed{Layer: layer.Dropout{Rate: 0.5}},
		"masking":                layer.Masking{},
	} {
		cases[name] = Case{Layer: l, Inputs: seq}
	}
	cases["conv lstm 1d"] = Case{Layer: layer.ConvLSTM1D{Filters: 2, KernelSize: []int{2},
		CellOptions: layer.CellOptions{Dropout: 0.3, RecurrentDropout: 0.3}}, Inputs: [][]int{{3, 4, 2}}}
	cases["conv lstm 2d"] = Case{Layer: layer.ConvLSTM2D{Filters: 2, KernelSize: []int{3, 2}, Padding: "same",
		Strides: []int{2, 1}, ReturnSequences: true}, Inputs: [][]int{{2, 3, 2, 1}}}
	cases["conv lstm 2d first"] = Case{Layer: layer.ConvLSTM2D{Filters: 2, KernelSize: []int{2},
		DataFormat: "channels_first", RNNOptions: layer.RNNOptions{GoBackwards: true},
		CellOptions: layer.CellOptions{NoBias: true}}, Inputs: [][]int{{2, 1, 3, 2}}}
	cases["conv lstm 3d"] = Case{Layer: layer.ConvLSTM3D{Filters: 1, KernelSize: []int{2}, NoForgetBias: true},
		Inputs: [][]int{{2, 2, 2, 3, 1}}}
	cases["bidirectional conv lstm"] = Case{Layer: layer.Bidirectional{Layer: layer.ConvLSTM1D{Filters: 1,
		KernelSize: []int{2}, ReturnSequences: true}}, Inputs: [][]int{{2, 3, 1}}}
	cases["lstm one step"] = Case{Layer: lstm, Inputs: [][]int{{1, 1}}}
	cases["lstm initial state"] = Case{Layer: lstm, Inputs: [][]int{{3, 2}, {2}, {2}}}
	cases["bidirectional initial state"] = Case{Layer: layer.Bidirectional{Layer: gru},
		Inputs: [][]int{{3, 2}, {2}, {2}}}
	cases["activity regularization"] = Case{Layer: layer.ActivityRegularization{L1: 0.1, L2: 0.2}, Inputs: [][]int{{4}}}
	cases["dense activity"] = Case{Layer: layer.Dense{Units: 3, Activation: "tanh", ActivityRegularizer: weight.L2{},
		KernelConstraint: weight.MaxNorm{}, BiasConstraint: weight.NonNeg{}}, Inputs: [][]int{{4}}}
	cases["lstm activity"] = Case{Layer: layer.LSTM{Units: 2, ActivityRegularizer: weight.L1L2{L1: 0.1, L2: 0.1},
		CellOptions: layer.CellOptions{RecurrentConstraint: weight.UnitNorm{},
			KernelRegularizer: weight.OrthogonalRegularizer{}}}, Inputs: [][]int{{3, 2}}}
	cases["embedding"] = Case{Layer: layer.Embedding{InputDim: 5, OutputDim: 3}, Inputs: ids, Ids: 5}
	cases["embedding lora"] = Case{Layer: layer.Embedding{InputDim: 5, OutputDim: 3, LoRA: layer.LoRA{Rank: 2}},
		Inputs: ids, Ids: 5, Merged: true}
	cases["dense lora"] = Case{Layer: layer.Dense{Units: 3, KernelRegularizer: weight.L2{},
		LoRA: layer.LoRA{Rank: 2, Alpha: new(3.0)}}, Inputs: [][]int{{4}}, Merged: true}
	cases["einsum dense lora"] = Case{Layer: layer.EinsumDense{Equation: "abc,cde->abde",
		OutputShape: []int{0, 2, 5}, LoRA: layer.LoRA{Rank: 2}}, Inputs: [][]int{{4, 3}}, Merged: true}
	cases["batch norm renorm"] = Case{Layer: layer.BatchNormalization{Renormalization: layer.Renormalization{
		Renorm: true, Clipping: &layer.RenormClipping{RMin: new(0.5), RMax: new(2.0)}}},
		Inputs: [][]int{{4}}, Fixed: true}
	cases["resizing area"] = Case{Layer: layer.Resizing{Height: 2, Width: 5, Interpolation: "area"},
		Inputs: [][]int{{3, 4, 2}}}
	cases["embedding mask"] = Case{Layer: layer.Embedding{InputDim: 5, OutputDim: 2, MaskZero: true,
		EmbeddingsRegularizer: weight.L2{}}, Inputs: ids, Ids: 5}
	for _, mode := range []string{"one_hot", "multi_hot", "count"} {
		cases["hashing "+mode] = Case{Layer: layer.Hashing{NumBins: 7, Output: mode}, Inputs: ids, Ids: 5}
		cases["integer lookup "+mode] = Case{Layer: layer.IntegerLookup{Vocabulary: []int{4, 1, 2}, Output: mode},
			Inputs: ids, Ids: 5}
		cases["discretization "+mode] = Case{Layer: layer.Discretization{BinBoundaries: []float64{1, 2.5},
			Output: mode}, Inputs: ids, Ids: 5}
		cases["category encoding "+mode] = Case{Layer: layer.CategoryEncoding{NumTokens: 5, Output: mode}, Inputs: ids,
			Ids: 5}
	}
}

// attention adds the layers of attention and of positions.
func attention(cases map[string]Case) {
	one, two := [][]int{{5, 4}}, [][]int{{5, 4}, {3, 4}}
	three := [][]int{{5, 4}, {3, 6}, {3, 4}}
	causal := layer.CallOptions{UseCausalMask: true}
	maps.Copy(cases, map[string]Case{
		"attention":               {Layer: layer.Attention{}, Inputs: two},
		"attention self":          {Layer: layer.Attention{UseScale: true}, Inputs: one},
		"attention concat":        {Layer: layer.Attention{ScoreMode: "concat", UseScale: true}, Inputs: two},
		"attention key":           {Layer: layer.Attention{}, Inputs: three},
		"additive attention":      {Layer: layer.AdditiveAttention{}, Inputs: two},
		"additive attention bare": {Layer: layer.AdditiveAttention{NoScale: true}, Inputs: one},
		"multi head":              {Layer: layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3}, Inputs: two},
		"multi head self": {Layer: layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3,
			AttentionOptions: layer.AttentionOptions{CallOptions: causal}}, Inputs: one},
		"multi head key": {Layer: layer.MultiHeadAttention{NumHeads: 3, KeyDim: 2, ValueDim: 4,
			OutputShape: []int{2, 2}, AttentionOptions: layer.AttentionOptions{Gate: true,
				KernelRegularizer: weight.L2{}}}, Inputs: three},
		"multi head axes": {Layer: layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3, AttentionAxes: []int{2},
			AttentionOptions: layer.AttentionOptions{NoBias: true}}, Inputs: [][]int{{3, 4, 2}}},
		"multi head dropout": {Layer: layer.MultiHeadAttention{NumHeads: 2, KeyDim: 3,
			AttentionOptions: layer.AttentionOptions{Dropout: 0.4, SlidingWindow: 2}}, Inputs: one},
		"grouped query": {Layer: layer.GroupedQueryAttention{HeadDim: 3, NumQueryHeads: 4, NumKeyValueHeads: 2},
			Inputs: two},
		"grouped query self": {Layer: layer.GroupedQueryAttention{HeadDim: 2, NumQueryHeads: 3, NumKeyValueHeads: 1,
			AttentionOptions: layer.AttentionOptions{Gate: true, CallOptions: causal}}, Inputs: one},
		"position embedding": {Layer: layer.PositionEmbedding{SequenceLength: 6}, Inputs: one, Detached: true},
		"tokens and positions": {Layer: layer.TokenAndPositionEmbedding{VocabularySize: 7, SequenceLength: 6,
			EmbeddingDim: 3}, Inputs: [][]int{{5}}, Ids: 7},
		"sine positions": {Layer: layer.SinePositionEncoding{}, Inputs: one, Detached: true},
	})
}
