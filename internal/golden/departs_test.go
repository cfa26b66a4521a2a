package golden

import (
	"fmt"
	"regexp"
	"slices"

	"gorae/graph"
)

// departure is numbers in which Keras departs from the published formula, and gorae follows the formula.
type departure struct {
	name        *regexp.Regexp               // of the test and of what is compared: TestLayers/CASE/float64: output 0
	want        func(keras *array) []float64 // the formula's numbers, made of Keras's; nil where others test them
	reason      string                       // with the source
	met, differ int                          // how often it was met, and how often Keras differed
}

func depart(name string, want func(keras *array) []float64, reason string) *departure {
	return &departure{name: regexp.MustCompile(name), want: want, reason: reason}
}

// departures is the whole list. An entry that meets no case in which Keras differs is an error.
var departures = []*departure{
	depart(`/Random(Rotation|Translation|Zoom)\..*: gradient of input 0$`, nil,
		"TensorFlow warps the gradient by the inverse map, which is not the slope (keras3/README.md: outputs are "+
			"the point there); graph/warp_test.go has the slope, by finite differences"),
	depart(`/Random(Rotation\.k-3|Translation\.k-2)/.*: output 0$`, nil,
		"between the last pixel and the first one of a picture that repeats (fill_mode wrap), TensorFlow takes the "+
			"last; Keras's documentation repeats the picture, so that both are blended (graph/warp_test.go)"),
	depart(`/Random(Saturation\.(k-1|mix-1)|ColorJitter\.k-2)/.*: output 0$`, saturated,
		"Keras clips the saturation at the upper end of value_range, 255, where HSV's ends at 1, so that colours "+
			"leave the range"),
	depart(`/(GlobalAveragePooling1D\.mask-5|TimeDistributed-GlobalAveragePooling1D-4D\.masking)/.*: output 0$`, zeroForNaN,
		"Keras divides 0 by 0 where a mask leaves no step; the mean of nothing is 0 here"),
	depart(`/(Resizing\.interpolation-2/|image_resize/00[67]: )`, nil,
		"TensorFlow rounds the place within a pixel to 1/1024 (resize_bicubic_op.cc); Keys's kernel (1981) is "+
			"exact, as in Pillow (internal/resample)"),
	depart(`/CategoricalCrossentropy/0(31|32|41|45|46|54|56|57|59|60)/.*: gradient$`, nil,
		"where a target does not add up to 1, TensorFlow's gradient with respect to logits is p − y; the slope of "+
			"−Σ y·ln softmax(z) is p·Σy − y (graph/gradient_test.go, by finite differences)"),
	depart(`/BinaryFocalCrossentropy/05[23]/.*: gradient$`, nil,
		"with gamma 0 Keras takes 0·0⁻¹ for the slope of (1 − p)⁰ at p = 1, NaN; it is 0"),
	depart(`/IntegerLookup\.mix-8/float64: output 0$`, nil,
		"weights of tf_idf are constants of the network, float32; the vocabulary and float32 are compared"),
	depart(`^TestOptimizers/Ftrl/024/float64: weight 0 after step 25$`, nil,
		"a schedule is float32 in Keras: 2.3e-10 of an element that is 2.2e-5; float32 is compared"),
	depart(`^TestOptimizers/Nadam/012/float64`, nil,
		"Keras takes the product of Nadam's μ of exact numbers and each μ of rounded ones; float32 is compared"),
	depart(`^TestParity/mlp_regressor/float64: (h1|h2|out)/`, nil,
		"TensorFlow rounds gelu's √2 to float32, of which six steps of RMSprop make 1e-6; logs and float32 are "+
			"compared"),
	depart(`^TestParity/cnn2d_batchnorm(_float32/float(32|64)|/float32): (c1/kernel|c2/|bn1/beta|bn2/moving_mean|evaluate|`+
		`prediction|epoch \d val_loss)`, nil,
		"the gradient of a bias before a batch normalisation is 0, in float32 rounding, of which Adam makes whole "+
			"steps; in float64 the training is compared"),
	depart(`^TestParity/cnn1d_batchnorm/float32: (c1/bias|bn1/moving_mean) after (all batches|fit)$`, nil,
		"the gradient of a bias before a batch normalisation is 0, in float32 rounding (cnn1d_batchnorm)"),
	depart(`^TestParity/cnn2d_batchnorm/float64: c1/kernel after all batches`, nil,
		"the gradient of a bias before a batch normalisation, in float64: 1.5e-11 of one element"),
	depart(`^TestParity/attention_block/float32: (mha/key/(kernel|bias) after|prediction 0)`, nil,
		"the gradient of a key's bias is 0, in float32 rounding, of which Adam makes whole steps; in float64 the "+
			"training is compared"),
	depart(`/(sparsemax|Dense\.activation-21|Activation\.act-25)(/|:)`, nil,
		"Keras adds up all cumulative sums where Martins and Astudillo (2016) take the last one, so that rows do not "+
			"add up to 1 (layer/activation_test.go)"),
	depart(`^TestMetrics/Accuracy/`, nil,
		"the class Accuracy counts predictions that equal the target; gorae's accuracy is what compile(metrics=[...]) "+
			"makes of the word, chosen by the shapes"),
	depart(`^TestMetrics/SparseCategoricalCrossentropy/00([46]/.*|[57]/.*: of the last batch alone)`, nil,
		"without weights Keras counts what ignore_class leaves out as zeros; with weights, and here, it does not "+
			"count"),
	depart(`^TestMetrics/R2Score/0(09|10|11)/`, nil,
		"for the adjusted R² Keras counts each column as a sample, and samples of weight 0 too; of one column with "+
			"weights above 0 it is the same (008, and metric/several_test.go by hand)"),
	depart(`^TestMetrics/.*IoU/00[1357]/`, nil,
		"Keras cuts weights down to whole numbers, unless its dtype is a float; gorae counts them as they are"),
	depart(`^TestMasks/Normalization\.`, nil,
		"the weights of these cases were set without finalize_state, so that Keras computed with its first ones; "+
			"TestLayers has the layer's numbers"),
	depart(`/TimeDistributed-(LSTM|GlobalAveragePooling1D|Conv1D|Flatten)-4D\.masking/.*: mask of output 0$`, nil,
		"Keras hands the mask of the inner steps on where the output has none, so that the layers behind are errors; "+
			"here a step counts of which an inner step does"),
	depart(`/SpectralNormalization\.inner-4/.*: output 0$`, nil,
		"Keras gives the rows of an embedding the type of the ids, whole numbers, which are all 0"),
	depart(`/(Attention\.mask-5|AdditiveAttention\.mask-[35])/float32: `, nil,
		"where a query sees nothing, scores minus 1e9 keep their differences in float64 and lose them in float32, in "+
			"Keras too (keras3/README.md); layer/attention_test.go has the mean of all values, by hand"),
	depart(`/MaxPooling3D\.(strides-1|mix-5)/.*: gradient of input 0$`, nil,
		"TensorFlow's MaxPool3DGrad gives the whole gradient to each of several equal greatest elements, so that it "+
			"counts twice; in one and two dimensions, and here, the first has it"),
}

