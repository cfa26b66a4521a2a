package metric

import (
	"fmt"

	"gorae/config"
	"gorae/graph"
	"gorae/loss"
	"gorae/tensor"
)

func init() {
	Metrics.RegisterAs("IoU", IoU{}, "io_u", "iou")
	Metrics.RegisterAs("MeanIoU", MeanIoU{}, "mean_io_u", "mean_iou")
	Metrics.RegisterAs("OneHotIoU", OneHotIoU{}, "one_hot_io_u", "one_hot_iou")
	Metrics.RegisterAs("OneHotMeanIoU", OneHotMeanIoU{}, "one_hot_mean_io_u", "one_hot_mean_iou")
	Metrics.RegisterAs("BinaryIoU", BinaryIoU{}, "binary_io_u", "binary_iou")
}

// IoU is the mean over classes of intersection over union, TP/(TP + FP + FN), as pictures cut into classes are judged
// (Jaccard). A class that is neither there nor said does not count. Targets and predictions are class numbers, or
// scores of the classes with SparseYTrue or SparseYPred false; the axis of scores is the last one.
type IoU struct {
	// NumClasses is the number of classes; what is none of 0 to NumClasses − 1 does not count.
	NumClasses int `keras:"num_classes,main,required,min=2,what=number of classes"`
	// TargetClassIDs are the classes of the mean.
	TargetClassIDs []int `keras:"target_class_ids,required,lone,min=0"`
	// IgnoreClass is a target that does not count.
	IgnoreClass *int `keras:"ignore_class"`
	// OneHotYTrue is true where targets are one-hot.
	OneHotYTrue bool `keras:"!sparse_y_true"`
	// OneHotYPred is true where predictions are scores of the classes.
	OneHotYPred bool     `keras:"!sparse_y_pred"`
	_           struct{} `keras:"?axis=-1"`
}

// Check tests the classes of the mean.
func (m IoU) Check() error {
	for _, c := range m.TargetClassIDs {
		if c >= m.NumClasses {
			return fmt.Errorf("target_class_ids: there is no class %d of %d, the last one is %d", c, m.NumClasses,
				m.NumClasses-1)
		}
	}
	return nil
}

// Terms implements Metric: how often each class was said of each.
func (m IoU) Terms(y, pred, w *graph.Node) []*graph.Node {
	ids := func(n *graph.Node, scores bool) *graph.Node {
		if scores {
			n = n.ArgMax()
		}
		return n.Cast(tensor.Int32).Reshape(-1)
	}
	return crossed(ids(y, m.OneHotYTrue), ids(pred, m.OneHotYPred), w, m.NumClasses, m.IgnoreClass)
}

// crossed is the table of targets and predictions [classes, classes], each as often as its sample counts.
func crossed(y, pred, w *graph.Node, classes int, ignore *int) []*graph.Node {
	n := y.Shape.Size()
	if pred.Shape.Size() != n {
		y.Graph().Fail("iou", "%d targets and %d predictions; say by sparse_y_true and sparse_y_pred which of them "+
			"are class numbers", n, pred.Shape.Size())
	}
	truth := y.OneHot(classes).AsFloat()
	if ignore != nil {
		f := y.AsFloat()
		truth = truth.Mul(f.Ne(f.Graph().Scalar(float64(*ignore))).AsFloat().Reshape(n, 1))
	}
	if w != nil && w.Shape.Size() > 0 {
		w = w.Reshape(-1, 1).Broadcast(w.Shape.Size(), n/w.Shape.Size()).Reshape(-1)
	}
	return []*graph.Node{weighed(truth, w).MatMulT(pred.OneHot(classes).AsFloat(), true, false)}
}

// Traits implements Described.
func (m IoU) Traits() loss.Traits { return ofClasses(m.OneHotYTrue) }

func ofClasses(oneHot bool) loss.Traits {
	if oneHot {
		return order(loss.Shares, loss.AmongOutputs)
	}
	return order(loss.ClassNumbers, loss.AmongOutputs)
}

// Direction implements Directed.
func (IoU) Direction() Direction { return Max }

// Result implements Metric.
func (m IoU) Result(table []float64) float64 {
	sum, of := 0.0, 0.0
	for _, c := range m.TargetClassIDs {
		there, said := 0.0, 0.0
		for k := range m.NumClasses {
			there += table[c*m.NumClasses+k]
			said += table[k*m.NumClasses+c]
		}
		both := table[c*m.NumClasses+c]
		if union := there + said - both; union > 1e-9 {
			sum, of = sum+both/union, of+1
		}
	}
	if of == 0 {
		return 0
	}
	return sum / of
}

