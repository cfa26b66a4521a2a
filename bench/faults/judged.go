package main

// judged are the experiments of the judgement. No threshold was chosen on them.
func judged() []base {
	all := []base{
		{name: "islands", bent: true, good: []string{"lon", "lat"}, kind: "table", data: made(islands(700, 0.06, 81)),
			target: "ground", first: "lon", head: head("ground"), layers: mlp(1, "sigmoid")},
		{name: "paths", bent: true, good: []string{"range", "height"}, kind: "table", data: made(paths(550, 0.15, 82)),
			target: "zone", first: "height", head: head("zone"), layers: mlp(3, "softmax")},
		{name: "braking", bent: true, kind: "table", data: made(braking(500, 2, 83)), target: "way", number: true,
			first: "speed", head: head("way"), layers: mlp(1, "linear")},
		{name: "harvest", bent: true, kind: "table", data: made(harvest(600, 0.5, 84)), target: "tons", number: true,
			first: "rain", head: head("tons"), layers: mlp(1, "linear")},
		{name: "triage", kind: "table", overlap: true, data: made(triage(800, 85)), target: "kept", first: "pulse",
			head: head("kept"), layers: calm(1, "sigmoid")},
		{name: "invoices", kind: "table", data: invoices(800), target: "worth", number: true, first: "goods",
			head: head("worth"), layers: calm(1, "linear")},
		{name: "rooms", kind: "table", overlap: true, data: rooms, target: "room", first: "last1", head: head("room"),
			layers: calm(1, "sigmoid")},
		{name: "display", kind: "images", data: made(display(800, 0.6, 86)), target: "digit", head: pixelHead,
			layers: mlp(10, "softmax")},
		{name: "faces", kind: "images", data: faces, target: "digit", head: pixelHead, layers: mlp(1, "sigmoid"),
			epochs: 30},
		{name: "pressed", kind: "images", target: "digit", head: "data: {source: FOLDER/" + drawnPictures +
			", labels: FOLDER/" + drawnLabels + "}\n" + parts, layers: conv(), arrays: true, epochs: 20,
			draw: func() (pixels, labels []byte) { return pressed(700, 0.8, 87) }},
		{name: "tram", kind: "series", season: true, data: made(tram(440, 88)), target: "riders", number: true,
			first: "riders", head: seriesHead("riders", 40), layers: flat(mlp(1, "linear"))},
		{name: "sales", kind: "series", data: sales(800), target: "lines", number: true, first: "lines",
			head: seriesHead("lines", 36), layers: flat(mlp(1, "linear"))},
		{name: "captions", kind: "text", overlap: true, data: captions(900), target: "label", head: textHead(500),
			layers: texted(1, "sigmoid"), epochs: 25},
		{name: "asked", kind: "text", data: asked, target: "label", head: "data: {source: SOURCE, target: label, " +
			"features: {text: {text: {unit: character, ngrams: 3, words: 800, count: 2, output: tfidf}}}}\n" + parts,
			layers: texted(1, "sigmoid"), epochs: 25},
		{name: "bulletins", kind: "text", data: made(bulletins(750, 89)), target: "label", head: textHead(150),
			layers: texted(4, "softmax"), epochs: 25},
	}
	for i := range all {
		all[i].judge = true
	}
	return all
}
