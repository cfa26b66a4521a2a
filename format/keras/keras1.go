package keras

import "strings"

// keras1 gives a configuration of Keras 1 the names of Keras 2, in place.
//
// Source: keras 2.2.4, keras/legacy/interfaces.py.
func keras1(v any) {
	switch v := v.(type) {
	case map[string]any:
		if class, ok := v["class_name"].(string); ok {
			if c, ok := v["config"].(map[string]any); ok {
				v["class_name"] = class1(class, c)
				renameKeys(c, v["class_name"].(string))
			}
		}
		for _, x := range v {
			keras1(x)
		}
	case []any:
		for _, x := range v {
			keras1(x)
		}
	}
}

// class1 is the name of a class of Keras 1 since Keras 2.
func class1(class string, c map[string]any) string {
	switch class {
	case "Merge":
		mode, _ := c["mode"].(string)
		if name := merges[mode]; name != "" {
			if axis, ok := c["concat_axis"]; ok && name == "Concatenate" {
				c["axis"] = axis
			}
			if axes, ok := c["dot_axes"]; ok && name == "Dot" {
				c["axes"] = axes
			}
			for _, k := range []string{"mode", "concat_axis", "dot_axes", "mode_type", "output_shape",
				"output_shape_type", "output_mask", "output_mask_type", "arguments"} {
				delete(c, k)
			}
			return name
		}
	case "Deconvolution2D":
		return "Conv2DTranspose"
	}
	return strings.NewReplacer("AtrousConvolution", "Conv", "SeparableConvolution", "SeparableConv",
		"Convolution", "Conv").Replace(class)
}

var merges = map[string]string{"sum": "Add", "mul": "Multiply", "concat": "Concatenate", "ave": "Average",
	"max": "Maximum", "dot": "Dot"}

// keys1 are the names of keys since Keras 2, by those of Keras 1.
var keys1 = map[string]string{
	"output_dim": "units", "nb_filter": "filters", "init": "kernel_initializer", "inner_init": "recurrent_initializer",
	"inner_activation": "recurrent_activation", "W_regularizer": "kernel_regularizer",
	"U_regularizer": "recurrent_regularizer", "b_regularizer": "bias_regularizer", "W_constraint": "kernel_constraint",
	"b_constraint": "bias_constraint", "bias": "use_bias", "dropout_W": "dropout", "dropout_U": "recurrent_dropout",
	"border_mode": "padding", "subsample": "strides", "subsample_length": "strides", "filter_length": "kernel_size",
	"atrous_rate": "dilation_rate", "pool_length": "pool_size", "stride": "strides", "sigma": "stddev",
	"dim_ordering": "data_format", "p": "rate", "beta_init": "beta_initializer", "gamma_init": "gamma_initializer",
}

// embedding1 are those of an Embedding, whose words mean something else.
var embedding1 = map[string]string{"output_dim": "output_dim", "init": "embeddings_initializer",
	"W_regularizer": "embeddings_regularizer", "W_constraint": "embeddings_constraint", "dropout": ""}

// gone1 are keys of Keras 1 that say nothing about the numbers.
var gone1 = []string{"consume_less", "input_dim", "input_length", "input_dtype", "mode"}

func renameKeys(c map[string]any, class string) {
	if rows, ok := c["nb_row"]; ok {
		c["kernel_size"] = []any{rows, c["nb_col"]}
		if depth, ok := c["kernel_dim1"]; ok {
			c["kernel_size"] = []any{depth, c["kernel_dim2"], c["kernel_dim3"]}
		}
		delete(c, "nb_row")
		delete(c, "nb_col")
	}
	if class == "ZeroPadding1D" || class == "UpSampling1D" {
		if n, ok := c["length"]; ok {
			c["size"] = n
			delete(c, "length")
		}
	}
	for old, now := range keys1 {
		if class == "Embedding" {
			if own, ok := embedding1[old]; ok {
				now = own
			}
		}
		v, ok := c[old]
		if !ok || now == old {
			continue
		}
		delete(c, old)
		if now != "" {
			c[now] = value1(now, v)
		}
	}
	if class == "Embedding" {
		delete(c, "dropout")
	}
	if one, ok := c["forget_bias_init"]; ok {
		c["unit_forget_bias"] = one == "one"
		delete(c, "forget_bias_init")
	}
	if class == "GRU" {
		c["reset_after"] = false
	}
	for _, k := range gone1 {
		if k != "input_dim" || class != "Embedding" {
			delete(c, k)
		}
	}
}

// words1 are the words of Keras 2, by those of Keras 1.
var words1 = map[string]string{"tf": "channels_last", "th": "channels_first", "zero": "zeros", "one": "ones",
	"normal": "random_normal", "uniform": "random_uniform"}

func value1(key string, v any) any {
	if w, ok := v.(string); ok && words1[w] != "" {
		return words1[w]
	}
	if m, ok := v.(map[string]any); ok && strings.HasSuffix(key, "_regularizer") && m["name"] != nil {
		return map[string]any{"class_name": "L1L2", "config": map[string]any{"l1": orZero(m["l1"]),
			"l2": orZero(m["l2"])}}
	}
	return v
}

func orZero(v any) any {
	if v == nil {
		return 0.0
	}
	return v
}
