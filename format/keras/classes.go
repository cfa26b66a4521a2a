package keras

import "strings"

// kerasLayers are the layer classes that Keras 3.13 has under keras.layers. All others are written
// as registered objects.
var kerasLayers = set(`
	Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention AugMix AutoContrast
	Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional
	CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D
	Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D CutMix Dense
	DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Equalization
	Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D
	GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D
	GlobalMaxPooling3D GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity
	InputLayer IntegerLookup LSTM LSTMCell Lambda LayerNormalization LeakyReLU Masking
	MaxNumBoundingBoxes MaxPooling1D MaxPooling2D MaxPooling3D Maximum MelSpectrogram Minimum MixUp
	MultiHeadAttention Multiply Normalization PReLU Permute RMSNormalization RNN RandAugment
	RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomErasing
	RandomFlip RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation
	RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU RepeatVector
	Rescaling Reshape Resizing ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D
	SimpleRNN SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D
	SpectralNormalization StackedRNNCells StringLookup Subtract TimeDistributed
	UnitNormalization UpSampling1D UpSampling2D UpSampling3D Wrapper ZeroPadding1D ZeroPadding2D
	ZeroPadding3D`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}
