package spec

import (
	"gorae/config"
)

// Pretrained stands in the place of a layer for the network of a model file, for transfer learning:
//
//	model:
//	  - rescaling: {scale: 0.00784, offset: -1}     # the pixels as the network was trained on them
//	  - {name: base, pretrained: {file: mobilenet.keras, upto: global_average_pooling2d}}
//	  - dense: {units: 10, activation: softmax}
//	train: {freeze: base}
//
// The network is part of the model, which is saved whole. Its weights begin as they are in the file, and are trained on
// unless train.freeze names the step.
type Pretrained struct {
	// File is the model file: .keras or .h5.
	File string `keras:"file,main,required,file,remedy=name a model file"`
	// Upto is the layer of the network whose output is used, which cuts off what stands behind it, such as the classes
	// that the network was trained for; the output of the network where it is left out.
	Upto string `keras:"upto"`
}

// pretrainedWord is the word that a step with a Pretrained is written by.
const pretrainedWord = "pretrained"

// ConfigFiles implements config.Filer: the files of the network's steps.
func (n *Network) ConfigFiles() []config.FileRef {
	var refs []config.FileRef
	for i, s := range n.Steps {
		if p := s.Pretrained; p != nil {
			path := config.Join(n.path(i), config.Step(pretrainedWord))
			refs = append(refs, config.FileRef{Path: path + ".file", Value: &p.File})
		}
	}
	return refs
}

// readPretrained reads the keys, or the file alone.
func readPretrained(written any) (*Pretrained, error) {
	p := &Pretrained{}
	if _, ok := config.AsMap(written); !ok && written != nil {
		written = config.Map{{Key: "file", Value: written}}
	}
	err := (&config.Decoder{}).Decode(p, written)
	return p, config.Under(pretrainedWord, err)
}

// written is the step's network as it stands in a file.
func (p *Pretrained) written() config.Map {
	m := config.Written(*p).(config.Map)
	if p.Upto == "" {
		return config.Map{{Key: pretrainedWord, Value: p.File}}
	}
	return config.Map{{Key: pretrainedWord, Value: m}}
}