// rounded are cases in which Keras rounds the layer's constants to float32 within float64 arithmetic, so that its
// numbers are only good to 1e-7. With constants rounded alike gorae's numbers are the same to 1e-10.
var rounded = []string{"Rescaling.scale-1", "Rescaling.mix-3", "ActivityRegularization.l1-2", "LeakyReLU.masking",
	"LeakyReLU.embedding"}

// roundConstants takes from the scalars of a graph what they were rounded from.
func roundConstants(g *graph.Graph) {
	for _, c := range g.Calls {
		if k, ok := c.Op.(graph.Const); ok {
			c.Op = graph.Const{Value: k.Value}
		}
	}
}

func departureOf(test, what string) *departure {
	for _, d := range departures {
		if d.name.MatchString(test + ": " + what) {
			d.met++
			return d
		}
	}
	return nil
}

// saturated brings colours (r, g, b) of a value V whose saturation (V − least)/V is above 1 back to saturation 1.
func saturated(keras *array) []float64 {
	v := slices.Clone(keras.V)
	apart := 1 // of the channels of a pixel
	if n := len(keras.Shape); keras.Shape[n-1] != 3 {
		apart = keras.Shape[n-2] * keras.Shape[n-1]
	}
	for i := range v {
		if i/apart%3 != 0 {
			continue
		}
		r, g, b := &v[i], &v[i+apart], &v[i+2*apart]
		most, least := max(*r, *g, *b), min(*r, *g, *b)
		if s := (most - least) / most; s > 1 {
			for _, c := range []*float64{r, g, b} {
				*c = most - (most-*c)/s
			}
		}
	}
	return v
}

func zeroForNaN(keras *array) []float64 {
	v := slices.Clone(keras.V)
	for i, x := range v {
		if x != x {
			v[i] = 0
		}
	}
	return v
}

// refusal is an option or argument of a class that gorae refuses by a message.
type refusal struct {
	class, message *regexp.Regexp
	reason         string
	met            int
}

// refusals is the whole list. An entry that meets no case is an error.
var refusals = []*refusal{
	{class: regexp.MustCompile(`Correlation|CosineSimilarity|Dice|Tversky`), message: regexp.MustCompile(
		`axis 0 is that of the samples|axis: 0 is not allowed`),
		reason: "along an axis over samples a value would depend on which samples a batch holds"},
	{class: regexp.MustCompile(`ConvLSTM`), message: regexp.MustCompile(`the mask .* does not fit sequences`),
		reason: "a mask over the places of a step is an error in Keras, unless the places stay as many"},
}

// refuses counts a case that is refused by a message of the list.
func (y *tally) refuses(class string, err error) bool {
	if err == nil {
		return false
	}
	for _, r := range refusals {
		if r.class.MatchString(class) && r.message.MatchString(err.Error()) {
			r.met++
			y.listed[class+": "+r.reason]++
			return true
		}
	}
	return false
}

// differences counts comparisons in which Keras departed.
func differences() (n int) {
	for _, d := range departures {
		n += d.differ
	}
	return n
}

// stale is 1 where an entry of the lists met no case of a whole run, and 0 elsewhere.
func stale() (code int) {
	for _, d := range departures {
		if d.differ == 0 {
			fmt.Printf("departure %v meets %d cases, and Keras agrees in all\n", d.name, d.met)
			code = 1
		}
	}
	for _, r := range refusals {
		if r.met == 0 {
			fmt.Printf("refusal %q of %v meets no case\n", r.message, r.class)
			code = 1
		}
	}
	return code
}
