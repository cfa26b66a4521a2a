package prep

// RegisterAll registers crossed features, and all scales and encodings but zscore, minmax, rescale, none, onehot,
// integer and indicator, which every program knows. Package prep/columns calls it once: programs that train import
// that, and others that predict with such transforms; the rest links none of them.
func RegisterAll() {
	Scales.RegisterOwn(Robust{})
	Scales.RegisterOwn(Quantile{})
	Scales.RegisterOwn(Log{})
	Scales.RegisterOwn(BoxCox{})
	Scales.RegisterOwn(YeoJohnson{})
	Encoders.RegisterOwn(Hash{})
	Encoders.RegisterOwn(KBins{}, "bins")
	Encoders.RegisterOwn(&Calendar{}, "calendar")
	Encoders.RegisterOwn(TargetMean{}, "target")
	Encoders.RegisterOwn(Ranks{})
	combine, readCurve = crossed, (*TargetCurve).read
}
