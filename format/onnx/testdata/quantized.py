# Writes quantized-0.onnx and quantized-1.onnx, networks that ONNX Runtime's static quantizer has made of one network of
# floats (uint8 activations with a scale for each weight; int8 activations with a scale for each channel), and
# quantized.json, samples with what ONNX Runtime makes of them without optimization.
#   python3 quantized.py        (onnx 1.23, onnxruntime 1.32)
import json
import logging
import os
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

logging.disable(logging.WARNING)
rng = np.random.default_rng(1)


def weight(name, *shape):
    return numpy_helper.from_array(rng.normal(size=shape).astype("f4") / 2, name)


node = helper.make_node
nodes = [node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1]), node("LeakyRelu", ["c"], ["l"], alpha=0.2),
         node("AveragePool", ["l"], ["a"], kernel_shape=[2, 2], strides=[2, 2]),
         node("Conv", ["a", "w2"], ["d"], pads=[1, 1, 1, 1]), node("Sigmoid", ["d"], ["s"]),
         node("Add", ["s", "a"], ["e"]), node("Mul", ["e", "s"], ["m"]), node("Concat", ["m", "a"], ["k"], axis=1),
         node("GlobalAveragePool", ["k"], ["g"]), node("Flatten", ["g"], ["f"]),
         node("Gemm", ["f", "v", "vb"], ["q"], transB=1), node("MatMul", ["q", "u"], ["t"]),
         node("Softmax", ["t"], ["y"])]
weights = [weight("w", 4, 2, 3, 3), weight("b", 4), weight("w2", 4, 4, 3, 3), weight("v", 5, 8), weight("vb", 5),
           weight("u", 5, 3)]
graph = helper.make_graph(nodes, "floats", [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 2, 6, 6])],
                          [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])], weights)
x = rng.normal(size=(6, 2, 6, 6)).astype("f4").round(3)


class Samples(CalibrationDataReader):
    def __init__(self):
        self.left = [{"x": x}]

    def get_next(self):
        return self.left.pop() if self.left else None


out = {"x": x.ravel().astype(float).round(3).tolist(), "y": []}
with tempfile.TemporaryDirectory() as folder:
    floats = os.path.join(folder, "floats.onnx")
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), floats)
    for i, kind in enumerate((QuantType.QUInt8, QuantType.QInt8)):
        name = f"quantized-{i}.onnx"
        quantize_static(floats, name, Samples(), quant_format=QuantFormat.QOperator, weight_type=QuantType.QInt8,
                        activation_type=kind, per_channel=i == 1)
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        y = onnxruntime.InferenceSession(name, options).run(None, {"x": x})[0]
        out["y"].append(y.ravel().astype(float).round(6).tolist())
with open("quantized.json", "w") as f:
    json.dump(out, f)
    f.write("\n")
