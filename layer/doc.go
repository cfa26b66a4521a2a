// Package layer holds the layers of networks, one file a layer or family, with
// Keras's names, arguments and defaults. A layer is a struct whose exported
// fields are its whole configuration and whose Call traces what it computes; its
// gradient, its speed, its row in the summary and its place in a model file
// follow from that.
//
// A layer of a user's own is the same: a struct that embeds [Base], a method Call, and Layers.RegisterOwn to give it a
// name in files. What other packages must know of it (what it does to masks, whether it works step by step, …) it
// declares by a method Traits ([Described]):
//
//	type Scale struct {
//		layer.Base
//		By float64 `keras:"by,main,default=2"`
//	}
//
//	func (l Scale) Call(s *layer.Scope, x ...*graph.Node) []*graph.Node {
//		return []*graph.Node{x[0].MulC(l.By)}
//	}
//
//	func (Scale) Traits() layer.Traits { return layer.Elementwise() }
//
// A literal Scale{} has the defaults of its tags: it multiplies by 2.
package layer
