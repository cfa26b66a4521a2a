package modeltest

import (
	"gorae/layer"
	"gorae/weight"
)

// placeLayers returns the conformance cases of the layers over series, pictures and volumes.
func placeLayers() map[string]Case {
	series, picture, volume := [][]int{{5, 2}}, [][]int{{5, 4, 2}}, [][]int{{3, 4, 3, 2}}
	first := "channels_first"
	cases := map[string]Case{}
	add := func(name string, in [][]int, l layer.Layer) { cases[name] = Case{Layer: l, Inputs: in} }
	n := func(v ...int) []int { return v }

	add("conv1d", series, layer.Conv1D{Filters: 3, KernelSize: n(3), Activation: "tanh"})
	add("conv1d causal", series, layer.Conv1D{Filters: 2, KernelSize: n(3), Padding: "causal", Dilation: n(2)})
	add("conv1d same", series, layer.Conv1D{Filters: 2, KernelSize: n(4), Padding: "same", Strides: n(2), NoBias: true})
	add("conv1d first", series, layer.Conv1D{Filters: 3, KernelSize: n(2), DataFormat: first, Activation: "sigmoid"})
	add("conv2d", picture, layer.Conv2D{Filters: 3, KernelSize: n(3, 2), Activation: "sigmoid",
		KernelRegularizer: weight.L2{}})
	add("conv2d same", picture, layer.Conv2D{Filters: 2, KernelSize: n(3), Padding: "same", Strides: n(2, 3),
		Kernel: weight.HeNormal{}})
	add("conv2d dilated", picture, layer.Conv2D{Filters: 2, KernelSize: n(2), Dilation: n(2, 1), NoBias: true})
	add("conv2d groups", picture, layer.Conv2D{Filters: 4, KernelSize: n(2), Groups: 2, Activation: "softmax"})
	add("conv2d first", [][]int{{2, 4, 5}}, layer.Conv2D{Filters: 2, KernelSize: n(3), DataFormat: first,
		Activation: "softmax"})
	add("conv2d one by one", picture, layer.Conv2D{Filters: 3, KernelSize: n(1)})
	add("conv3d", volume, layer.Conv3D{Filters: 2, KernelSize: n(2), Activation: "tanh"})
	add("conv3d same", volume, layer.Conv3D{Filters: 2, KernelSize: n(3, 1, 2), Padding: "same", Strides: n(1, 2, 1)})
	add("conv3d first", volume, layer.Conv3D{Filters: 2, KernelSize: n(2, 2, 1), DataFormat: first})
	add("depthwise conv1d", series, layer.DepthwiseConv1D{KernelSize: n(3), DepthMultiplier: 2})
	add("depthwise conv2d", picture, layer.DepthwiseConv2D{KernelSize: n(2, 3), Padding: "same", Strides: n(2),
		Activation: "tanh"})
	add("depthwise conv2d first", [][]int{{2, 4, 5}},
		layer.DepthwiseConv2D{KernelSize: n(2), DepthMultiplier: 3, DataFormat: first, NoBias: true})
	add("separable conv1d", series, layer.SeparableConv1D{Filters: 3, KernelSize: n(2), Padding: "same",
		Dilation: n(2)})
	add("separable conv2d", picture, layer.SeparableConv2D{Filters: 3, KernelSize: n(3, 2), DepthMultiplier: 2,
		Activation: "sigmoid"})
	add("separable conv2d bare", picture, layer.SeparableConv2D{Filters: 2, KernelSize: n(2), Strides: n(2),
		NoBias: true})
	add("conv1d transpose", series, layer.Conv1DTranspose{Filters: 3, KernelSize: n(3), Strides: n(2),
		Activation: "tanh"})
	add("conv1d transpose same", series, layer.Conv1DTranspose{Filters: 2, KernelSize: n(4), Strides: n(3),
		Padding: "same", OutputPadding: n(2)})
	add("conv2d transpose", [][]int{{3, 2, 2}}, layer.Conv2DTranspose{Filters: 2, KernelSize: n(2, 3),
		Strides: n(3, 2), Padding: "same"})
	add("conv2d transpose dilated", [][]int{{3, 2, 2}},
		layer.Conv2DTranspose{Filters: 2, KernelSize: n(2), Dilation: n(2, 1), NoBias: true})
	add("conv2d transpose first", [][]int{{2, 3, 2}},
		layer.Conv2DTranspose{Filters: 2, KernelSize: n(3), Strides: n(2), OutputPadding: n(1, 0), DataFormat: first})
	add("conv3d transpose", [][]int{{2, 1, 2, 2}},
		layer.Conv3DTranspose{Filters: 2, KernelSize: n(2), Strides: n(1, 2, 1), Padding: "same"})

	add("max pooling1d", series, layer.MaxPooling1D{})
	add("max pooling2d", picture, layer.MaxPooling2D{})
	add("max pooling2d same", picture, layer.MaxPooling2D{PoolSize: n(3, 2), Strides: n(2, 1), Padding: "same"})
	add("max pooling2d first", [][]int{{2, 4, 5}}, layer.MaxPooling2D{DataFormat: first})
	add("max pooling3d", volume, layer.MaxPooling3D{PoolSize: n(2, 1, 3)})
	add("average pooling1d", series, layer.AveragePooling1D{PoolSize: n(3), Strides: n(1), Padding: "same"})
	add("average pooling2d", picture, layer.AveragePooling2D{})
	add("average pooling2d same", picture, layer.AveragePooling2D{PoolSize: n(3), Padding: "same"})
	add("average pooling3d", volume, layer.AveragePooling3D{Padding: "same", DataFormat: first})
	add("global max pooling1d", series, layer.GlobalMaxPooling1D{})
	add("global max pooling2d", picture, layer.GlobalMaxPooling2D{KeepDims: true})
	add("global max pooling3d", volume, layer.GlobalMaxPooling3D{DataFormat: first})
	add("global average pooling1d", series, layer.GlobalAveragePooling1D{KeepDims: true})
	add("global average pooling2d", picture, layer.GlobalAveragePooling2D{})
	add("global average pooling3d", volume, layer.GlobalAveragePooling3D{DataFormat: first, KeepDims: true})
	add("adaptive max pooling1d", series, layer.AdaptiveMaxPooling1D{OutputSize: n(2)})
	add("adaptive max pooling2d", picture, layer.AdaptiveMaxPooling2D{OutputSize: n(3, 2)})
	add("adaptive max pooling3d", volume, layer.AdaptiveMaxPooling3D{OutputSize: n(2), DataFormat: first})
	add("adaptive average pooling1d", series, layer.AdaptiveAveragePooling1D{OutputSize: n(3)})
	add("adaptive average pooling2d", picture, layer.AdaptiveAveragePooling2D{OutputSize: n(3, 2), DataFormat: first})
	add("adaptive average pooling3d", volume, layer.AdaptiveAveragePooling3D{OutputSize: n(1, 3, 2)})

	add("up sampling1d", series, layer.UpSampling1D{})
	add("up sampling2d", picture, layer.UpSampling2D{Size: n(1, 3)})
	add("up sampling3d", [][]int{{2, 1, 2, 2}}, layer.UpSampling3D{Size: n(2), DataFormat: first})
	for _, m := range []string{"nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"} {
		add("up sampling2d "+m, [][]int{{3, 2, 2}}, layer.UpSampling2D{Size: n(2, 3), Interpolation: m})
	}
	add("up sampling2d first", [][]int{{2, 3, 2}}, layer.UpSampling2D{Interpolation: "bilinear", DataFormat: first})
	add("zero padding1d", series, layer.ZeroPadding1D{Padding: n(0, 2)})
	add("zero padding2d", picture, layer.ZeroPadding2D{})
	add("zero padding2d pairs", picture, layer.ZeroPadding2D{Padding: [][]int{{1, 0}, {2, 3}}, DataFormat: first})
	add("zero padding3d", [][]int{{2, 1, 2, 2}}, layer.ZeroPadding3D{Padding: [][]int{{1}, {0}, {2}}})
	add("cropping1d", series, layer.Cropping1D{})
	add("cropping2d", picture, layer.Cropping2D{Cropping: [][]int{{1, 2}, {0, 1}}})
	add("cropping2d first", picture, layer.Cropping2D{Cropping: [][]int{{1}, {0}}, DataFormat: first})
	add("cropping3d", volume, layer.Cropping3D{})
	add("spatial dropout1d", series, layer.SpatialDropout1D{Rate: 0.4})
	add("spatial dropout2d", picture, layer.SpatialDropout2D{Rate: 0.4, DataFormat: first})
	add("spatial dropout3d", volume, layer.SpatialDropout3D{Rate: 0.4})
	add("batch norm series", series, layer.BatchNormalization{})
	add("batch norm volume", volume, layer.BatchNormalization{Momentum: new(0.5)})
	add("batch norm channels first", picture, layer.BatchNormalization{Axis: new(1)})
	return cases
}
