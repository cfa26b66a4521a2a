package translate

import (
	"gorae/layer"
	"gorae/spec"
)

// dropoutRate is that of the default network, before its output.
const dropoutRate = 0.3

// Network returns an encoder and a decoder of gated recurrent units (Cho et al. 2014; Sutskever et al. 2014): the
// encoder reads the sentence in both directions, the decoder starts from its last states and reads what has been
// written. With attention (Luong et al. 2015) each step of the decoder also looks at all steps of the encoder.
func (p *problem) Network() *spec.Network {
	t, f := p.translate, p.fitted
	mask := t.Padding == "masked"
	half := max(1, t.Units/2)
	step := func(name string, l layer.Layer, inputs ...string) spec.Step {
		return spec.Step{Name: name, Layer: l, Inputs: inputs}
	}
	steps := []spec.Step{
		step("source_embedding", layer.Embedding{InputDim: f.Source.Size(), OutputDim: t.Units, MaskZero: mask},
			"source"),
		step("encoder", layer.Bidirectional{Layer: layer.GRU{Units: half, ReturnSequences: *t.Attention,
			ReturnState: true}}, "source_embedding"),
		step("state", layer.Concatenate{}, "encoder/2", "encoder/3"),
		step("target_embedding", layer.Embedding{InputDim: f.ids(), OutputDim: t.Units, MaskZero: mask}, "target"),
		step("decoder", layer.GRU{Units: 2 * half, ReturnSequences: true}, "target_embedding", "state"),
	}
	last := "decoder"
	if *t.Attention {
		attention := layer.Attention{}
		attention.ReturnAttentionScores = true // for pictures; in training nothing reads them
		steps = append(steps,
			step("context", attention, "decoder", "encoder"),
			step("both", layer.Concatenate{}, "context", "decoder"),
			step("combined", layer.Dense{Units: 2 * half, Activation: "tanh"}, "both"))
		last = "combined"
	}
	steps = append(steps,
		step("dropout", layer.Dropout{Rate: dropoutRate}, last),
		step("next", layer.Dense{Units: f.ids(), Activation: "softmax"}, "dropout"))
	return &spec.Network{Steps: steps}
}
