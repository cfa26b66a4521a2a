// Package layer holds the layers of networks, one file a layer or family, with
// Keras's names, arguments and defaults. A layer is a struct whose exported
// fields are its whole configuration and whose Call traces what it computes; its
// gradient, its speed, its row in the summary and its place in a model file
// follow from that.
//
// A layer of one's own is the same: a struct that embeds [Base], a Call, and
// Layers.RegisterOwn to give it a name in files.
//
//	type Scale struct {
//		layer.Base
//		By float64 `keras:"by,main,default=1"`
//	}
//
//	func (l Scale) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
//		return []*graph.Node{x[0].MulC(l.By)}
//	}
package layer