// all lists the classes 0 to n − 1.
func all(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

// MeanIoU is IoU over all classes.
type MeanIoU struct {
	// NumClasses is the number of classes; what is none of 0 to NumClasses − 1 does not count.
	NumClasses int `keras:"num_classes,main,required,min=2,what=number of classes"`
	// IgnoreClass is a target that does not count.
	IgnoreClass *int `keras:"ignore_class"`
	// OneHotYTrue is true where targets are one-hot.
	OneHotYTrue bool `keras:"!sparse_y_true"`
	// OneHotYPred is true where predictions are scores of the classes.
	OneHotYPred bool     `keras:"!sparse_y_pred"`
	_           struct{} `keras:"?axis=-1"`
}

func (m MeanIoU) iou() IoU {
	return IoU{NumClasses: m.NumClasses, TargetClassIDs: all(m.NumClasses), IgnoreClass: m.IgnoreClass,
		OneHotYTrue: m.OneHotYTrue, OneHotYPred: m.OneHotYPred}
}

// Terms implements Metric.
func (m MeanIoU) Terms(y, pred, w *graph.Node) []*graph.Node { return m.iou().Terms(y, pred, w) }

// Traits implements Described.
func (m MeanIoU) Traits() loss.Traits { return m.iou().Traits() }

// Direction implements Directed.
func (MeanIoU) Direction() Direction { return Max }

// Result implements Metric.
func (m MeanIoU) Result(table []float64) float64 { return m.iou().Result(table) }

// OneHotIoU is IoU of one-hot targets and scores of the classes.
type OneHotIoU struct {
	// NumClasses is the number of classes; what is none of 0 to NumClasses − 1 does not count.
	NumClasses int `keras:"num_classes,main,required,min=2,what=number of classes"`
	// TargetClassIDs are the classes of the mean.
	TargetClassIDs []int `keras:"target_class_ids,required,lone,min=0"`
	// IgnoreClass is a target that does not count.
	IgnoreClass *int `keras:"ignore_class"`
	// SparseYPred is true where predictions are class numbers.
	SparseYPred bool     `keras:"sparse_y_pred"`
	_           struct{} `keras:"?axis=-1"`
}

func (m OneHotIoU) iou() IoU {
	return IoU{NumClasses: m.NumClasses, TargetClassIDs: m.TargetClassIDs, IgnoreClass: m.IgnoreClass,
		OneHotYTrue: true, OneHotYPred: !m.SparseYPred}
}

// Check tests the classes of the mean.
func (m OneHotIoU) Check() error { return m.iou().Check() }

// Terms implements Metric.
func (m OneHotIoU) Terms(y, pred, w *graph.Node) []*graph.Node { return m.iou().Terms(y, pred, w) }

// Traits implements Described.
func (m OneHotIoU) Traits() loss.Traits { return m.iou().Traits() }

// Direction implements Directed.
func (OneHotIoU) Direction() Direction { return Max }

// Result implements Metric.
func (m OneHotIoU) Result(table []float64) float64 { return m.iou().Result(table) }

// OneHotMeanIoU is IoU over all classes, of one-hot targets and scores of the classes.
type OneHotMeanIoU struct {
	// NumClasses is the number of classes; what is none of 0 to NumClasses − 1 does not count.
	NumClasses int `keras:"num_classes,main,required,min=2,what=number of classes"`
	// IgnoreClass is a target that does not count.
	IgnoreClass *int `keras:"ignore_class"`
	// SparseYPred is true where predictions are class numbers.
	SparseYPred bool     `keras:"sparse_y_pred"`
	_           struct{} `keras:"?axis=-1"`
}

func (m OneHotMeanIoU) iou() IoU {
	return OneHotIoU{NumClasses: m.NumClasses, TargetClassIDs: all(m.NumClasses), IgnoreClass: m.IgnoreClass,
		SparseYPred: m.SparseYPred}.iou()
}

// Terms implements Metric.
func (m OneHotMeanIoU) Terms(y, pred, w *graph.Node) []*graph.Node { return m.iou().Terms(y, pred, w) }

// Traits implements Described.
func (m OneHotMeanIoU) Traits() loss.Traits { return m.iou().Traits() }

// Direction implements Directed.
func (OneHotMeanIoU) Direction() Direction { return Max }

// Result implements Metric.
func (m OneHotMeanIoU) Result(table []float64) float64 { return m.iou().Result(table) }

// BinaryIoU is IoU of two classes that a single output parts: at Threshold and above it is class 1.
type BinaryIoU struct {
	// TargetClassIDs are the classes of the mean: 0, 1 or both.
	TargetClassIDs []int `keras:"target_class_ids,default=0 1,lone,min=0,max=1"`
	// Threshold parts the classes. Where none is given it is that of the loss (loss.Traits), 0.5 of a metric by itself.
	Threshold *float64 `keras:"threshold,main"`
}

func (m BinaryIoU) iou() IoU {
	ids := m.TargetClassIDs
	if ids == nil {
		ids = all(2)
	}
	return IoU{NumClasses: 2, TargetClassIDs: ids}
}

// Terms implements Metric.
func (m BinaryIoU) Terms(y, pred, w *graph.Node) []*graph.Node {
	y, pred = loss.Match(y, pred)
	t := defaultThreshold
	if m.Threshold != nil {
		t = *m.Threshold
	}
	return m.iou().Terms(y, pred.Ge(pred.Graph().Scalar(t)), w)
}

// At implements Decider.
func (m BinaryIoU) At(threshold float64) Metric {
	if m.Threshold != nil {
		return nil
	}
	m.Threshold = &threshold
	return m
}

// Traits implements Described.
func (BinaryIoU) Traits() loss.Traits { return share(loss.Shares, loss.EachOutput) }

// Direction implements Directed.
func (BinaryIoU) Direction() Direction { return Max }

// Result implements Metric.
func (m BinaryIoU) Result(table []float64) float64 { return config.Filled(m).iou().Result(table) }
